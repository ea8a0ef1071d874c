"""When the next call to Telegram is allowed. Pure over a given `now` (seconds, any origin).

Telegram publishes no exact limits; these laws start at what its FAQ names, keep a reserve for what
matters most, and give way when Telegram says 429 (see `bot.reply.penance`):

- private chat: 1 call per second sustained, bursts of up to 3. A frame of a growing answer and
  "typing…" leave one call in reserve, so that a first or final text never waits for a frame.
- group: at most 20 calls in any 60 s, at least 1 s apart. Frames and "typing…" use at most 14 of
  them and leave 2; the more of the 14 are used, the longer a frame waits, so that the early ones
  come quickly (a reader wants to see that it works) and a long answer never runs dry.
- what only tidies up goes when nothing else has a use for the budget: in private when it is whole,
  in a group after fewer than 8 calls in the last 60 s.
- the bot as a whole: at most 29 calls in any second, spread over it.
- a chat allows to what is more urgent whatever it allows to what is less.

Which calls count: whatever shows something in a chat, edits, buttons and "typing…" included. The
answer to the press of a button does not (tdlib/telegram-bot-api#648).

Telegram counts a call at some moment between its sending and its answer. So a call counts as made
now for as long as it is under way, and then from when it was answered: however slow the network,
Telegram never sees two calls closer to each other than the laws allow.
"""

import enum
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from bot.reply.penance import Floods, Penance

PRIVATE_INTERVAL: Final = 1.0
PRIVATE_BURST: Final = 3
GROUP_WINDOW: Final = 60.0
GROUP_INTERVAL: Final = 1.0
GROUP_CALLS: Final = 20
GROUP_FRAMES: Final = 14
GROUP_RESERVE: Final = 2
GROUP_IDLE: Final = 8
BOT_CALLS: Final = 29
BOT_WINDOW: Final = 1.0
BOT_BURST: Final = 3
REMEMBERED_CHATS: Final = 4096
"""Above this many, chats whose budget is whole again are forgotten."""


class Urgency(enum.IntEnum):
    """What a call is for; the smaller goes first."""

    FINAL = 0
    FIRST = 1
    INTERIM = 2
    TYPING = 3
    IDLE = 4

    @property
    def can_wait(self) -> bool:
        """Whether it is a frame on the way, which must leave room for what is not."""
        return self >= Urgency.INTERIM

    @property
    def reserve(self) -> int:
        """How many calls of a private chat's burst it leaves to what is more urgent."""
        return PRIVATE_BURST - 1 if self is Urgency.IDLE else int(self.can_wait)


@dataclass(frozen=True, slots=True)
class Peer:
    """A chat as Telegram's limits see it: all topics of a forum are one."""

    id: int
    is_group: bool


@dataclass(slots=True, eq=False)
class Call:
    """A call that was allowed; it is under way until it is `answered` (or given up)."""

    peer: Peer
    urgency: Urgency
    answered: float | None = None

    def counts_at(self, now: float) -> float:
        """Give the latest moment at which Telegram may have counted it."""
        return now if self.answered is None else self.answered


class _Law(Protocol):
    def wait(self, urgency: Urgency, now: float, stretch: float) -> float: ...
    def spend(self, call: Call) -> None: ...
    def settle(self, call: Call, now: float, stretch: float) -> None: ...
    def is_whole(self, now: float) -> bool: ...


def _window_wait(calls: Iterable[Call], limit: int, window: float, now: float) -> float:
    """Seconds until one more call makes at most `limit` in any `window`."""
    times = sorted(call.counts_at(now) for call in calls)
    return times[-limit] + window - now if len(times) >= limit else 0.0


@dataclass(slots=True)
class _PrivateLaw:
    """A token bucket, kept as the moment when it will be full again (GCRA)."""

    full_at: float = -math.inf
    last: float = -math.inf
    under_way: int = 0

    def wait(self, urgency: Urgency, now: float, stretch: float) -> float:
        interval = PRIVATE_INTERVAL * stretch
        full_in = max(self.full_at - now, 0.0) + self.under_way * interval
        wait = full_in - (PRIVATE_BURST - 1 - urgency.reserve) * interval
        if urgency.can_wait:
            # Half an interval apart: a burst spent on two frames at once shows nothing.
            wait = max(wait, self.last + interval / 2 - now)
        return wait

    def spend(self, _call: Call) -> None:
        self.under_way += 1

    def settle(self, _call: Call, now: float, stretch: float) -> None:
        self.under_way -= 1
        self.full_at = max(self.full_at, now) + PRIVATE_INTERVAL * stretch
        self.last = now

    def is_whole(self, now: float) -> bool:
        return self.full_at <= now and not self.under_way


