"""Where calls to Telegram wait until the pacer allows them. The clock is the event loop's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from bot.reply.pacing import Call, Pacer, Peer, Urgency

TICK: Final = 1e-6
"""Seconds; a wait that is shorter than the clock's resolution would be over before it began."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """Somebody who waits; the urgency is asked anew each time, for it may rise meanwhile."""

    peer: Peer
    urgency: Callable[[], Urgency]
    since: float
    granted: asyncio.Future[Call]


class Gate:
    """Lets calls through one by one: the most urgent of those allowed now, then the oldest.

    Whoever waits decides only when its turn has come what it sends. Nothing is queued, so nothing
    goes out stale.
    """

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def turn(self, peer: Peer, urgency: Callable[[], Urgency]) -> AsyncIterator[None]:
        """Wait for the turn to make one call; the call is made inside."""
        call = await self.enter(peer, urgency)
        try:
            yield
        finally:
            self.leave(call)

    async def enter(self, peer: Peer, urgency: Callable[[], Urgency]) -> Call:
        """Wait for the turn to make one call, which whoever gets it has to `leave` afterwards."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(peer, urgency, loop.time(), loop.create_future())
        self._waiting.append(waiting)
        self.reconsider()
        try:
            return await waiting.granted
        except asyncio.CancelledError:
            self._give_up(waiting)
            raise

    def leave(self, call: Call) -> None:
        """Say that a call was answered, or given up."""
        self._pacer.settle(call, asyncio.get_running_loop().time())
        self.reconsider()

    def hold(self, peer: Peer, seconds: float) -> None:
        """Let no call to this chat through for so long: Telegram said 429."""
        self._pacer.hold(peer, seconds, asyncio.get_running_loop().time())

    def reconsider(self) -> None:
        """Let through whoever may go now; to be called when an urgency has risen."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        while self._waiting:
            now = loop.time()
            wait, index, urgency = self._next(now)
            if wait > 0:
                self._timer = loop.call_at(now + max(wait, TICK), self.reconsider)
                return
            first = self._waiting.pop(index)
            first.granted.set_result(self._pacer.spend(first.peer, urgency, now))

    def _next(self, now: float) -> tuple[float, int, Urgency]:
        """Give who goes next, and in how many seconds."""
        if wait := self._pacer.bot_wait(now):
            return wait, 0, Urgency.FINAL  # nobody, whoever it may be then
        ranks = [self._rank(waiting, now) for waiting in self._waiting]
        index = min(range(len(ranks)), key=ranks.__getitem__)
        return ranks[index][0], index, ranks[index][1]

    def _rank(self, waiting: _Waiting, now: float) -> tuple[float, Urgency, float]:
        urgency = waiting.urgency()
        return self._pacer.wait(waiting.peer, urgency, now), urgency, waiting.since

    def _give_up(self, waiting: _Waiting) -> None:
        if waiting in self._waiting:
            self._waiting.remove(waiting)
        elif waiting.granted.done() and not waiting.granted.cancelled():
            self.leave(waiting.granted.result())
