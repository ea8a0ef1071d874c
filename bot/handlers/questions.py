"""Questions on their way to the desk: whole, with what belongs to them, in time, not too many."""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from telegram import Bot, Message
from telegram.constants import ChatType

from bot.chat.conversation import Asked, Forwarded, Place, Question
from bot.handlers.addressing import Ask, Reading, replied
from bot.handlers.allowance import Allowance
from bot.handlers.desk import MOST_WAITING, Desk
from bot.handlers.errands import Errands
from bot.handlers.forwards import Forwards
from bot.handlers.inbox import Inbox
from bot.handlers.once import Once
from bot.handlers.pastes import Part, Pastes
from bot.handlers.people import person_of, place_of, speaker_of
from bot.handlers.scene import surface_for
from bot.locales import in_language
from bot.reply.surface import Surface

TOO_LATE: Final = timedelta(hours=1)
"""A question that has waited longer, because the bot did not run, is not answered any more."""
LATECOMERS: Final = 1000
"""How many people are remembered who were told that; each is told once in a place."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, and the update it came in; `again`: the process before this one had it, too."""

    message: Message
    update_id: int
    again: bool = False


class Questions:
    """Takes questions, and passes them on to the desk."""

    def __init__(
        self, bot: Bot, desk: Desk, allowance: Allowance, errands: Errands, inbox: Inbox
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._allowance = allowance
        self._errands = errands
        self._inbox = inbox
        self._pastes = Pastes(self._pass_on)
        self._forwards = Forwards(inbox.settle)
        self._latecomers = Once(LATECOMERS)

    def add_part(self, heard: Heard, reading: Reading | None) -> bool:
        """Take a message that is the rest of a question which an app has cut; false: it is none."""
        message, other = heard.message, replied(heard.message)
        place, person = place_of(message), person_of(message)
        to = other.message_id if other else None
        if not (self._pastes.is_open(place, person.id, to) and _is_part(message, reading)):
            return False
        part = Part((message.text or "").strip(), message.message_id, heard.update_id)
        self._pastes.add(place, person.id, part, surface_for(self._bot, message))
        return True

    def take(self, question: Question, heard: Heard) -> None:
        """Take a question, or say why it is not answered."""
        message, other = heard.message, replied(heard.message)
        asked, surface = _asked(question, heard), surface_for(self._bot, message)
        if self._is_late(message.date, asked, surface):
            return
        if refusal := self._refusal(asked) or self._allowance.take(asked.person):
            self._tell(asked, refusal, surface)
        else:
            asked = self._forwards.join(asked, surface, message.date)
            self._pastes.take(asked, surface, other.message_id if other else None)

    def edit(self, question: Question, heard: Heard) -> None:
        """Take a question that was edited."""
        message = heard.message
        asked, surface = _asked(question, heard), surface_for(self._bot, message)
        if self._is_late(message.edit_date or message.date, asked, surface):
            return
        asked = self._forwards.rejoin(asked)
        if not self._pastes.amend(asked):
            self._desk.amend(asked, surface)

    def add_context(self, forwarded: Forwarded, heard: Heard) -> bool:
        """Take a message that was forwarded; true: it is the first that waits for a question."""
        message = heard.message
        place, person = place_of(message), person_of(message).id
        belongs = self._forwards.add(place, person, forwarded, message.date, heard.update_id)
        if belongs:
            self._desk.amend(*belongs, is_free=True)
        return not belongs and self._forwards.waiting(place, person) == 1

    def forget(self, place: Place) -> None:
        """Drop what was forwarded in a place and not asked about yet."""
        self._forwards.forget(place=place)

    def forget_person(self, person: int) -> None:
        """Drop what a person has asked or forwarded and is not answered yet."""
        self._inbox.settle(*self._pastes.forget_person(person))
        self._desk.forget_person(person)
        self._forwards.forget(person=person)

    async def idle(self) -> None:
        """Wait until nothing is held back."""
        await self._pastes.idle()

    def close(self) -> None:
        """Leave what is held back to the next process, or pass it on, where that would lose it."""
        self._pastes.close(lambda asked: self._inbox.has(*asked.updates))

    def _pass_on(self, asked: Asked, surface: Surface) -> None:
        if not self._desk.ask(asked, surface):
            self._allowance.give_back(asked.person)
            self._tell(asked, self._refusal(asked), surface)

    def _refusal(self, asked: Asked) -> str:
        """Say why no further question may wait; nothing: one may."""
        words = in_language(asked.person.language)
        if self._desk.is_crowded:
            return words("crowded")
        if not self._desk.has_room(asked.place, asked.person):
            return words("too-many-waiting", count=MOST_WAITING)
        return ""

    def _is_late(self, at: datetime, asked: Asked, surface: Surface) -> bool:
        """Tell whether a question of that time is too old to be answered, and say so once."""
        if datetime.now(UTC) - at <= TOO_LATE:
            return False
        _log.info("message %d in %d: too late", asked.message_id, asked.place.chat_id)
        if self._latecomers.is_new((asked.place, asked.person.id)):
            self._tell(asked, in_language(asked.person.language)("too-late"), surface)
        else:
            self._inbox.settle(*asked.updates)
        return True

    def _tell(self, asked: Asked, text: str, surface: Surface) -> None:
        """Say something instead of an answer."""
        self._errands.say(asked.place, asked.person.id, text, surface, *asked.updates)


def _asked(question: Question, heard: Heard) -> Asked:
    message = heard.message
    question = replace(question, speaker=speaker_of(message))
    place, person = place_of(message), person_of(message)
    return Asked(question, place, person, message.message_id, updates=(heard.update_id,))


def _is_part(message: Message, reading: Reading | None) -> bool:
    """Tell whether a message may be the rest of one that was cut: a text, and not addressed anew.

    In private everything is addressed, and in groups so is a reply to the bot.
    """
    if not message.text or message.forward_origin or message.text.startswith(("/", "@")):
        return False
    is_private = message.chat.type == ChatType.PRIVATE
    return reading is None or (
        isinstance(reading, Ask) and (is_private or replied(message) is not None)
    )
