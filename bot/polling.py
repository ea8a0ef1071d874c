"""How updates are asked for: stored as soon as they come, and never by two processes for long.

Telegram lets one process poll for a bot at a time: a second one's `getUpdates` ends the first one's
with 409 Conflict, and so by turns. An update that came to one comes to the other, too, if that asks
in the moment before the first one's next `getUpdates` confirms it; nothing tells either of them.
So they must not go on by turns. The process that has polled undisturbed goes on; one that has not
(it has just been started) waits, listens whether the other is still there, and takes no update
before it has heard nothing of it for a while.
"""

import asyncio
import math
import random
from http import HTTPStatus
from typing import Any, Final

from telegram.error import TimedOut
from telegram.request import HTTPXRequest

from bot.handlers.inbox import Inbox

FAREWELL: Final = 2.0
"""Seconds to tell Telegram which updates were taken."""
UNDISTURBED: Final = 60.0
"""Seconds of polling after which a process does not give way to another one."""
GIVE_WAY: Final = 10.0
"""Seconds that a process gives way, and up to half as many more, so that two do not agree."""
LISTEN: Final = 5.0
"""Seconds without a conflict after which the other process is taken to be gone."""
PAUSE: Final = 0.5
"""Seconds between looks at what may be the other process's."""
NOTHING: Final = b'{"ok":true,"result":[]}'


class Turn:
    """Whether this process is the one to take updates. Pure over a given `now`."""

    def __init__(self) -> None:
        self._undisturbed_since = math.inf
        self._listens_from = -math.inf

    def wait(self, now: float) -> float:
        """Seconds until it may ask; 0: now."""
        return max(self._listens_from - now, 0.0)

    def answered(self, now: float) -> bool:
        """Take note of an answer; tell whether the updates in it may be taken."""
        self._undisturbed_since = min(self._undisturbed_since, now)
        return now >= self._listens_from + LISTEN

    def disturbed(self, now: float, jitter: float) -> None:
        """Take note of a conflict; `jitter` is a number from 0 to 1."""
        if now - self._undisturbed_since < UNDISTURBED:
            self._listens_from = now + GIVE_WAY * (1 + jitter / 2)
            self._undisturbed_since = math.inf


class Polling(HTTPXRequest):
    """Makes the calls of `getUpdates`.

    Sets `rejected` when Telegram stops accepting the token: python-telegram-bot ends its loop
    without a word then. Once `is_last` is set, a call takes `FAREWELL` seconds at most:
    python-telegram-bot asks once more when polling is stopped, and that cannot be cancelled.
    """

    def __init__(self, inbox: Inbox, rejected: asyncio.Event, **options: Any) -> None:
        super().__init__(**options)
        self.is_last = False
        self._inbox = inbox
        self._rejected = rejected
        self._turn = Turn()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make a call; gives HTTP status and body. Raises `TimedOut` and `NetworkError`."""
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(FAREWELL if self.is_last else None):
                await asyncio.sleep(self._turn.wait(now()))
                status, body = await super().do_request(*args, **kwargs)
        except TimeoutError:
            raise TimedOut from None
        match status:
            case HTTPStatus.OK if self._turn.answered(now()):
                return status, await self._inbox.store(body)
            case HTTPStatus.OK:
                await asyncio.sleep(PAUSE)
                return status, NOTHING  # what there is is left to the other process, or for later
            case HTTPStatus.CONFLICT:
                self._turn.disturbed(now(), random.random())
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.NOT_FOUND:
                self._rejected.set()
        return status, body
