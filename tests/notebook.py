"""A memory without a database, for tests in virtual time. It keeps all, and fails on demand."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.chat.conversation import Exchange, Place
from bot.chat.kept import Entry, Kept, Left, Preferences, Unfinished


@dataclass
class Notebook:
    """A `Memory`."""

    kept: dict[int, Kept] = field(default_factory=dict)
    preferred: Preferences = field(default_factory=Preferences)
    delay: float = 0.0
    """Seconds that writing takes."""
    fails: bool = False
    """Whether nothing can be written."""
    budgets: list[int] = field(default_factory=list)
    """What was asked for, in order."""
    journal: dict[str, Unfinished] = field(default_factory=dict)
    frames: list[Unfinished] = field(default_factory=list)
    """What was written of answers while they grew, in order."""
    settled: list[int] = field(default_factory=list)
    released: int = 0

    @property
    def is_failing(self) -> bool:
        return self.fails

    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> Sequence[Exchange]:
        self.budgets.append(budget)
        said: list[Exchange] = []
        for number in sorted(self.kept, reverse=True):
            entry = self.kept[number].entry
            if entry.place != place or not entry.answer or (before and number >= before):
                continue
            budget -= len(entry.question) + len(entry.answer)
            if budget < 0:
                break
            said.insert(0, Exchange(entry.question, entry.answer))
        return said

    async def last(self, place: Place, person: int) -> Kept | None:
        own = [
            one
            for one in self.kept.values()
            if one.entry.place == place and one.entry.person == person
        ]
        return own[-1] if own else None

    async def keep(self, answer: Unfinished, updates: Sequence[int] = ()) -> bool:
        if self.fails:
            return False
        self.journal[answer.key] = answer
        self.frames.append(answer)
        self.settled += updates
        return True

    async def conclude(
        self, answer: Unfinished, text: str, updates: Sequence[int] = ()
    ) -> int | None:
        await asyncio.sleep(self.delay)
        if self.fails:
            return None
        self.settled += updates
        entry, number = replace(answer.entry, answer=text), answer.exchange
        if number is None:
            number = len(self.kept) + 1
            self.kept[number] = Kept(number, entry, datetime.now(UTC))
        elif number in self.kept:
            entry = replace(entry, place=self.kept[number].entry.place)
            self.kept[number] = replace(self.kept[number], entry=entry)
        self.journal[answer.key] = replace(answer, exchange=number)
        return number

    async def finish(self, answer: Unfinished) -> None:
        self.journal.pop(answer.key, None)
        if answer.exchange in self.kept:
            kept = self.kept[answer.exchange]
            entry = replace(kept.entry, messages=answer.entry.messages)
            self.kept[answer.exchange] = replace(kept, entry=entry)

    async def drop(self, answer: Unfinished) -> None:
        self.journal.pop(answer.key, None)

    async def unfinished(self) -> Sequence[Unfinished]:
        return list(self.journal.values())

    async def receive(self, bodies: Mapping[int, str]) -> set[int] | None:
        return None if self.fails else set(bodies)

    async def release(self) -> None:
        self.released += 1

    async def pending(self) -> Sequence[Left]:
        return ()

    async def settle(self, update_ids: Sequence[int]) -> None:
        self.settled += update_ids

    async def forget(self, place: Place) -> int:
        return self._drop([n for n, one in self.kept.items() if one.entry.place == place])

    async def forget_person(self, person: int) -> int:
        return self._drop([n for n, one in self.kept.items() if one.entry.person == person])

    async def move(self, chat_id: int, to: int) -> None:
        for number, one in self.kept.items():
            if one.entry.place.chat_id == chat_id:
                place = Place(to, one.entry.place.topic)
                self.kept[number] = replace(one, entry=replace(one.entry, place=place))

    async def preferences(self, _place: Place) -> Preferences:
        return self.preferred

    @property
    def entries(self) -> list[Entry]:
        """What is kept, in order."""
        return [one.entry for one in self.kept.values()]

    @property
    def said(self) -> list[tuple[str, str]]:
        """The questions and answers that are kept, in order."""
        return [(entry.question, entry.answer) for entry in self.entries]

    def _drop(self, numbers: list[int]) -> int:
        for number in numbers:
            del self.kept[number]
        return len(numbers)
