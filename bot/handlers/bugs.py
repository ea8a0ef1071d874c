"""Bugs in reading updates: logged under an id, which whoever is concerned is told.

Those in answers and errands are told where these are made (`desk`, `errands`, `bot.assistant`).
"""

import logging

from telegram import Bot, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.handlers.addressing import read
from bot.handlers.errands import Errands
from bot.handlers.people import person_of, place_of
from bot.handlers.presses import Presses
from bot.handlers.scene import surface_for
from bot.locales import in_language
from bot.logs import report

_log = logging.getLogger(__name__)


class Bugs:
    """Tells of bugs, if it can; a bug in that is logged and told nobody."""

    def __init__(self, bot: Bot, errands: Errands, presses: Presses) -> None:
        self._bot = bot
        self._errands = errands
        self._presses = presses

    async def take(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a bug in reading an update; an error handler of python-telegram-bot."""
        if not context.error:
            return
        bug = report(_log, "with an update", context.error)
        try:
            if isinstance(update, Update):
                self._tell_of(update, bug)
        except Exception as error:  # noqa: BLE001 (to tell of it, too, would never end)
            report(_log, "in telling of a bug", error)

    def tell(self, message: Message, bug: str) -> None:
        """Tell whoever wrote a message that a bug is why nothing came of it."""
        person = person_of(message)
        text = in_language(person.language)("bug", id=bug)
        self._errands.say(place_of(message), person.id, text, surface_for(self._bot, message))

    def _tell_of(self, update: Update, bug: str) -> None:
        message = update.message or update.edited_message
        if update.callback_query:
            self._presses.tell_of(update.callback_query, bug)
        elif message and self._is_addressed(message):
            self.tell(message, bug)

    def _is_addressed(self, message: Message) -> bool:
        """Tell whether a message is for the bot, which in a group is silent when in doubt."""
        try:
            return read(message, self._bot.bot) is not None
        except Exception:  # noqa: BLE001 (the bug that is to be told of)
            return message.chat.type == ChatType.PRIVATE
