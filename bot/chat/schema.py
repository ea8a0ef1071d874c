"""The tables in which conversations are kept, the same in SQLite and PostgreSQL.

A change here is a new revision in `migrations/versions`; a test compares the two.
"""

import re
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    literal_column,
)

_UNWRITABLE: Final = re.compile(r"[\0\ud800-\udfff]")


class Writable(TypeDecorator[str]):
    """A text without what databases cannot hold: NUL and lone surrogates become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the text to write, as long as it was."""
        return None if value is None else _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", value)


class Moment(TypeDecorator[datetime]):
    """A point in time, aware and in UTC; SQLite itself keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give what was read with its time zone."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata: Final = MetaData()

exchanges: Final = Table(
    "exchanges",
    metadata,
    # SQLite counts only INTEGER up.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic", BigInteger, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("outcome", Writable, nullable=False),
    Column("question_id", BigInteger),
    Column("messages", JSON, nullable=False),
    Column("size", Integer, nullable=False),
    # Last, so that SQLite finds the columns above without going through the texts.
    Column("question", Writable, nullable=False),
    Column("answer", Writable, nullable=False),
    # Else the id of an exchange that was erased would be given to the next one.
    sqlite_autoincrement=True,
)
"""What was asked and answered. `topic` 0: none. `size`: characters of question and answer."""

is_answered: Final = exchanges.c.answer != literal_column("''")  # a parameter would miss the index

Index(
    "exchanges_answered",
    exchanges.c.chat_id,
    exchanges.c.topic,
    exchanges.c.id,
    exchanges.c.size,  # so that the index alone tells what fits a budget
    sqlite_where=is_answered,
    postgresql_where=is_answered,
)
Index(
    "exchanges_asked",
    exchanges.c.chat_id,
    exchanges.c.topic,
    exchanges.c.person,
    exchanges.c.id,
)
Index("exchanges_person", exchanges.c.person)

preferences: Final = Table(
    "preferences",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", BigInteger, primary_key=True, autoincrement=False),
    Column("model", Writable),
    Column("prompt", Writable),
)
"""What was chosen in a place; NULL: nothing."""

unfinished: Final = Table(
    "unfinished",
    metadata,
    Column("key", Writable, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic", BigInteger, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("exchange", BigInteger),
    Column("outcome", Writable, nullable=False),
    Column("question_id", BigInteger),
    Column("messages", JSON, nullable=False),
    Column("language", Writable, nullable=False),
    Column("note", Writable, nullable=False),
    Column("question", Writable, nullable=False),
    Column("reasoning", Writable, nullable=False),
    Column("answer", Writable, nullable=False),
    Column("sent_after", BigInteger),
    Column("sent_mark", Writable),
)
"""Answers that do not stand whole in the chat yet, each as its latest frame was.

`outcome` is empty while one grows. `exchange` is the row of `exchanges` that it is kept in, or will
be. `sent_after` and `sent_mark`: a message that was being sent (see `Sent`). A row goes as soon as
its answer stands whole, so that those found at a start were broken off.
"""

Index("unfinished_place", unfinished.c.chat_id, unfinished.c.topic)
Index("unfinished_person", unfinished.c.person)

updates: Final = Table(
    "updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("body", Writable),
)
"""What Telegram has sent, as JSON, until it is dealt with (then NULL).

The ids stay for as long as Telegram may send an update again.
"""

Index("updates_received", updates.c.received_at)
