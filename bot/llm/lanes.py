"""Event loops in threads of their own, lent to one answer at a time.

g4f blocks: providers look up models with `requests` inside coroutines, or compute for seconds. And
it allows 20 streams per host on one loop. So every answer runs on a loop of its own, in a thread of
its own. What holds:

- At most `MOST` lanes are lent; beyond that the one with the fewest answers is shared. `IDLE` of
  them wait for the next answer, the others end: a lane holds a thread and three file descriptors.
- The more lanes are lent, the more seldom each looks at its connections, so that it finds several
  tokens there at once: only one thread computes at a time, and a hundred that each wake up for each
  token would leave little to the loop that serves Telegram.
- A lane whose job does not end within `PATIENCE` after it was cancelled is blocked. It is given up:
  never lent again, and it ends by itself when the provider lets go of it.
- All threads are daemons, those of the loops' executors too (name look-ups, `asyncio.to_thread`):
  none keeps the process from ending.

`Lanes` and `Job` belong to the loop that lends and are called there only.
"""

import asyncio
import contextlib
import itertools
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.llm.errors import AnswerError, Kind
from bot.llm.rest import Rest
from bot.threads import DaemonExecutor

MOST = 100
IDLE = 8
REST = 0.0005
"""Seconds between two looks of a lane, for each lane that is lent: 0.05 s for a hundred."""
PATIENCE = 1.0
"""Seconds for a cancelled job to end; its connection upstream is closed by then."""

Work = Callable[[], Coroutine[Any, Any, None]]
"""Makes the coroutine to run; called in the lane's thread. It handles its own errors."""


class Lanes:
    """The lanes of one lending loop; `farewell` is awaited on each lane's loop before it ends."""

    def __init__(self, farewell: Callable[[], Awaitable[None]]) -> None:
        self._farewell = farewell
        self._lent: list[_Lane] = []  # and those that wait
        self._blocked: set[_Lane] = set()
        self._numbers = itertools.count(1)

    def start(self, work: Work) -> "Job":
        """Run the work on a lane; raise `AnswerError` if providers block all that there may be."""
        lane = self._choose()
        lane.jobs += 1
        return Job(self, lane, work)

    def _choose(self) -> "_Lane":
        for lane in reversed(self._lent):
            if not lane.jobs:
                return lane
        if len(self._lent) < MOST and len(self._lent) + len(self._blocked) < 2 * MOST:
            rest = Rest(lambda: REST * len(self._lent))
            lane = _Lane(next(self._numbers), rest, self._farewell, self._ended)
            self._lent.append(lane)
            return lane
        if not self._lent:
            raise AnswerError(Kind.TIMED_OUT, f"{len(self._blocked)} threads blocked by providers")
        return min(self._lent, key=lambda lane: lane.jobs)

    def left(self, lane: "_Lane") -> None:
        """Note that a job of the lane has ended."""
        lane.jobs -= 1
        idle = sum(not other.jobs for other in self._lent)
        if not lane.jobs and (lane in self._blocked or idle > IDLE):
            self._retire(lane)

    def give_up(self, lane: "_Lane") -> None:
        """Lend the lane no more; it ends as soon as it can, but not under another answer's feet."""
        if lane in self._lent:
            self._lent.remove(lane)
            self._blocked.add(lane)
        if lane.jobs <= 1:
            lane.end()

    def _retire(self, lane: "_Lane") -> None:
        if lane in self._lent:
            self._lent.remove(lane)
        lane.end()

    def _ended(self, lane: "_Lane") -> None:
        self._blocked.discard(lane)

    async def close(self) -> None:
        """End all lanes and what runs on them; wait `PATIENCE` at most, even if one is blocked."""
        lanes = [*self._lent, *self._blocked]
        self._lent.clear()
        for lane in lanes:
            lane.end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                for lane in lanes:
                    await lane.gone.wait()


class Job:
    """A piece of work on a lane."""

    def __init__(self, lanes: Lanes, lane: "_Lane", work: Work) -> None:
        self._lanes = lanes
        self._lane = lane
        self._work = work
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._home = asyncio.get_running_loop()
        self._alarm: asyncio.TimerHandle | None = None
        lane.call(self._begin)

    async def cancel(self) -> None:
        """Cancel the work; return when it has ended, or given up after `PATIENCE`."""
        if self._ended.is_set():
            return
        self._lane.call(self._cancel)
        if self._alarm is None:
            self._alarm = self._home.call_later(PATIENCE, self._give_up)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._ended.wait()

    def _give_up(self) -> None:
        if not self._ended.is_set():
            self._lanes.give_up(self._lane)

    # In the lane's thread:

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._work())
        self._task.add_done_callback(self._done)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _done(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled():
            task.exception()  # the work has told what there is to tell
        _post(self._home, self._leave)

    # On the lending loop again:

    def _leave(self) -> None:
        self._ended.set()
        if self._alarm is not None:
            self._alarm.cancel()
        self._lanes.left(self._lane)


class _Lane:
    """A thread with an event loop."""

    def __init__(
        self,
        number: int,
        rest: Rest,
        farewell: Callable[[], Awaitable[None]],
        ended: Callable[["_Lane"], None],
    ) -> None:
        self.jobs = 0
        self.gone = asyncio.Event()
        self._ending = False
        self._farewell = farewell
        self._on_end = ended
        self._home = asyncio.get_running_loop()
        # Windows has another kind of loop, which can do more there.
        on_windows = sys.platform == "win32"
        self._loop = asyncio.new_event_loop() if on_windows else asyncio.SelectorEventLoop(rest)
        self._loop.set_default_executor(DaemonExecutor())
        self._loop.set_exception_handler(_say_nothing)
        threading.Thread(target=self._run, name=f"g4f-{number}", daemon=True).start()

    def call(self, step: Callable[[], None]) -> None:
        """Have the step done in the lane's thread, as soon as it can."""
        _post(self._loop, step)

    def end(self) -> None:
        """Have the thread cancel what it does, and end; again does nothing."""
        if not self._ending:  # a second stop would break off the winding up
            self._ending = True
            _post(self._loop, self._loop.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._wind_up())
        finally:
            self._loop.close()
            _post(self._home, self._tell)

    async def _wind_up(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE)
        with contextlib.suppress(Exception):  # whatever a foreign library has there to say
            await self._farewell()
        await self._loop.shutdown_asyncgens()

    def _tell(self) -> None:
        self.gone.set()
        self._on_end(self)


def _post(loop: asyncio.AbstractEventLoop, step: Callable[[], object]) -> None:
    """Have the step done on the loop; where the loop has ended, nobody waits for it."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(step)


def _say_nothing(_: asyncio.AbstractEventLoop, __: dict[str, Any]) -> None:
    """Drop what a loop would log of g4f's forgotten tasks: it holds foreign messages."""
