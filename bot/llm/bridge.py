"""Carries an answer from the thread it is made in to the loop that waits for it.

A wake-up of the waiting loop is what costs most, so one bell serves all answers: it wakes the loop
at once when it was quiet, and then at most every `INTERVAL`, for `MOST` answers each time. The more
answers grow, the longer each waits for its turn, and what has gathered of it by then is handed over
as one delta: the loop never has more to do than that, however many deltas come from however many
threads. A hundred answers are looked at every 0.1 s, when each can be shown every 3.4 s.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from bot.llm.attempts import Messages
from bot.llm.classify import Failure, classify
from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.errors import AnswerError, Kind
from bot.llm.lanes import Lanes

INTERVAL = 0.02
"""Seconds between two wake-ups; a delta waits half of it on average, while few answers grow."""
MOST = 20
"""Answers that are woken at once; each takes the loop some 40 µs."""

Ask = Callable[[Messages], AsyncGenerator[Delta, None]]
"""Asks a provider; runs in a thread that it may block, and raises whatever it likes."""

T = TypeVar("T")


class Bell:
    """Wakes the loop it was made on; `ring` may be called from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Channel] = deque()
        self._rung = False

    def ring(self, channel: "Channel") -> None:
        """Have the channel woken, soon."""
        self._waiting.append(channel)
        if not self._rung:
            self._rung = True
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        # Lowered before the look: who comes in between either is seen here or rings again.
        self._rung = False
        if not self._waiting:
            return
        self._rung = True
        for _ in range(min(MOST, len(self._waiting))):
            self._waiting.popleft().wake()
        self._loop.call_later(INTERVAL, self._wake)


class Channel:
    """The deltas of one answer on their way; filled by one thread, read on the bell's loop."""

    def __init__(self, bell: Bell) -> None:
        self.ended = False
        self.failure: Failure | None = None
        self.abandoned = False
        """Nobody reads any more. Seen between two deltas, by a provider that never awaits too."""
        self._bell = bell
        self._items: deque[Delta | Failure | None] = deque()
        self._woken = asyncio.Event()
        self._listed = False

    def put(self, item: Delta | Failure | None) -> None:
        """Send a delta; or the end: a failure, or None where all went well."""
        self._items.append(item)
        if not self._listed:
            self._listed = True
            self._bell.ring(self)

    def wake(self) -> None:
        """Let the reader look."""
        self._listed = False
        self._woken.set()

    async def take(self) -> Sequence[Delta]:
        """Return what has come, at least something unless it `ended`; neighbours are joined."""
        while not self._items:
            self._woken.clear()
            await self._woken.wait()
        taken: list[Delta] = []
        while self._items and not self.ended:
            match self._items.popleft():
                case Text() | Reasoning() as delta:
                    taken.append(delta)
                case end:
                    self.ended = True
                    self.failure = end
        return _joined(taken)


def _joined(deltas: Sequence[Delta]) -> list[Delta]:
    joined: list[Delta] = []
    pieces: list[str] = []
    for place, delta in enumerate(deltas):
        pieces.append(delta.text)
        following = deltas[place + 1] if place + 1 < len(deltas) else None
        if type(following) is not type(delta):
            joined.append(type(delta)("".join(pieces)))
            pieces = []
    return joined


class Threaded:
    """A source whose asking runs on a lane; see `attempts.Source`."""

    def __init__(self, name: str, ask: Ask, lanes: Lanes, bell: Bell) -> None:
        self.name = name
        self._ask = ask
        self._lanes = lanes
        self._bell = bell

    async def ask(self, messages: Messages) -> AsyncGenerator[Delta, None]:
        """Yield the answer; closing stops the asking and waits for that, unless it is blocked."""
        channel = Channel(self._bell)
        job = self._lanes.start(lambda: _carry(self._ask, messages, channel))
        try:
            while not channel.ended:
                for delta in await channel.take():
                    yield delta
        finally:
            if not channel.ended:
                channel.abandoned = True
                await job.cancel()
        if channel.failure is not None:
            raise AnswerError(channel.failure.kind, channel.failure.detail)


async def _carry(ask: Ask, messages: Messages, channel: Channel) -> None:
    """Put all that comes into the channel, and its end, whatever happens; runs on the lane."""
    end: Failure | None = Failure(Kind.REFUSED, "cancelled by the provider")
    try:
        async with contextlib.aclosing(ask(messages)) as deltas:
            async for delta in deltas:
                channel.put(delta)
                if channel.abandoned:
                    break
        end = None
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 - any there is
        end = classify(error)
    finally:
        channel.put(end)


async def result(
    lanes: Lanes, work: Callable[[], Coroutine[Any, Any, T]], limit: float
) -> T | Failure:
    """Run the work on a lane; return what comes of it within `limit` seconds. Raises nothing.

    Work that takes longer is cancelled; that may take a second more, if it is blocked.
    """
    home = asyncio.get_running_loop()
    came: asyncio.Future[T | Failure] = home.create_future()

    async def carry() -> None:
        end: T | Failure = Failure(Kind.REFUSED, "cancelled by the provider")
        try:
            end = await work()
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 - any there is
            end = classify(error)
        finally:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                home.call_soon_threadsafe(settle, end)

    def settle(end: T | Failure) -> None:
        if not came.done():
            came.set_result(end)

    try:
        job = lanes.start(carry)
    except AnswerError as error:
        return Failure(error.kind, error.detail)
    try:
        async with asyncio.timeout(limit):
            return await came
    except TimeoutError:
        return Failure(Kind.TIMED_OUT, f"nothing for {limit:g} s")
    finally:
        if came.cancelled():
            await job.cancel()
