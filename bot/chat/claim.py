"""A database belongs to one process: another one would finish the answers that grow in this one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.chat.database import database_url, engine_of

PATIENCE: Final = 15.0
"""Seconds to wait for a process that is about to end, as where a service is restarted."""
EVERY: Final = 0.5
"""Seconds between attempts."""
LOOK_EVERY: Final = 20.0
"""Seconds between looks at whether a server still knows of the lock."""
KEY: Final = 0x67_34_66_2D_62_6F_74
"""The number of PostgreSQL's advisory lock: "g4f-bot"."""


class ClaimedError(Exception):
    """Another process works with the database."""


@contextlib.asynccontextmanager
async def claim(url: str, patience: float = PATIENCE) -> AsyncIterator[asyncio.Event]:
    """Hold the database of a URL; the system lets go of it however the process ends.

    The event is set when another process has taken it, as it may where the connection to a server
    was lost. Raises `ClaimedError` when another process holds it for `patience` seconds, and
    `ValueError` as `database_url` does. A database that cannot be reached or locked is not held: to
    use it will fail, with a reason.
    """
    database, lost = database_url(url), asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        if database.get_backend_name() == "postgresql":
            lock = _AdvisoryLock(engine_of(database))
            stack.push_async_callback(lock.release)
            with contextlib.suppress(SQLAlchemyError, OSError):
                await _until(lock.take, patience)
            keeping = asyncio.create_task(lock.keep(lost), name="claim")
            stack.callback(keeping.cancel)
        elif database.database and database.database != ":memory:":
            file = FileLock(Path(f"{database.database}.lock"))
            stack.callback(file.release)
            with contextlib.suppress(OSError):
                await _until(lambda: _taken(file), patience)
        yield lost


class _AdvisoryLock:
    """PostgreSQL's lock of a session, which ends with its connection."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def take(self) -> bool:
        """Take the lock; false: another process has it."""
        if self._connection is None:
            self._connection = await self._engine.connect()
        statement = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=KEY)
        is_taken = bool((await self._connection.execute(statement)).scalar_one())
        await self._connection.commit()  # the lock is the session's, and stays
        return is_taken

    async def keep(self, lost: asyncio.Event) -> None:
        """Take it anew when the connection was lost."""
        while not lost.is_set():
            await asyncio.sleep(LOOK_EVERY)
            try:
                if self._connection is None:
                    if not await self.take():
                        lost.set()
                else:
                    await self._connection.execute(text("SELECT 1"))
                    await self._connection.commit()
            except (SQLAlchemyError, OSError):
                await self._disconnect()

    async def release(self) -> None:
        """Let go of it."""
        await self._disconnect()
        await self._engine.dispose()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            with contextlib.suppress(SQLAlchemyError, OSError):
                await connection.invalidate()
            with contextlib.suppress(SQLAlchemyError, OSError):
                await connection.close()


async def _until(attempt: Callable[[], Coroutine[Any, Any, bool]], patience: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while not await attempt():
        if loop.time() >= end:
            raise ClaimedError
        await asyncio.sleep(EVERY)


async def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
