"""What happens on the screens, for whoever looks on: a test, a terminal, a page."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self

from bot.sandbox.telegram.values import Message


@dataclass(frozen=True, slots=True)
class Shown:
    """A message has come, the bot's or another's."""

    message: Message


@dataclass(frozen=True, slots=True)
class Edited:
    """A message looks different now."""

    message: Message


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message is gone; this is how it looked."""

    message: Message


@dataclass(frozen=True, slots=True)
class Acting:
    """The bot shows that it is typing, or what else `action` says, for some five seconds."""

    chat_id: int
    topic: int | None
    action: str


@dataclass(frozen=True, slots=True)
class Reacted:
    """The bot's reaction to a message has changed; `message.reaction` is the new one."""

    message: Message


@dataclass(frozen=True, slots=True)
class Answered:
    """The bot has answered the press of a button; `text` shows as a toast, or as an alert."""

    query_id: str
    text: str
    is_alert: bool


Event = Shown | Edited | Deleted | Acting | Reacted | Answered


class Bell:
    """Rings whenever anything changes; who waits hears the next ring."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake all that wait."""
        self._next.set()
        self._next = asyncio.Event()

    async def rung(self) -> None:
        """Wait for the next ring."""
        await self._next.wait()


class Feed(AsyncIterator[Event]):
    """The events from now on, in order, until it is closed.

    As a context manager it closes itself.
    """

    def __init__(self) -> None:
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self.closed = False

    def put(self, event: Event) -> None:
        """Add an event."""
        self._events.put_nowait(event)

    def close(self) -> None:
        """End the iteration after what has already come."""
        self.closed = True
        self._events.put_nowait(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __anext__(self) -> Event:
        event = await self._events.get()
        if event is None:
            raise StopAsyncIteration
        return event
