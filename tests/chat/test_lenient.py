"""A memory that fails, in virtual time: answers go on without it."""

import asyncio
import logging

import pytest

from bot.chat.conversation import Exchange, Place
from bot.chat.kept import Entry, Preferences
from bot.chat.lenient import PATIENCE, PAUSE, Lenient
from bot.chat.store import Store, StoreError
from tests.virtual_time import in_virtual_time, now

HERE = Place(1)


class Hanging(Store):
    """A store whose server does not answer for `hangs` seconds."""

    def __init__(self) -> None:
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


class Failing(Store):
    """A store that cannot be read or written."""

    def __init__(self) -> None:
        pass

    async def add(self, entry: Entry) -> int:
        raise StoreError("OperationalError SQLITE_FULL")

    async def forget(self, place: Place) -> int:
        raise StoreError("OperationalError SQLITE_FULL")


@in_virtual_time
async def test_an_answer_waits_for_a_memory_that_hangs_once_and_not_long() -> None:
    store = Hanging()
    memory = Lenient(store)
    assert await memory.preferences(HERE) == Preferences()
    assert await memory.recall(HERE, 100) == ()
    assert (now(), store.asked) == (PATIENCE, 1)
    store.hangs = 0.1
    await asyncio.sleep(PAUSE)
    assert await memory.preferences(HERE) == Preferences("small")
    assert await memory.recall(HERE, 100) == (Exchange("q", "a"),)


@in_virtual_time
async def test_what_cannot_be_written_is_logged_without_a_text_and_what_was_asked_for_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    memory = Lenient(Failing())
    with caplog.at_level(logging.WARNING):
        assert await memory.add(Entry(HERE, 7, "what the person wrote", "answer")) is None
    assert "SQLITE_FULL" in caplog.text
    assert "what the person wrote" not in caplog.text
    with pytest.raises(StoreError):
        await memory.forget(HERE)
