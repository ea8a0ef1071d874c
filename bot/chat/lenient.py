"""A memory whose failures cost what was said before, and no answer."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Final, TypeVar

from bot.chat.conversation import Exchange, Place
from bot.chat.kept import Entry, Kept, Posted, Preferences
from bot.chat.store import Store, StoreError

PATIENCE: Final = 3.0
"""Seconds that an answer waits for what was said before."""
PAUSE: Final = 30.0
"""Seconds for which a memory that did not answer in time is not asked again."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Lenient:
    """A store that remembers nothing where it fails, says so in the log, and goes on.

    What a person has asked to be erased or changed still raises `StoreError`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._not_before = -math.inf
        self.forget = store.forget
        self.forget_person = store.forget_person

    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> Sequence[Exchange]:
        """Give the latest exchanges that fit so many characters."""
        return await self._read((), self._store.recall(place, budget, before))

    async def last(self, place: Place, person: int) -> Kept | None:
        """Give the latest exchange of a person in a place."""
        return await _or(None, self._store.last(place, person))

    async def add(self, entry: Entry) -> int | None:
        """Keep an exchange, and give its number; `None`: it is not kept."""
        return await _or(None, self._store.add(entry))

    async def replace(self, number: int, entry: Entry) -> None:
        """Keep another exchange in the place of one."""
        await _or(None, self._store.replace(number, entry))

    async def post(self, number: int, messages: Sequence[Posted]) -> None:
        """Keep which messages show the answer."""
        await _or(None, self._store.post(number, messages))

    async def move(self, chat_id: int, to: int) -> None:
        """Keep the exchanges of a chat under its new id."""
        await _or(None, self._store.move(chat_id, to))

    async def preferences(self, place: Place) -> Preferences:
        """Give what a place has chosen."""
        return await self._read(Preferences(), self._store.preferences(place))

    async def _read(self, default: _T, asked: Coroutine[object, object, _T]) -> _T:
        """Read something that an answer waits for."""
        now = asyncio.get_running_loop().time
        if now() < self._not_before:
            asked.close()
            return default
        try:
            async with asyncio.timeout(PATIENCE):
                return await _or(default, asked)
        except TimeoutError:
            self._not_before = now() + PAUSE
            _log.warning("the memory does not answer")
            return default


async def _or(default: _T, asked: Awaitable[_T]) -> _T:
    try:
        return await asked
    except StoreError as error:
        _log.warning("the memory fails: %s", error.detail)
        return default
