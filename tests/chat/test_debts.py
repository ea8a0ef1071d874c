"""What could not be written is tried until it works, in virtual time."""

import asyncio

from bot.chat.calls import StoreError
from bot.chat.debts import EVERY, Debts
from tests.virtual_time import in_virtual_time, now


class Writes:
    def __init__(self, fail_until: float) -> None:
        self.fail_until = fail_until
        self.done: list[tuple[float, str]] = []

    async def write(self, name: str) -> None:
        if now() < self.fail_until:
            raise StoreError("SQLITE_FULL")
        self.done.append((now(), name))


@in_virtual_time
async def test_it_is_written_in_order_as_soon_as_that_is_possible() -> None:
    writes, debts = Writes(fail_until=12), Debts()
    debts.owe(lambda: writes.write("a"))
    debts.owe(lambda: writes.write("b"))
    await asyncio.sleep(60)
    assert writes.done == [(3 * EVERY, "a"), (3 * EVERY, "b")]
    debts.owe(lambda: writes.write("c"))
    await asyncio.sleep(60)
    assert writes.done[2:] == [(60 + EVERY, "c")]


@in_virtual_time
async def test_at_the_end_it_is_tried_once_more_and_nobody_waits_long() -> None:
    writes, debts = Writes(fail_until=0), Debts()
    debts.owe(lambda: writes.write("a"))
    await debts.close()
    assert writes.done == [(0.0, "a")]
    debts.owe(lambda: asyncio.sleep(100))
    await debts.close()
    assert now() == 1.0
