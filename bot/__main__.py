"""The command line: `python -m bot [run | ask | sandbox]`."""

import argparse
import asyncio
import contextlib
import io
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot import __version__, logs
from bot.locales import LANGUAGES, Words
from bot.settings import BotSettings, Settings, SettingsError, load

PACE = 30.0
"""Words per second of the rehearsal model, about what a fast model writes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status: 2 for unusable settings, 1 for other failures."""
    _take_any_text()
    words = Words()
    chosen = _parser(words).parse_args(arguments)
    try:
        return _run(chosen, words)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{words('console-stopped')}\n")
        return 130
    except BrokenPipeError:  # `… | head`: whoever read has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _take_any_text() -> None:
    """Replace what the terminal's encoding lacks; a stream that is closed is an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (it stays)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _parser(words: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description=words("cli-description"), add_help=False
    )
    parser.add_argument("-h", "--help", action="help", help=words("cli-help"))
    parser.add_argument(
        "--version", action="version", version=__version__, help=words("cli-version")
    )
    commands = parser.add_subparsers(dest="command", metavar="run | ask | sandbox")
    commands.add_parser("run", help=words("cli-run"))
    ask = commands.add_parser("ask", help=words("cli-ask"))
    question = words("cli-ask-question")
    ask.add_argument("question", nargs="+", type=_question(words), help=question)
    sandbox = commands.add_parser("sandbox", help=words("cli-sandbox"))
    sandbox.add_argument("--group", action="store_true", help=words("cli-group"))
    sandbox.add_argument(
        "--pace", type=_pace(words), default=PACE, help=words("cli-pace", default=PACE)
    )
    sandbox.add_argument("--language", choices=LANGUAGES, help=words("cli-language"))
    sandbox.add_argument("--port", type=_port(words), help=words("cli-port"))
    sandbox.add_argument("--no-browser", action="store_true", help=words("cli-no-browser"))
    sandbox.add_argument("--terminal", action="store_true", help=words("cli-terminal"))
    for command in (ask, sandbox):
        command.add_argument("--model", help=words("cli-model"))
        command.add_argument("--provider", help=words("cli-provider"))
    return parser


def _pace(words: Words) -> Callable[[str], float]:
    def pace(text: str) -> float:
        with contextlib.suppress(ValueError):
            if 0 <= (value := float(text)) < math.inf:
                return value
        raise argparse.ArgumentTypeError(words("cli-pace-wrong"))

    return pace


def _port(words: Words) -> Callable[[str], int]:
    def port(text: str) -> int:
        if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
            return int(text)
        raise argparse.ArgumentTypeError(words("cli-port-wrong"))

    return port


def _question(words: Words) -> Callable[[str], str]:
    def question(text: str) -> str:
        if text.strip():
            return text
        raise argparse.ArgumentTypeError(words("cli-ask-empty"))

    return question


def _run(chosen: argparse.Namespace, words: Words) -> int:
    """Import what a command needs only when it is run: `--help` should not wait for g4f."""
    match chosen.command:
        case "ask":
            settings = load(words, Settings, **_overrides(chosen), telegram_bot_token=None)
            logs.configure("ERROR", settings.secrets)
            from bot.console import ask  # noqa: PLC0415

            return asyncio.run(ask(settings, words, " ".join(chosen.question)))
        case "sandbox":
            return _play(chosen, words)
        case _:
            bot_settings = load(words, BotSettings)
            logs.configure(bot_settings.log_level, bot_settings.secrets)
            from bot.app import StartError, run  # noqa: PLC0415

            try:
                asyncio.run(run(bot_settings, words))
            except StartError as error:
                sys.stderr.write(f"{error}\n")
                return 1
            return 0


def _play(chosen: argparse.Namespace, words: Words) -> int:
    from bot.app import StartError  # noqa: PLC0415
    from bot.playground import Stage, play  # noqa: PLC0415

    stage = Stage(
        group=chosen.group,
        pace=chosen.pace,
        language=chosen.language,
        in_terminal=chosen.terminal,
        port=chosen.port,
        opens_browser=not chosen.no_browser,
    )
    try:
        return asyncio.run(play(words, _overrides(chosen), stage))
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _overrides(chosen: argparse.Namespace) -> dict[str, Any]:
    """Turn options into settings. A provider named here is not shown another one's key."""
    overrides: dict[str, Any] = {}
    if chosen.model:
        overrides["g4f_model"] = chosen.model
    if chosen.provider:
        overrides |= {"g4f_provider": chosen.provider, "g4f_base_url": None, "g4f_api_key": None}
    return overrides


if __name__ == "__main__":
    sys.exit(main())
