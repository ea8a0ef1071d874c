"""What is kept of conversations. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.chat.conversation import Place


@dataclass(frozen=True, slots=True)
class Posted:
    """A Telegram message that shows an answer or, as a file, a part of it."""

    message_id: int
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be kept of an exchange.

    `person` asked, in the Telegram message `question_id` (`None`: it cannot be edited). No `answer`
    means that no text came. `messages` show the answer.
    """

    place: Place
    person: int
    question: str
    answer: str = ""
    outcome: str = "complete"
    question_id: int | None = None
    messages: tuple[Posted, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an exchange; a larger `id` was kept later. `asked_at` is aware, in UTC."""

    id: int
    entry: Entry
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was being sent: its id is above `after`, and `mark` tells what was in it."""

    after: int
    mark: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An answer that does not stand whole in the chat yet, as its latest frame was.

    `entry.answer` is all of its text so far, `entry.outcome` empty while it grows. `note` is what
    is said below the text, in `language`. `exchange` is the number of the exchange that it is kept
    as, or takes the place of. `sending` may stand in the chat, too. No other answer ever has its
    `key`.
    """

    key: str
    entry: Entry
    language: str = ""
    reasoning: str = ""
    note: str = ""
    exchange: int | None = None
    sending: Sent | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """An update, as JSON, that another process has left; `is_hopeless`: several died with it."""

    body: str
    is_hopeless: bool = False


@dataclass(frozen=True, slots=True)
class Preferences:
    """What was chosen in a place; `None`: nothing, the settings hold."""

    model: str | None = None
    prompt: str | None = None
