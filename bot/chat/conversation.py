"""Places, turns, and what of a conversation a model is told. Pure."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_CLOSING: Final = ".,;:!?…)]}»”"
_CJK: Final = 0x2E80
"""From here on scripts set no spaces between words."""


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
class Person:
    """Who asks: a user, or the chat in whose name somebody writes.

    `language` is the IETF tag of their apps' language ("": not told).
    """

    id: int
    language: str = ""


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
        return Turn(Role.USER, self.question), Turn(Role.ASSISTANT, self.answer.strip())


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A message that a person has passed on, and who wrote it ("": not told)."""

    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks.

    `text` is theirs, without the bot's name. `quote` is what they marked in the message they reply
    to, `context` that whole message. `attachment` names something that came along and cannot be
    read ("photo"). `speaker` is the person's name, where several people speak. `forwarded` is what
    they passed on before they asked.
    """

    text: str
    quote: str = ""
    context: str = ""
    attachment: str = ""
    speaker: str = ""
    forwarded: tuple[Forwarded, ...] = ()

    def content(self) -> str:
        """Give what the model is asked: the context first, as quotes, then the text itself.

        Without a text the message replied to is the question.
        """
        if not self.text:
            return self.quote or self.context
        parts = [
            f"A message forwarded{one.by and f' from {one.by}'}:\n{_quoted(one.text)}"
            for one in self.forwarded
        ]
        if self.quote:
            parts.append("The part this is about:\n" + _quoted(self.quote))
        if self.context and self.context != self.quote:
            parts.append("The message this is a reply to:\n" + _quoted(self.context))
        if self.attachment:
            parts.append(f"(A {self.attachment} came with this message; you cannot see it.)")
        return "\n\n".join([*parts, f"{self.speaker}: {self.text}" if self.speaker else self.text])


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked, by whom, where, and in which message.

    `is_pasted`: the text came in several messages, of which this is the last. `updates` are those
    of Telegram's that are dealt with when it is answered.
    """

    question: Question
    place: Place
    person: Person
    message_id: int
    is_pasted: bool = False
    updates: tuple[int, ...] = ()


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def prompt(system: str, exchanges: Iterable[Exchange], question: str) -> list[dict[str, str]]:
    """Give the messages to send: the system prompt, if any, what was said before, the question."""
    turns = [Turn(Role.SYSTEM, system)] if system else []
    for exchange in exchanges:
        turns += exchange.turns()
    turns.append(Turn(Role.USER, question))
    return [turn.as_message() for turn in turns]


def joint(beginning: str, continuation: str) -> str:
    """Give what belongs between a text that broke off and what continues it: a space, or nothing.

    Models begin a continuation with a word; the space before it is lost with the break.
    """
    before, after = beginning[-1:], continuation[:1]
    runs_on = before.isspace() or after.isspace() or after in _CLOSING or ord(before) >= _CJK
    return "" if runs_on else " "
