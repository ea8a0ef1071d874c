"""The ids of messages, as far as they are known: where to look for one whose sending seemed lost.

Telegram counts messages up: in each supergroup by itself, in all private chats and basic groups of
a bot together. So a message that was sent but never answered for has an id above all that were
known when it was sent, and next to those that have become known since. Pure.
"""

from collections import OrderedDict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

FIRST_SUPERGROUP: Final = -1_000_000_000_000
"""The ids of supergroups and channels lie below this (Bot API, "Dialog IDs")."""
REMEMBERED: Final = 256
"""Ids of one count."""
COUNTS: Final = 1000
"""So many counts are remembered."""


@dataclass(slots=True)
class _Count:
    known: dict[int, None] = field(default_factory=dict)
    forgotten: int = 0
    """The largest id that is not remembered any more."""
    newest: int = 0
    is_fresh: bool = False

    def note(self, number: int, *, is_fresh: bool) -> None:
        self.known[number] = None
        if len(self.known) > REMEMBERED:
            oldest = next(iter(self.known))
            del self.known[oldest]
            self.forgotten = max(self.forgotten, oldest)
        self.newest = max(self.newest, number)
        self.is_fresh = self.is_fresh or is_fresh


class MessageIds:
    """The ids that have become known since `since`, by default now.

    What is said of a chat is said of its count. An id is fresh if no process before this one can
    have sent a message with a larger one.
    """

    def __init__(self, since: datetime | None = None) -> None:
        # Telegram tells whole seconds; a process needs longer than that to start.
        self._since = (since or datetime.now(UTC)).replace(microsecond=0)
        self._counts: OrderedDict[int, _Count] = OrderedDict()

    def sent(self, chat_id: int, message_id: int) -> None:
        """Take note of a message of our own."""
        self._count(chat_id).note(message_id, is_fresh=True)

    def seen(self, chat_id: int, message_id: int, at: datetime) -> None:
        """Take note of a message of somebody else, written at that time."""
        self._count(chat_id).note(message_id, is_fresh=at >= self._since)

    def found(self, chat_id: int, message_id: int) -> None:
        """Take note of a message that was there already."""
        self._count(chat_id).note(message_id, is_fresh=False)

    def reaches(self, chat_id: int, message_id: int) -> None:
        """Take note that there is a message with this id, which somebody else may look for."""
        count = self._count(chat_id)
        count.newest = max(count.newest, message_id)

    def newest(self, chat_id: int) -> int | None:
        """Give an id above which no process before this one has sent anything.

        What this one sends from now on lies above it, too. `None`: that cannot be told.
        """
        count = self._counts.get(_key(chat_id))
        return count.newest if count and count.is_fresh else None

    def unknown(self, chat_id: int, after: int, but: AbstractSet[int]) -> int | None:
        """Give the first id above `after` that is neither known nor one of those.

        `None`: it would lie beyond the next one that Telegram gives, as far as is known; or some
        above `after` are not remembered any more.
        """
        count = self._counts.get(_key(chat_id)) or _Count()
        if after < count.forgotten:
            return None
        for number in range(after + 1, max(after, count.newest) + 2):
            if number not in count.known and number not in but:
                return number
        return None

    def _count(self, chat_id: int) -> _Count:
        key = _key(chat_id)
        if key not in self._counts:
            self._counts[key] = _Count()
        self._counts.move_to_end(key)
        while len(self._counts) > COUNTS:
            self._counts.popitem(last=False)
        return self._counts[key]


def _key(chat_id: int) -> int:
    return chat_id if chat_id < FIRST_SUPERGROUP else 0
