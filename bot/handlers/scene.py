"""Somebody wants something of the bot itself, and is answered."""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from telegram import Bot, Message

from bot.assistant import Assistant
from bot.chat.conversation import Person, Place
from bot.chat.store import StoreError
from bot.handlers.people import peer_of, place_of
from bot.locales import Words, in_language
from bot.reply.page import Buttons
from bot.reply.surface import Surface
from bot.reply.telegram_surface import TelegramSurface

Say = Callable[[Place, int, str, Surface], None]
"""Says something in a place to a person (by their id), in the order of what they want there."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """Who wants something where, and on which surface they are answered."""

    place: Place
    person: Person
    surface: Surface
    assistant: Assistant
    instead_of: int | None = None
    """The bot's own message that makes way for the answer."""

    @property
    def words(self) -> Words:
        """The sentences in the person's language."""
        return in_language(self.person.language)

    async def say(self, text: str, buttons: Buttons = ()) -> None:
        """Answer."""
        await self.assistant.say(text, self.surface, buttons=buttons, instead_of=self.instead_of)

    @contextlib.asynccontextmanager
    async def unless_memory_fails(self) -> AsyncIterator[None]:
        """Say so where the memory fails."""
        try:
            yield
        except StoreError as error:
            _log.debug("the memory fails: %s", error.detail)  # `Lenient` tells of it, once
            await self.say(self.words("memory-fails"))


def surface_for(bot: Bot, message: Message) -> TelegramSurface:
    """Give the surface on which whoever wrote a message is answered."""
    return TelegramSurface(bot, peer_of(message), place_of(message).topic, message.message_id)
