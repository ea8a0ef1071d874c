"""Whatever goes wrong at Telegram's, at whichever step: the whole bot, in virtual time.

The table stands in tests/faults/cells.py. In no cell does anything stand twice: a message whose
sending seemed lost is looked for before it is sent again (see `bot.reply.standing`). Where that
cannot be done, a lost answer to a send is the only fault after which something stands twice, for
the other choice would be to lose it (`test_where_nothing_is_known_of_the_count_…`). That is kept
rare by a read timeout that is longer than Telegram holds a call back for (the rows "held back for
8 s"), and by sending no more messages than an answer has pages.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.telegram import Error, Flood
from tests.faults.cells import CELLS, IMPOSSIBLE, Cell
from tests.faults.mishaps import MISHAPS
from tests.faults.stories import ANSWER, NEXT, STEPS, Scene, Step, scene
from tests.scripted import Model, saying
from tests.virtual_time import in_virtual_time, now
from tests.wire import Record, Wired, record, screen, wired

ROWS = [
    pytest.param(step, mishap, cell, id=f"{step}: {mishap}")
    for step, row in CELLS.items()
    for mishap, cell in row.items()
]
LATER = 30.0
"""Seconds, within which buttons that have had their time are taken away."""
IN_A_TOPIC = 2
"""Messages that stand in a forum before the question: what announces General, and the topic."""


def test_every_cell_is_told_or_cannot_occur() -> None:
    for step in STEPS:
        assert sorted([*CELLS[step], *IMPOSSIBLE[step]]) == sorted(MISHAPS)
    assert list(CELLS) == list(STEPS)


def brief(text: str) -> str:
    """Shorten what is one letter again and again."""
    return re.sub(r"(.)\1{9,}", lambda match: f"{match[1]}×{len(match[0])}", text)


async def remembered(w: Wired, here: Scene, *, shift: int = 0) -> Record | None:
    """Give what is remembered, the numbers of messages as in a place where nothing stood before."""
    kept = await record(w.store, here.place, w.alice)
    ids = tuple(number - shift for number in kept.messages) if kept else ()
    return kept and replace(kept, answer=brief(kept.answer), messages=ids)


@pytest.mark.parametrize(("step", "mishap", "cell"), ROWS)
@in_virtual_time
async def test_what_is_called_shown_and_remembered(step: str, mishap: str, cell: Cell) -> None:
    story, wrong = STEPS[step], MISHAPS[mishap]
    async with wired(Model(list(story.scripts))) as w:
        here = scene(w, wrong.kind)
        chat = here.chat

        async def strike(method: str, params: Mapping[str, Any]) -> None:
            await wrong.strike(here, method, params)

        w.hooks.before(story.method, story.number, strike)
        await story.act(here)
        await w.settled()
        await w.settled()  # what the mishap itself has told the bot
        has_moved = here.chat is not chat
        assert w.calls(chat, *([here.chat] if has_moved else [])) == cell.calls
        assert [brief(line) for line in screen(here.chat)] == list(cell.end.screen)
        assert [brief(line) for line in screen(chat) if has_moved] == list(cell.left)
        shift = IN_A_TOPIC if wrong.kind == "forum" else 0
        assert await remembered(w, here, shift=shift) == cell.end.record
        assert len(await w.store.recall(here.place, 10**6)) == 1
        if cell.end.record.outcome == "stopped" and story.act is STEPS["typing"].act:
            assert w.model.closed == [last_time(cell.calls)]  # generation has ended there and then

        w.model.scripts[:] = [NEXT]
        await wrong.mend(here)
        asked_at = now()
        await w.telegram.updates_confirmed()
        here.ask("And now?")
        await w.settled()
        await asyncio.sleep(LATER)
        later = screen(here.chat)
        assert later[-1] == "Here I am. [🔁]"
        assert not any(line.endswith("[⏹]") for line in later)
        assert_floods_were_waited_out(w)
        assert now() - asked_at < LATER + 130


def last_time(calls: str) -> float:
    return float(calls.rsplit(", ", maxsplit=1)[-1].split(maxsplit=1)[0])


def assert_floods_were_waited_out(w: Wired) -> None:
    """No call that counts in a chat comes before a flood there is over."""
    counted = [call for call in w.telegram.calls if call.chat_id == w.chat.id]
    for flood in (call for call in w.telegram.calls if call.error_code == 429):
        seconds = int(str(flood.description).split()[-1])
        times = [call.time for call in counted if call.time > flood.time]
        assert all(time >= flood.time + seconds for time in times)


UNDISTURBED = "0.2 typing, 2 send, 5 edit, 8 edit"


@pytest.mark.parametrize("mishap", MISHAPS)
@in_virtual_time
async def test_another_chat_notices_nothing(mishap: str) -> None:
    wrong, story = MISHAPS[mishap], Step("editMessageText")
    async with wired(Model([ANSWER])) as w:
        here, bobs = scene(w, wrong.kind), w.telegram.private(w.bob)

        async def strike(method: str, params: Mapping[str, Any]) -> None:
            if params["chat_id"] == str(here.chat.id):
                await wrong.strike(here, method, params)

        w.hooks.before(story.method, story.number, strike)
        await story.act(here)
        bobs.say(w.bob, "Tell me")
        await w.settled()
        assert w.calls(bobs) == UNDISTURBED
        assert screen(bobs) == ["Begin, middle and end. [🔁]"]


@in_virtual_time
async def test_a_flood_silences_all_topics_of_a_forum() -> None:
    async with wired(Model([ANSWER])) as w:
        here = scene(w, "forum")
        dogs = replace(here, topic=here.group.topic("Dogs"))
        w.hooks.before("sendMessage", 1, lambda *_: MISHAPS["429 of 120 s"].strike(here, *_))
        here.ask("Tell me")
        await asyncio.sleep(30)
        dogs.ask("And me")
        await w.settled()
        assert w.calls(here.chat) == "0.2 typing, 2 send!, 122 send, 124 send"
        assert screen(here.chat) == ["Begin, middle and end. [🔁]"] * 2


@in_virtual_time
async def test_a_flood_that_meets_a_sign_silences_its_chat() -> None:
    async with wired(Model([saying(2.0, "One."), saying("Two.")])) as w:
        here = scene(w, "private")
        w.hooks.before("setMessageReaction", 1, lambda *_: MISHAPS["429 of 3 s"].strike(here, *_))
        here.ask("1?")
        await asyncio.sleep(1)
        here.ask("2?")
        await w.settled()
        assert w.calls(here.chat) == "0.2 typing, 1 sign!, 4 send, 4 sign, 4 send"
        assert screen(here.chat) == ["One. [🔁]", "Two. [🔁]"]


@in_virtual_time
async def test_a_flood_that_meets_the_question_who_administrates_silences_its_chat() -> None:
    async with wired(Model([ANSWER])) as w:
        here = scene(w, "supergroup")
        w.telegram.faults.next("getChatAdministrators", Flood(30))
        here.ask("Tell me")
        await asyncio.sleep(3)
        here.chat.press(here.reply, "stop", by=here.group.members[0])
        await w.settled()
        await w.settled()
        assert w.calls(here.chat) == ("0.2 typing, 2 send, 3 administrators!, 3 toast, 33 edit")
        assert screen(here.chat) == ["Begin, middle and end. [🔁]"]


@in_virtual_time
async def test_a_chat_that_answers_500_each_time_is_given_up_and_the_next_question_works() -> None:
    async with wired(Model([ANSWER, NEXT])) as w:
        here = scene(w, "private")
        w.telegram.faults.next("editMessageText", Error(500, "Internal Server Error"), times=10**6)
        here.ask("Tell me")
        await asyncio.sleep(60)
        assert await remembered(w, here) == Record("**Begin**, middle and end.", "complete", (2,))
        here.ask("And now?")
        await w.settled()
        assert 600 < now() < 650
        assert screen(here.chat)[-1] == "Here I am. [🔁]"
        assert w.model.asked[1][1] == ("assistant", "**Begin**, middle and end.")
        await asyncio.sleep(LATER)
        assert screen(here.chat) == ["Begin", "Here I am. [🔁]"]


@in_virtual_time
async def test_where_nothing_is_known_of_the_count_of_messages_a_lost_one_stands_there_twice() -> (
    None
):
    async with wired(Model([ANSWER])) as w:
        here = scene(w, "private")
        w.hooks.before("sendMessage", 1, lambda *_: MISHAPS["answer lost"].strike(here, *_))
        here.chat.say(w.alice, "Tell me", date=int(time.time()) - 60)  # before the bot ran
        await w.settled()
        assert w.calls(here.chat) == "0.2 typing, 2 send?, 3 send, 5 edit, 8 edit"
        assert screen(here.chat) == ["Begin [⏹]", "Begin, middle and end. [🔁]"]


@in_virtual_time
async def test_messages_lost_in_two_topics_of_a_forum_are_each_found_in_their_own() -> None:
    async with wired(Model([saying(1.0, "I", 9.0, " am"), saying(1.0, "I", 9.0, " was")])) as w:
        here = scene(w, "forum")
        there = replace(here, topic=here.group.topic("Dogs"))
        w.hooks.before("sendMessage", 1, lambda *_: MISHAPS["reset"].strike(here, *_))
        w.hooks.before("sendMessage", 2, lambda *_: MISHAPS["answer lost"].strike(here, *_))
        here.ask("Who are you?")
        there.ask("Who were you?")
        await w.settled()
        answers = {message.topic: message.text for message in here.chat.said_by_bot}
        assert here.topic
        assert there.topic
        assert answers == {here.topic.id: "I am", there.topic.id: "I was"}


@pytest.mark.parametrize(("step", "at"), [("first send", 2.5), ("second page", 5.5)])
@in_virtual_time
async def test_an_answer_can_be_stopped_below_a_message_whose_sending_seemed_lost(
    step: str, at: float
) -> None:
    story = STEPS[step]
    async with wired(Model(list(story.scripts))) as w:
        here = scene(w, "private")
        w.hooks.before(
            story.method, story.number, lambda *_: MISHAPS["answer lost"].strike(here, *_)
        )
        here.ask("Tell me")
        await asyncio.sleep(at)
        here.chat.press(here.chat.said_by_bot[-1], "stop", by=w.alice)
        await w.settled()
        await w.settled()
        assert w.model.closed == [at]
        assert here.reply.text.endswith("\n\n⏹ Stopped.")


@pytest.mark.parametrize("calls", [1, 3])
@in_virtual_time
async def test_presses_are_answered_late_or_not_at_all_but_do_what_they_should(calls: int) -> None:
    async with wired(Model(list(STEPS["toast"].scripts))) as w:
        here = scene(w, "private")
        for _ in range(calls):
            await MISHAPS["silence of 25 s" if calls == 1 else "reset"].strike(
                here, "answerCallbackQuery", {}
            )
        await STEPS["toast"].act(here)
        await w.settled()
        toasts = w.calls(here.chat).replace("3.5 edit, ", "").removesuffix(", 3.5 edit")
        assert toasts.partition("2 send, ")[2] == (
            "3.5 toast!" if calls == 1 else "3.5 toast!, 4.5 toast!, 5.5 toast!, 6.5 toast"
        )
        assert screen(here.chat) == ["Begin\n\n⏹ Stopped. [🔁 ▶️]"]
