"""The whole bot in one process with a local Telegram, for a chat in the terminal."""

import sys
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from bot import logs
from bot.app import running, until_signalled
from bot.locales import Words
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.telegram import LocalTelegram
from bot.sandbox.terminal import Printer, Terminal, read_lines, wants_colour
from bot.settings import BotSettings, Settings, load

TOKEN: Final = "42:SANDBOX"  # noqa: S105 (opens nothing but the sandbox)
_DEFAULT: Final = {
    name: Settings.model_fields[name].default
    for name in ("g4f_model", "g4f_provider", "g4f_base_url")
}
"""Settings that ask for a real model when they are changed; else the rehearsal model answers."""


async def play(
    words: Words, overrides: Mapping[str, Any], *, group: bool, pace: float, language: str
) -> int:
    """Chat until the input ends, and give the exit status. Nothing is left behind on the disk.

    `language` is that of the person's apps. Raises `SettingsError`.
    """
    asked_to_stop = f"\n{words('console-stopped')}\n"
    playing = _play(words, overrides, group=group, pace=pace, language=language)
    status = await until_signalled(playing, lambda: _tell(asked_to_stop))
    return 130 if status is None else status


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


async def _play(
    words: Words, overrides: Mapping[str, Any], *, group: bool, pace: float, language: str
) -> int:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        telegram = await stack.enter_async_context(LocalTelegram(TOKEN, privacy_mode=False))
        given = dict(overrides) | {
            "telegram_bot_token": TOKEN,
            "telegram_api_url": telegram.url,
            "telegram_proxy": None,
            "data_dir": folder,
            "database_url": None,
            # Whom the bot lets in elsewhere is not who plays here.
            "allowed_users": (),
            "allowed_chats": (),
        }
        settings = load(words, BotSettings, **given)
        answering = words("sandbox-real", model=settings.g4f_model)
        is_real = any(getattr(settings, name) != value for name, value in _DEFAULT.items())
        if not is_real and not overrides:
            model = await stack.enter_async_context(Rehearsal(pace=pace))
            given |= {"g4f_base_url": model.url, "g4f_model": "rehearsal", "g4f_api_key": None}
            given |= {"g4f_proxy": None}
            answering = words("sandbox-rehearsal")
            settings = load(words, BotSettings, **given)
        logs.configure("ERROR", settings.secrets)  # lower levels would stand inside an answer
        bot = await stack.enter_async_context(running(settings, words))

        async def settled() -> None:
            await telegram.updates_confirmed()
            await bot.idle()

        person = telegram.user(words("sandbox-you"), language_code=language)
        chat = telegram.group("Sandbox", [person]) if group else telegram.private(person)
        colour = wants_colour(sys.stdout)
        terminal = Terminal(
            chat, person, settled, sys.stdout, words("sandbox-no-button"), colour=colour
        )
        name = telegram.bot.first_name
        if not sys.stdin.isatty() or not sys.stdout.isatty():
            await terminal.script(read_lines(), name)
            return 0
        sys.stdout.write(words("sandbox-welcome", model=answering) + "\n")
        if group:
            sys.stdout.write(words("sandbox-group", username=telegram.bot.username or "") + "\n")
        typing, deleted = words("sandbox-typing"), words("sandbox-deleted")
        printer = Printer(sys.stdout, name, typing, deleted, colour=colour)
        with telegram.subscribe() as feed:
            await terminal.converse(read_lines(), printer, feed)
    return 0
