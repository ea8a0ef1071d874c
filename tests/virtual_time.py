"""An event loop whose clock jumps: minutes of waiting pass in milliseconds, always the same way.

The clock of the code under test is its loop (`loop.time()`, `asyncio.sleep`, `asyncio.timeout`,
`call_later`). Here that clock stands still while anything is ready to run, and jumps to the next
timer as soon as nothing is. So a test may say `await asyncio.sleep(120)` and compare times with
`==`; nothing depends on how busy the machine is.

    @in_virtual_time
    async def test_a_stall_is_noticed_after_a_minute() -> None:
        started = now()
        ...
        assert now() - started == 60

`in_virtual_time` turns the coroutine function into a plain one, so that pytest calls it as any
other test; `run(coroutine)` is the same for use inside a test (with Hypothesis, for instance). An
`async` fixture would live on another loop: use `async with` in the test instead.

What holds:

- The clock begins at 0 (or at `start`).
- Work handed to an executor (`asyncio.to_thread`, a host name being resolved) takes no time: the
  clock waits for it, and as well for the store's tasks, which wait for a database. Sockets that
  both ends of which live on this loop work; a thread that nobody told the loop of does not hold the
  clock.
- A test that waits for something that cannot happen any more fails with `NothingLeftToHappen`
  instead of hanging, and so does one whose clock has passed `limit` (a day): some loop never ends.
"""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, ParamSpec, TypeVar, TypeVarTuple, Unpack

from bot.chat.calls import TASK

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

DAY = 86_400.0


class NothingLeftToHappen(Exception):  # noqa: N818 - it says what the test did wrong
    """The test waits, but no timer, no executor and no socket will wake it (or none in time)."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """The loop; see the module for what holds."""

    def __init__(self, start: float = 0.0, limit: float = DAY) -> None:
        self._now = start
        self._until = start + limit
        self._in_executor = 0
        self._ending = False
        self._nameless: list[asyncio.Task[Any]] = []
        self._at_the_database: set[asyncio.Task[Any]] = set()
        super().__init__(_Jumper(self._idle))

    def time(self) -> float:
        """Return the virtual seconds."""
        return self._now

    def run_in_executor(
        self,
        executor: Executor | None,
        func: Callable[[Unpack[Ts]], T],
        *args: *Ts,
    ) -> asyncio.Future[T]:
        """Do as every loop does, and let the clock stand still until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._in_executor += 1
        future.add_done_callback(self._left_executor)
        return future

    async def shutdown_default_executor(self) -> None:
        """Wait for the executor's threads as every loop does; they wake the loop from outside."""
        self._ending = True
        await super().shutdown_default_executor()

    def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
        """Do as every loop does, and keep the task in mind until it has got its name."""
        task: asyncio.Task[Any] = super().create_task(coro, **options)
        self._nameless.append(task)
        return task

    def _left_executor(self, _: object) -> None:
        self._in_executor -= 1

    def _is_at_the_database(self) -> bool:
        self._at_the_database.update(one for one in self._nameless if one.get_name() == TASK)
        self._nameless.clear()
        self._at_the_database = {one for one in self._at_the_database if not one.done()}
        return bool(self._at_the_database)

    def _idle(self, timeout: float | None) -> float | None:
        """Nothing is ready for `timeout` seconds: jump, and return how long to really wait."""
        if self._in_executor or self._ending or self._is_at_the_database():
            return None
        if timeout is None:
            raise NothingLeftToHappen("the test waits for something that cannot happen any more")
        self._now += timeout
        if self._now > self._until:
            raise NothingLeftToHappen("the clock has passed the limit, and the test goes on")
        return 0


class _Jumper(selectors.DefaultSelector):
    """Sees what is ready; where nothing is, asks the loop instead of waiting."""

    def __init__(self, idle: Callable[[float | None], float | None]) -> None:
        super().__init__()
        self._idle = idle

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        return super().select(self._idle(timeout))


def run(coroutine: Coroutine[Any, Any, T], *, start: float = 0.0, limit: float = DAY) -> T:
    """Run the coroutine on a loop of its own whose clock jumps, and return its result."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(start, limit)) as runner:
        return runner.run(coroutine)


def in_virtual_time(test: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Make a plain function of a coroutine function; a call runs it in virtual time."""

    @functools.wraps(test)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return run(test(*args, **kwargs))

    return call


def now() -> float:
    """Return the seconds of the running loop."""
    return asyncio.get_running_loop().time()
