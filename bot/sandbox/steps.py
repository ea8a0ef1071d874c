"""What the rehearsal model does, step by step; an answer is a sequence of these. Pure."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Say:
    """Stream the text, token by token; `pace` is tokens per second (None: the model's own)."""

    text: str
    pace: float | None = None


@dataclass(frozen=True, slots=True)
class Think:
    """Stream the text as reasoning (`delta.reasoning_content`)."""

    text: str
    pace: float | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for so many seconds; as the first step, before the first byte."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing until the event is set; as the first step, before the first byte."""

    event: asyncio.Event


@dataclass(frozen=True, slots=True)
class Stall:
    """Do nothing any more, as a model that hangs; it is bounded, in seconds."""

    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with an HTTP error; only before anything else was sent."""

    status: int
    message: str = "The rehearsal model was told to refuse."
    code: str | None = None
    """What the error calls itself; the status if None."""


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """Report an error inside the stream, and end it."""

    message: str = "The rehearsal model was told to fail."


@dataclass(frozen=True, slots=True)
class BreakOff:
    """Drop the connection."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Send a provider-side conversation, as some of g4f's endpoints do; it asks to be sent back."""

    value: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raw:
    """Put these bytes on the wire as they are."""

    data: bytes


Step = Say | Think | Pause | Wait | Stall | Refuse | ErrorEvent | BreakOff | Conversation | Raw


def tokens(text: str) -> list[str]:
    """Cut the text into what a model would send at a time; joined, it is the text again."""
    return re.findall(r"\S+\s*|\s+", text)
