"""Looking for a message whose sending was not answered: it may stand in the chat all the same.

The ids of messages (see `bot.reply.ids`) tell where it may be; its `mark`, which is what stands in
it, tells whether it is the one.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from bot.reply.ids import MessageIds
from bot.reply.page import File, Message

MOST_LOOKS: Final = 4
"""Ids at which a message is looked for; each look is a call that the end of an answer may wait for.
"""

_FILE: Final = "file "


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that is sent, or may have been: its id is above `after`."""

    after: int
    mark: str

    @property
    def is_file(self) -> bool:
        """Whether it is a file."""
        return self.mark.startswith(_FILE)


@dataclass(slots=True)
class Search:
    """A search for one message in one chat."""

    sending: Sending
    looked: set[int] = field(default_factory=set)

    def place(self, ids: MessageIds, chat_id: int) -> int | None:
        """Give the id to look at next; `None`: there is none, or enough ids were looked at."""
        if len(self.looked) >= MOST_LOOKS:
            return None
        return ids.unknown(chat_id, self.sending.after, self.looked)


def mark_of(message: Message) -> str:
    """Tell what stands in a message in a few characters, the same for what Telegram makes of it.

    For a text that is a hash of its letters, digits and signs (Telegram trims, and drops some marks
    and spaces), for a file its size and name.
    """
    if isinstance(message, File):
        return file_mark(message.name, len(message.text.encode()))
    seen = "".join(sign for sign in message.text if unicodedata.category(sign)[0] not in "CMZ")
    return hashlib.sha256(seen.encode()).hexdigest()[:32]


def file_mark(name: str, size: int) -> str:
    """Tell a file of so many bytes in a few characters."""
    return f"{_FILE}{size} {name}"[:64]
