"""How often a call whose outcome is unknown is made again. Pure over a given `now` (seconds)."""

import math
from typing import Final

FIRST_RETRY: Final = 1.0
LAST_RETRY: Final = 30.0
"""Seconds before the next attempt: doubled from the first to the last. An edit made twice is
harmless. A message is looked for before it is sent again (see `bot.reply.standing`); where it is
not found, one sent twice is the price of never losing one. That is kept rare: the read timeout is
longer than Telegram holds back a call, so that a call which succeeds late is not taken for a lost
one, and an answer sends no more messages than it has pages."""
PERSISTENCE: Final = 600.0
"""Seconds for which the end of an answer is tried again. What had come is remembered all the same,
and what comes next in the chat has its turn. (A 429 says when to come back: that is waited for,
however long it is.)"""


class Patience:
    """The patience of one answer.

    It is renewed by each call that is answered, unless a message is still to be found.
    """

    def __init__(self) -> None:
        self._next = FIRST_RETRY
        self._until = math.inf

    def renew(self) -> None:
        """Begin afresh."""
        self._next, self._until = FIRST_RETRY, math.inf

    def wait(self, now: float, *, is_end: bool) -> float | None:
        """Give the seconds before the next attempt, `None` for no more; `is_end`: of the answer."""
        if is_end:
            self._until = min(self._until, now + PERSISTENCE)
        if now >= self._until:
            return None
        wait, self._next = self._next, min(2 * self._next, LAST_RETRY)
        return wait
