"""Where calls to Telegram wait until the pacer allows them. The clock is the event loop's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

from bot.reply.pacing import Call, Pacer, Peer, Urgency
from bot.reply.turns import Turn, Turns

TICK: Final = 1e-6
"""Seconds; a wait that is shorter than the clock's resolution would be over before it began."""


class Gate:
    """Lets calls through one by one, in the order of `bot.reply.turns`.

    Whoever waits decides only when its turn has come what it sends. Nothing is queued, so nothing
    goes out stale.
    """

    def __init__(self, pacer: Pacer) -> None:
        self._turns = Turns(pacer)
        self._granted: dict[Turn, asyncio.Future[Call]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def turn(
        self, peer: Peer, urgency: Callable[[], Urgency], unseen_since: float | None = None
    ) -> AsyncIterator[None]:
        """Wait for the turn to make one call; the call is made inside.

        `unseen_since` is when what it shows came to be, now by default.
        """
        call = await self.enter(peer, urgency, unseen_since)
        try:
            yield
        finally:
            self.leave(call)

    async def enter(
        self, peer: Peer, urgency: Callable[[], Urgency], unseen_since: float | None = None
    ) -> Call:
        """Wait for the turn to make one call, which whoever gets it has to `leave` afterwards."""
        loop = asyncio.get_running_loop()
        since = loop.time() if unseen_since is None else unseen_since
        turn = Turn(peer, urgency, since)
        granted: asyncio.Future[Call] = loop.create_future()
        self._granted[turn] = granted
        self._turns.add(turn, loop.time())
        self._let_through()
        try:
            return await granted
        except asyncio.CancelledError:
            self._give_up(turn, granted)
            raise

    def leave(self, call: Call) -> None:
        """Say that a call was answered, or given up."""
        self._turns.settle(call, asyncio.get_running_loop().time())

    def hold(self, peer: Peer, seconds: float) -> None:
        """Let no call to this chat through for so long: Telegram said 429."""
        self._turns.hold(peer, seconds, asyncio.get_running_loop().time())

    def reconsider(self, peer: Peer) -> None:
        """Let through who may go now; to be called when an urgency in this chat has risen."""
        self._turns.reconsider(peer, asyncio.get_running_loop().time())
        self._let_through()

    def _let_through(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            match self._turns.take(now):
                case turn, call:
                    granted = self._granted.pop(turn)
                    if granted.cancelled():  # and whoever waited has not run since
                        self._turns.settle(call, now)
                    else:
                        granted.set_result(call)
                case None:
                    return
                case wait:
                    self._timer = loop.call_at(now + max(wait, TICK), self._let_through)
                    return

    def _give_up(self, turn: Turn, granted: asyncio.Future[Call]) -> None:
        """Free the turn of somebody who was cancelled, perhaps just when it had come."""
        if self._granted.pop(turn, None):
            self._turns.remove(turn, asyncio.get_running_loop().time())
        elif not granted.cancelled():
            self.leave(granted.result())
