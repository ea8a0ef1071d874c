"""The sign "typing…", while there is nothing to read yet."""

import asyncio
import functools
import logging

from bot.reply.gate import Gate
from bot.reply.pacing import Call, Urgency
from bot.reply.surface import Refusal, Surface, TooFast

TYPING_AFTER = 0.2
"""Seconds of silence before the first "typing…"; who answers at once does not need it."""
TYPING_EVERY = 4.5
"""Seconds from one "typing…" to the next; Telegram shows each for about 5 s."""
TYPING_IN_GROUPS = 3
"""How often an answer shows "typing…" in a group, whose budget is small."""

_log = logging.getLogger(__name__)


class Typing:
    """Shows the sign in one chat, as the last in line."""

    def __init__(self, surface: Surface, gate: Gate) -> None:
        self._surface = surface
        self._gate = gate
        self._calls: set[asyncio.Task[None]] = set()

    async def show(self) -> None:
        """Show it until cancelled; in groups only a few times."""
        peer = self._surface.peer
        left = TYPING_IN_GROUPS if peer.is_group else None
        await asyncio.sleep(TYPING_AFTER)
        while left != 0:
            call = await self._gate.enter(peer, lambda: Urgency.TYPING)
            # A call under way is not broken off by the first text: that would cost its connection,
            # just when the first text needs one.
            showing = asyncio.create_task(self._show(), name="typing call")
            self._calls.add(showing)
            showing.add_done_callback(functools.partial(self._left, call))
            await asyncio.shield(showing)
            left = left and left - 1
            await asyncio.sleep(TYPING_EVERY)

    def break_off(self) -> None:
        """Break off the calls that are under way."""
        for call in self._calls:
            call.cancel()

    async def close(self) -> None:
        """Break off the calls that are under way, and wait for that."""
        self.break_off()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _left(self, call: Call, showing: asyncio.Task[None]) -> None:
        """Leave the gate also where the call was cancelled before it began."""
        self._calls.discard(showing)
        self._gate.leave(call)

    async def _show(self) -> None:
        try:
            await self._surface.typing()
        except TooFast as refusal:
            self._gate.hold(self._surface.peer, refusal.retry_after)
        except Refusal as refusal:
            _log.debug("typing was not shown: %s", refusal)
