"""Calls to the database: each is one short transaction.

A call that was begun is brought to its end even when the task that made it is cancelled, so that
what was to be kept or erased is.
"""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.chat.database import TooNewError

CLOSING: Final = 2.0
"""Seconds that calls have to end once they are to be closed, and then connections."""
TASK: Final = "database"
"""The name of the tasks that wait for the database."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class StoreError(Exception):
    """The database failed.

    `detail` names the foreign error and, where there is one, the database's code for it, for the
    log; nothing else of that error is in here, as it may quote texts and passwords.
    """

    def __init__(self, detail: str) -> None:
        super().__init__("the database failed")
        self.detail = detail


class StoreTooNewError(StoreError):
    """The database was written by a newer version of this code."""


class Calls:
    """Makes the calls to one database.

    `finish` raises `StoreError` when the database fails, and once the calls are closed.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._under_way: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    async def close(self) -> None:
        """Let the calls under way end, then disconnect; takes seconds at most, raises nothing."""
        self._is_closed = True
        await _end(self._under_way)
        await _end({asyncio.create_task(self.engine.dispose(), name=TASK)})

    async def finish(self, call: Coroutine[Any, Any, _T]) -> _T:
        """Bring a call to its end whatever becomes of its caller; tell its failure in our words.

        Whatever it raises is the database's: drivers do not keep to one kind of error.
        """
        if self._is_closed:
            call.close()
            raise StoreError("closed")
        task = asyncio.create_task(call, name=TASK)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except Exception as error:  # noqa: BLE001 - see above
            kind = StoreTooNewError if isinstance(error, TooNewError) else StoreError
            detail = _detail(error)
        raise kind(detail)  # out here, so that the foreign error does not come along

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # its caller may have gone; asyncio would log what it holds


class Caller(Protocol):
    """Whose methods are calls."""

    calls: Calls


_C = TypeVar("_C", bound=Caller)


def call(
    method: Callable[Concatenate[_C, _P], Coroutine[Any, Any, _T]],
) -> Callable[Concatenate[_C, _P], Coroutine[Any, Any, _T]]:
    """Make a call to the database of a method."""

    @functools.wraps(method)
    async def made(self: _C, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await self.calls.finish(method(self, *args, **kwargs))

    return made


def upsert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Begin to write into a table, with what the dialect says of conflicts."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    """Wait for the tasks, but cancel those that take too long; what they raise is let go."""
    if tasks:
        done, late = await asyncio.wait(tasks, timeout=CLOSING)
        for task in late:
            task.cancel()
        await asyncio.gather(*done, return_exceptions=True)


def _detail(error: Exception) -> str:
    origin = getattr(error, "orig", error)
    code = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
