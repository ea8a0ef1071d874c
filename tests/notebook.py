"""A memory without a database, for tests in virtual time. It keeps all, and fails on demand."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.chat.conversation import Exchange, Place
from bot.chat.kept import Entry, Kept, Posted, Preferences


@dataclass
class Notebook:
    """A `Memory`."""

    kept: dict[int, Kept] = field(default_factory=dict)
    preferred: Preferences = field(default_factory=Preferences)
    delay: float = 0.0
    """Seconds that writing takes."""
    budgets: list[int] = field(default_factory=list)
    """What was asked for, in order."""

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

    async def add(self, entry: Entry) -> int:
        await asyncio.sleep(self.delay)
        number = len(self.kept) + 1
        self.kept[number] = Kept(number, entry, datetime.now(UTC))
        return number

    async def replace(self, number: int, entry: Entry) -> None:
        if number in self.kept:
            self.kept[number] = replace(self.kept[number], entry=entry)

    async def post(self, number: int, messages: Sequence[Posted]) -> None:
        if number in self.kept:
            entry = replace(self.kept[number].entry, messages=tuple(messages))
            self.kept[number] = replace(self.kept[number], entry=entry)

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
