"""Places, turns, and what of a conversation a model is told. Pure."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class Role(enum.StrEnum):
    """Who speaks, in the terms of chat completions."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation, exactly as it was said."""

    role: Role
    content: str

    def as_message(self) -> dict[str, str]:
        """Give the turn in the shape of chat completions."""
        return {"role": self.role.value, "content": self.content}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is held: a chat, or one topic of it."""

    chat_id: int
    topic: int | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, the unit in which conversations are remembered and forgotten."""

    question: str
    answer: str

    @property
    def size(self) -> int:
        """Characters of both."""
        return len(self.question) + len(self.answer)

    def turns(self) -> tuple[Turn, Turn]:
        """Give both turns in order."""
        return Turn(Role.USER, self.question), Turn(Role.ASSISTANT, self.answer)


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks.

    `text` is theirs, without the bot's name. `quote` is what they marked in the message they reply
    to, `context` that whole message. `attachment` names something that came along and cannot be
    read ("photo").
    """

    text: str
    quote: str = ""
    context: str = ""
    attachment: str = ""

    def content(self) -> str:
        """Give what the model is asked: the context first, as quotes, then the text itself.

        Without a text the message replied to is the question.
        """
        if not self.text:
            return self.quote or self.context
        parts = []
        if self.quote:
            parts.append("The part this is about:\n" + _quoted(self.quote))
        if self.context and self.context != self.quote:
            parts.append("The message this is a reply to:\n" + _quoted(self.context))
        if self.attachment:
            parts.append(f"(A {self.attachment} came with this message; you cannot see it.)")
        return "\n\n".join([*parts, self.text])


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def prompt(system: str, exchanges: Iterable[Exchange], question: str) -> list[dict[str, str]]:
    """Give the messages to send: the system prompt, if any, what was said before, the question."""
    turns = [Turn(Role.SYSTEM, system)] if system else []
    for exchange in exchanges:
        turns += exchange.turns()
    turns.append(Turn(Role.USER, question))
    return [turn.as_message() for turn in turns]


def latest(exchanges: Sequence[Exchange], budget: int) -> Sequence[Exchange]:
    """Give as many of the latest exchanges as fit a budget of characters, each one whole."""
    first = len(exchanges)
    while first and (budget := budget - exchanges[first - 1].size) >= 0:
        first -= 1
    return exchanges[first:]
