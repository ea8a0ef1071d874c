"""Exchanges as the assistant keeps them, in one call each."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Sequence

from bot.chat.conversation import Place
from bot.chat.kept import Entry, Posted, Unfinished
from bot.chat.store import Store


def unfinished(entry: Entry, exchange: int | None = None) -> Unfinished:
    return Unfinished(uuid.uuid4().hex, entry, exchange=exchange)


async def add(store: Store, entry: Entry) -> int:
    """Keep an exchange, and give its number."""
    return await store.journal.conclude(unfinished(entry), entry.answer)


async def change(store: Store, number: int, entry: Entry) -> None:
    """Keep another exchange in the place of one."""
    await store.journal.conclude(unfinished(entry, number), entry.answer)


async def post(store: Store, number: int, messages: Sequence[Posted]) -> None:
    """Keep which messages show the answer of an exchange."""
    entry = Entry(Place(0), 0, "", messages=tuple(messages))
    await store.journal.finish(unfinished(entry, number))


@contextlib.asynccontextmanager
async def not_writable(store: Store) -> AsyncIterator[None]:
    """Let SQLite refuse to write, as where a disk is mounted read-only."""
    engine = store.calls.engine
    async with engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA query_only = 1")
    yield
    async with engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA query_only = 0")
