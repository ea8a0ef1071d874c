"""Who goes next, of all who wait to call Telegram. Pure over a given `now`.

The most urgent goes first; among equals the one whose text has been unseen for longest, so that a
chat that could not be shown anything for a while comes first when it can. Who may not go now is
passed over: a chat that waits out a 429, or whose second or minute is used up, leaves its share of
the bot's budget to the others.

A decision takes O(log n) of the chats that wait. The first of a chat's turns stands for all of
them, as a chat allows to what is more urgent whatever it allows to what is less (see `pacing`). So
each chat has a place in one of two heaps: by rank if its first turn may go, else by when that may.
When something about a chat changes, it gets another place. The one it had stays where it is, no
longer true, and is passed over; such places are cleared away before most of a heap is made of them.
"""

import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.reply.pacing import Call, Pacer, Peer, Urgency

_SLACK: Final = 64
"""So few places are not worth clearing away."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """Somebody waits to make one call, whose text has been unseen since then.

    The urgency is asked anew when it may have risen, see `Turns.reconsider`.
    """

    peer: Peer
    urgency: Callable[[], Urgency]
    unseen_since: float


_Rank = tuple[Urgency, float, int]


@dataclass(slots=True, eq=False)
class _Chat:
    """A heap of the turns of one chat."""

    peer: Peer
    turns: list[tuple[_Rank, Turn]] = field(default_factory=list)
    place: int = 0
    """The number of its true place."""


_Place = tuple[tuple[float, ...], int, _Chat]


class Turns:
    """All who wait, and the pace at which they may go."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._chats: dict[Peer, _Chat] = {}
        self._ready: list[_Place] = []
        self._later: list[_Place] = []
        self._numbers = itertools.count(1)

    def add(self, turn: Turn, now: float) -> None:
        """Let somebody wait."""
        chat = self._chats.setdefault(turn.peer, _Chat(turn.peer))
        rank = turn.urgency(), turn.unseen_since, next(self._numbers)
        heapq.heappush(chat.turns, (rank, turn))
        self._place(chat, now)

    def remove(self, turn: Turn, now: float) -> None:
        """Let somebody wait no more."""
        chat = self._chats[turn.peer]
        chat.turns = [one for one in chat.turns if one[1] is not turn]
        heapq.heapify(chat.turns)
        self._place(chat, now)

    def reconsider(self, peer: Peer, now: float) -> None:
        """Ask those who wait in a chat how urgent it is now."""
        if chat := self._chats.get(peer):
            chat.turns = [((turn.urgency(), *rank[1:]), turn) for rank, turn in chat.turns]
            heapq.heapify(chat.turns)
            self._place(chat, now)

    def take(self, now: float) -> tuple[Turn, Call] | float | None:
        """Give who goes now, and the call to make, which has to be settled.

        Else give in how many seconds to ask again, unless something happens before; `None`: nobody
        waits.
        """
        if not self._chats:
            return None
        if wait := self._pacer.bot_wait(now):
            return wait  # nobody may go, whoever would be first
        self._let_come_up(now)
        if not self._ready:
            [at], _, _ = self._later[0]
            return at - now
        _, _, chat = self._ready[0]
        rank, turn = heapq.heappop(chat.turns)
        call = self._pacer.spend(chat.peer, rank[0], now)
        self._place(chat, now)
        return turn, call

    def settle(self, call: Call, now: float) -> None:
        """Take note that a call was answered, or given up."""
        self._pacer.settle(call, now)  # which lets nobody go sooner than was said

    def hold(self, peer: Peer, seconds: float, now: float) -> None:
        """Take note that Telegram has answered a call to the chat with 429."""
        self._pacer.hold(peer, seconds, now)
        if chat := self._chats.get(peer):
            self._place(chat, now)

    def _place(self, chat: _Chat, now: float) -> None:
        chat.place = next(self._numbers)
        if not chat.turns:
            del self._chats[chat.peer]
            return
        rank, _ = chat.turns[0]
        wait = self._pacer.wait(chat.peer, rank[0], now)
        if wait:
            at = max(now + wait, math.nextafter(now, math.inf))
            self._later = self._with(self._later, ((at,), chat.place, chat))
        else:
            self._ready = self._with(self._ready, (rank, chat.place, chat))

    def _let_come_up(self, now: float) -> None:
        """Let chats whose time has come be ready, and leave a true place at the top of each heap.

        A call under way may keep its chat waiting for longer than was said; then it waits on.
        """
        while self._later and (not _is_true(self._later[0]) or self._later[0][0][0] <= now):
            place = heapq.heappop(self._later)
            if _is_true(place):
                self._place(place[2], now)
        while self._ready and not _is_true(self._ready[0]):
            heapq.heappop(self._ready)

    def _with(self, places: list[_Place], place: _Place) -> list[_Place]:
        """Give a heap with a further place, without the untrue ones if they are many."""
        heapq.heappush(places, place)
        if len(places) > 2 * len(self._chats) + _SLACK:
            places = [one for one in places if _is_true(one)]
            heapq.heapify(places)
        return places


def _is_true(place: _Place) -> bool:
    return place[1] == place[2].place
