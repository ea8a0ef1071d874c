"""What the assistant works with: a model that answers, and a memory."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol

from bot.chat.conversation import Exchange, Place
from bot.chat.kept import Kept, Preferences, Unfinished
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

    @property
    def is_failing(self) -> bool:
        """Whether it did not work when it was needed last."""
        ...

    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> Sequence[Exchange]:
        """Give the latest exchanges that fit so many characters."""
        ...

    async def last(self, place: Place, person: int) -> Kept | None:
        """Give the latest exchange of a person in a place."""
        ...

    async def keep(self, answer: Unfinished, updates: Sequence[int] = ()) -> bool:
        """Keep how an answer stands while it grows; `updates` are dealt with herewith.

        False: it could not be kept.
        """
        ...

    async def conclude(
        self, answer: Unfinished, text: str, updates: Sequence[int] = ()
    ) -> int | None:
        """Keep an answer that has ended as an exchange, and give its number.

        It takes the place of the exchange that it has, or gets a new one. `None`: that failed.
        """
        ...

    async def finish(self, answer: Unfinished) -> None:
        """Let go of an answer that stands in the chat, and keep in which messages."""
        ...

    async def drop(self, answer: Unfinished) -> None:
        """Let go of an answer that is not to be kept."""
        ...

    async def unfinished(self) -> Sequence[Unfinished]:
        """Give the answers that an earlier process has kept and not let go of."""
        ...

    async def settle(self, update_ids: Sequence[int]) -> None:
        """Take note that these updates are dealt with."""
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
