"""A memory whose failures cost what was said before, and no answer."""

import asyncio
import functools
import logging
import math
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final, TypeVar

from bot.chat.calls import StoreError
from bot.chat.conversation import Exchange, Place
from bot.chat.debts import Debts, Write
from bot.chat.kept import Kept, Left, Preferences, Unfinished
from bot.chat.store import Store

PATIENCE: Final = 8.0
"""Seconds that an answer waits for what was said before; a busy disk is not yet a broken one."""
FRAME_PATIENCE: Final = 4.0
"""Seconds that a frame, and an update, wait to be kept."""
LAST_PATIENCE: Final = 15.0
"""Seconds for what nobody waits for."""
SLOW: Final = 1.0
"""Seconds after which a failure has come too late to be asked for again and again."""
PAUSE: Final = 10.0
"""Seconds for which it is not asked for again then."""
INSISTENCE: Final = 5.0
"""Seconds that an answer which has ended waits to be written at all, behind a call that hangs."""

QUIET: Final = 600.0
"""Seconds for which a failure is not told again, though it may come and go meanwhile."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class _Health:
    """Whether one kind of call works; told when that changes, but not each time."""

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose
        self._not_before = -math.inf
        self._hanging: asyncio.Task[Any] | None = None
        self._quiet_until = -math.inf
        self._is_told = False
        self.is_failing = False

    async def attempt(
        self,
        default: _T,
        ask: Callable[[], Coroutine[Any, Any, _T]],
        patience: float = PATIENCE,
        *,
        insists: bool = False,
    ) -> _T:
        """Give what a call gives, or the default where it fails or takes longer than `patience`.

        While a call hangs that was given up, no other one is begun: it would hang, too; one that
        `insists` first waits a while for that one to end.
        """
        now = asyncio.get_running_loop().time
        if self._hanging and insists:
            await asyncio.wait({self._hanging}, timeout=INSISTENCE)
        if self._hanging or now() < self._not_before:
            return default
        began, call = now(), asyncio.create_task(ask(), name="memory")
        await asyncio.wait({call}, timeout=patience)
        if not call.done():
            self._hanging = call
            call.add_done_callback(self._hangs_no_more)
            self._failed("no answer")
            return default
        try:
            given = call.result()
        except StoreError as error:
            if now() - began >= SLOW:  # a lock, for instance, that each call would wait for
                self._not_before = now() + PAUSE
            self._failed(error.detail)
            return default
        self._worked()
        return given

    def _hangs_no_more(self, call: asyncio.Task[Any]) -> None:
        self._hanging = None
        if not call.cancelled() and call.exception() is None:
            self._worked()

    def _worked(self) -> None:
        self.is_failing, self._not_before = False, -math.inf
        if self._is_told:
            self._is_told = False
            _log.warning("the memory can be %s again", self._purpose)

    def _failed(self, detail: str) -> None:
        self.is_failing = True
        now = asyncio.get_running_loop().time()
        if not self._is_told and now >= self._quiet_until:
            self._is_told, self._quiet_until = True, now + QUIET
            _log.error(
                "the memory cannot be %s (%s); answers go on, but are not remembered, and this is"
                " not told again until it works",
                self._purpose,
                detail,
            )


class Lenient:
    """A store that remembers nothing where it fails, says so in the log once, and goes on.

    What a person has asked to be erased or changed still raises `StoreError`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._journal = store.journal
        self._inbox = store.inbox
        self._reading = _Health("read")
        self._writing = _Health("written")
        self._debts = Debts()
        self.forget = store.forget
        self.forget_person = store.forget_person

    @property
    def is_failing(self) -> bool:
        """Whether the memory did not work when it was needed last."""
        return self._reading.is_failing or self._writing.is_failing

    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> Sequence[Exchange]:
        """Give the latest exchanges that fit so many characters."""
        return await self._reading.attempt((), lambda: self._store.recall(place, budget, before))

    async def last(self, place: Place, person: int) -> Kept | None:
        """Give the latest exchange of a person in a place."""
        return await self._reading.attempt(None, lambda: self._store.last(place, person))

    async def preferences(self, place: Place) -> Preferences:
        """Give what a place has chosen."""
        return await self._reading.attempt(Preferences(), lambda: self._store.preferences(place))

    async def close(self) -> None:
        """Write once more what could not be written."""
        await self._debts.close()

    async def keep(self, answer: Unfinished, updates: Sequence[int] = ()) -> bool:
        """Keep how an answer stands now; false: it could not be kept."""
        keep = functools.partial(self._journal.keep, answer, updates)
        return await self._written(keep, FRAME_PATIENCE)

    async def conclude(
        self, answer: Unfinished, text: str, updates: Sequence[int] = ()
    ) -> int | None:
        """Keep an answer that has ended as an exchange, and give its number; `None`: it is not."""
        return await self._writing.attempt(
            None,
            lambda: self._journal.conclude(answer, text, updates),
            LAST_PATIENCE,
            insists=True,
        )

    async def finish(self, answer: Unfinished) -> None:
        """Let go of an answer that stands in the chat; sooner or later."""
        await self._write_or_owe(lambda: self._journal.finish(answer))

    async def drop(self, answer: Unfinished) -> None:
        """Let go of an answer that is not to be kept; sooner or later."""
        await self._write_or_owe(lambda: self._journal.drop(answer))

    async def unfinished(self) -> Sequence[Unfinished]:
        """Give the answers that another process did not finish."""
        return await self._reading.attempt((), self._journal.unfinished, LAST_PATIENCE)

    async def move(self, chat_id: int, to: int) -> None:
        """Keep the exchanges of a chat under its new id."""
        await self._write_or_owe(lambda: self._store.move(chat_id, to))

    async def receive(self, bodies: Mapping[int, str]) -> set[int] | None:
        """Keep updates, and give those that did not come before; `None`: they cannot be kept."""
        receive = functools.partial(self._inbox.receive, bodies)
        return await self._writing.attempt(None, receive, FRAME_PATIENCE)

    async def settle(self, update_ids: Sequence[int]) -> None:
        """Forget all of these updates but their ids, sooner or later: they are dealt with."""
        await self._write_or_owe(lambda: self._inbox.settle(update_ids))

    async def release(self) -> None:
        """Leave the updates that are not dealt with to the next process, whose first try it is."""
        await self._written(self._inbox.release, FRAME_PATIENCE)

    async def pending(self) -> Sequence[Left]:
        """Take on the updates that another process did not deal with."""
        return await self._writing.attempt((), self._inbox.pending, LAST_PATIENCE)

    async def _written(self, write: Write, patience: float = LAST_PATIENCE) -> bool:
        async def written() -> bool:
            await write()
            return True

        return await self._writing.attempt(False, written, patience)

    async def _write_or_owe(self, write: Write) -> None:
        if not await self._written(write):
            self._debts.owe(write)
