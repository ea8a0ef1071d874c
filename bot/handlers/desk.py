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
from bot.chat.kept import Unfinished
from bot.handlers.allowance import Allowance
from bot.handlers.inbox import Inbox
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

    @property
    def updates(self) -> tuple[int, ...]:
        return self.asked.updates


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
    updates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Mend:
    answer: Unfinished
    surface: Surface
    updates: tuple[int, ...] = ()

    @property
    def place(self) -> Place:
        return self.answer.entry.place

    @property
    def person(self) -> Person:
        return Person(self.answer.entry.person, self.answer.language)


_Item = _Question | Again | _Mend


class Desk:
    """Takes questions, and hands them to the assistant in their order."""

    def __init__(  # noqa: PLR0913 (the parts that answers are about)
        self,
        assistant: Assistant,
        signs: Signs,
        inbox: Inbox,
        *,
        allowance: Allowance,
        say: Say,
        at_once: int,
    ) -> None:
        self._assistant = assistant
        self._signs = signs
        self._inbox = inbox
        self._allowance = allowance
        self._say = say
        self._lines: Lines[_Item] = Lines(self._serve, at_once=at_once, on_bug=self._tell_of)
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
                    item.asked = replace(asked, updates=item.updates + asked.updates)
                    return
                case _:
                    pass
        may_begin = functools.partial(self._may_begin, edited)
        if self._assistant.amend(asked, may_begin):
            return
        if self._has_room_for(edited):
            self._lines.put(edited.line, edited, first=True)
        else:
            self._inbox.settle(*edited.updates)

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
        for item in self._lines.drop(lambda item: item is oldest):
            self._inbox.settle(*item.updates)
        return oldest is not edited

    def again(self, again: Again) -> bool:
        """Take a wish for another answer; false: this person's next one, or too many, grow."""
        if self._lines.is_full or self.is_busy(again.place, again.person):
            return False
        self._lines.put((again.place, again.person.id), again)
        return True

    def mend(self, answer: Unfinished, surface: Surface) -> None:
        """Take an answer that another process has left unfinished."""
        mend = _Mend(answer, surface)
        self._lines.put((mend.place, mend.person.id), mend)

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
        self._lines.drop(lambda item: self._inbox.has(*item.updates))
        await self._lines.close(grace)

    async def _serve(self, item: _Item) -> None:
        with self._inbox.dealing_with(*item.updates):
            await self._answer(item)

    async def _answer(self, item: _Item) -> None:
        match item:
            case _Mend(answer, surface):
                await self._assistant.mend(answer, surface)
                return
            case Again(place, person, message_id, surface, carry_on, may_begin, updates):
                await self._resumed(place)
                kept = await self._assistant.standing(place, person, message_id)
                came = True
                if may_begin(kept is not None) and kept:
                    answer_again = self._assistant.answer_again
                    came = await answer_again(kept, person, surface, updates, carry_on=carry_on)
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

    def _tell_of(self, item: _Item, bug: str) -> None:
        place, person = (
            (item.asked.place, item.asked.person)
            if isinstance(item, _Question)
            else (item.place, item.person)
        )
        text = in_language(person.language)("bug", id=bug)
        self._say(place, person.id, text, item.surface)

    async def _resumed(self, place: Place) -> None:
        for pause in tuple(self._pauses.get(place, ())):
            await pause.wait()

    def _unmark(self, item: _Item) -> None:
        if isinstance(item, _Question) and item.is_marked:
            self._signs.remove(item.asked.place.chat_id, item.asked.message_id)


def _is_from(item: _Item, person: int) -> bool:
    return isinstance(item, _Question) and item.asked.person.id == person


def _is_edit(item: _Item) -> TypeGuard[_Question]:
    return isinstance(item, _Question) and item.is_edit
