"""The bell that wakes the loop for answers made elsewhere, in virtual time."""

import asyncio

import pytest

from bot.llm.bridge import INTERVAL, MOST, Bell, Channel
from bot.llm.delta import Reasoning, Text
from tests.virtual_time import in_virtual_time, now


async def heard(channel: Channel) -> tuple[list[str], float]:
    """Give what is taken next, and when."""
    deltas = await channel.take()
    return [delta.text for delta in deltas], now()


@in_virtual_time
async def test_a_delta_is_heard_at_once_when_it_was_quiet() -> None:
    channel = Channel(Bell())
    await asyncio.sleep(10)
    channel.put(Text("Hello "))
    assert await heard(channel) == (["Hello "], 10.0)


@in_virtual_time
async def test_what_comes_soon_after_is_heard_together() -> None:
    channel = Channel(Bell())
    channel.put(Text("Hello "))
    assert await heard(channel) == (["Hello "], 0.0)
    hearing = asyncio.create_task(heard(channel))
    await asyncio.sleep(0.001)
    for delta in (Reasoning("hm"), Text("the"), Text("re"), Text("!")):
        channel.put(delta)
    assert await hearing == (["hm", "there!"], INTERVAL)


@in_virtual_time
async def test_of_many_answers_some_are_heard_at_a_time_and_each_in_its_turn() -> None:
    bell = Bell()
    channels = [Channel(bell) for _ in range(5 * MOST)]
    hearing = [asyncio.create_task(heard(channel)) for channel in channels]
    await asyncio.sleep(0)
    for channel in channels:
        channel.put(Text("a"))
    await asyncio.sleep(0.001)
    for channel in channels:
        channel.put(Text("b"))
    came = await asyncio.gather(*hearing)
    assert [texts for texts, _ in came] == [["a"]] * MOST + [["ab"]] * 4 * MOST
    assert [at for _, at in came] == pytest.approx(
        [INTERVAL * (n // MOST) for n in range(5 * MOST)]
    )
