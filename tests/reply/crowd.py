"""Chats that grow at the same time, against Telegram's own count of the calls.

Telegram counts a call somewhere between its sending and its answer.
"""

import asyncio
import bisect
import random
import statistics
from dataclasses import dataclass, field

from bot.reply.gate import Gate
from bot.reply.pacing import Peer
from bot.reply.page import Buttons, Message, Page
from bot.reply.surface import TooFast
from bot.sandbox.telegram.budgets import Toll
from tests.reply.chat import reply_in, stream
from tests.virtual_time import now


@dataclass
class Counted:
    """A surface: calls arrive after some of their latency, and are answered after all of it."""

    toll: Toll
    peer: Peer
    latency: float
    seed: int
    refused: list[float] = field(default_factory=list)
    """When calls were refused."""
    arrived: list[float] = field(default_factory=list)
    frames: list[tuple[float, str]] = field(default_factory=list)
    """What could be read of the last message, and from when on."""
    screen: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def send(self, page: Message, after: int | None) -> int:
        await self._call()
        self._show(len(self.screen), page.text)
        return len(self.screen) - 1

    async def edit(self, message_id: int, page: Page) -> None:
        await self._call()
        self._show(message_id, page.text)

    async def rebutton(self, message_id: int, buttons: Buttons) -> None:
        await self._call()

    async def look(self, message_id: int) -> str:
        raise AssertionError("nothing was lost")

    async def drop(self, message_id: int) -> None:
        await self._call()
        del self.screen[message_id]

    async def typing(self) -> None:
        await self._call()

    def _show(self, message_id: int, text: str) -> None:
        self.screen[message_id] = text
        self.frames.append((now(), text))

    async def _call(self) -> None:
        way = self._random.uniform(0, self.latency)
        await asyncio.sleep(way)
        self.arrived.append(now())
        wait = self.toll.charge(now(), self.peer.id, private=not self.peer.is_group)
        await asyncio.sleep(self.latency - way)
        if wait:
            self.refused.append(now())
            raise TooFast(wait)


async def grow(one: Counted, gate: Gate, words: int, pace: float) -> "Seen":
    """Let an answer of so many words grow in a chat, so many a second; tell how it was seen."""
    began = now()
    steps = [step for n in range(words) for step in (f"w{n} ", 1 / pace)]
    await reply_in(one, gate).show(stream(*steps))
    assert len(one.screen) == 1
    counts = [len(text.split()) for _, text in one.frames]
    lags = [one.frames[bisect.bisect_right(counts, n)][0] - began - n / pace for n in range(words)]
    return Seen(statistics.fmean(lags), max(lags), one.frames[-1][0] - began - words / pace)


@dataclass(frozen=True, slots=True)
class Seen:
    """Seconds that the tokens of an answer, and its end, took to be seen."""

    mean: float
    worst: float
    final: float
