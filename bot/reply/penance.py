"""What a 429 leaves behind: a silence, and a pace that recovers by itself. Pure.

- A chat that hears 429 is silent for the whole `retry_after`. Then its laws are stretched in time,
  twofold for each 429 (at most eightfold); the stretch fades by half each minute. A call that is
  answered with 429 during the silence was under way when it began: it can make the silence longer,
  but is no fault of its own.
- Several chats that hear 429 within a second hear it because of the bot as a whole. Then all are
  silent and slow down together, and none of them has a stretch of its own for it.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

STRETCH_STEP: Final = 2.0
STRETCH_LIMIT: Final = 8.0
STRETCH_HALF_LIFE: Final = 60.0
TOGETHER: Final = 1.0
"""Seconds."""
SEVERAL: Final = 3
"""So many chats must hear 429 within `TOGETHER` for it to be the whole bot's."""


@dataclass(slots=True)
class Penance:
    """That of a chat, or of the bot."""

    until: float = -math.inf
    _stretch: float = 1.0
    _before: float = 1.0

    def is_silent(self, now: float) -> bool:
        """Tell whether no call may be made."""
        return now < self.until

    def stretch(self, now: float) -> float:
        """Give how many times longer all intervals are."""
        quiet = max(now - self.until, 0.0)
        return 1 + (self._stretch - 1) * math.pow(0.5, quiet / STRETCH_HALF_LIFE)

    def begin(self, seconds: float, now: float) -> None:
        """Be silent for so many seconds, and slow afterwards."""
        is_new = not self.is_silent(now)
        self.be_silent(seconds, now)
        if is_new:
            self._before = self._stretch
            self._stretch = min(self._before * STRETCH_STEP, STRETCH_LIMIT)

    def be_silent(self, seconds: float, now: float) -> None:
        """Be silent for so many seconds, and as slow afterwards as it is now."""
        self._stretch = self.stretch(now)
        self.until = max(self.until, now + seconds)

    def relent(self) -> None:
        """Be as slow as before the silence; it stays."""
        self._stretch = self._before

    def is_over(self, now: float) -> bool:
        """Tell whether nothing of it is left."""
        return not self.is_silent(now) and self.stretch(now) < 1.01


@dataclass(slots=True)
class Floods:
    """The 429s of the last moment, and what they mean for the bot as a whole."""

    bot: Penance = field(default_factory=Penance)
    _lately: dict[Hashable, tuple[float, float, Penance]] = field(default_factory=dict)
    _seconds: float = 0.0

    def note(self, chat: Hashable, penance: Penance, seconds: float, now: float) -> None:
        """Take note that a chat, whose penance this is, has heard 429."""
        if self.bot.is_silent(now):
            penance.be_silent(seconds, now)
            # One chat may have to wait much longer than all others: not they for its sake.
            self.bot.be_silent(min(seconds, self._seconds), now)
            return
        penance.begin(seconds, now)
        self._lately[chat] = now, seconds, penance
        self._lately = {c: one for c, one in self._lately.items() if one[0] > now - TOGETHER}
        if len(self._lately) >= SEVERAL:
            self._seconds = sorted(seconds for _, seconds, _ in self._lately.values())[1]
            self.bot.begin(self._seconds, now)
            for _, _, one in self._lately.values():
                one.relent()
            self._lately.clear()
