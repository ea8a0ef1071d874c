"""Which databases a URL may mean, and what happens when one cannot be used."""

import sys
from pathlib import Path

import pytest

from bot.chat.database import MissingDriverError, database_url
from bot.chat.store import Store, StoreError


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sqlite://", "sqlite+aiosqlite://"),
        ("sqlite:///kept.db", "sqlite+aiosqlite:///kept.db"),
        ("sqlite+aiosqlite:////data/kept.db", "sqlite+aiosqlite:////data/kept.db"),
        ("postgres://a:b%40@host:5/name", "postgresql+asyncpg://a:b%40@host:5/name"),
        ("postgresql://host/name", "postgresql+asyncpg://host/name"),
        ("postgresql+asyncpg://host/name", "postgresql+asyncpg://host/name"),
        ("postgres://h/n?sslmode=require", "postgresql+asyncpg://h/n?ssl=require"),
    ],
)
def test_a_url_gets_the_driver_we_have(text: str, meant: str) -> None:
    assert database_url(text).render_as_string(hide_password=False) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "postgres://user:secret@host:port/name",
        "postgres://user:secret@[::1/name",
        "postgresql+psycopg2://user:secret@host/name",
        "postgresql+nothing://user:secret@host/name",
        "sqlite+pysqlite:///secret.db",
        "sqlite://user:secret@host/kept.db",
        "sqlite:///kept.db?timeout=secret",
        "mysql://user:secret@host/name",
    ],
)
def test_what_is_no_database_of_ours_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[^:]+$") as raised:
        database_url(text)
    assert "secret" not in str(raised.value)
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(MissingDriverError) as raised:
        database_url("postgres://user:secret@host/name")
    assert raised.value.driver == "asyncpg"


async def unusable(url: str) -> str:
    """Open what cannot be opened; gives the detail, the only word of the failure."""
    with pytest.raises(StoreError) as raised:
        await Store.open(url)
    error = raised.value
    assert str(error) == "the database failed"
    assert (error.__cause__, error.__context__) == (None, None)
    return error.detail


async def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a database, whatever the size of it " * 100)
    assert await unusable(f"sqlite:///{tmp_path}/missing/kept.db") == (
        "OperationalError SQLITE_CANTOPEN"
    )
    assert await unusable(f"sqlite:///{file}/kept.db") == "OperationalError SQLITE_CANTOPEN"
    assert await unusable(f"sqlite:///{tmp_path}") == "OperationalError SQLITE_CANTOPEN"
    assert await unusable(f"sqlite:///{file}") == "DatabaseError SQLITE_NOTADB"


async def test_a_server_that_is_not_there_is_told() -> None:
    assert await unusable("postgres://user:secret@127.0.0.1:1/name") == "ConnectionRefusedError"


async def test_a_server_without_the_database_is_told(postgresql_url: str) -> None:
    detail = await unusable(f"{postgresql_url}_not")
    assert detail.endswith(" 3D000")  # the name before it is another in SQLAlchemy 2.1


async def test_an_option_that_the_driver_does_not_know_is_told(postgresql_url: str) -> None:
    assert await unusable(f"{postgresql_url}?nonsense=secret") == "TypeError"
