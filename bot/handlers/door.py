"""Whom the bot lets in, and what it tells strangers: one sentence, once, and then it is silent.

They may still ask what is stored, and have it erased: it may have been stored when they were let
in.
"""

from typing import Final

from telegram import CallbackQuery, ChatMemberUpdated, Message
from telegram.constants import ChatType

from bot.handlers.access import Access
from bot.handlers.addressing import Command, CommandName, Reading
from bot.handlers.menus import Erase, choice
from bot.handlers.once import Once
from bot.handlers.people import person_of
from bot.locales import in_language

FOR_STRANGERS: Final = (CommandName.PRIVACY, CommandName.FORGET_ME)
MOST_TOLD: Final = 10_000
"""Strangers, people and groups, of whom it is remembered that they were told so."""


class Door:
    """Lets in whom `access` allows; of a group that moves, its new id too, until the restart."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._told = Once(MOST_TOLD)

    def lets_in(self, message: Message, reading: Reading | None) -> bool:
        """Tell whether what a message wants is done for whoever wrote it."""
        is_for_all = isinstance(reading, Command) and reading.name in FOR_STRANGERS
        return is_for_all or self._access.allows(_user_of(message), message.chat.id)

    def lets_press(self, query: CallbackQuery) -> bool:
        """Tell whether what a press wants is done for whoever pressed."""
        is_for_all = isinstance(choice(query.data or ""), Erase)
        chat = query.message.chat.id if query.message else query.from_user.id
        return is_for_all or self._access.allows(query.from_user.id, chat)

    def lets_add(self, change: ChatMemberUpdated) -> bool:
        """Tell whether the bot is where it may answer whoever has added it."""
        return self._access.allows(change.from_user.id, change.chat.id)

    def moved(self, chat: int, to: int) -> bool:
        """Let in a group under its new id, too; tell whether it is let in by its id."""
        self._access = self._access.moved(chat, to)
        return to in self._access.chats

    def sentence(self, message: Message) -> str | None:
        """Give what a stranger is told; nothing if they were told before."""
        person, chat = person_of(message), message.chat
        if not self._told.is_new(person.id):
            return None
        words = in_language(person.language)
        if chat.type == ChatType.PRIVATE:
            return words("stranger", id=str(person.id))
        if message.sender_chat:
            return words("stranger-chat", chat=str(chat.id))
        return words("stranger-group", id=str(person.id), chat=str(chat.id))

    def sentence_in_group(self, change: ChatMemberUpdated) -> str | None:
        """Give what a group is told to which the bot was added; nothing if it was told before."""
        if not self._told.is_new(change.chat.id):
            return None
        words = in_language(change.from_user.language_code or "")
        return words("stranger-chat", chat=str(change.chat.id))


def _user_of(message: Message) -> int | None:
    """Give who wrote a message; nobody, where it was written in the name of a chat."""
    if message.sender_chat or not message.from_user:
        return None
    return message.from_user.id
