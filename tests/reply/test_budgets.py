"""Many replies at once against Telegram's own count of the calls, in virtual time.

Telegram counts a call somewhere between its sending and its answer.
"""

import asyncio
import statistics

import pytest

from bot.reply.gate import Gate
from bot.reply.pacing import Pacer, Peer
from bot.sandbox.telegram.budgets import Budgets, Toll
from tests.reply.chat import GROUP, reply_in, stream
from tests.reply.crowd import Counted, Seen, grow
from tests.virtual_time import in_virtual_time, now, run


async def refusals(peers: list[Peer], latency: float, words: int, thinking: float) -> int:
    """Let an answer grow for each peer at once; count the calls that Telegram refuses."""
    gate, toll = Gate(Pacer()), Toll(Budgets())
    surfaces = [Counted(toll, peer, latency, seed) for seed, peer in enumerate(peers)]
    answer = [thinking, *(step for n in range(words) for step in (f"word{n} ", 0.1))]
    await asyncio.gather(*(reply_in(one, gate).show(stream(*answer)) for one in surfaces))
    assert all(one.screen[0].endswith(f"word{words - 1}") for one in surfaces)
    return sum(len(one.refused) for one in surfaces)


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


async def fifty(*, flooded: bool) -> list[Seen]:
    """Let fifty answers grow; Telegram may say 429 (30 s) to the first chat on its third call."""
    gate, toll = Gate(Pacer()), Toll(Budgets())
    chats = [Counted(toll, Peer(n, is_group=False), 0.1, n) for n in range(1, 51)]

    async def flood() -> None:
        await asyncio.sleep(5.0)
        toll.hold(now(), 1, 30)

    strike = asyncio.create_task(flood()) if flooded else None
    seen = await asyncio.gather(*(grow(one, gate, 300, 10) for one in chats))
    if strike:
        await strike
        assert len(chats[0].refused) == 1
        assert chats[0].screen[0].endswith("w299")
    assert not any(one.refused for one in chats[1:])
    return seen[1:]


def test_a_flooded_chat_changes_nothing_for_the_forty_nine_others() -> None:
    calm, struck = run(fifty(flooded=False)), run(fifty(flooded=True))
    for figure in ("mean", "worst", "final"):
        before = [getattr(seen, figure) for seen in calm]
        after = [getattr(seen, figure) for seen in struck]
        assert statistics.fmean(after) <= statistics.fmean(before) * 1.05
        assert max(after) <= max(before) * 1.05


@pytest.mark.parametrize("latency", [0.1, 0.5])
@pytest.mark.parametrize("lasts", [15, 40, 90])
def test_two_topics_in_each_of_ten_groups_keep_its_budget_and_end_soon(
    latency: float, lasts: int
) -> None:
    async def scene() -> None:
        gate, toll = Gate(Pacer()), Toll(Budgets())
        groups = [Peer(-1 - n // 2, is_group=True) for n in range(20)]
        topics = [Counted(toll, peer, latency, n) for n, peer in enumerate(groups)]
        seen = await asyncio.gather(*(grow(one, gate, lasts * 5, 5) for one in topics))
        assert not any(one.refused for one in topics)
        assert max(one.final for one in seen) <= 4.5
        for one, other in zip(topics[::2], topics[1::2], strict=True):
            times = sorted(one.arrived + other.arrived)
            assert max(sum(a <= b < a + 60 for b in times) for a in times) <= 20

    run(scene())


@in_virtual_time
async def test_a_429_for_the_whole_token_slows_all_down_together_and_passes() -> None:
    gate, toll = Gate(Pacer()), Toll(Budgets())
    chats = [Counted(toll, Peer(n, is_group=False), 0.1, n) for n in range(1, 41)]
    growing = [asyncio.create_task(grow(one, gate, 340, 0.8)) for one in chats]
    await asyncio.sleep(30)
    toll.hold(now(), 0, 20)
    await asyncio.gather(*growing)
    times = sorted(at for one in chats for at in one.arrived)

    def pace(start: float, end: float) -> float:
        return sum(start <= at < end for at in times) / (end - start)

    refused = [at for one in chats for at in one.refused]
    assert len(refused) <= 8  # what was under way when the third chat heard of it
    silence = max(refused) + 20
    assert pace(max(refused) + 0.1, silence) == 0
    assert pace(20, 30) > 25
    assert pace(silence + 1, silence + 11) < 16
    assert pace(silence + 180, silence + 200) > 22
    assert pace(silence + 340, silence + 360) > 25
