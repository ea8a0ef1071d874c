"""What one message of an answer holds. Pure values."""

from dataclasses import dataclass, replace
from typing import Literal

PAGE_LIMIT = 4096
"""Characters (code points) of one message; Telegram counts them after trimming."""
ENTITY_LIMIT = 100
"""Entities of one message; Telegram silently drops what comes after them."""

EntityType = Literal[
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "blockquote",
    "expandable_blockquote",
]


@dataclass(frozen=True, slots=True)
class Entity:
    """A style of a part of a text, as the Bot API describes it.

    `offset` and `length` are in UTF-16 code units. `url` belongs to a `text_link`, `language` to a
    `pre`.
    """

    type: EntityType
    offset: int
    length: int
    url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message; `data` (1 to 64 bytes) comes back when it is pressed."""

    label: str
    data: str


Buttons = tuple[tuple[Button, ...], ...]
"""Rows of buttons."""


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one message, already trimmed as Telegram trims it, and its entities.

    `preview`: whether Telegram may show what the first link of the text leads to.
    """

    text: str
    entities: tuple[Entity, ...] = ()
    preview: bool = False
    buttons: Buttons = ()

    def plain(self) -> "Page":
        """Give the same text without any style."""
        return replace(self, entities=())


@dataclass(frozen=True, slots=True)
class File:
    """A text sent as a file of its own."""

    name: str
    text: str


Message = Page | File
