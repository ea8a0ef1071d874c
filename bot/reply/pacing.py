"""When the next call to Telegram is allowed. Pure over a given `now` (seconds, any origin).

Telegram publishes no exact limits; these laws start at what its FAQ names, keep a reserve for what
matters most, and give way when Telegram says 429:

- private chat: 1 call per second sustained, bursts of up to 3. A frame of a growing answer and
  "typing…" leave one call in reserve, so that a first or final text never waits for a frame.
- group: at most 20 calls in any 60 s, at least 1 s apart. Frames and "typing…" use at most 14 of
  them and leave 2; the more of the 14 are used, the longer a frame waits, so that the early ones
  come quickly (a reader wants to see that it works) and a long answer never runs dry.
- the bot as a whole: at most 29 calls in any second.
- after a 429 the chat is silent for the whole `retry_after`; then its laws are stretched in time,
  twofold for each 429 (at most eightfold), and the stretch fades by half each minute.

A call counts from when it has been answered, not from when it was made: Telegram sees it somewhere
between the two, so two calls are never closer there than they are here.
"""

import enum
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Protocol

PRIVATE_INTERVAL: Final = 1.0
PRIVATE_BURST: Final = 3
GROUP_WINDOW: Final = 60.0
GROUP_INTERVAL: Final = 1.0
GROUP_CALLS: Final = 20
GROUP_FRAMES: Final = 14
GROUP_RESERVE: Final = 2
BOT_INTERVAL: Final = 1 / 26
BOT_BURST: Final = 3
STRETCH_STEP: Final = 2.0
STRETCH_LIMIT: Final = 8.0
STRETCH_HALF_LIFE: Final = 60.0
REMEMBERED_CHATS: Final = 4096
"""Above this many, chats whose budget is whole again are forgotten."""


class Urgency(enum.IntEnum):
    """What a call is for; the smaller goes first."""

    FINAL = 0
    FIRST = 1
    INTERIM = 2
    TYPING = 3

    @property
    def can_wait(self) -> bool:
        """Whether it is a frame on the way, which must leave room for what is not."""
        return self >= Urgency.INTERIM


@dataclass(frozen=True, slots=True)
class Peer:
    """A chat as Telegram's limits see it: all topics of a forum are one."""

    id: int
    is_group: bool


@dataclass(slots=True, eq=False)
class Call:
    """A call that was allowed; `at` is when it was made, later when it was answered."""

    peer: Peer
    urgency: Urgency
    at: float


class _Law(Protocol):
    def wait(self, urgency: Urgency, now: float, stretch: float) -> float: ...
    def spend(self, call: Call, stretch: float, /) -> None: ...
    def settle(self, call: Call, stretch: float, /) -> None: ...
    def is_whole(self, now: float) -> bool: ...


@dataclass(slots=True)
class _Bucket:
    """A token bucket, kept as the moment when it will be full again (GCRA)."""

    interval: float
    burst: int
    full_at: float = -math.inf

    def wait(self, now: float, reserve: int = 0, stretch: float = 1.0) -> float:
        room = (self.burst - 1 - reserve) * self.interval * stretch
        return self.full_at - room - now

    def spend(self, now: float, stretch: float = 1.0) -> None:
        self.full_at = max(self.full_at, now) + self.interval * stretch

    def settle(self, now: float, stretch: float = 1.0) -> None:
        self.full_at = max(self.full_at, now + self.interval * stretch)


@dataclass(slots=True)
class _PrivateLaw:
    bucket: _Bucket = field(default_factory=lambda: _Bucket(PRIVATE_INTERVAL, PRIVATE_BURST))
    last: float = -math.inf

    def wait(self, urgency: Urgency, now: float, stretch: float) -> float:
        if not urgency.can_wait:
            return self.bucket.wait(now, stretch=stretch)
        # Half an interval after the last call: a burst spent on two frames at once shows nothing.
        spread = self.last + PRIVATE_INTERVAL / 2 * stretch - now
        return max(self.bucket.wait(now, reserve=1, stretch=stretch), spread)

    def spend(self, call: Call, stretch: float) -> None:
        self.bucket.spend(call.at, stretch)
        self.last = call.at

    def settle(self, call: Call, stretch: float) -> None:
        self.bucket.settle(call.at, stretch)
        self.last = max(self.last, call.at)

    def is_whole(self, now: float) -> bool:
        return self.bucket.full_at <= now


