"""What people leave in memory has its limits, whatever they do."""

import asyncio
from datetime import UTC, datetime
from typing import cast

from telegram import Bot

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Forwarded, Person, Place, Question
from bot.handlers import errands, forwards, pastes, signs
from bot.handlers.errands import Errands
from bot.handlers.forwards import Forwards
from bot.handlers.inbox import Inbox
from bot.handlers.pastes import Part, Pastes
from bot.handlers.signs import Signs
from bot.reply.surface import Surface
from tests.notebook import Notebook
from tests.reply.chat import Chat
from tests.virtual_time import in_virtual_time

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def question(text: str, person: int = 7) -> Asked:
    return Asked(Question(text), Place(person), Person(person), 5)


def waiting(kept: Forwards, person: int) -> int:
    return kept.waiting(Place(person), person)


def test_of_what_one_person_forwards_the_latest_stay() -> None:
    settled: list[int] = []
    kept = Forwards(settled.append)
    for _ in range(10_000):
        kept.add(Place(7), 7, Forwarded("", by="Bob"), NOON, 1)
    assert waiting(kept, 7) == forwards.MOST_CHARACTERS // forwards.OVERHEAD
    assert len(settled) == 10_000 - waiting(kept, 7)


def test_of_what_all_people_forward_that_of_the_latest_people_stays() -> None:
    settled: list[int] = []
    kept, text = Forwards(settled.append), "x" * (forwards.MOST_CHARACTERS - forwards.OVERHEAD)
    for person in range(1, 301):
        kept.add(Place(person), person, Forwarded(text, by="Bob"), NOON, 1)
    most = forwards.MOST_IN_ALL // forwards.MOST_CHARACTERS
    assert [waiting(kept, person) for person in range(1, 301)] == [0] * (300 - most) + [1] * most
    assert len(settled) == 300 - most


def test_what_has_got_into_a_question_counts_too() -> None:
    settled: list[int] = []
    kept, text = Forwards(settled.append), "x" * (forwards.MOST_CHARACTERS - forwards.OVERHEAD)
    for person in range(1, 301):
        kept.add(Place(person), person, Forwarded(text, by="Bob"), NOON, 1)
        kept.join(question("?", person), Chat(), NOON)
    kept.add(Place(1), 1, Forwarded("", by="Bob"), NOON, 1)
    assert kept.rejoin(question("!", 2)) == question("!", 2)
    assert kept.rejoin(question("!", 300)).question.forwarded == (Forwarded(text, by="Bob"),)


@in_virtual_time
async def test_a_paste_ends_where_it_is_too_long_and_the_rest_is_another_question() -> None:
    passed: list[Asked] = []
    held = Pastes(lambda asked, _: passed.append(asked))
    part = "x" * 4096
    surface: Surface = Chat()
    while not passed:
        if held.is_open(Place(7), 7, None):
            held.add(Place(7), 7, Part(part, 6, 1), surface)
        else:
            held.take(question(part), surface)
    await held.idle()
    assert pastes.LONGEST <= len(passed[0].question.text) < pastes.LONGEST + 4096
    assert [len(asked.question.text) for asked in passed[1:]] == [4096]


@in_virtual_time
async def test_of_many_long_questions_those_beyond_the_limit_are_not_held_back() -> None:
    passed: list[Asked] = []
    held = Pastes(lambda asked, _: passed.append(asked))
    for person in range(pastes.MOST_OPEN + 2):
        held.take(question("x" * 4096, person + 1), Chat())
    assert [asked.person.id for asked in passed] == [pastes.MOST_OPEN + 1, pastes.MOST_OPEN + 2]
    await held.idle()
    assert len(passed) == pastes.MOST_OPEN + 2


@in_virtual_time
async def test_errands_beyond_the_limits_are_not_taken() -> None:
    done: list[int] = []
    wanted = Errands(cast("Assistant", None), Inbox(Notebook()))

    async def errand(line: int) -> None:
        await asyncio.sleep(1)
        done.append(line)

    for _ in range(errands.MOST + 2):
        wanted.put(0, lambda: errand(0))
    for line in range(errands.MOST_IN_ALL):
        wanted.put(line, lambda line=line: errand(line))  # type: ignore[misc]
    await wanted.idle()
    assert done.count(0) == errands.MOST + 1
    assert len(done) == errands.MOST_IN_ALL


@in_virtual_time
async def test_while_telegram_is_slow_only_so_many_signs_are_set_and_each_is_taken_away() -> None:
    calls: list[tuple[int, bool]] = []

    class Slow:
        async def set_message_reaction(self, _: int, message_id: int, sign: object) -> None:
            await asyncio.sleep(20)
            calls.append((message_id, bool(sign)))

    shown = Signs(cast("Bot", Slow()), lambda _peer, _seconds: None)
    for number in range(signs.MOST + 10):
        shown.set(7, number)
    shown.remove(7, 0)
    await shown.idle()
    assert len(calls) == signs.MOST + 1
    assert calls[-1] == (0, False)
