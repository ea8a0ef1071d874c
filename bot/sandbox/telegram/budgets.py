"""How much a bot may call, and what happens when it calls more.

Pure over a given `now`, in seconds of any clock that does not go back. The laws are checked on a
plain log of the calls that were accepted, in another way than a bot would keep them, so that a
mistake cannot hide by being made twice. Telegram publishes the limits only roughly: "about one
message per second" in a chat, where short bursts pass, 20 per minute in a group and about 30 per
second in all (https://core.telegram.org/bots/faq); sends, edits and actions share them.
"""

import math
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

_REMEMBERED = 1000
"""Calls a log keeps; more than any law looks back in practice."""

_EVERYWHERE = 0
"""No chat has this id: under it stands what holds for the bot as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """The laws. In a private chat any n calls take at least (n - burst) seconds.

    `tolerance` (seconds) forgives what the way through the network does to a bot that keeps the
    laws where it stands.
    """

    private_burst: int = 3
    private_interval: float = 1.0
    group_calls: int = 20
    group_window: float = 60.0
    group_interval: float = 1.0
    total_calls: int = 30
    total_window: float = 1.0
    tolerance: float = 0.05


@dataclass(frozen=True, slots=True)
class _Penalty:
    until: float
    seconds: int


class Toll:
    """Counts the calls of a bot, refuses what is too much, and holds a grudge.

    Without `budgets` nothing is too much, but a penalty given by `hold` still stands.
    """

    def __init__(self, budgets: Budgets | None) -> None:
        self.budgets = budgets
        self._accepted: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self._penalties: dict[int, _Penalty] = {}

    def charge(self, now: float, chat_id: int | None, *, private: bool) -> int | None:
        """Count a call, or return for how many whole seconds it is refused.

        A refused call is not counted, but a call during a penalty starts it anew. `chat_id` is
        None for a chat that does not exist: the call still counts for the bot as a whole.
        """
        keys = [_EVERYWHERE] if chat_id is None else [_EVERYWHERE, chat_id]
        for key in keys:
            if seconds := self._penalty(now, key):
                return seconds
        for key in keys:
            wait = self._wait(now, key, private=private)
            if self.budgets and wait > self.budgets.tolerance:
                seconds = max(1, math.ceil(wait))
                self.hold(now, key, seconds)
                return seconds
        for key in keys:
            self._accepted[key].append(now)
        return None

    def left(self, now: float, chat_id: int, *, private: bool) -> int | None:
        """Return how many calls more the chat's law has room for; None without a law.

        The second between two calls in a group does not count: it is soon over.
        """
        if self.budgets is None:
            return None
        if self.penalty_left(now, chat_id):
            return 0
        laws, log = self.budgets, self._accepted[chat_id]
        if not private:
            recent = sum(now - time < laws.group_window for time in log)
            return max(0, laws.group_calls - recent)
        made, count = list(log), 0
        while count < laws.private_burst:
            wait = _sustained(made, now, laws.private_burst, laws.private_interval)
            if wait > laws.tolerance:
                break
            made.append(now)
            count += 1
        return count

    def hold(self, now: float, chat_id: int, seconds: int) -> None:
        """Refuse every counted call to the chat for this long."""
        self._penalties[chat_id] = _Penalty(now + seconds, seconds)

    def penalty_left(self, now: float, chat_id: int) -> float:
        """Return for how many seconds more every call to the chat will be refused."""
        penalty = self._penalties.get(chat_id)
        left = penalty.until - now if penalty else 0.0
        return left if left > (self.budgets.tolerance if self.budgets else 0) else 0.0

    def _penalty(self, now: float, key: int) -> int | None:
        if not self.penalty_left(now, key):
            return None
        seconds = self._penalties[key].seconds
        self.hold(now, key, seconds)
        return seconds

    def _wait(self, now: float, key: int, *, private: bool) -> float:
        if self.budgets is None:
            return 0
        laws, log = self.budgets, self._accepted[key]
        if key == _EVERYWHERE:
            return _window(log, now, laws.total_calls, laws.total_window)
        if private:
            return _sustained(log, now, laws.private_burst, laws.private_interval)
        return max(
            _window(log, now, laws.group_calls, laws.group_window),
            _window(log, now, 1, laws.group_interval),
        )


def _window(log: Sequence[float], now: float, calls: int, seconds: float) -> float:
    """Return how long to wait until one more call leaves at most `calls` in any `seconds`."""
    return log[-calls] + seconds - now if len(log) >= calls else 0


def _sustained(log: Sequence[float], now: float, burst: int, interval: float) -> float:
    """Return how long to wait until any n calls span at least (n - burst) intervals."""
    return max(
        (
            earlier + (len(log) - index + 1 - burst) * interval - now
            for index, earlier in enumerate(log)
        ),
        default=0,
    )
