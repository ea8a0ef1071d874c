"""What Telegram has sent, until it is dealt with.

python-telegram-bot confirms updates to Telegram as soon as they are in its queue, and Telegram
never sends them again. So they are stored before it gets them. Whoever deals with an update settles
it: a question with the first frame of its answer (see `bot.assistant.recording`), everything else
when it is done. What is not settled when the process dies is taken up by the next one.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from telegram import Bot, Update

from bot.chat.kept import Left
from bot.logs import where

_log = logging.getLogger(__name__)


class Storage(Protocol):
    """Where updates are stored (see `bot.chat.inbox`)."""

    async def receive(self, bodies: Mapping[int, str]) -> set[int] | None:
        """Store updates, and give those that did not come before; `None`: that failed."""
        ...

    async def settle(self, update_ids: Sequence[int]) -> None:
        """Forget all of these updates but their ids, sooner or later."""
        ...

    async def pending(self) -> Sequence[Left]:
        """Give what is not settled, in the order in which it was sent."""
        ...

    async def release(self) -> None:
        """Leave what is not settled to the next process."""
        ...


@dataclass(slots=True)
class Dealing:
    """Somebody deals with updates; `goes_on`: somebody else goes on with it, and settles them."""

    goes_on: bool = False


class Inbox(asyncio.Queue[object]):
    """The queue between the updater and the application; what came before does not get into it."""

    def __init__(self, storage: Storage) -> None:
        super().__init__()
        self._storage = storage
        self._repeated: set[int] = set()
        self._unstored: set[int] = set()
        """What only this process knows of."""
        self._settled: list[int] = []
        self._settling: asyncio.Task[None] | None = None

    def has(self, *update_ids: int) -> bool:
        """Tell whether the next process will find these updates, if they are not settled."""
        return self._unstored.isdisjoint(update_ids)

    async def store(self, answer: bytes) -> bytes:
        """Store the updates of an answer to `getUpdates`, and give what can be read of it.

        Of an update that python-telegram-bot cannot read, that is its id: else it would stop
        polling, and get the same update again after each start.
        """
        updates = json.loads(answer)["result"]
        if not updates:
            return answer
        readable = [
            one if _is_readable(one) else {"update_id": one["update_id"]} for one in updates
        ]
        bodies = {one["update_id"]: json.dumps(one) for one in readable}
        new = await self._storage.receive(bodies)
        if new is None:
            self._unstored |= set(bodies)
        self._repeated = set() if new is None else set(bodies) - new
        return (
            answer if readable == updates else json.dumps({"ok": True, "result": readable}).encode()
        )

    async def put(self, item: object) -> None:
        """Put an update in; one that came before is left out."""
        if isinstance(item, Update) and item.update_id in self._repeated:
            _log.info("update %d came before", item.update_id)
            return
        await super().put(item)

    async def left(self, bot: Bot) -> Sequence[tuple[Update, bool]]:
        """Give what the process before this one has left, in the order in which it was sent.

        With each it tells whether it is hopeless (see `Left`): such a one is settled already.
        """
        left = [(json.loads(one.body), one.is_hopeless) for one in await self._storage.pending()]
        self.settle(*(one["update_id"] for one, _ in left if not _is_readable(one)))
        return [(Update.de_json(one, bot), hopeless) for one, hopeless in left if _is_readable(one)]

    def settle(self, *update_ids: int) -> None:
        """Take note that these updates are dealt with; nobody waits for that."""
        self._settled += update_ids
        self._unstored.difference_update(update_ids)
        if self._settled and self._settling is None:
            self._settling = asyncio.create_task(self._write(), name="settling")

    @contextlib.contextmanager
    def dealing_with(self, *update_ids: int) -> Iterator[Dealing]:
        """Settle updates when that ends, even in a bug; but not when it is cancelled."""
        dealing = Dealing()
        try:
            yield dealing
        except Exception:
            self.settle(*update_ids)
            raise
        if not dealing.goes_on:
            self.settle(*update_ids)

    async def idle(self) -> None:
        """Wait until all that was settled is stored."""
        while self._settling:
            await asyncio.wait([self._settling])

    async def close(self) -> None:
        """Leave what is not settled to the next process."""
        await self.idle()
        await self._storage.release()

    async def _write(self) -> None:
        try:
            while self._settled:
                settled, self._settled = self._settled, []
                await self._storage.settle(settled)
        finally:
            self._settling = None


def _is_readable(update: dict[str, Any]) -> bool:
    try:
        Update.de_json(update, None)
    except Exception as error:  # noqa: BLE001 (whatever a Telegram of the future sends)
        _log.error("update %d cannot be read: %s", update["update_id"], where(error))
        return False
    return True
