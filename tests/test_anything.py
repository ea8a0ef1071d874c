"""Whatever a person does in whatever order: screen and record agree, and nothing looks alive."""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from telegram import Bot

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Person, Place, Question
from bot.handlers.allowance import Allowance
from bot.handlers.desk import Again, Desk
from bot.handlers.inbox import Inbox
from bot.handlers.quota import Quota
from bot.handlers.signs import Signs
from bot.llm.delta import Delta, Text
from bot.llm.errors import AnswerError, Kind
from bot.locales import Words
from bot.reply.gate import Gate
from bot.reply.pacing import Pacer
from bot.reply.page import Page
from bot.reply.surface import OutcomeUnknown, TooFast
from tests.notebook import Notebook
from tests.reply.chat import Chat
from tests.virtual_time import run

HERE = Place(1)
ALICE, BOB = Person(7), Person(8)
WORDS = Words()
NOTES = [
    WORDS("answer-stopped"),
    *(WORDS(f"answer-{kind}") for kind in (Kind.BROKE_OFF, Kind.EMPTY)),
]


class Model:
    """Gives a random number of words at a random pace; some answers break off, some are empty."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._count = 0
        self.asked: list[Sequence[Mapping[str, str]]] = []

    async def stream(
        self, messages: Sequence[Mapping[str, str]], model: str | None = None
    ) -> AsyncGenerator[Delta]:
        self.asked.append(messages)
        pause = self._chance.choice([0.0, 0.03, 0.3])
        await asyncio.sleep(self._chance.choice([0.0, 0.5, 4.0]))
        for _ in range(self._chance.choice([0, 1, 5, 40, 1500])):
            self._count += 1
            yield Text(f"w{self._count} ")
            await asyncio.sleep(pause)
        if self._chance.random() < 0.3:
            raise AnswerError(self._chance.choice([Kind.BROKE_OFF, Kind.EMPTY]))


class Silent:
    """A bot that may not react."""

    async def set_message_reaction(self, *_: object) -> None:
        await asyncio.sleep(0.1)


def say_nothing(*_: object) -> None:
    """Nobody is to be told anything: there are no bugs, and no limits."""


class Story:
    """A person who does things at random, in one chat."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.chat = Chat(latency=self.chance.choice([0.0, 0.1, 3.0]), may_repeat=True)
        for number in range(400):
            if self.chance.random() < 0.05:
                self.chat.faults[number] = self.chance.choice([TooFast(5.0), OutcomeUnknown()])
                if isinstance(self.chat.faults[number], OutcomeUnknown) and self.chance.choice(
                    [0, 1]
                ):
                    self.chat.unheard.add(number)
        self.memory = Notebook(delay=self.chance.choice([0.0, 0.05]))
        self.model = Model(self.chance)
        self.assistant = Assistant(self.model, self.memory, Gate(Pacer()))
        self.assistant.seen(HERE.chat_id, 9, datetime.now(UTC))
        self.inbox = Inbox(self.memory)
        signs = Signs(cast("Bot", Silent()), self.assistant.hold)
        self.desk = Desk(
            self.assistant,
            signs,
            self.inbox,
            allowance=Allowance(Quota(0), say_nothing),
            say=say_nothing,
            at_once=100,
        )
        self.questions = 0
        self.asked: list[int] = []
        """The updates that asked for something."""

    def ask(self) -> None:
        self.questions += 1
        asked = replace(self._asked(f"q{self.questions}"), person=self.chance.choice([ALICE, BOB]))
        if not self.desk.ask(asked, self.chat):
            self.asked.pop()

    def edit(self) -> None:
        if self.questions:
            self.desk.amend(self._asked(f"edited {self.chance.random()}"), self.chat)

    def stop(self) -> None:
        for growing in self.assistant.open_in(HERE):
            self.assistant.stop(growing)

    def again(self) -> None:
        if self.chat.messages:
            message = self.chance.choice(list(self.chat.messages))
            carry_on = self.chance.random() < 0.5
            wish = Again(HERE, ALICE, message, self.chat, carry_on, bool)
            self.desk.again(wish)

    async def live(self) -> None:
        deeds = [self.ask, self.ask, self.edit, self.stop, self.again, self.again]
        for _ in range(25):
            await asyncio.sleep(self.chance.choice([0.0, 0.05, 1.0, 7.0]))
            self.chance.choice(deeds)()
        await self.desk.idle()
        await self.inbox.idle()
        await self.assistant.close()

    def _asked(self, text: str) -> Asked:
        self.asked.append(len(self.asked))
        number = 1000 + self.questions
        return Asked(Question(text), HERE, ALICE, number, updates=(self.asked[-1],))


def words_of(story: Story, numbers: Sequence[int]) -> list[str]:
    return " ".join(story.chat.messages[number] for number in numbers).split()


@pytest.mark.parametrize("seed", range(150))
def test_screen_and_record_agree_whatever_a_person_does(seed: int) -> None:
    story = Story(seed)
    run(story.live())
    shown = set(story.chat.messages)
    for entry in story.memory.entries:
        numbers = [one.message_id for one in entry.messages]
        assert set(numbers) <= shown
        shown -= set(numbers)
        answer, standing = entry.answer.split(), words_of(story, numbers)
        assert standing[: len(answer)] == answer
        assert " ".join(standing[len(answer) :]) in ["", *NOTES]
    assert shown == set(), "a message that belongs to no answer"
    assert story.memory.journal == {}, "an answer that was never finished"
    assert set(story.asked) == set(story.memory.settled)
    buttons: list[Any] = [
        button.data
        for number in story.chat.messages
        for row in cast("Page", story.chat.pages[number]).buttons
        for button in row
    ]
    assert "stop" not in buttons
    for messages in story.model.asked:
        roles = [message["role"] for message in messages]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
