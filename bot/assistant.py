"""The use case on one page: a question comes in, a live reply goes out, both are remembered."""

import contextlib
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import Protocol

from bot.chat.conversation import Exchange, Place, Question, prompt
from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.errors import AnswerError
from bot.locales import Words
from bot.logs import where
from bot.reply.draft import Ending, Outcome, Thought
from bot.reply.gate import Gate
from bot.reply.live import LiveReply, Piece
from bot.reply.surface import Surface
from bot.reply.view import ShowReasoning, View

_log = logging.getLogger(__name__)


class Model(Protocol):
    """What answers."""

    def stream(self, messages: Sequence[Mapping[str, str]]) -> AsyncGenerator[Delta]:
        """Give the answer piece by piece until closed; raises `AnswerError`."""
        ...


class Memory(Protocol):
    """What was said before."""

    def recall(self, place: Place) -> Sequence[Exchange]:
        """Give the exchanges to send along with the next question of this place."""
        ...

    def record(self, place: Place, exchange: Exchange) -> None:
        """Keep an exchange of this place."""
        ...

    def move(self, chat_id: int, to: int) -> None:
        """Keep the exchanges of a chat under its new id."""
        ...


class Assistant:
    """Answers questions."""

    def __init__(  # noqa: PLR0913 (what is named is a setting)
        self,
        model: Model,
        memory: Memory,
        gate: Gate,
        words: Words,
        *,
        system_prompt: str = "",
        show_reasoning: ShowReasoning = "off",
    ) -> None:
        self._model = model
        self._memory = memory
        self._gate = gate
        self._words = words
        self._system_prompt = system_prompt
        self._show_reasoning = show_reasoning
        self._growing: set[LiveReply] = set()
        self._interrupted = False

    async def answer(self, question: Question, place: Place, surface: Surface) -> None:
        """Answer a question in its place. What came of the answer is remembered, however it ended.

        Questions of one place must be answered one after the other: each is asked with what was
        said before it.
        """
        content = question.content()
        messages = prompt(self._system_prompt, self._memory.recall(place), content)
        with self._live(surface, View(self._show_reasoning)) as reply:
            draft = await reply.show(self._pieces(messages))
        if answer := draft.text.strip():
            self._memory.record(place, Exchange(content, answer))

    async def say(self, text: str, surface: Surface) -> None:
        """Say something that needs no model, within the same budget and with the same care."""
        with self._live(surface, View(markdown=False)) as reply:
            await reply.show(_at_once(text))

    def move(self, chat_id: int, to: int) -> None:
        """Remember what was said in a group that has become a supergroup."""
        self._memory.move(chat_id, to)

    def interrupt(self) -> None:
        """End all answers with what has come, and begin none: the process is to stop."""
        self._interrupted = True
        for reply in tuple(self._growing):
            reply.end(self._interruption())

    @contextlib.contextmanager
    def _live(self, surface: Surface, view: View) -> Iterator[LiveReply]:
        reply = LiveReply(surface, self._gate, view)
        self._growing.add(reply)
        try:
            yield reply
        finally:
            self._growing.remove(reply)

    def _interruption(self) -> Ending:
        return Ending(Outcome.INTERRUPTED, self._words("answer-interrupted"))

    async def _pieces(self, messages: Sequence[Mapping[str, str]]) -> AsyncGenerator[Piece]:
        if self._interrupted:
            yield self._interruption()
            return
        try:
            async with contextlib.aclosing(self._model.stream(messages)) as deltas:
                async for delta in deltas:
                    match delta:
                        case Text(text):
                            yield text
                        case Reasoning(text) if self._show_reasoning != "off":
                            yield Thought(text)
        except AnswerError as error:
            _log.warning("no whole answer: %s (%s)", error.kind, error.detail)
            yield Ending(Outcome.FAILED, self._words(f"answer-{error.kind}"))
        except Exception as error:  # noqa: BLE001 (a bug must not take what had come with it)
            _log.error("a bug ended an answer: %s", where(error))
            yield Ending(Outcome.FAILED, self._words("answer-bug"))


async def _at_once(text: str) -> AsyncGenerator[Piece]:
    yield text
