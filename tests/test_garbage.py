"""Garbage is looked for when it is quiet."""

import asyncio
import contextlib
import gc
from collections.abc import Iterator

import pytest

from bot.garbage import EVERY, FEW, collect_when_quiet
from tests.virtual_time import in_virtual_time


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


@in_virtual_time
async def test_old_objects_are_looked_through_only_while_few_answers_grow() -> None:
    growing = FEW + 1
    looks = gc.get_stats()[2]["collections"]
    collecting = asyncio.create_task(collect_when_quiet(lambda: growing))
    await asyncio.sleep(10 * EVERY)
    assert gc.get_stats()[2]["collections"] == looks
    growing = FEW
    await asyncio.sleep(EVERY)
    assert gc.get_stats()[2]["collections"] == looks + 1
    collecting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await collecting


@in_virtual_time
async def test_what_was_loaded_is_left_out() -> None:
    collecting = asyncio.create_task(collect_when_quiet(lambda: 0))
    await asyncio.sleep(0)
    assert gc.get_freeze_count() > 10_000
    collecting.cancel()
    await asyncio.gather(collecting, return_exceptions=True)
