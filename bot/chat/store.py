"""Conversations and preferences, kept in a database.

Each call is one short transaction. A call that was begun is brought to its end even when the task
that made it is cancelled, so that what was to be kept or erased is.
"""

import asyncio
import functools
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import (
    BigInteger,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.chat import rows
from bot.chat.conversation import Exchange, Place
from bot.chat.database import TooNewError, database_url, engine_of, migrate
from bot.chat.kept import Entry, Kept, Posted, Preferences
from bot.chat.schema import exchanges, preferences

CLOSING: Final = 2.0
"""Seconds that calls have to end once the store is to close, and then connections."""
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


def _call(
    method: Callable[Concatenate["Store", _P], Coroutine[Any, Any, _T]],
) -> Callable[Concatenate["Store", _P], Coroutine[Any, Any, _T]]:
    """Make a call to the database of a method."""

    @functools.wraps(method)
    async def call(store: "Store", /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await store._finish(method(store, *args, **kwargs))  # noqa: SLF001 - part of the class

    return call


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


class Store:
    """Keeps exchanges and preferences, each place's apart from all others.

    Every method but `close` raises `StoreError` when the database fails, and once the store is
    closed.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._calls: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Open the database of a URL; its tables are made, or brought to the current schema.

        Raises `StoreTooNewError` when a newer version has written it, `StoreError` when it cannot
        be reached or used, and `ValueError` as `database_url` does.
        """
        store = cls(engine_of(database_url(url)))
        try:
            await store._migrate()
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Let the calls under way end, then disconnect; takes seconds at most, raises nothing."""
        self._is_closed = True
        await _end(self._calls)
        await _end({asyncio.create_task(self._engine.dispose(), name=TASK)})

    async def _finish(self, call: Coroutine[Any, Any, _T]) -> _T:
        """Bring a call to its end whatever becomes of its caller; tell its failure in our words.

        Whatever it raises is the database's: drivers do not keep to one kind of error.
        """
        if self._is_closed:
            call.close()
            raise StoreError("closed")
        task = asyncio.create_task(call, name=TASK)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        try:
            return await asyncio.shield(task)
        except Exception as error:  # noqa: BLE001 - see above
            kind = StoreTooNewError if isinstance(error, TooNewError) else StoreError
            detail = _detail(error)
        raise kind(detail)  # out here, so that the foreign error does not come along

    @_call
    async def _migrate(self) -> None:
        async with self._engine.begin() as connection:
            await connection.run_sync(migrate)

    @_call
    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> tuple[Exchange, ...]:
        """Give as many of the latest answered exchanges as fit a budget of characters.

        The oldest comes first; the first that does not fit ends the look back. `before`: only
        exchanges with a smaller id.
        """
        texts = select(exchanges.c.question, exchanges.c.answer)
        async with self._engine.connect() as connection:
            found = await rows.latest(connection, texts, place, budget, before)
            return tuple(Exchange(row.question, row.answer) for row in found)

    @_call
    async def history(self, place: Place, most: int) -> tuple[Kept, ...]:
        """Give the latest answered exchanges that sum up to at most `most` characters, in order."""
        async with self._engine.connect() as connection:
            found = await rows.latest(connection, select(exchanges), place, most)
            return tuple(rows.kept(row) for row in found)

    @_call
    async def last(self, place: Place, person: int) -> Kept | None:
        """Give the latest exchange that a person asked for in a place, answered or not."""
        latest = (
            select(exchanges)
            .where(rows.held_in(place), exchanges.c.person == person)
            .order_by(exchanges.c.id.desc())
            .limit(1)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(latest)).one_or_none()
            return rows.kept(row) if row else None

    @_call
    async def add(self, entry: Entry) -> int:
        """Keep an exchange, asked now; gives its id, which no other exchange ever has."""
        place = {"chat_id": entry.place.chat_id, "topic": rows.topic(entry.place)}
        row = {**place, "asked_at": datetime.now(UTC), **rows.values(entry)}
        new = insert(exchanges).values(row).returning(exchanges.c.id)
        async with self._engine.begin() as connection:
            return int((await connection.execute(new)).scalar_one())

    @_call
    async def replace(self, exchange_id: int, entry: Entry) -> None:
        """Keep this of an exchange instead, if it was not erased; its place and time stay."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(exchanges).where(exchanges.c.id == exchange_id).values(rows.values(entry))
            )

    @_call
    async def post(self, exchange_id: int, messages: Sequence[Posted]) -> None:
        """Keep which messages show the answer of an exchange, if it was not erased."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(exchanges)
                .where(exchanges.c.id == exchange_id)
                .values(messages=rows.written(messages))
            )

    @_call
    async def forget(self, place: Place) -> int:
        """Erase the exchanges of a place; gives how many there were."""
        async with self._engine.begin() as connection:
            count = (
                await connection.execute(delete(exchanges).where(rows.held_in(place)))
            ).rowcount
        await self._wipe()
        return count

    @_call
    async def forget_person(self, person: int) -> int:
        """Erase what a person asked anywhere, and all that is kept of their private chat.

        Gives how many exchanges there were.
        """
        theirs = or_(exchanges.c.person == person, exchanges.c.chat_id == person)
        async with self._engine.begin() as connection:
            count = (await connection.execute(delete(exchanges).where(theirs))).rowcount
            await connection.execute(delete(preferences).where(preferences.c.chat_id == person))
        await self._wipe()
        return count

    async def _wipe(self) -> None:
        """Take what was erased out of SQLite's log of changes, where it would stay for a while."""
        if self._engine.dialect.name == "sqlite":
            async with self._engine.connect() as connection:
                raw = await connection.get_raw_connection()
                if raw.driver_connection:
                    await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @_call
    async def move(self, chat_id: int, to: int) -> None:
        """Keep all of a group that has become a supergroup under its new id.

        Its messages have other ids there, so that none is kept. What was chosen there already
        holds.
        """
        if chat_id == to:
            return
        old = preferences.c.chat_id == chat_id
        columns = [preferences.c.topic, preferences.c.model, preferences.c.prompt]
        new = select(literal(to, BigInteger), *columns).where(old)
        async with self._engine.begin() as connection:
            await connection.execute(
                update(exchanges)
                .where(exchanges.c.chat_id == chat_id)
                .values(chat_id=to, question_id=None, messages=[])
            )
            moved = _insert(connection).from_select(["chat_id", *columns], new)
            there = {
                name: func.coalesce(preferences.c[name], moved.excluded[name])
                for name in ("model", "prompt")
            }
            await connection.execute(
                moved.on_conflict_do_update(index_elements=["chat_id", "topic"], set_=there)
            )
            await connection.execute(delete(preferences).where(old))

    @_call
    async def preferences(self, place: Place) -> Preferences:
        """Give what was chosen in a place."""
        chosen = select(preferences.c.model, preferences.c.prompt).where(
            preferences.c.chat_id == place.chat_id, preferences.c.topic == rows.topic(place)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(chosen)).one_or_none()
            return Preferences(row.model, row.prompt) if row else Preferences()

    async def set_model(self, place: Place, model: str | None) -> None:
        """Choose the model of a place; `None`: that of the settings."""
        await self._choose(place, "model", model)

    async def set_prompt(self, place: Place, prompt: str | None) -> None:
        """Choose the system prompt of a place; `None`: that of the settings."""
        await self._choose(place, "prompt", prompt)

    @_call
    async def _choose(self, place: Place, name: str, value: str | None) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(
                _insert(connection)
                .values({"chat_id": place.chat_id, "topic": rows.topic(place), name: value})
                .on_conflict_do_update(index_elements=["chat_id", "topic"], set_={name: value})
            )


def _insert(connection: AsyncConnection) -> postgresql.Insert | sqlite.Insert:
    """Begin to write preferences, with what the dialect says of conflicts."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(preferences)
    return sqlite.insert(preferences)