@dataclass(slots=True)
class _GroupLaw:
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=GROUP_CALLS))
    frames: deque[Call] = field(default_factory=lambda: deque(maxlen=GROUP_FRAMES))

    def wait(self, urgency: Urgency, now: float, stretch: float) -> float:
        window = GROUP_WINDOW * stretch
        interval = GROUP_INTERVAL
        limit = GROUP_CALLS
        wait = 0.0
        if urgency.can_wait:
            limit = GROUP_IDLE if urgency is Urgency.IDLE else limit - GROUP_RESERVE
            last = max((call.counts_at(now) for call in self.calls), default=now)
            used = sum(call.counts_at(now) > last - window for call in self.frames)
            # One interval longer each time, up to an even share of the window.
            interval = min(interval * (1 + used), GROUP_WINDOW / (GROUP_FRAMES - 1))
            wait = _window_wait(self.frames, GROUP_FRAMES, window, now)
        return max(
            wait,
            _window_wait(self.calls, limit, window, now),
            _window_wait(self.calls, 1, interval * stretch, now),
        )

    def spend(self, call: Call) -> None:
        self.calls.append(call)
        if call.urgency.can_wait:
            self.frames.append(call)

    def settle(self, call: Call, now: float, stretch: float) -> None:
        """Nothing to do: the log holds the call itself."""

    def is_whole(self, now: float) -> bool:
        return all(call.counts_at(now) <= now - GROUP_WINDOW for call in self.calls)


@dataclass(slots=True)
class _BotLaw:
    calls: list[Call] = field(default_factory=list)
    spread_until: float = -math.inf

    def wait(self, now: float, stretch: float) -> float:
        window = BOT_WINDOW * stretch
        self.calls = [call for call in self.calls if call.counts_at(now) > now - window]
        spread = self.spread_until - (BOT_BURST - 1) * window / BOT_CALLS - now
        return max(spread, _window_wait(self.calls, BOT_CALLS, window, now))

    def spend(self, call: Call, now: float, stretch: float) -> None:
        self.calls.append(call)
        self.spread_until = max(self.spread_until, now) + BOT_WINDOW * stretch / BOT_CALLS


@dataclass(slots=True)
class _Chat:
    law: _Law
    penance: Penance = field(default_factory=Penance)

    def wait(self, urgency: Urgency, now: float) -> float:
        wait = self.law.wait(urgency, now, self.penance.stretch(now))
        return max(wait, self.penance.until - now)

    def is_forgettable(self, now: float) -> bool:
        return self.penance.is_over(now) and self.law.is_whole(now)


class Pacer:
    """The budgets of all chats and of the bot: a wait, a spend, a hold."""

    def __init__(self) -> None:
        self._bot = _BotLaw()
        self._floods = Floods()
        self._chats: dict[Peer, _Chat] = {}
        self._sweep_above = REMEMBERED_CHATS

    def wait(self, peer: Peer, urgency: Urgency, now: float) -> float:
        """Seconds until the chat may have such a call, at least as many if one is under way."""
        chat = self._chats.get(peer)
        return max(chat.wait(urgency, now), 0.0) if chat else 0.0

    def bot_wait(self, now: float) -> float:
        """Seconds until the bot as a whole may make a call, whichever; 0: now."""
        wait = self._bot.wait(now, self._floods.bot.stretch(now))
        return max(wait, self._floods.bot.until - now, 0.0)

    def spend(self, peer: Peer, urgency: Urgency, now: float) -> Call:
        """Take note of a call that is about to be made; it has to be settled."""
        call = Call(peer, urgency)
        self._bot.spend(call, now, self._floods.bot.stretch(now))
        self._chat(peer, now).law.spend(call)
        return call

    def settle(self, call: Call, now: float) -> None:
        """Take note that a call was answered, or given up."""
        call.answered = now
        chat = self._chat(call.peer, now)
        chat.law.settle(call, now, chat.penance.stretch(now))

    def hold(self, peer: Peer, seconds: float, now: float) -> None:
        """Silence a chat that Telegram answered with 429, and slow it down afterwards."""
        self._floods.note(peer, self._chat(peer, now).penance, seconds, now)

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
