"""The gate: who goes first."""

import asyncio

import pytest

from bot.reply.gate import Gate
from bot.reply.pacing import Pacer, Peer, Urgency
from tests.virtual_time import in_virtual_time, now

FINAL, FIRST, INTERIM, TYPING, _ = Urgency


def peer(number: int) -> Peer:
    return Peer(number, is_group=False)


async def exhaust(gate: Gate) -> None:
    """Use up the budget of the whole bot."""
    for number in range(100, 103):
        async with gate.turn(peer(number), lambda: FINAL):
            pass


@in_virtual_time
async def test_final_goes_before_first_before_frame_before_typing() -> None:
    gate, order = Gate(Pacer()), []

    async def call(urgency: Urgency) -> None:
        async with gate.turn(peer(urgency), lambda: urgency):
            order.append(urgency)

    await exhaust(gate)
    await asyncio.gather(*(call(urgency) for urgency in (TYPING, INTERIM, FIRST, FINAL)))
    assert order == [FINAL, FIRST, INTERIM, TYPING]


@in_virtual_time
async def test_among_frames_the_one_whose_text_is_unseen_for_longest_goes_first() -> None:
    gate, order = Gate(Pacer()), []

    async def call(number: int, unseen_since: float) -> None:
        async with gate.turn(peer(number), lambda: INTERIM, unseen_since):
            order.append(number)

    await asyncio.sleep(10)
    await exhaust(gate)
    waiting = []
    for number, unseen_since in ((3, 5.0), (1, 7.0), (2, 4.0)):
        waiting.append(asyncio.create_task(call(number, unseen_since)))
        await asyncio.sleep(0.001)
    await asyncio.gather(*waiting)
    assert order == [2, 3, 1]


@in_virtual_time
async def test_a_chat_that_waits_out_a_429_gives_its_share_to_the_others() -> None:
    gate, order = Gate(Pacer()), []
    gate.hold(peer(1), 30)

    async def call(number: int, unseen_since: float) -> None:
        async with gate.turn(peer(number), lambda: INTERIM, unseen_since):
            order.append((number, now()))

    await asyncio.gather(*(call(number, number) for number in range(1, 5)))
    assert [number for number, _ in order] == [2, 3, 4, 1]
    assert (order[2][1] < 0.1, order[3][1]) == (True, 30.0)


@in_virtual_time
async def test_an_urgency_that_rises_while_waiting_is_seen() -> None:
    gate = Gate(Pacer())
    urgency = INTERIM
    for _ in range(2):
        async with gate.turn(peer(1), lambda: FINAL):
            pass

    async def call() -> float:
        async with gate.turn(peer(1), lambda: urgency):
            return now()

    waiting = asyncio.create_task(call())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    urgency = FINAL
    gate.reconsider(peer(1))
    assert await waiting == 0.3


@in_virtual_time
async def test_a_turn_given_up_is_free_for_others() -> None:
    gate = Gate(Pacer())
    await exhaust(gate)

    async def call(number: int) -> int:
        async with gate.turn(peer(number), lambda: INTERIM):
            return number

    impatient, patient = asyncio.create_task(call(1)), asyncio.create_task(call(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 2
    assert now() < 0.1


@in_virtual_time
async def test_a_hold_delays_its_chat_alone() -> None:
    gate = Gate(Pacer())
    gate.hold(peer(1), 30)

    async def call(number: int) -> float:
        async with gate.turn(peer(number), lambda: FINAL):
            return now()

    assert list(await asyncio.gather(call(1), call(2))) == [30.0, 0.0]


@in_virtual_time
async def test_a_turn_that_comes_to_somebody_just_cancelled_is_free_for_others() -> None:
    gate = Gate(Pacer())
    urgency = INTERIM
    for _ in range(2):
        async with gate.turn(peer(1), lambda: FINAL):
            pass

    async def call(number: int) -> int:
        async with gate.turn(peer(number), lambda: urgency):
            return number

    impatient = asyncio.create_task(call(1))
    await asyncio.sleep(0.1)
    impatient.cancel()
    urgency = FINAL
    gate.reconsider(peer(1))  # before the task runs, and learns that it is cancelled
    assert await call(2) == 2
    await asyncio.gather(impatient, return_exceptions=True)
    await asyncio.sleep(60)
    # No call is taken to be under way for ever: there is room for a burst.
    assert list(await asyncio.gather(call(1), call(1), call(1))) == [1, 1, 1]
    assert now() < 60.2


@in_virtual_time
async def test_a_chat_that_hears_429_while_its_next_call_waits_makes_none() -> None:
    gate = Gate(Pacer())
    await exhaust(gate)

    async def call(number: int) -> float:
        async with gate.turn(peer(number), lambda: FINAL):
            return now()

    first, second = asyncio.create_task(call(1)), asyncio.create_task(call(2))
    await asyncio.sleep(0)
    gate.hold(peer(1), 30)
    assert await second < 0.1
    assert await first == pytest.approx(30.0)
