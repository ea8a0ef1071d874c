"""The whole bot in one process with a local Telegram, to chat with in a browser or a terminal."""

import asyncio
import contextlib
import os
import sys
import tempfile
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot import logs
from bot.app import Running, StartError, running
from bot.ending import until_signalled
from bot.locales import LANGUAGES, Words
from bot.sandbox.page import Page
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.telegram import LocalTelegram
from bot.sandbox.terminal import Printer, Terminal, read_lines, wants_colour
from bot.settings import BotSettings, Settings, load
from bot.threads import DaemonExecutor

TOKEN: Final = "42:SANDBOX"  # noqa: S105 (opens nothing but the sandbox)
PORT: Final = 8642
"""Where the page is found unless another port is asked for, or this one is taken."""
PATIENCE: Final = 2.0
"""Seconds that the bot has to end its answers in, once a person has asked the page to end."""
_DEFAULT: Final = {
    name: Settings.model_fields[name].default
    for name in ("g4f_model", "g4f_provider", "g4f_base_url")
}
"""Settings that ask for a real model when they are changed; else the rehearsal model answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How to play: in a group or alone, how fast the rehearsal model writes (words per second).

    `language` is that of the person's apps; None: English, or the browser's. `port` is where the
    page is served; None: one that is free.
    """

    group: bool
    pace: float
    language: str | None
    in_terminal: bool
    port: int | None
    opens_browser: bool


async def play(words: Words, overrides: Mapping[str, Any], stage: Stage) -> int:
    """Chat until the input ends or a signal comes, and give the exit status.

    Nothing is left behind on the disk. Raises `SettingsError` and `StartError`.
    """
    # Neither a name look-up that hangs nor a browser that does must hold up the end.
    asyncio.get_running_loop().set_default_executor(DaemonExecutor())
    asked_to_stop = f"\n{words('console-stopped')}\n"
    playing = _play(words, overrides, stage)
    status = await until_signalled(playing, lambda: _tell(asked_to_stop))
    if status is None:
        return 130 if stage.in_terminal else 0
    return status


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


async def _play(words: Words, overrides: Mapping[str, Any], stage: Stage) -> int:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        given = dict(overrides) | {
            "telegram_bot_token": TOKEN,
            "telegram_api_url": "http://127.0.0.1",  # until it is known where exactly
            "telegram_proxy": None,
            "data_dir": folder,
            "database_url": None,
            # Whom the bot lets in elsewhere is not who plays here.
            "allowed_users": (),
            "allowed_chats": (),
        }
        settings = load(words, BotSettings, **given)
        model: Rehearsal | None = None
        is_real = any(getattr(settings, name) != value for name, value in _DEFAULT.items())
        if not is_real and not overrides:
            model = await stack.enter_async_context(Rehearsal(pace=stage.pace))
            given |= {"g4f_base_url": model.url, "g4f_model": "rehearsal", "g4f_api_key": None}
            given |= {"g4f_proxy": None}
        telegram = LocalTelegram(TOKEN, privacy_mode=False, ports=_ports(stage))
        page: Page | None = None
        if not stage.in_terminal:
            name = settings.g4f_model
            page = Page(telegram, name, model, language=stage.language, in_group=stage.group)
        await _open(words, stack, telegram, str(stage.port))
        settings = load(words, BotSettings, **given | {"telegram_api_url": telegram.url})
        logs.configure("ERROR", settings.secrets)  # lower levels would stand inside an answer
        if page is None:
            bot = await stack.enter_async_context(running(settings, words))
            answering = _answering(words, settings, model)
            return await _in_terminal(words, telegram, bot, stage, answering)
        await stack.enter_async_context(page)
        bot_alone = AsyncExitStack()
        stack.push_async_callback(_end, telegram, bot_alone)
        await bot_alone.enter_async_context(running(settings, words))
        return await _in_browser(words, telegram, stage, _answering(words, settings, model))


async def _end(telegram: LocalTelegram, bot: AsyncExitStack) -> None:
    """Stop the bot, which lets its answers end; what it would wait for is not worth it here."""
    telegram.clear_the_way()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await bot.aclose()


def _answering(words: Words, settings: Settings, model: Rehearsal | None) -> str:
    if model is None:
        return words("sandbox-real", model=settings.g4f_model)
    return words("sandbox-rehearsal")


def _ports(stage: Stage) -> Sequence[int]:
    """Return the ports to try: the one that was asked for, or the usual one and then any."""
    if stage.in_terminal:
        return (0,)
    return (stage.port,) if stage.port else (PORT, 0)


async def _open(words: Words, stack: AsyncExitStack, telegram: LocalTelegram, port: str) -> None:
    with contextlib.suppress(OSError):
        await stack.enter_async_context(telegram)
        return
    raise StartError(words("sandbox-port-taken", port=port))


async def _in_browser(words: Words, telegram: LocalTelegram, stage: Stage, answering: str) -> int:
    sys.stdout.write(words("sandbox-page", url=f"{telegram.url}/", model=answering) + "\n")
    sys.stdout.flush()
    if stage.opens_browser and _has_browser():
        with contextlib.suppress(webbrowser.Error, OSError):
            await asyncio.to_thread(webbrowser.open, f"{telegram.url}/")
    await asyncio.Event().wait()
    return 0


def _has_browser() -> bool:
    """Tell whether there is a screen; without one Python would start a browser in the terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


async def _in_terminal(
    words: Words, telegram: LocalTelegram, bot: Running, stage: Stage, answering: str
) -> int:
    async def settled() -> None:
        await telegram.updates_confirmed()
        await bot.idle()

    person = telegram.user(words("sandbox-you"), language_code=stage.language or LANGUAGES[0])
    chat = telegram.group("Sandbox", [person]) if stage.group else telegram.private(person)
    colour = wants_colour(sys.stdout)
    terminal = Terminal(
        chat, person, settled, sys.stdout, words("sandbox-no-button"), colour=colour
    )
    name = telegram.bot.first_name
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        with telegram.subscribe() as feed:
            await terminal.script(read_lines(), name, feed)
        return 0
    sys.stdout.write(words("sandbox-welcome", model=answering) + "\n")
    if stage.group:
        sys.stdout.write(words("sandbox-group", username=telegram.bot.username or "") + "\n")
    typing, deleted = words("sandbox-typing"), words("sandbox-deleted")
    printer = Printer(sys.stdout, name, typing, deleted, colour=colour)
    with telegram.subscribe() as feed:
        await terminal.converse(read_lines(), printer, feed)
    return 0
