"""What the assistant works with: a model that answers, and a memory."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol

from bot.chat.conversation import Exchange, Place
from bot.chat.kept import Entry, Kept, Posted, Preferences
from bot.llm.delta import Delta


class Model(Protocol):
    """What answers."""

    def stream(
        self, messages: Sequence[Mapping[str, str]], model: str | None = None
    ) -> AsyncGenerator[Delta]:
        """Give the answer piece by piece until closed; raises `AnswerError`."""
        ...


class Memory(Protocol):
    """What was said before (see `bot.chat.store`)."""

    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> Sequence[Exchange]:
        """Give the latest exchanges that fit so many characters."""
        ...

    async def last(self, place: Place, person: int) -> Kept | None:
        """Give the latest exchange of a person in a place."""
        ...

    async def add(self, entry: Entry) -> int | None:
        """Keep an exchange, and give its number; `None`: it could not be kept."""
        ...

    async def replace(self, number: int, entry: Entry) -> None:
        """Keep another exchange in the place of one."""
        ...

    async def post(self, number: int, messages: Sequence[Posted]) -> None:
        """Keep which messages show the answer."""
        ...

    async def forget(self, place: Place) -> int:
        """Erase the exchanges of a place, and tell how many."""
        ...

    async def forget_person(self, person: int) -> int:
        """Erase what a person has asked anywhere, and tell how many exchanges."""
        ...

    async def move(self, chat_id: int, to: int) -> None:
        """Keep the exchanges of a chat under its new id."""
        ...

    async def preferences(self, place: Place) -> Preferences:
        """Give what a place has chosen."""
        ...
