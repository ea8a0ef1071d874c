"""Asking the model: what it is told, and what of its answer is shown."""

import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Final

from bot.assistant.growing import Growing
from bot.assistant.parts import Memory, Model
from bot.chat.conversation import Role, Turn, joint, prompt
from bot.chat.kept import Preferences
from bot.llm.attempts import MOST
from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.errors import AnswerError, Kind
from bot.locales import Words
from bot.logs import report
from bot.reply.draft import Ending, Outcome, Thought
from bot.reply.live import Piece

OWN_MODEL_FAILS: Final = (Kind.MISCONFIGURED, Kind.REFUSED)
"""What a model that was chosen in the chat may be the reason of."""
LEAST_CONTINUED: Final = 4000
"""Characters of the end of an answer that a model is told at least, to go on with it."""

_log = logging.getLogger(__name__)


class Asking:
    """Asks with what was said before: at most `history` characters, the question included.

    To go on with an answer, as many characters of its end are told, if it has so many.
    """

    def __init__(
        self, model: Model, memory: Memory, system_prompt: str, history: int, *, reasons: bool
    ) -> None:
        self._model = model
        self._memory = memory
        self._system_prompt = system_prompt
        self._history = history
        self._reasons = reasons

    async def pieces(self, growing: Growing) -> AsyncGenerator[Piece]:
        """Give what is shown of an answer, and at last, in a sentence, why there is no more."""
        preferences = Preferences()
        try:
            preferences = await self._memory.preferences(growing.place)
            async with contextlib.aclosing(self._ask(growing, preferences)) as pieces:
                async for piece in pieces:
                    yield piece
        except AnswerError as error:
            _log.warning("no whole answer: %s (%s)", error.kind, error.detail)
            yield Ending(Outcome.FAILED, _sentence(growing.words, error.kind, preferences.model))
        except Exception as error:  # noqa: BLE001 (a bug must not take what had come with it)
            bug = report(_log, "in an answer", error)
            yield Ending(Outcome.FAILED, growing.words("bug", id=bug))

    async def _ask(self, growing: Growing, preferences: Preferences) -> AsyncGenerator[Piece]:
        """Ask with as much of what was said before as fits; with less where that is too much."""
        question, beginning = growing.question, growing.beginning
        before = growing.kept.id if growing.kept else None
        system = self._system_prompt if preferences.prompt is None else preferences.prompt
        if len(beginning) >= MOST:
            raise AnswerError(Kind.ENDLESS, "it was ended before")
        end = beginning[-max(self._history, LEAST_CONTINUED) :]
        room = self._history - len(question) - len(end)
        while True:
            said = await self._memory.recall(growing.place, room, before)
            messages = prompt(system, said, question)
            if end:
                messages += _to_be_continued(end, growing.words)
            try:
                deltas = self._model.stream(messages, preferences.model)
                async with contextlib.aclosing(self._shown(deltas, beginning)) as pieces:
                    async for piece in pieces:
                        yield piece
            except AnswerError as error:
                if error.kind is Kind.TOO_LONG and said:
                    room = sum(one.size for one in said) // 2
                elif error.kind is Kind.TOO_LONG and len(end) > LEAST_CONTINUED:
                    end = end[len(end) // 2 :]
                else:
                    raise
            else:
                return

    async def _shown(self, deltas: AsyncGenerator[Delta], beginning: str) -> AsyncGenerator[Piece]:
        """Give what is shown of an answer, behind what stands there already."""
        async with contextlib.aclosing(deltas):
            async for delta in deltas:
                match delta:
                    case Text(text):
                        if beginning:
                            yield beginning + joint(beginning, text)
                            beginning = ""
                        yield text
                    case Reasoning(text) if self._reasons:
                        yield Thought(text)


def _sentence(words: Words, kind: Kind, own_model: str | None) -> str:
    """Say why there is no (whole) answer, and what to do."""
    if own_model and kind in OWN_MODEL_FAILS:
        return words("answer-own-model", model=own_model)
    return words(f"answer-{kind}")


def _to_be_continued(beginning: str, words: Words) -> list[dict[str, str]]:
    turns = (Turn(Role.ASSISTANT, beginning.strip()), Turn(Role.USER, words("ask-to-continue")))
    return [turn.as_message() for turn in turns]
