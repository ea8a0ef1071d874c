"""How a database comes to the schema of this code."""

import asyncio
import logging
import sys
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from bot.chat.conversation import Place
from bot.chat.database import database_url, engine_of, migrate
from bot.chat.kept import Entry, Kept, Posted, Preferences
from bot.chat.schema import metadata
from bot.chat.store import Store, StoreTooNewError
from tests.chat.keeping import add

OPEN = """
import asyncio, sys
from bot.chat.store import Store

async def main():
    await (await Store.open(sys.argv[1])).close()
    return "alembic" in sys.modules

sys.exit(asyncio.run(main()))
"""
FIRST_ROW = """
    INSERT INTO exchanges (chat_id, topic, person, asked_at, outcome, question_id, messages, size,
        question, answer)
    VALUES (-1001, 7, 1, '2025-01-02 03:04:05.000006+00:00', 'complete', 11,
        '[{"id": 12, "file": false}, {"id": 13, "file": true}]', 2, 'q', 'a')
"""


def to_the_first_schema(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "bot.chat:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_what_the_first_schema_keeps_is_intact_in_the_last(url: str) -> None:
    engine = engine_of(database_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(to_the_first_schema)
        assert await connection.run_sync(tables) == {"alembic_version", "exchanges"}
        await connection.exec_driver_sql(FIRST_ROW.replace("+00:00", "+00"))
    await engine.dispose()

    store = await Store.open(url)
    place = Place(-1001, topic=7)
    messages = (Posted(12), Posted(13, is_file=True))
    entry = Entry(place, 1, "q", "a", "complete", 11, messages)
    assert await store.history(place, 2) == (
        Kept(1, entry, datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
    )
    await store.set_model(place, "m")
    assert await store.preferences(place) == Preferences("m")
    assert await add(store, entry) == 2
    await store.close()


async def test_the_migrations_lead_to_the_tables_of_the_code(url: str) -> None:
    engine = engine_of(database_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_migration_that_was_cut_off_leaves_nothing(url: str) -> None:
    engine = engine_of(database_url(url))
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    async with engine.connect() as connection:
        assert await connection.run_sync(tables) == set()
    await engine.dispose()
    await (await Store.open(url)).close()


async def test_a_database_of_a_newer_version_is_left_as_it_is(url: str) -> None:
    await (await Store.open(url)).close()
    engine = engine_of(database_url(url))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNewError) as raised:
        await Store.open(url)
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)
    async with engine.connect() as connection:
        version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    assert version == "9999"
    await engine.dispose()


async def test_a_start_on_a_current_schema_does_without_alembic(url: str) -> None:
    await (await Store.open(url)).close()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", OPEN, url)
    assert await process.wait() == 0


async def test_a_migration_prints_nothing_and_leaves_the_log_alone(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("bot").disabled)
    await (await Store.open(url)).close()
    assert (root.level, list(root.handlers), logging.getLogger("bot").disabled) == before
    assert capsys.readouterr() == ("", "")
