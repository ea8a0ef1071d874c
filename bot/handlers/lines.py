"""The order of work: one item after the other in a line, lines side by side."""

import asyncio
import functools
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from bot.logs import report

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Lines(Generic[T]):
    """A line of items per key, each served when the one before it is done.

    At most `at_once` items are served at a time; the lines take turns for that, so that whoever has
    waited longest goes next, and nobody's second item goes before another's first. Putting an item
    in never waits, so no line can hold up another. `on_bug` is told of an item that could not be
    served because of a bug, and under which id that stands in the log.
    """

    def __init__(
        self,
        serve: Callable[[T], Awaitable[None]],
        *,
        at_once: float = math.inf,
        on_bug: Callable[[T, str], None] = lambda _item, _bug: None,
    ) -> None:
        self._serve = serve
        self._at_once = at_once
        self._on_bug = on_bug
        self._lines: dict[Hashable, deque[T]] = {}
        self._ready: deque[Hashable] = deque()
        """The lines of which an item is served as soon as there is room, in their order."""
        self._waiting = 0
        self._served: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def put(self, key: Hashable, item: T, *, first: bool = False) -> None:
        """Add an item at the end of a line, or before all that wait."""
        if key not in self._lines:
            self._lines[key] = deque()
            self._ready.append(key)
        if first:
            self._lines[key].appendleft(item)
        else:
            self._lines[key].append(item)
        self._waiting += 1
        self._begin()

    def is_busy(self, key: Hashable) -> bool:
        """Tell whether there is an item of this line that is served or waits."""
        return key in self._lines

    @property
    def is_full(self) -> bool:
        """Whether an item put in now would have to wait for those of other lines."""
        return len(self._served) >= self._at_once

    def waiting(self, key: Hashable) -> Sequence[T]:
        """Give the items of a line that are not served yet."""
        return tuple(self._lines.get(key, ()))

    def all_waiting(self) -> Sequence[T]:
        """Give the items of all lines that are not served yet."""
        return tuple(item for line in self._lines.values() for item in line)

    def __len__(self) -> int:
        """Give how many items are served or wait."""
        return len(self._served) + self._waiting

    @property
    def waiting_in_all(self) -> int:
        """How many items are not served yet."""
        return self._waiting

    def drop(self, unwanted: Callable[[T], bool]) -> list[T]:
        """Take items out of all lines that are not served yet, and give them."""
        dropped: list[T] = []
        for line in self._lines.values():
            dropped += filter(unwanted, line)
            kept = [item for item in line if not unwanted(item)]
            line.clear()
            line.extend(kept)
        self._waiting -= len(dropped)
        for key in [key for key in self._ready if not self._lines[key]]:
            self._ready.remove(key)
            del self._lines[key]
        return dropped

    async def idle(self) -> None:
        """Wait until every line is empty."""
        while self._served:
            await asyncio.wait(self._served)

    async def close(self, grace: float) -> None:
        """Let all items, those that wait included, end within `grace` seconds, or end them."""
        try:
            async with asyncio.timeout(grace):
                await self.idle()
        except TimeoutError:
            self._is_closed = True
            served = tuple(self._served)
            for task in served:
                task.cancel()
            await asyncio.gather(*served, return_exceptions=True)

    def _begin(self) -> None:
        """Serve as many lines as there is room for."""
        while self._ready and not self.is_full and not self._is_closed:
            key = self._ready.popleft()
            self._waiting -= 1
            task = asyncio.create_task(self._try(self._lines[key].popleft()), name="line")
            self._served.add(task)
            task.add_done_callback(functools.partial(self._done, key))

    def _done(self, key: Hashable, task: asyncio.Task[None]) -> None:
        self._served.discard(task)
        if self._lines[key]:
            self._ready.append(key)
        else:
            del self._lines[key]
        self._begin()

    async def _try(self, item: T) -> None:
        try:
            await self._serve(item)
        except Exception as error:  # noqa: BLE001 (the next item is not to blame)
            self._on_bug(item, report(_log, "in a handler", error))
