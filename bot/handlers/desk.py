"""Where questions wait for their turn: one at a time of each person in each place.

So the questions of a person are answered in order, and nobody waits for another person's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Person, Place
from bot.chat.kept import Unfinished
from bot.handlers.inbox import Inbox
from bot.handlers.lines import Lines
from bot.handlers.signs import Signs
from bot.reply.surface import Surface

MOST_WAITING: Final = 3
"""Questions of one person that wait in one place, beside the one that is answered."""


@dataclass(slots=True, eq=False)
class _Question:
    asked: Asked
    surface: Surface
    is_edit: bool = False
    is_marked: bool = False

    @property
    def line(self) -> tuple[Place, int]:
        return self.asked.place, self.asked.person.id

    @property
    def updates(self) -> tuple[int, ...]:
        return self.asked.updates


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """A person wants their answer in this message written again, or continued.

    `tell` is told whether that is possible.
    """

    place: Place
    person: Person
    message_id: int
    surface: Surface
    carry_on: bool
    tell: Callable[[bool], None]
    updates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Mend:
    answer: Unfinished
    surface: Surface
    updates: tuple[int, ...] = ()


_Item = _Question | Again | _Mend


class Desk:
    """Takes questions, and hands them to the assistant in their order."""

    def __init__(self, assistant: Assistant, signs: Signs, inbox: Inbox) -> None:
        self._assistant = assistant
        self._signs = signs
        self._inbox = inbox
        self._lines: Lines[_Item] = Lines(self._serve)
        self._pauses: dict[Place, list[asyncio.Event]] = {}

    def ask(self, asked: Asked, surface: Surface) -> bool:
        """Take a question; false: too many of this person's wait already."""
        question = _Question(asked, surface)
        if not self.has_room(asked.place, asked.person):
            return False
        if self._lines.is_busy(question.line):
            question.is_marked = True
            self._signs.set(asked.place.chat_id, asked.message_id)
        self._lines.put(question.line, question)
        return True

    def has_room(self, place: Place, person: Person) -> bool:
        """Tell whether another question of this person may wait here."""
        waiting = self._lines.waiting((place, person.id))
        new = [item for item in waiting if isinstance(item, _Question) and not item.is_edit]
        return len(new) < MOST_WAITING

    def amend(self, asked: Asked, surface: Surface) -> None:
        """Take a question that was edited: it may wait, be answered just now, or be the last."""
        edited = _Question(asked, surface, is_edit=True)
        for item in self._lines.waiting(edited.line):
            match item:
                case _Question(Asked(message_id=asked.message_id, is_pasted=False)):
                    item.asked = replace(asked, updates=item.updates + asked.updates)
                    return
                case _:
                    pass
        if not self._assistant.amend(asked):
            self._lines.put(edited.line, edited, first=True)

    def again(self, again: Again) -> bool:
        """Take a wish for another answer; false: this person's next one is under way."""
        line = again.place, again.person.id
        if self._lines.is_busy(line):
            return False
        self._lines.put(line, again)
        return True

    def mend(self, answer: Unfinished, surface: Surface) -> None:
        """Take an answer that another process has left unfinished."""
        entry = answer.entry
        self._lines.put((entry.place, entry.person), _Mend(answer, surface))

    def pause(self, place: Place) -> Callable[[], None]:
        """Begin no answer in a place until what this gives is called."""
        pause = asyncio.Event()
        self._pauses.setdefault(place, []).append(pause)

        def resume() -> None:
            pause.set()
            self._pauses[place].remove(pause)
            if not self._pauses[place]:
                del self._pauses[place]

        return resume

    def move(self, chat_id: int, to: int) -> None:
        """Let what waits in a group be answered as one of the supergroup that it has become."""
        for item in self._lines.all_waiting():
            if isinstance(item, _Question) and item.asked.place.chat_id == chat_id:
                item.asked = replace(item.asked, place=Place(to, item.asked.place.topic))

    def forget_person(self, person: int) -> None:
        """Drop what a person has asked and is not answered yet."""
        for item in self._lines.drop(lambda item: _is_from(item, person)):
            self._unmark(item)
            self._inbox.settle(*item.updates)

    async def idle(self) -> None:
        """Wait until all is answered."""
        await self._lines.idle()

    async def close(self, grace: float) -> None:
        """Let the answers that grow end within `grace` seconds, or end them.

        What waits is left to the next process, where that will find it.
        """
        if self._inbox.is_safe:
            self._lines.drop(lambda _: True)
        await self._lines.close(grace)

    async def _serve(self, item: _Item) -> None:
        with self._inbox.dealing_with(*item.updates):
            await self._answer(item)

    async def _answer(self, item: _Item) -> None:
        match item:
            case _Mend(answer, surface):
                await self._assistant.mend(answer, surface)
            case Again(place, person, message_id, surface, carry_on, tell, updates):
                await self._resumed(place)
                kept = await self._assistant.standing(place, person, message_id)
                tell(kept is not None)
                if kept:
                    await self._assistant.answer_again(
                        kept, person, surface, updates, carry_on=carry_on
                    )
            case _Question(asked, surface, is_edit):
                self._unmark(item)
                await self._resumed(asked.place)
                asked = item.asked
                if is_edit:
                    await self._assistant.answer_anew(asked, surface)
                else:
                    await self._assistant.answer(asked, surface)

    async def _resumed(self, place: Place) -> None:
        for pause in tuple(self._pauses.get(place, ())):
            await pause.wait()

    def _unmark(self, item: _Item) -> None:
        if isinstance(item, _Question) and item.is_marked:
            self._signs.remove(item.asked.place.chat_id, item.asked.message_id)


def _is_from(item: _Item, person: int) -> bool:
    return isinstance(item, _Question) and item.asked.person.id == person
