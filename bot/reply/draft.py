"""What is known of an answer while it is being written. Pure."""

import enum
from dataclasses import dataclass
from typing import Final

MOST_SHOWN: Final = 30_000
"""Characters of an answer that are shown as messages; all of a longer one comes as a file."""


class Outcome(enum.Enum):
    """How an answer ended."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Ending:
    """That an answer has ended, how, and what is to be said about it.

    `note` is a sentence for people, shown below the text (or alone, if no text came); it is no
    part of the answer and is not remembered as such. `is_forgotten`: nothing can be done with the
    answer any more.
    """

    outcome: Outcome
    note: str = ""
    is_forgotten: bool = False


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of what a model says to itself before it answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The text so far, and how it ended (`None`: it is still growing).

    While it grows, a text of more than `MOST_SHOWN` characters may be its beginning only, by at
    least one character more than that. `reasoning` is what the model thought before the text began.
    """

    text: str = ""
    ending: Ending | None = None
    reasoning: str = ""
