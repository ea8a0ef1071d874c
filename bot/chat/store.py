"""Conversations and preferences, kept in a database.

What is written of exchanges is written by the `journal`.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Table, delete, func, literal, or_, select, update

from bot.chat import rows
from bot.chat.calls import Calls, StoreError, StoreTooNewError, call, upsert
from bot.chat.conversation import Exchange, Place
from bot.chat.database import database_url, engine_of, migrate
from bot.chat.inbox import Inbox
from bot.chat.journal import Journal
from bot.chat.kept import Kept, Preferences
from bot.chat.schema import exchanges, preferences, unfinished

__all__ = ["Store", "StoreError", "StoreTooNewError"]


class Store:
    """Keeps exchanges and preferences, each place's apart from all others.

    Every method but `close` raises `StoreError` when the database fails, and once the store is
    closed.
    """

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.journal = Journal(calls)
        self.inbox = Inbox(calls)

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Open the database of a URL; its tables are made, or brought to the current schema.

        Raises `StoreTooNewError` when a newer version has written it, `StoreError` when it cannot
        be reached or used, and `ValueError` as `database_url` does.
        """
        store = cls(Calls(engine_of(database_url(url))))
        try:
            await store._migrate()
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Let the calls under way end, then disconnect; takes seconds at most, raises nothing."""
        await self.calls.close()

    @call
    async def _migrate(self) -> None:
        async with self.calls.engine.begin() as connection:
            await connection.run_sync(migrate)

    @call
    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> tuple[Exchange, ...]:
        """Give as many of the latest answered exchanges as fit a budget of characters.

        The oldest comes first; the first that does not fit ends the look back. `before`: only
        exchanges with a smaller id.
        """
        texts = select(exchanges.c.question, exchanges.c.answer)
        async with self.calls.engine.connect() as connection:
            found = await rows.latest(connection, texts, place, budget, before)
            return tuple(Exchange(row.question, row.answer) for row in found)

    @call
    async def history(self, place: Place, most: int) -> tuple[Kept, ...]:
        """Give the latest answered exchanges that sum up to at most `most` characters, in order."""
        async with self.calls.engine.connect() as connection:
            found = await rows.latest(connection, select(exchanges), place, most)
            return tuple(rows.kept(row) for row in found)

    @call
    async def last(self, place: Place, person: int) -> Kept | None:
        """Give the latest exchange that a person asked for in a place, answered or not."""
        latest = (
            select(exchanges)
            .where(rows.held_in(place), exchanges.c.person == person)
            .order_by(exchanges.c.id.desc())
            .limit(1)
        )
        async with self.calls.engine.connect() as connection:
            row = (await connection.execute(latest)).one_or_none()
            return rows.kept(row) if row else None

    @call
    async def forget(self, place: Place) -> int:
        """Erase the exchanges of a place; gives how many there were."""
        async with self.calls.engine.begin() as connection:
            await connection.execute(delete(unfinished).where(rows.held_in(place, unfinished)))
            erased = await connection.execute(delete(exchanges).where(rows.held_in(place)))
        await self._wipe()
        return erased.rowcount

    @call
    async def forget_person(self, person: int) -> int:
        """Erase what a person asked anywhere, and all that is kept of their private chat.

        Gives how many exchanges there were.
        """
        async with self.calls.engine.begin() as connection:
            await connection.execute(delete(unfinished).where(_theirs(unfinished, person)))
            erased = await connection.execute(delete(exchanges).where(_theirs(exchanges, person)))
            await connection.execute(delete(preferences).where(preferences.c.chat_id == person))
        await self._wipe()
        return erased.rowcount

    async def _wipe(self) -> None:
        """Take what was erased out of SQLite's log of changes, where it would stay for a while."""
        if self.calls.engine.dialect.name == "sqlite":
            async with self.calls.engine.connect() as connection:
                raw = await connection.get_raw_connection()
                if raw.driver_connection:
                    await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @call
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
        async with self.calls.engine.begin() as connection:
            there: dict[str, Any] = {"chat_id": to, "question_id": None, "messages": []}
            for table, row in (
                (exchanges, there),
                (unfinished, {**there, "sent_after": None, "sent_mark": None}),
            ):
                await connection.execute(
                    update(table).where(table.c.chat_id == chat_id).values(row)
                )
            moved = upsert(connection, preferences).from_select(["chat_id", *columns], new)
            chosen = {
                name: func.coalesce(preferences.c[name], moved.excluded[name])
                for name in ("model", "prompt")
            }
            await connection.execute(
                moved.on_conflict_do_update(index_elements=["chat_id", "topic"], set_=chosen)
            )
            await connection.execute(delete(preferences).where(old))

    @call
    async def preferences(self, place: Place) -> Preferences:
        """Give what was chosen in a place."""
        chosen = select(preferences.c.model, preferences.c.prompt).where(
            preferences.c.chat_id == place.chat_id, preferences.c.topic == rows.topic(place)
        )
        async with self.calls.engine.connect() as connection:
            row = (await connection.execute(chosen)).one_or_none()
            return Preferences(row.model, row.prompt) if row else Preferences()

    async def set_model(self, place: Place, model: str | None) -> None:
        """Choose the model of a place; `None`: that of the settings."""
        await self._choose(place, "model", model)

    async def set_prompt(self, place: Place, prompt: str | None) -> None:
        """Choose the system prompt of a place; `None`: that of the settings."""
        await self._choose(place, "prompt", prompt)

    @call
    async def _choose(self, place: Place, name: str, value: str | None) -> None:
        async with self.calls.engine.begin() as connection:
            await connection.execute(
                upsert(connection, preferences)
                .values({"chat_id": place.chat_id, "topic": rows.topic(place), name: value})
                .on_conflict_do_update(index_elements=["chat_id", "topic"], set_={name: value})
            )


def _theirs(table: Table, person: int) -> ColumnElement[bool]:
    return or_(table.c.person == person, table.c.chat_id == person)
