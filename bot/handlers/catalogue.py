"""Which commands Telegram's apps offer, to whom, in which language. Pure."""

from collections.abc import Iterator
from typing import Final

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot.handlers.addressing import ASK, CommandName
from bot.locales import LANGUAGES, in_language

_OF_THE_CONVERSATION: Final = (CommandName.NEW, CommandName.MODEL, CommandName.PROMPT)
_OF_EVERYBODY: Final = (
    CommandName.HISTORY,
    CommandName.PRIVACY,
    CommandName.FORGET_ME,
    CommandName.HELP,
)
_SCOPES: Final[tuple[tuple[BotCommandScope, tuple[str, ...]], ...]] = (
    (BotCommandScopeDefault(), (ASK, CommandName.STOP, CommandName.HELP)),
    (
        BotCommandScopeAllPrivateChats(),
        (CommandName.NEW, CommandName.STOP, *_OF_THE_CONVERSATION[1:], *_OF_EVERYBODY),
    ),
    (BotCommandScopeAllGroupChats(), (ASK, CommandName.STOP, *_OF_EVERYBODY)),
    (
        BotCommandScopeAllChatAdministrators(),
        (ASK, CommandName.STOP, *_OF_THE_CONVERSATION, *_OF_EVERYBODY),
    ),
)


def catalogue() -> Iterator[tuple[list[BotCommand], BotCommandScope, str | None]]:
    """Give each list with its scope and its language (`None`: of whoever speaks no other)."""
    for scope, names in _SCOPES:
        for language in LANGUAGES:
            words = in_language(language)
            commands = [BotCommand(name, words(f"command-{name}")) for name in names]
            yield commands, scope, None if language == LANGUAGES[0] else language
