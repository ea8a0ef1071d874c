"""Where questions wait for their turn: one at a time of each person in each place.

So the questions of a person are answered in order, and nobody waits for another person's; unless
as many answers as there may be at once are being written: then whoever has waited longest is next.
"""

import asyncio
import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeGuard

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Person, Place
from bot.handlers.allowance import Allowance
from bot.handlers.lines import Lines
from bot.handlers.scene import Say
from bot.handlers.signs import Signs
from bot.locales import in_language
from bot.reply.surface import Surface

MOST_WAITING: Final = 3
"""Questions of one person that wait in one place, beside the one that is answered; and as many
edits of older ones."""
MOST_WAITING_IN_ALL: Final = 1000
"""Questions of all people that wait."""


@dataclass(slots=True, eq=False)
class _Question:
    asked: Asked
    surface: Surface
    is_edit: bool = False
    is_free: bool = False
    """Whether the answer that an edit begins was counted already."""
    is_marked: bool = False

    @property
    def line(self) -> tuple[Place, int]:
        return self.asked.place, self.asked.person.id


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """A person wants their answer in this message written again, or continued.

    `may_begin` is asked when its turn has come, and told whether such an answer stands there.
    """

    place: Place
    person: Person
    message_id: int
    surface: Surface
    carry_on: bool
    may_begin: Callable[[bool], bool]


class Desk:
    """Takes questions, and hands them to the assistant in their order."""

    def __init__(
        self,
        assistant: Assistant,
        signs: Signs,
        allowance: Allowance,
        say: Say,
        *,
        at_once: int,
    ) -> None:
        self._assistant = assistant
        self._signs = signs
        self._allowance = allowance
        self._say = say
        self._lines: Lines[_Question | Again] = Lines(
            self._serve, at_once=at_once, on_bug=self._tell_of
        )
        self._pauses: dict[Place, list[asyncio.Event]] = {}

    def ask(self, asked: Asked, surface: Surface) -> bool:
        """Take a question; false: too many wait already, of this person's or in all."""
        question = _Question(asked, surface)
        if self.is_crowded or not self.has_room(asked.place, asked.person):
            return False
        if self._lines.is_full or self._lines.is_busy(question.line):
            question.is_marked = True
            self._signs.set(asked.place.chat_id, asked.message_id)
        self._lines.put(question.line, question)
        return True

    def has_room(self, place: Place, person: Person) -> bool:
        """Tell whether another question of this person may wait here."""
        waiting = self._lines.waiting((place, person.id))
        new = [item for item in waiting if isinstance(item, _Question) and not item.is_edit]
        return len(new) < MOST_WAITING

    @property
    def is_crowded(self) -> bool:
        """Whether no further question may wait, whoever asks it."""
        return self._lines.waiting_in_all >= MOST_WAITING_IN_ALL

    def is_busy(self, place: Place, person: Person) -> bool:
        """Tell whether a question of this person is answered, or waits, here."""
        return self._lines.is_busy((place, person.id))

    def amend(self, asked: Asked, surface: Surface, *, is_free: bool = False) -> None:
        """Take a question that was edited: it may wait, be answered just now, or be the last.

        `is_free`: an answer that begins by it is the one that was counted when it was asked.
        """
        edited = _Question(asked, surface, is_edit=True, is_free=is_free)
        for item in self._lines.waiting(edited.line):
            match item:
                case _Question(Asked(message_id=asked.message_id, is_pasted=False)):
                    item.asked = asked
                    return
                case _:
                    pass
        may_begin = functools.partial(self._may_begin, edited)
        if not self._assistant.amend(asked, may_begin) and self._has_room_for(edited):
            self._lines.put(edited.line, edited, first=True)

    def _may_begin(self, edited: _Question) -> bool:
        return edited.is_free or self._allowance.begin(edited.asked, edited.surface)

    def _has_room_for(self, edited: _Question) -> bool:
        """Make room for the edit of a later question: only the last one is answered anew."""
        if self.is_crowded:
            return False
        edits = [item for item in self._lines.waiting(edited.line) if _is_edit(item)]
        if len(edits) < MOST_WAITING:
            return True
        oldest = min((edited, *edits), key=lambda item: item.asked.message_id)
        self._lines.drop(lambda item: item is oldest)
        return oldest is not edited

    def again(self, again: Again) -> bool:
        """Take a wish for another answer; false: this person's next one, or too many, grow."""
        if self._lines.is_full or self.is_busy(again.place, again.person):
            return False
        self._lines.put((again.place, again.person.id), again)
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
            case Again(place, person, message_id, surface, carry_on, may_begin):
                await self._resumed(place)
                kept = await self._assistant.standing(place, person, message_id)
                came = True
                if may_begin(kept is not None) and kept:
                    answer = self._assistant.answer_again
                    came = await answer(kept, person, surface, carry_on=carry_on)
            case _Question(asked, surface, is_edit):
                self._unmark(item)
                await self._resumed(asked.place)
                asked, person = item.asked, item.asked.person
                if is_edit:
                    may_begin = functools.partial(self._may_begin, item)
                    came = await self._assistant.answer_anew(asked, surface, may_begin)
                else:
                    came = await self._assistant.answer(asked, surface)
        if not came:
            self._allowance.give_back(person)

    def _tell_of(self, item: _Question | Again, bug: str) -> None:
        place, person = (
            (item.place, item.person)
            if isinstance(item, Again)
            else (item.asked.place, item.asked.person)
        )
        text = in_language(person.language)("bug", id=bug)
        self._say(place, person.id, text, item.surface)

    async def _resumed(self, place: Place) -> None:
        for pause in tuple(self._pauses.get(place, ())):
            await pause.wait()

    def _unmark(self, item: _Question | Again) -> None:
        if isinstance(item, _Question) and item.is_marked:
            self._signs.remove(item.asked.place.chat_id, item.asked.message_id)


def _is_from(item: _Question | Again, person: int) -> bool:
    return isinstance(item, _Question) and item.asked.person.id == person


def _is_edit(item: _Question | Again) -> TypeGuard[_Question]:
    return isinstance(item, _Question) and item.is_edit
