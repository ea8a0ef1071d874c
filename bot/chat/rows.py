"""Exchanges as rows: how they are written, read and chosen."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.conversation import Place
from bot.chat.kept import Entry, Kept, Posted
from bot.chat.schema import exchanges, is_answered

BATCH: Final = 200
"""Exchanges whose sizes are looked up at once."""


def topic(place: Place) -> int:
    """Give the number that stands for the topic, 0 for none: NULL equals nothing in a database."""
    return place.topic or 0


def held_in(place: Place, table: Table = exchanges) -> ColumnElement[bool]:
    """Tell the rows of a place."""
    return (table.c.chat_id == place.chat_id) & (table.c.topic == topic(place))


def located(place: Place) -> dict[str, int]:
    """Give the columns of a place."""
    return {"chat_id": place.chat_id, "topic": topic(place)}


async def latest(
    connection: AsyncConnection,
    wanted: Select[Any],
    place: Place,
    budget: int,
    before: int | None = None,
) -> Sequence[Row[Any]]:
    """Give what is wanted of the latest answered exchanges that fit the budget, oldest first.

    `before`: only of exchanges with a smaller id.
    """
    oldest = await _oldest(connection, place, budget, before)
    if oldest is None:
        return ()
    chosen = wanted.where(_answered(place, before), exchanges.c.id >= oldest)
    found: Sequence[Row[Any]] = (await connection.execute(chosen.order_by(exchanges.c.id))).all()
    return found


async def _oldest(
    connection: AsyncConnection, place: Place, budget: int, before: int | None
) -> int | None:
    """Find the oldest exchange that fits; looks at less than a batch of sizes too many."""
    sizes = select(exchanges.c.id, exchanges.c.size).order_by(exchanges.c.id.desc()).limit(BATCH)
    oldest = None
    while batch := (await connection.execute(sizes.where(_answered(place, before)))).all():
        for exchange_id, size in batch:
            budget -= size
            if budget < 0:
                return oldest
            oldest = exchange_id
        before = oldest
    return oldest


def _answered(place: Place, before: int | None) -> ColumnElement[bool]:
    answered = held_in(place) & is_answered
    return answered if before is None else answered & (exchanges.c.id < before)


def values(entry: Entry) -> dict[str, Any]:
    """Give the columns of an entry, without its place."""
    return {
        "person": entry.person,
        "outcome": entry.outcome,
        "question_id": entry.question_id,
        "messages": written(entry.messages),
        "question": entry.question,
        "answer": entry.answer,
    }


def size(entry: Entry) -> int:
    """Give how much of a budget an exchange takes."""
    return len(entry.question) + len(entry.answer)


def written(messages: Sequence[Posted]) -> list[dict[str, Any]]:
    """Give the messages as JSON."""
    return [{"id": message.message_id, "file": message.is_file} for message in messages]


def entry(row: Row[Any]) -> Entry:
    """Read the columns of an entry."""
    return Entry(
        Place(row.chat_id, row.topic or None),
        row.person,
        row.question,
        row.answer,
        row.outcome,
        row.question_id,
        tuple(Posted(message["id"], message["file"]) for message in row.messages),
    )


def kept(row: Row[Any]) -> Kept:
    """Read a row that has every column."""
    return Kept(row.id, entry(row), row.asked_at)
