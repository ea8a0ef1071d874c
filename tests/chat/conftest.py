"""A database of its own for each test, on SQLite and on PostgreSQL."""

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from bot.chat.store import Store

SERVER = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "kept.db"


@pytest.fixture
async def postgresql_url() -> AsyncIterator[str]:
    try:
        server = await asyncpg.connect(SERVER, timeout=5)
    except (OSError, asyncpg.PostgresError) as error:
        pytest.skip(
            f"no PostgreSQL ({type(error).__name__}): start one on this machine and name it, with a"
            " user who may create databases: TEST_DATABASE_URL=postgresql://user@127.0.0.1/postgres"
        )
    name = f"test_{uuid.uuid4().hex}"
    try:
        await server.execute(f"CREATE DATABASE {name}")
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, sqlite_file: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{sqlite_file}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url)
    yield store
    await store.close()
