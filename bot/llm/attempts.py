"""One answer: the sources in order, with the time each may take.

No I/O, no g4f, and no clock but the loop's.

The laws:

- The first delta of a source comes within `first_chunk_timeout`, each further one within
  `chunk_timeout`, by the clock of the caller's loop: a source whose thread is blocked is too late
  all the same.
- A source that failed is followed by the next one only while there is no visible text. Reasoning
  does not count, white space neither: it is left out before the first visible character.
- An answer that ended without visible text is a failure (`EMPTY`), and so is one of more than
  `MOST` characters (`ENDLESS`): it is ended there.
- Once there is text, a timeout is `STALLED` and every other failure `BROKE_OFF`. A connection that
  goes away before that is `UNREACHABLE`: nothing has broken off.
- Where all failed, the last failure is what is raised, unless a source said `TOO_LONG`: then that
  is. It is the one failure that the person can mend, and asking again unchanged is sure to meet it.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol

from bot.llm.classify import Failure
from bot.llm.delta import Delta, Text
from bot.llm.errors import AnswerError, Kind
from bot.llm.think import ThinkSplitter

Messages = Sequence[Mapping[str, str]]

MOST: Final = 2_000_000
"""Characters of one answer, its reasoning included; a hundred times what models are made to write.
Their UTF-8 is far below the 50 MB that Telegram takes as a file."""


class Source(Protocol):
    """Something that answers; whoever breaks off closes the generator, and that stops it."""

    @property
    def name(self) -> str:
        """What the log calls it."""
        ...

    def ask(self, messages: Messages) -> AsyncGenerator[Delta, None]:
        """Yield the content (tags and all) and the reasoning as they come; raise `AnswerError`."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a source may take for its first delta, and for each further one."""

    first: float
    next: float


async def answer(
    sources: Sequence[Source], messages: Messages, patience: Patience
) -> AsyncGenerator[Delta, None]:
    """Yield the answer of the first source that gives one; raise `AnswerError` where none does."""
    failures: list[tuple[str, Failure]] = []
    for source in sources:
        attempt = _Attempt(source, patience)
        async with aclosing(attempt.deltas(messages)) as deltas:
            async for delta in deltas:
                yield delta
        if attempt.failure is None:
            return
        failures.append((source.name, attempt.failure))
        if attempt.spoke:
            raise _error(attempt.failure.kind, failures)
    kinds = [failure.kind for _, failure in failures]
    raise _error(Kind.TOO_LONG if Kind.TOO_LONG in kinds else kinds[-1], failures)


def _error(kind: Kind, failures: Sequence[tuple[str, Failure]]) -> AnswerError:
    return AnswerError(kind, "; ".join(f"{name}: {failure.detail}" for name, failure in failures))


class _Attempt:
    """One source's answer, and how it ended; it raises nothing of its own."""

    def __init__(self, source: Source, patience: Patience) -> None:
        self.failure: Failure | None = None
        self.spoke = False
        self._source = source
        self._patience = patience
        self._splitter = ThinkSplitter()

    async def deltas(self, messages: Messages) -> AsyncGenerator[Delta, None]:
        limit, room = self._patience.first, MOST
        async with aclosing(self._source.ask(messages)) as chunks:
            while True:
                try:
                    async with asyncio.timeout(limit):
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    self.failure = Failure(Kind.TIMED_OUT, f"nothing for {limit:g} s")
                    break
                except AnswerError as error:
                    self.failure = Failure(error.kind, error.detail)
                    break
                limit = self._patience.next
                if text := chunk.text[:room]:
                    for delta in self._split(replace(chunk, text=text)):
                        yield delta
                room -= len(chunk.text)
                if room < 0:
                    self.failure = Failure(Kind.ENDLESS, f"more than {MOST} characters")
                    break
        rest = self._splitter.finish() if self.failure is None else self._splitter.flush()
        for delta in self._visible(rest):
            yield delta
        self._judge()

    def _split(self, chunk: Delta) -> Iterator[Delta]:
        match chunk:
            case Text(text):
                return self._visible(self._splitter.feed(text))
            case _:
                return iter((chunk,))

    def _visible(self, deltas: Iterator[Delta]) -> Iterator[Delta]:
        for delta in deltas:
            if isinstance(delta, Text) and not self.spoke:
                text = delta.text.lstrip()
                self.spoke = bool(text)
                if text:
                    yield Text(text)
            else:
                yield delta

    def _judge(self) -> None:
        if self.failure is None and not self.spoke:
            self.failure = Failure(Kind.EMPTY, "ended without text")
        elif self.failure is not None:
            self.failure = replace(self.failure, kind=_as_it_stands(self.failure.kind, self.spoke))


def _as_it_stands(kind: Kind, spoke: bool) -> Kind:  # noqa: FBT001 (the other half of what is known)
    """Return what a failure is to whoever has seen text of the answer, or none."""
    match kind:
        case Kind.ENDLESS:
            return kind
        case Kind.TIMED_OUT if spoke:
            return Kind.STALLED
        case Kind.BROKE_OFF if not spoke:
            return Kind.UNREACHABLE
        case _:
            return Kind.BROKE_OFF if spoke else kind
