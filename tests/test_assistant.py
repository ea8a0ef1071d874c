"""The story of one answer, without Telegram and g4f."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from bot.assistant import Assistant
from bot.chat.conversation import Exchange, Place, Question
from bot.chat.memory import Memory
from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.errors import AnswerError, Kind
from bot.locales import Words
from bot.reply.gate import Gate
from bot.reply.pacing import Pacer
from tests.reply.chat import Chat
from tests.virtual_time import in_virtual_time

HERE = Place(1)
WORDS = Words()


@dataclass
class Model:
    """Says what it is told to, and remembers what it was asked."""

    says: Sequence[Delta | Exception]
    asked: list[Sequence[Mapping[str, str]]] = field(default_factory=list)

    async def stream(self, messages: Sequence[Mapping[str, str]]) -> AsyncGenerator[Delta]:
        self.asked.append(messages)
        for said in self.says:
            if isinstance(said, Exception):
                raise said
            yield said


def assistant(model: Model, memory: Memory) -> Assistant:
    return Assistant(model, memory, Gate(Pacer()), WORDS)


@in_virtual_time
async def test_an_answer_is_shown_and_remembered_without_its_reasoning() -> None:
    chat, memory = Chat(), Memory()
    model = Model([Reasoning("Hm."), Text("Yes"), Text(".\n")])
    await assistant(model, memory).answer(Question("Is it?"), HERE, chat)
    assert chat.screen == ["Yes."]
    assert list(memory.recall(HERE)) == [Exchange("Is it?", "Yes.")]


@pytest.mark.parametrize("kind", list(Kind))
@in_virtual_time
async def test_a_failure_is_told_and_only_what_had_come_is_remembered(kind: Kind) -> None:
    chat, memory = Chat(), Memory()
    model = Model([Text("Ye"), AnswerError(kind, "SomeError")])
    await assistant(model, memory).answer(Question("Is it?"), HERE, chat)
    assert chat.screen == ["Ye\n\n" + WORDS(f"answer-{kind}")]
    assert list(memory.recall(HERE)) == [Exchange("Is it?", "Ye")]


@in_virtual_time
async def test_a_bug_is_told_as_such_and_logged_without_its_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    chat, memory = Chat(), Memory()
    model = Model([ValueError("what the person wrote")])
    await assistant(model, memory).answer(Question("Is it?"), HERE, chat)
    assert chat.screen == [WORDS("answer-bug")]
    assert list(memory.recall(HERE)) == []
    assert "ValueError" in caplog.text
    assert "what the person wrote" not in caplog.text


@in_virtual_time
async def test_no_answer_begins_once_the_bot_is_to_stop() -> None:
    chat, model = Chat(), Model([Text("Yes.")])
    stopping = assistant(model, Memory())
    stopping.interrupt()
    await stopping.answer(Question("Is it?"), HERE, chat)
    assert chat.screen == [WORDS("answer-interrupted")]
    assert model.asked == []
