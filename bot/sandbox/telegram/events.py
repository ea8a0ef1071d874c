"""What happens on the screens, for whoever looks on: a test, a terminal, a page."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self

from bot.sandbox.telegram.calls import Call
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


@dataclass(frozen=True, slots=True)
class Called:
    """A call has come, is understood, or has ended; `number` is its place in the log."""

    number: int
    call: Call


Event = Shown | Edited | Deleted | Acting | Reacted | Answered | Called


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

    As a context manager it closes itself. Only with `calls` it tells of what the bot calls.
    """

    def __init__(self, *, calls: bool = False) -> None:
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._calls = calls
        self.closed = False

    def put(self, event: Event) -> None:
        """Add an event."""
        if self._calls or not isinstance(event, Called):
            self._events.put_nowait(event)

    def waiting(self) -> list[Event]:
        """Take the events that have come already."""
        found = []
        while not self._events.empty() and (event := self._events.get_nowait()):
            found.append(event)
        return found

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
