"""Many chats whose answers grow at once, as the gate sees them; each call has its say in how long.

Telegram's side counts the calls by the sandbox's laws, which are written in another way than the
pacer's, at some moment between a call's sending and its answer.
"""

import asyncio
import random
from dataclasses import dataclass, field

from bot.reply.gate import Gate
from bot.reply.pacing import Call, Pacer, Peer, Urgency
from bot.reply.turns import Turn, Turns
from bot.sandbox.telegram.budgets import Budgets, Toll
from tests.virtual_time import now

EXACT = 1e-6


class Watched(Turns):
    """Turns whose every decision is compared with a look at everybody who waits."""

    def __init__(self, pacer: Pacer) -> None:
        super().__init__(pacer)
        self._all = pacer
        self._waiting: set[Turn] = set()

    def add(self, turn: Turn, now: float) -> None:
        self._waiting.add(turn)
        super().add(turn, now)

    def remove(self, turn: Turn, now: float) -> None:
        self._waiting.remove(turn)
        super().remove(turn, now)

    def take(self, now: float) -> tuple[Turn, Call] | float | None:
        bot = self._all.bot_wait(now)
        waits = {one: self._all.wait(one.peer, one.urgency(), now) for one in self._waiting}
        allowed = [one for one, wait in waits.items() if not bot and not wait]
        match taken := super().take(now):
            case None:
                assert not self._waiting
            case turn, call:
                assert _rank(turn) == min(map(_rank, allowed))
                assert call.urgency == turn.urgency()
                self._waiting.remove(turn)
            case wait:
                assert not allowed
                # A stretch fades meanwhile: what was worked out before may be a little too long.
                assert 0 < wait <= (bot or min(waits.values())) * 1.15 + EXACT
        return taken


def _rank(turn: Turn) -> tuple[Urgency, float]:
    return turn.urgency(), turn.unseen_since


class WatchedGate(Gate):
    """A gate that judges itself."""

    def __init__(self, pacer: Pacer) -> None:
        super().__init__(pacer)
        self._turns = Watched(pacer)


@dataclass(frozen=True, slots=True)
class Made:
    """A call: for whom and what, since when it was wanted, and when it was made."""

    peer: Peer
    urgency: Urgency
    wanted: float
    at: float


@dataclass
class Town:
    """Telegram, and what the chats call there."""

    gate: Gate
    latency: float = 0.1
    seed: int = 0
    toll: Toll = field(default_factory=lambda: Toll(Budgets(tolerance=EXACT)))
    made: list[Made] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def answer(self, peer: Peer, start: float, lasts: float) -> None:
        """Let an answer grow for so long; each call shows all of it."""
        await asyncio.sleep(start)
        growing = _Growing(self.gate, peer)
        timer = asyncio.get_running_loop().call_later(lasts, growing.end)
        while not growing.is_whole:
            wanted = now()
            async with self.gate.turn(peer, growing.urgency, wanted):
                urgency = growing.urgency()
                since = growing.ended if urgency is Urgency.FINAL else wanted
                self.made.append(Made(peer, urgency, since, now()))
                growing.show()
                await self._call(peer)
        timer.cancel()

    async def _call(self, peer: Peer) -> None:
        way = self._random.uniform(0, self.latency)
        await asyncio.sleep(way)
        self.refused += bool(self.toll.charge(now(), peer.id, private=not peer.is_group))
        await asyncio.sleep(self.latency - way)

    def waits(self, urgency: Urgency) -> list[float]:
        """Give how long the calls of one kind have waited."""
        return [one.at - one.wanted for one in self.made if one.urgency is urgency]


@dataclass
class _Growing:
    gate: Gate
    peer: Peer
    ended: float = float("inf")
    is_begun: bool = False
    is_whole: bool = False

    def urgency(self) -> Urgency:
        if self.ended <= now():
            return Urgency.FINAL
        return Urgency.INTERIM if self.is_begun else Urgency.FIRST

    def end(self) -> None:
        self.ended = now()
        self.gate.reconsider(self.peer)

    def show(self) -> None:
        self.is_begun = True
        self.is_whole = self.ended <= now()


def private(number: int) -> Peer:
    return Peer(number, is_group=False)


def group(number: int) -> Peer:
    return Peer(-number, is_group=True)
