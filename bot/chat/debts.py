"""What has to be written and could not be yet; it is tried until it works."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

from bot.chat.calls import StoreError

MOST: Final = 10_000
"""Debts; further ones drive out the oldest."""
EVERY: Final = 5.0
"""Seconds between attempts."""
PATIENCE: Final = 8.0
"""Seconds that an attempt may take."""
FAREWELL: Final = 1.0
"""Seconds for a last attempt when all is to end."""

Write = Callable[[], Coroutine[Any, Any, object]]


class Debts:
    """Writes what is owed, in order; each write may happen more than once."""

    def __init__(self) -> None:
        self._owed: deque[Write] = deque(maxlen=MOST)
        self._paying: asyncio.Task[None] | None = None

    def owe(self, write: Write) -> None:
        """Let something be written as soon as that is possible."""
        self._owed.append(write)
        if self._paying is None:
            self._paying = asyncio.create_task(self._pay(), name="debts")

    async def close(self) -> None:
        """Try once more, and leave what cannot be written."""
        if self._paying:
            self._paying.cancel()
            await asyncio.gather(self._paying, return_exceptions=True)
            self._paying = None
        try:
            async with asyncio.timeout(FAREWELL):
                while self._owed:
                    await self._owed[0]()
                    self._owed.popleft()
        except (StoreError, TimeoutError):
            return

    async def _pay(self) -> None:
        while self._owed:
            await asyncio.sleep(EVERY)
            try:
                while self._owed:
                    write = self._owed[0]
                    async with asyncio.timeout(PATIENCE):
                        await write()
                    if self._owed and self._owed[0] is write:
                        self._owed.popleft()
            except (StoreError, TimeoutError):
                continue
        self._paying = None
