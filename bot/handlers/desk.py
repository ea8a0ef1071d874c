"""Where questions wait for their turn: one at a time of each person in each place.

So the questions of a person are answered in order, and nobody waits for another person's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Person, Place
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


class Desk:
    """Takes questions, and hands them to the assistant in their order."""

    def __init__(self, assistant: Assistant, signs: Signs) -> None:
        self._assistant = assistant
        self._signs = signs
        self._lines: Lines[_Question | Again] = Lines(self._serve)
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
                    item.asked = asked
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

    async def idle(self) -> None:
        """Wait until all is answered."""
        await self._lines.idle()

    async def close(self, grace: float) -> None:
        """Let all answers end within `grace` seconds, or end them."""
        await self._lines.close(grace)

    async def _serve(self, item: _Question | Again) -> None:
        match item:
            case Again(place, person, message_id, surface, carry_on, tell):
                await self._resumed(place)
                kept = await self._assistant.standing(place, person, message_id)
                tell(kept is not None)
                if kept:
                    await self._assistant.answer_again(kept, person, surface, carry_on=carry_on)
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

    def _unmark(self, item: _Question | Again) -> None:
        if isinstance(item, _Question) and item.is_marked:
            self._signs.remove(item.asked.place.chat_id, item.asked.message_id)


def _is_from(item: _Question | Again, person: int) -> bool:
    return isinstance(item, _Question) and item.asked.person.id == person
