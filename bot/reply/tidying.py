"""Taking away the buttons of answers that have had their time, when the budget has nothing better.

Nothing depends on it: who presses such a button is told that it has no use any more.
"""

import asyncio
import logging
from collections import deque
from typing import Final

from bot.reply.gate import Gate
from bot.reply.pacing import Peer, Urgency
from bot.reply.surface import Refusal, Surface, TooFast

MOST: Final = 20
"""Messages of one chat that wait to be tidied; the oldest are left as they are."""

_log = logging.getLogger(__name__)


class Tidying:
    """One task per chat that has buttons to take away, and none while there are none."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._waiting: dict[Peer, deque[tuple[Surface, int]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, surface: Surface, message_id: int) -> None:
        """Take the buttons below this message away, some time."""
        peer = surface.peer
        if peer in self._waiting:
            self._waiting[peer].append((surface, message_id))
            return
        self._waiting[peer] = deque([(surface, message_id)], maxlen=MOST)
        task = asyncio.create_task(self._work(peer), name=f"tidying of {peer.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Leave what is still there."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, peer: Peer) -> None:
        waiting = self._waiting[peer]
        try:
            while waiting:
                async with self._gate.turn(peer, lambda: Urgency.IDLE):
                    surface, message_id = waiting.popleft()
                    await self._tidy(surface, message_id)
        finally:
            del self._waiting[peer]

    async def _tidy(self, surface: Surface, message_id: int) -> None:
        try:
            await surface.rebutton(message_id, ())
        except TooFast as refusal:
            self._gate.hold(surface.peer, refusal.retry_after)
        except Refusal as refusal:
            _log.debug("buttons were left: %s", refusal)
