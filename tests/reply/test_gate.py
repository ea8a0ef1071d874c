"""The gate: who goes first."""

import asyncio

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
async def test_among_frames_the_one_that_has_waited_longest_goes_first() -> None:
    gate, order = Gate(Pacer()), []

    async def call(number: int) -> None:
        async with gate.turn(peer(number), lambda: INTERIM):
            order.append(number)

    await exhaust(gate)
    waiting = []
    for number in (3, 1, 2):
        waiting.append(asyncio.create_task(call(number)))
        await asyncio.sleep(0.001)
    await asyncio.gather(*waiting)
    assert order == [3, 1, 2]


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
    gate.reconsider()
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
