"""A provider of our own that stands between g4f's client and the real provider.

g4f's client works on what passes through it (`g4f.tools.run_tools`): it drops messages that repeat
an earlier one, collapses blank lines, cuts the history at 40, keeps a process-wide cache of
provider-side conversations under a key that two people can share, adds up the text of the whole
answer with every chunk, and fails on a lone surrogate. So nothing of the question and nothing of
the answer passes through it in the open:

- The real provider gets the messages from the shield, as they were said. The client is given
  `DECOY`, for which it finds no cache key at all.
- A `conversation` that is handed in is not passed on; one that comes out is not let through.
- What comes out travels in an `Envelope`, which the client carries to the other end unopened.

The client sees in it a provider like any other, by its attributes: g4f asks for no base class here.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import dataclass
from typing import Any

from bot.llm.delta import Delta, Reasoning, Text

DECOY: tuple[Mapping[str, str], ...] = ({"role": "user", "content": ""},)
"""What the client is told was asked."""

_GRACE = 1.0
"""Seconds that a provider may stay open after it said that it has finished."""

Ask = Callable[[], AsyncIterator[Any]]
"""Begins the real provider's stream of g4f chunks."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A delta on its way through g4f's client, which adds up `str()` of all that passes."""

    delta: Delta

    def __str__(self) -> str:
        return ""


class Shield:
    """Stands for the real provider, for one question."""

    __name__ = "Shield"
    label = None
    url = None
    needs_auth = False
    use_stream_timeout = True
    supports_stream = True
    working = True
    live = 0

    def __init__(self, ask: Ask, read: Callable[[Any], Delta | None]) -> None:
        self.completed = False
        """The real provider came to its end, or said so: no failure after that is the answer's."""
        self._ask = ask
        self._read = read

    def get_dict(self) -> dict[str, str | None]:
        """Describe the provider, as g4f's client wants it."""
        return {"name": self.__name__, "url": self.url, "label": self.label}

    async def create_async_generator(self, **_: object) -> AsyncGenerator[Envelope, None]:
        """Yield what the real provider says; whatever the client hands in stays outside."""
        async with aclosing(_generator(self._ask())) as chunks:
            while True:
                try:
                    async with _at_most(_GRACE if self.completed else None):
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    self.completed = True
                    break
                self.completed = self.completed or _is_finish(chunk)
                delta = self._read(chunk)
                if delta is not None:
                    yield Envelope(delta)


def _is_finish(chunk: object) -> bool:
    """Return whether the provider says by this g4f chunk that nothing more will come."""
    return type(chunk).__name__ == "FinishReason"


def _at_most(seconds: float | None) -> AbstractAsyncContextManager[object]:
    return nullcontext() if seconds is None else asyncio.timeout(seconds)


async def _generator(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
    """Make of any iterator one that can be closed, and close with it what can be closed."""
    close = getattr(chunks, "aclose", None)
    try:
        async for chunk in chunks:
            yield chunk
    finally:
        if close is not None:
            await close()


def reader(responses: Any) -> Callable[[Any], Delta | None]:
    """Return what makes our delta of a g4f chunk, or None of one that is no part of an answer.

    `responses` is `g4f.providers.response`. The client's own rules (`async_iter_response`) hold:
    status messages, usage, tool calls, requests and conversations are not content; media are, as
    Markdown.
    """
    nothing = (
        responses.HiddenResponse,
        responses.JsonRequest,
        responses.JsonResponse,
        responses.BaseConversation,
        Exception,
    )

    def read(chunk: Any) -> Delta | None:
        if isinstance(chunk, str):
            return Text(str(chunk)) if chunk else None
        if isinstance(chunk, responses.Reasoning):
            if chunk.token is None and chunk.is_thinking is None:
                return None  # a status line of g4f's, or the end of the reasoning
            thought = str(chunk)
            return Reasoning(thought) if thought else None
        if isinstance(chunk, nothing) or not chunk:
            return None
        text = str(chunk)
        return Text(text) if text else None

    return read
