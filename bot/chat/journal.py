"""The journal of growing answers: what a process that dies leaves to the next one.

The frame of an answer is written down before it is shown. So whatever stands in a chat without its
end has a row here, and the next process can end it with at least the text that was shown. The row
becomes an exchange in one transaction, and goes when the answer stands whole.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import rows
from bot.chat.calls import Calls, call, upsert
from bot.chat.inbox import settle
from bot.chat.kept import Sent, Unfinished
from bot.chat.schema import exchanges, unfinished


class Journal:
    """Keeps unfinished answers, and makes exchanges of them.

    Every method raises `StoreError` when the database fails.
    """

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    @call
    async def keep(self, answer: Unfinished, updates: Sequence[int] = ()) -> None:
        """Keep how an answer stands now. `updates` are dealt with herewith."""
        async with self.calls.engine.begin() as connection:
            await settle(connection, updates)
            await _keep(connection, answer)

    @call
    async def conclude(self, answer: Unfinished, text: str, updates: Sequence[int] = ()) -> int:
        """Keep an answer that has ended as an exchange with this text, and give its number.

        It takes the place of the exchange that it has already, if that was not erased, whose place
        and time stay; else it gets a new one, asked now, whose number no other one ever has. The
        answer stays in the journal until it stands in the chat.
        """
        entry = replace(answer.entry, answer=text)
        row: dict[str, Any] = {**rows.values(entry), "size": rows.size(entry)}
        async with self.calls.engine.begin() as connection:
            await settle(connection, updates)
            if answer.exchange is None:
                row |= {**rows.located(entry.place), "asked_at": datetime.now(UTC)}
                new = insert(exchanges).values(row).returning(exchanges.c.id)
                number = int((await connection.execute(new)).scalar_one())
                answer = replace(answer, exchange=number)
            else:
                number = answer.exchange
                same = exchanges.c.id == number
                await connection.execute(update(exchanges).where(same).values(row))
            await _keep(connection, answer)
        return number

    @call
    async def finish(self, answer: Unfinished) -> None:
        """Let go of an answer that stands in the chat; its exchange knows in which messages."""
        messages = rows.written(answer.entry.messages)
        same = exchanges.c.id == answer.exchange
        async with self.calls.engine.begin() as connection:
            await connection.execute(update(exchanges).where(same).values(messages=messages))
            await connection.execute(delete(unfinished).where(unfinished.c.key == answer.key))

    @call
    async def drop(self, answer: Unfinished) -> None:
        """Let go of an answer that is not to be kept."""
        async with self.calls.engine.begin() as connection:
            await connection.execute(delete(unfinished).where(unfinished.c.key == answer.key))

    @call
    async def unfinished(self) -> tuple[Unfinished, ...]:
        """Give the answers that are not finished."""
        async with self.calls.engine.connect() as connection:
            return tuple(
                Unfinished(
                    row.key,
                    rows.entry(row),
                    row.language,
                    row.reasoning,
                    row.note,
                    row.exchange,
                    None if row.sent_after is None else Sent(row.sent_after, row.sent_mark),
                )
                for row in await connection.execute(select(unfinished))
            )


async def _keep(connection: AsyncConnection, answer: Unfinished) -> None:
    row = {
        "key": answer.key,
        **rows.located(answer.entry.place),
        **rows.values(answer.entry),
        "language": answer.language,
        "reasoning": answer.reasoning,
        "note": answer.note,
        "exchange": answer.exchange,
        "sent_after": answer.sending and answer.sending.after,
        "sent_mark": answer.sending and answer.sending.mark,
    }
    new = upsert(connection, unfinished).values(row)
    await connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=row))
