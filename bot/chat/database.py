"""The database behind the store: its URL, how it is spoken to, and its schema made current."""

import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, event, inspect, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

CONNECTING: Final = 10
"""Seconds to reach a PostgreSQL server."""
ANSWERING: Final = 20
"""Seconds that a PostgreSQL server has for one statement."""
_REVISIONS: Final = Path(__file__).parent / "migrations" / "versions"
_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_PRAGMAS: Final = (
    "busy_timeout = 1500",  # milliseconds; a call ends by itself before anybody gives it up
    "journal_mode = WAL",
    "synchronous = FULL",  # what is written down outlives the machine's power
    "secure_delete = ON",  # what is forgotten is overwritten, too
)


class MissingDriverError(ValueError):
    """The database of a URL needs a package that is not installed: `driver`."""

    def __init__(self, driver: str) -> None:
        super().__init__(f"the package {driver} is not installed")
        self.driver = driver


class TooNewError(Exception):
    """The database knows a revision that this code does not."""


def database_url(text: str) -> URL:
    """Read the URL of an SQLite or PostgreSQL database and choose the driver for it.

    Raises `ValueError`, which never quotes the URL, for one that is malformed or means another
    database or driver, and its kind `MissingDriverError` when the driver is not installed.
    """
    url = _parsed(text)
    if url is None:
        raise ValueError("not the URL of a database")
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in _DRIVERS.values():
        raise ValueError("neither SQLite with aiosqlite nor PostgreSQL with asyncpg")
    if "sslmode" in url.query:  # libpq's name for it, which hosts of PostgreSQL give out
        mode = {"ssl": url.query["sslmode"]}
        url = url.difference_update_query(["sslmode"]).update_query_dict(mode)
    if not _can_be_used(url):
        raise ValueError("a part of the URL cannot be used")
    driver = url.get_driver_name()
    if find_spec(driver) is None:
        raise MissingDriverError(driver)
    return url


def _parsed(text: str) -> URL | None:
    """Give `None` for what cannot be read; the error itself may quote a password."""
    try:
        return make_url(text)
    except (SQLAlchemyError, ValueError):
        return None


def _can_be_used(url: URL) -> bool:
    try:
        url.get_dialect()().create_connect_args(url)
    except (SQLAlchemyError, ValueError):
        return False
    return True


def engine_of(url: URL) -> AsyncEngine:
    """Give the engine that speaks to a database; it connects when it is used."""
    if url.get_backend_name() == "postgresql":
        limits = {"timeout": CONNECTING, "command_timeout": ANSWERING}
        return create_async_engine(
            url, hide_parameters=True, pool_pre_ping=True, connect_args=limits
        )
    # One connection: SQLite has one writer anyway, and those who wait here wait in order.
    engine = create_async_engine(
        url, hide_parameters=True, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0
    )
    event.listen(engine.sync_engine, "do_connect", _probe)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _probe(_dialect: Any, _record: Any, arguments: Any, options: Any) -> None:
    """Fail where SQLite cannot open the file; aiosqlite would leave a thread behind."""
    sqlite3.connect(*arguments, **options).close()


def _prepare(connection: DBAPIConnection, _record: Any) -> None:
    # Python's own transactions leave out changes of the schema; `_begin` says BEGIN instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def migrate(connection: Connection) -> None:
    """Bring the schema of a database to the latest revision, within the open transaction.

    Raises `TooNewError`; the database is then as it was.
    """
    if _revision(connection) == max(path.name for path in _REVISIONS.glob("0*.py"))[:4]:
        return
    from bot.chat.upgrading import upgrade  # noqa: PLC0415 (most starts do without)

    if not upgrade(connection):
        raise TooNewError


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)
