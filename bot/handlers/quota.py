"""How many answers a person may have within an hour. Pure: the time is given."""

from collections import deque
from collections.abc import Set as AbstractSet
from typing import Final

HOUR: Final = 3600.0
"""Seconds."""
MOST_REMEMBERED: Final = 100_000
"""Answers of an hour, of all people together; then the oldest are forgotten.

Telegram takes about 30 calls a second of a bot, and an answer needs two at least, so that no hour
can hold more than 54,000.
"""


class Quota:
    """At most `most` answers of each person within any hour; 0: as many as they like.

    For the people of `exempt` there is no limit. What is asked in the name of a chat counts for
    that chat.
    """

    def __init__(
        self, most: int, exempt: AbstractSet[int] = frozenset(), remembered: int = MOST_REMEMBERED
    ) -> None:
        self._most = most
        self._exempt = exempt
        self._remembered = remembered
        self._begun: deque[tuple[float, int]] = deque()
        self._of: dict[int, deque[float]] = {}

    def wait(self, person: int, now: float) -> float:
        """Give in how many seconds a person may have another answer; 0: now."""
        self._forget_before(now - HOUR)
        begun = self._of.get(person)
        return begun[0] + HOUR - now if begun and len(begun) >= self._most else 0

    def take(self, person: int, now: float) -> float:
        """Count an answer of a person if they may have it, and give 0; else as `wait`."""
        wait = self.wait(person, now)
        if not wait and self._most and person not in self._exempt:
            self._begun.append((now, person))
            self._of.setdefault(person, deque()).append(now)
            while len(self._begun) > self._remembered:
                self._drop_oldest()
        return wait

    def give_back(self, person: int) -> None:
        """Take back the latest answer that was counted: nothing came of it."""
        if person in self._of:
            self._begun.remove((self._of[person].pop(), person))
            self._tidy(person)

    def __len__(self) -> int:
        """Give how many answers are remembered."""
        return len(self._begun)

    def _forget_before(self, then: float) -> None:
        while self._begun and self._begun[0][0] <= then:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, person = self._begun.popleft()
        self._of[person].popleft()
        self._tidy(person)

    def _tidy(self, person: int) -> None:
        if not self._of[person]:
            del self._of[person]
