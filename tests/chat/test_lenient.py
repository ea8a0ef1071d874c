"""A memory that fails, in virtual time: answers go on without it."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from bot.chat.calls import Calls
from bot.chat.conversation import Exchange, Place
from bot.chat.database import database_url, engine_of
from bot.chat.journal import Journal
from bot.chat.kept import Entry, Preferences, Unfinished
from bot.chat.lenient import FRAME_PATIENCE, INSISTENCE, PATIENCE, Lenient
from bot.chat.store import Store, StoreError
from tests.chat.keeping import not_writable, unfinished
from tests.virtual_time import in_virtual_time, now

HERE = Place(1)


class Hanging(Store):
    """A store whose server does not answer for `hangs` seconds."""

    def __init__(self) -> None:
        super().__init__(Calls(engine_of(database_url("sqlite://"))))
        self.hangs = 100.0
        self.asked = 0

    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> tuple[Exchange, ...]:
        self.asked += 1
        await asyncio.sleep(self.hangs)
        return (Exchange("q", "a"),)

    async def preferences(self, place: Place) -> Preferences:
        self.asked += 1
        await asyncio.sleep(self.hangs)
        return Preferences("small")


@in_virtual_time
async def test_an_answer_waits_for_a_memory_that_hangs_once_and_not_long() -> None:
    store = Hanging()
    memory = Lenient(store)
    assert await memory.preferences(HERE) == Preferences()
    assert await memory.recall(HERE, 100) == ()
    assert (now(), store.asked) == (PATIENCE, 1)
    await asyncio.sleep(store.hangs - PATIENCE + 1)  # then the call that hung has ended
    store.hangs = 0.1
    assert await memory.preferences(HERE) == Preferences("small")
    assert await memory.recall(HERE, 100) == (Exchange("q", "a"),)


class Slow(Journal):
    """A journal that takes `seconds` for a frame."""

    seconds = 0.0

    async def keep(self, answer: Unfinished, updates: Sequence[int] = ()) -> None:
        await asyncio.sleep(self.seconds)

    async def conclude(self, answer: Unfinished, text: str, updates: Sequence[int] = ()) -> int:
        return 1


@pytest.mark.parametrize(
    ("seconds", "number"), [(FRAME_PATIENCE + INSISTENCE - 0.1, 1), (99, None)]
)
@in_virtual_time
async def test_what_has_ended_is_written_behind_a_frame_that_takes_long_but_not_for_ever(
    seconds: float, number: int | None
) -> None:
    store = Hanging()
    store.journal = journal = Slow(store.calls)
    journal.seconds = seconds
    memory, answer = Lenient(store), unfinished(Entry(HERE, 7, "q", "a"))
    assert not await memory.keep(answer)
    assert not await memory.keep(answer)
    assert now() == FRAME_PATIENCE
    assert await memory.conclude(answer, "a") == number
    assert now() == pytest.approx(min(seconds, FRAME_PATIENCE + INSISTENCE))


async def test_a_database_that_cannot_be_written_is_told_once_until_it_works_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = await Store.open("sqlite://")
    memory = Lenient(store)
    answer = unfinished(Entry(HERE, 7, "what the person wrote", "answer"))
    caplog.set_level(logging.INFO)
    async with not_writable(store):
        for _ in range(3):
            assert not await memory.keep(answer)
            assert await memory.conclude(answer, "answer") is None
            assert await memory.receive({1: "{}"}) is None
            assert await memory.recall(HERE, 100) == ()
            assert memory.is_failing
        with pytest.raises(StoreError):
            await memory.forget(HERE)
    assert await memory.conclude(answer, "answer") == 1
    assert not memory.is_failing
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert "SQLITE_READONLY" in told[0]
    assert "can be written again" in told[1]
    assert "what the person wrote" not in caplog.text
    await store.close()


async def test_what_could_not_be_let_go_of_is_as_soon_as_it_can() -> None:
    store = await Store.open("sqlite://")
    memory = Lenient(store)
    answer = unfinished(Entry(HERE, 7, "q", "a"))
    await store.inbox.receive({1: "x"})
    assert await memory.keep(answer)
    async with not_writable(store):
        await memory.finish(answer)
        await memory.settle([1])
    assert len(await store.journal.unfinished()) == 1
    await memory.close()
    assert await store.journal.unfinished() == ()
    assert await store.inbox.pending() == ()
    await store.close()
