"""The order of answers: one after the other in a place, side by side between places."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bot.chat.conversation import Place
from bot.logs import where

Job: TypeAlias = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


class Lines:
    """A line of jobs per place. Putting a job in never waits, so no place can hold up another."""

    def __init__(self) -> None:
        self._lines: dict[Place, deque[Job]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    def put(self, place: Place, job: Job) -> None:
        """Add a job at the end of the place's line."""
        if place in self._lines:
            self._lines[place].append(job)
            return
        self._lines[place] = deque([job])
        worker = asyncio.create_task(self._work(place), name=f"line of {place.chat_id}")
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def idle(self) -> None:
        """Wait until every line is empty."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def close(self, grace: float) -> None:
        """Let the jobs, those that wait included, end within `grace` seconds, or end them."""
        if self._workers:
            await asyncio.wait(self._workers, timeout=grace)
        workers = tuple(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, place: Place) -> None:
        line = self._lines[place]
        try:
            while line:
                job = line.popleft()
                try:
                    await job()
                except Exception as error:  # noqa: BLE001 (the next job is not to blame)
                    _log.error("a bug in a handler: %s", where(error))
        finally:
            del self._lines[place]
