"""A database belongs to one process: another one would finish the answers that grow in this one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.database import database_url, engine_of

PATIENCE: Final = 15.0
"""Seconds to wait for a process that is about to end, as where a service is restarted."""
EVERY: Final = 0.5
"""Seconds between attempts."""
KEY: Final = 0x67_34_66_2D_62_6F_74
"""The number of PostgreSQL's advisory lock: "g4f-bot"."""


class ClaimedError(Exception):
    """Another process works with the database."""


@contextlib.asynccontextmanager
async def claim(url: str, patience: float = PATIENCE) -> AsyncIterator[None]:
    """Hold the database of a URL; the system lets go of it however the process ends.

    Raises `ClaimedError` when another process holds it for `patience` seconds, and `ValueError` as
    `database_url` does. A database that cannot be reached or locked is not held: to use it will
    fail, with a reason.
    """
    database = database_url(url)
    async with contextlib.AsyncExitStack() as stack:
        if database.get_backend_name() == "postgresql":
            engine = engine_of(database)
            stack.push_async_callback(engine.dispose)
            with contextlib.suppress(SQLAlchemyError, OSError):
                connection = await stack.enter_async_context(engine.connect())
                await _until(lambda: _locked(connection), patience)
        elif database.database and database.database != ":memory:":
            lock = FileLock(Path(f"{database.database}.lock"))
            stack.callback(lock.release)
            with contextlib.suppress(OSError):
                await _until(lambda: _taken(lock), patience)
        yield


async def _until(attempt: Callable[[], Coroutine[Any, Any, bool]], patience: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while not await attempt():
        if loop.time() >= end:
            raise ClaimedError
        await asyncio.sleep(EVERY)


async def _locked(connection: AsyncConnection) -> bool:
    statement = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=KEY)
    is_locked = bool((await connection.execute(statement)).scalar_one())
    await connection.commit()  # the lock is the session's, and stays
    return is_locked


async def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
