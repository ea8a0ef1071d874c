"""Looking for a message whose sending was not answered: it may stand in the chat all the same.

Where it would be tell the ids of the messages (see `bot.reply.ids`), and whether it is the one its
`mark`: what stands in it.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from bot.reply.ids import MessageIds
from bot.reply.page import File, Message

MOST_LOOKS: Final = 4
"""Ids under which a message is looked for; each look is a call that the end of an answer may wait
for."""

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
        """Give the id to look under next; `None`: there is none, or enough was looked for."""
        if len(self.looked) >= MOST_LOOKS:
            return None
        return ids.unknown(chat_id, self.sending.after, self.looked)


def mark_of(message: Message) -> str:
    """Tell what stands in a message in a few characters, the same for what Telegram makes of it.

    Of a text that are its letters, digits and signs (Telegram trims, and drops some marks and
    spaces).
    """
    if isinstance(message, File):
        return file_mark(message.name, len(message.text.encode()))
    seen = "".join(sign for sign in message.text if unicodedata.category(sign)[0] not in "CMZ")
    return hashlib.sha256(seen.encode()).hexdigest()[:32]


def file_mark(name: str, size: int) -> str:
    """Tell a file of so many bytes in a few characters."""
    return f"{_FILE}{size} {name}"[:64]
