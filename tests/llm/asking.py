"""Questions and answers in short, for the tests of this room."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from bot.llm.attempts import Messages
from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.errors import AnswerError
from bot.llm.model import Model
from tests.virtual_time import now


def user(text: str) -> Mapping[str, str]:
    return {"role": "user", "content": text}


def assistant(text: str) -> Mapping[str, str]:
    return {"role": "assistant", "content": text}


def system(text: str) -> Mapping[str, str]:
    return {"role": "system", "content": text}


@dataclass(frozen=True, slots=True)
class Answer:
    """All that came of one question."""

    text: str
    reasoning: str = ""
    error: AnswerError | None = None

    @property
    def kind(self) -> str | None:
        return None if self.error is None else self.error.kind.value


async def gather(deltas: AsyncGenerator[Delta, None]) -> Answer:
    """Read the deltas to their end, whatever it is."""
    pieces: list[Delta] = []
    error = None
    async with aclosing(deltas):
        try:
            async for delta in deltas:
                pieces.append(delta)  # noqa: PERF401 - what came before an error counts
        except AnswerError as caught:
            error = caught
    return Answer(
        "".join(piece.text for piece in pieces if isinstance(piece, Text)),
        "".join(piece.text for piece in pieces if isinstance(piece, Reasoning)),
        error,
    )


async def ask(model: Model, *messages: Mapping[str, str] | str) -> Answer:
    """Ask the model; a plain string is something that the user said."""
    return await gather(
        model.stream([user(said) if isinstance(said, str) else said for said in messages])
    )


@dataclass
class Scripted:
    """A source that does what it is told: a number is a pause in seconds."""

    steps: Sequence[Delta | float | AnswerError]
    name: str = "scripted"
    asked: list[Messages] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)

    async def ask(self, messages: Messages) -> AsyncGenerator[Delta, None]:
        self.asked.append(messages)
        try:
            for step in self.steps:
                match step:
                    case int() | float():
                        await asyncio.sleep(step)
                    case AnswerError():
                        raise step
                    case _:
                        yield step
        finally:
            self.closed.append(now())
