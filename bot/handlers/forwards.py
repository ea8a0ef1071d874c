"""Messages that people forward to the bot: context for the question they belong to."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot.chat.conversation import Asked, Forwarded, Place
from bot.reply.surface import Surface

MOST_PEOPLE: Final = 1000
MOST_CHARACTERS: Final = 100_000
"""Of what one person has forwarded and not asked about; the oldest give way."""
MOST_IN_ALL: Final = 10_000_000
"""Characters that all people have forwarded; then whoever was heard of longest ago gives way."""
OVERHEAD: Final = 100
"""Characters that a message counts beside its text: it takes room, too."""
REMEMBERED_FOR: Final = timedelta(hours=1)
"""What was forwarded longer ago is no context of a question."""
TOGETHER: Final = timedelta(seconds=1)
"""Apps send the comment on a forwarded message first, and that message within this time."""


@dataclass(frozen=True, slots=True)
class _Forward:
    message: Forwarded
    at: datetime
    update_id: int


@dataclass(slots=True)
class _Passed:
    messages: list[_Forward] = field(default_factory=list)
    question: tuple[Asked, Surface, datetime] | None = None

    @property
    def size(self) -> int:
        """How many characters wait for a question; those that have got into the last one count."""
        told = self.question[0].question.forwarded if self.question else ()
        return sum(
            len(one.text) + OVERHEAD for one in (*told, *(one.message for one in self.messages))
        )


class Forwards:
    """What each person has passed on, until they ask; what is dropped before that is settled."""

    def __init__(self, settle: Callable[[int], None]) -> None:
        self._settle = settle
        self._passed: OrderedDict[tuple[Place, int], _Passed] = OrderedDict()

    def add(
        self, place: Place, person: int, message: Forwarded, at: datetime, update_id: int
    ) -> tuple[Asked, Surface] | None:
        """Take a message that was sent at this time, and came in this update.

        Gives the question it belongs to, with the message in it, if that came just before; else
        the message is kept for the next one.
        """
        passed = self._of(place, person)
        if passed.question and timedelta() <= at - passed.question[2] <= TOGETHER:
            asked, surface, asked_at = passed.question
            told = (*asked.question.forwarded, message)
            asked = replace(
                asked,
                question=replace(asked.question, forwarded=told),
                updates=(*asked.updates, update_id),
            )
            passed.question = asked, surface, asked_at
            return asked, surface
        passed.messages.append(_Forward(message, at, update_id))
        while sum(len(one.message.text) + OVERHEAD for one in passed.messages) > MOST_CHARACTERS:
            self._settle(passed.messages.pop(0).update_id)
        self._make_room()
        return None

    def _make_room(self) -> None:
        size = sum(passed.size for passed in self._passed.values())
        while size > MOST_IN_ALL and len(self._passed) > 1:
            dropped = self._passed.popitem(last=False)[1]
            size -= dropped.size
            self._drop(dropped)

    def waiting(self, place: Place, person: int) -> int:
        """Tell how many messages wait for this person's question."""
        passed = self._passed.get((place, person))
        return len(passed.messages) if passed else 0

    def join(self, asked: Asked, surface: Surface, at: datetime) -> Asked:
        """Give a question, asked at this time, with what its person has passed on before."""
        passed = self._of(asked.place, asked.person.id)
        told = tuple(one.message for one in passed.messages if at - one.at <= REMEMBERED_FOR)
        updates = (*(one.update_id for one in passed.messages), *asked.updates)
        asked = replace(asked, question=replace(asked.question, forwarded=told), updates=updates)
        passed.messages.clear()
        passed.question = asked, surface, at
        return asked

    def rejoin(self, asked: Asked) -> Asked:
        """Give a question that was edited with what it was joined with, if it is the last one."""
        question = self._of(asked.place, asked.person.id).question
        if question is None or question[0].message_id != asked.message_id:
            return asked
        told = question[0].question.forwarded
        return replace(asked, question=replace(asked.question, forwarded=told))

    def forget(self, place: Place | None = None, person: int | None = None) -> None:
        """Drop what was passed on in a place, or by a person."""
        for key in [key for key in self._passed if key[0] == place or key[1] == person]:
            self._drop(self._passed.pop(key))

    def _of(self, place: Place, person: int) -> _Passed:
        passed = self._passed.setdefault((place, person), _Passed())
        self._passed.move_to_end((place, person))
        while len(self._passed) > MOST_PEOPLE:
            self._drop(self._passed.popitem(last=False)[1])
        return passed

    def _drop(self, passed: _Passed) -> None:
        for one in passed.messages:
            self._settle(one.update_id)
