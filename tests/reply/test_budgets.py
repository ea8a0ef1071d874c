"""Many replies at once against Telegram's own count of the calls, in virtual time.

Telegram counts a call somewhere between its sending and its answer.
"""

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from bot.reply.gate import Gate
from bot.reply.pacing import Pacer, Peer
from bot.reply.page import Buttons, Message, Page
from bot.reply.surface import TooFast
from bot.sandbox.telegram.budgets import Budgets, Toll
from tests.reply.chat import GROUP, reply_in, stream
from tests.virtual_time import now, run


@dataclass
class Counted:
    """A surface: calls arrive after some of their latency, and are answered after all of it."""

    toll: Toll
    peer: Peer
    latency: float
    seed: int
    refused: int = 0
    screen: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def send(self, page: Message, after: int | None) -> int:
        await self._call()
        self.screen[len(self.screen)] = page.text
        return len(self.screen) - 1

    async def edit(self, message_id: int, page: Page) -> None:
        await self._call()
        self.screen[message_id] = page.text

    async def rebutton(self, message_id: int, buttons: Buttons) -> None:
        await self._call()

    async def drop(self, message_id: int) -> None:
        await self._call()
        del self.screen[message_id]

    async def typing(self) -> None:
        await self._call()

    async def _call(self) -> None:
        way = self._random.uniform(0, self.latency)
        await asyncio.sleep(way)
        wait = self.toll.charge(now(), self.peer.id, private=not self.peer.is_group)
        await asyncio.sleep(self.latency - way)
        if wait:
            self.refused += 1
            raise TooFast(wait)


async def refusals(peers: list[Peer], latency: float, words: int, thinking: float) -> int:
    """Let an answer grow for each peer at once; count the calls that Telegram refuses."""
    gate, toll = Gate(Pacer()), Toll(Budgets())
    surfaces = [Counted(toll, peer, latency, seed) for seed, peer in enumerate(peers)]
    answer = [thinking, *(step for n in range(words) for step in (f"word{n} ", 0.1))]
    await asyncio.gather(*(reply_in(one, gate).show(stream(*answer)) for one in surfaces))
    assert all(one.screen[0].endswith(f"word{words - 1}") for one in surfaces)
    return sum(one.refused for one in surfaces)


@pytest.mark.parametrize("latency", [0.1, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("thinking", [0.3, 0.6, 1.0])
def test_the_first_text_just_after_typing_keeps_the_budget(latency: float, thinking: float) -> None:
    assert run(refusals([GROUP], latency, 100, thinking)) == 0


@pytest.mark.parametrize("latency", [0.1, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("topics", [2, 4])
def test_several_topics_of_a_group_keep_its_budget(latency: float, topics: int) -> None:
    assert run(refusals([GROUP] * topics, latency, 300, 1.0)) == 0


@pytest.mark.parametrize("latency", [0.1, 0.4, 1.0])
def test_a_hundred_chats_keep_the_budget_of_the_bot(latency: float) -> None:
    peers = [Peer(number, is_group=False) for number in range(1, 101)]
    assert run(refusals(peers, latency, 100, 1.0)) == 0
