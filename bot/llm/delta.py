"""What an answer is made of while it grows. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer itself, never empty; the pieces joined are the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of what the model thought before or between; not part of the answer."""

    text: str


Delta = Text | Reasoning
