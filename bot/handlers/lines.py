"""The order of work: one item after the other in a line, lines side by side."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from bot.logs import where

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Lines(Generic[T]):
    """A line of items per key, each served when the one before it is done.

    Putting an item in never waits, so no line can hold up another.
    """

    def __init__(self, serve: Callable[[T], Awaitable[None]]) -> None:
        self._serve = serve
        self._lines: dict[Hashable, deque[T]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    def put(self, key: Hashable, item: T, *, first: bool = False) -> None:
        """Add an item at the end of a line, or before all that wait."""
        if key in self._lines:
            if first:
                self._lines[key].appendleft(item)
            else:
                self._lines[key].append(item)
            return
        self._lines[key] = deque()  # those that wait; this one does not
        worker = asyncio.create_task(self._work(key, item), name="line")
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    def is_busy(self, key: Hashable) -> bool:
        """Tell whether an item of this line is being served."""
        return key in self._lines

    def waiting(self, key: Hashable) -> Sequence[T]:
        """Give the items of a line that are not served yet."""
        return tuple(self._lines.get(key, ()))

    def all_waiting(self) -> Sequence[T]:
        """Give the items of all lines that are not served yet."""
        return tuple(item for line in self._lines.values() for item in line)

    def drop(self, unwanted: Callable[[T], bool]) -> list[T]:
        """Take items out of all lines that are not served yet, and give them."""
        dropped: list[T] = []
        for line in self._lines.values():
            dropped += filter(unwanted, line)
            kept = [item for item in line if not unwanted(item)]
            line.clear()
            line.extend(kept)
        return dropped

    async def idle(self) -> None:
        """Wait until every line is empty."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def close(self, grace: float) -> None:
        """Let all items, those that wait included, end within `grace` seconds, or end them."""
        if self._workers:
            await asyncio.wait(self._workers, timeout=grace)
        workers = tuple(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, key: Hashable, first: T) -> None:
        line = self._lines[key]
        try:
            await self._try(first)
            while line:
                await self._try(line.popleft())
        finally:
            del self._lines[key]

    async def _try(self, item: T) -> None:
        try:
            await self._serve(item)
        except Exception as error:  # noqa: BLE001 (the next item is not to blame)
            _log.error("a bug in a handler: %s", where(error))