@dataclass(slots=True)
class _GroupLaw:
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=GROUP_CALLS))
    frames: deque[Call] = field(default_factory=lambda: deque(maxlen=GROUP_FRAMES))

    def wait(self, urgency: Urgency, now: float, stretch: float) -> float:
        window = GROUP_WINDOW * stretch
        interval = GROUP_INTERVAL
        limit = GROUP_CALLS
        waits = []
        if urgency.can_wait:
            limit -= GROUP_RESERVE
            used = sum(call.at > now - window for call in self.frames)
            # One interval longer each time, up to an even share of the window.
            interval = min(interval * (1 + used), GROUP_WINDOW / (GROUP_FRAMES - 1))
            if len(self.frames) == GROUP_FRAMES:
                waits.append(self.frames[0].at + window - now)
        if self.calls:
            last = max(call.at for call in self.calls)
            waits.append(last + interval * stretch - now)
        if len(self.calls) >= limit:
            waits.append(self.calls[-limit].at + window - now)
        return max(waits, default=0.0)

    def spend(self, call: Call, _stretch: float) -> None:
        self.calls.append(call)
        if call.urgency.can_wait:
            self.frames.append(call)

    def settle(self, _call: Call, _stretch: float) -> None:
        """Nothing to do: the log holds the call itself, whose time has moved."""

    def is_whole(self, now: float) -> bool:
        return all(call.at <= now - GROUP_WINDOW for call in self.calls)


@dataclass(slots=True)
class _Chat:
    law: _Law
    held_until: float = -math.inf
    stretch: float = 1.0

    def stretch_at(self, now: float) -> float:
        quiet = max(now - self.held_until, 0.0)
        return 1 + (self.stretch - 1) * math.pow(0.5, quiet / STRETCH_HALF_LIFE)

    def wait(self, urgency: Urgency, now: float) -> float:
        return max(self.law.wait(urgency, now, self.stretch_at(now)), self.held_until - now)

    def is_forgettable(self, now: float) -> bool:
        is_calm = self.held_until <= now and self.stretch_at(now) < 1.01
        return is_calm and self.law.is_whole(now)


class Pacer:
    """The budgets of all chats and of the bot: a wait, a spend, a hold."""

    def __init__(self) -> None:
        self._bot = _Bucket(BOT_INTERVAL, BOT_BURST)
        self._chats: dict[Peer, _Chat] = {}
        self._sweep_above = REMEMBERED_CHATS

    def wait(self, peer: Peer, urgency: Urgency, now: float) -> float:
        """Seconds until such a call is allowed; 0: now."""
        chat = self._chats.get(peer)
        wait = self._bot.wait(now)
        return max(wait, chat.wait(urgency, now) if chat else 0.0, 0.0)

    def spend(self, peer: Peer, urgency: Urgency, now: float) -> Call:
        """Take note of a call that is about to be made."""
        call = Call(peer, urgency, now)
        chat = self._chat(peer, now)
        self._bot.spend(now)
        chat.law.spend(call, chat.stretch_at(now))
        return call

    def settle(self, call: Call, now: float) -> None:
        """Take note that a call was answered, or given up."""
        call.at = now
        chat = self._chat(call.peer, now)
        self._bot.settle(now)
        chat.law.settle(call, chat.stretch_at(now))

    def hold(self, peer: Peer, seconds: float, now: float) -> None:
        """Silence a chat that Telegram answered with 429, and slow it down afterwards."""
        chat = self._chat(peer, now)
        chat.stretch = min(chat.stretch_at(now) * STRETCH_STEP, STRETCH_LIMIT)
        chat.held_until = max(chat.held_until, now + seconds)

    @property
    def chats(self) -> int:
        """How many chats are remembered."""
        return len(self._chats)

    def _chat(self, peer: Peer, now: float) -> _Chat:
        if peer not in self._chats:
            if len(self._chats) >= self._sweep_above:
                self._chats = {p: c for p, c in self._chats.items() if not c.is_forgettable(now)}
                self._sweep_above = max(REMEMBERED_CHATS, 2 * len(self._chats))
            self._chats[peer] = _Chat(_GroupLaw() if peer.is_group else _PrivateLaw())
        return self._chats[peer]
