"""Who sends to a chat, and who looks there for a message whose sending seemed lost.

While a message is sent nobody knows its id, and who looks for a lost one would find that. So nobody
looks in a chat while others send there, and nobody sends there while somebody looks. What has
become known while somebody waited to look is not to be looked at any more.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator

from bot.reply.ids import MessageIds


class Delivery:
    """The sends and looks under way, and the ids that are known."""

    def __init__(self) -> None:
        self.ids = MessageIds()
        self._sends: Counter[int] = Counter()
        self._looks: Counter[int] = Counter()
        self._waiting: list[asyncio.Future[None]] = []

    @contextlib.asynccontextmanager
    async def sending(self, chat_id: int) -> AsyncIterator[None]:
        """Send inside, as soon as nobody looks."""
        await self._until(lambda: not self._looks[chat_id])
        with self._counted(self._sends, chat_id):
            yield

    @contextlib.asynccontextmanager
    async def looking(self, chat_id: int) -> AsyncIterator[None]:
        """Look inside, as soon as nobody sends or looks."""
        await self._until(lambda: not (self._sends[chat_id] or self._looks[chat_id]))
        with self._counted(self._looks, chat_id):
            yield

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            change = asyncio.get_running_loop().create_future()
            self._waiting.append(change)
            await change

    @contextlib.contextmanager
    def _counted(self, calls: Counter[int], chat_id: int) -> Iterator[None]:
        calls[chat_id] += 1
        try:
            yield
        finally:
            calls[chat_id] -= 1
            if not calls[chat_id]:
                del calls[chat_id]
            waiting, self._waiting = self._waiting, []
            for change in waiting:
                if not change.done():
                    change.set_result(None)
