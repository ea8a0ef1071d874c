"""What Telegram has sent, kept until it is dealt with.

Telegram gives an update once: as soon as the next ones are asked for, it is gone there. So it is
written down here before that, and found here by the next process if this one dies.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.calls import Calls, call, upsert
from bot.chat.kept import Left
from bot.chat.schema import updates

SENT_AGAIN: Final = timedelta(hours=24)
"""For so long Telegram keeps an update that was not confirmed (Bot API, "Getting updates")."""
TRIES: Final = 3
"""So many processes take on an update; if all of them die with it, it may be the reason."""
BATCH: Final = 500
"""Ids in one statement."""

_log = logging.getLogger(__name__)


class Inbox:
    """Keeps updates. Every method raises `StoreError` when the database fails."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    @call
    async def receive(self, bodies: Mapping[int, str]) -> set[int]:
        """Keep updates, and give the ids of those that did not come before.

        The others are dealt with already, or will be.
        """
        now = datetime.now(UTC)
        row = {"received_at": now, "tries": 1}
        new = [{**row, "update_id": number, "body": body} for number, body in bodies.items()]
        old = updates.c.received_at < now - SENT_AGAIN
        async with self.calls.engine.begin() as connection:
            insert = upsert(connection, updates).values(new).on_conflict_do_nothing()
            kept = await connection.execute(insert.returning(updates.c.update_id))
            await connection.execute(delete(updates).where(old, updates.c.body.is_(None)))
            return set(kept.scalars())

    @call
    async def settle(self, update_ids: Sequence[int]) -> None:
        """Forget all of these updates but their ids: they are dealt with."""
        async with self.calls.engine.begin() as connection:
            await settle(connection, update_ids)

    @call
    async def pending(self) -> tuple[Left, ...]:
        """Take on what is not dealt with, in the order in which it was sent.

        What was taken on `TRIES` times before is hopeless: it is given for the last time.
        """
        open_, is_hopeless = updates.c.body.is_not(None), updates.c.tries >= TRIES
        found = select(updates.c.update_id, updates.c.body, is_hopeless.label("is_hopeless"))
        async with self.calls.engine.begin() as connection:
            ordered = found.where(open_).order_by(updates.c.update_id)
            left = (await connection.execute(ordered)).all()
            await connection.execute(update(updates).where(open_, is_hopeless).values(body=None))
            await connection.execute(update(updates).where(open_).values(tries=updates.c.tries + 1))
        for row in left:
            if row.is_hopeless:
                _log.error("update %d is given up: %d processes died with it", row.update_id, TRIES)
        return tuple(Left(row.body, bool(row.is_hopeless)) for row in left)

    @call
    async def release(self) -> None:
        """Take back that this process has taken on what is not dealt with: it ends in order."""
        open_ = updates.c.body.is_not(None)
        async with self.calls.engine.begin() as connection:
            await connection.execute(update(updates).where(open_).values(tries=updates.c.tries - 1))


async def settle(connection: AsyncConnection, update_ids: Sequence[int]) -> None:
    """Forget all of these updates but their ids, within the open transaction."""
    for start in range(0, len(update_ids), BATCH):
        some = updates.c.update_id.in_(update_ids[start : start + BATCH])
        await connection.execute(update(updates).where(some).values(body=None))
