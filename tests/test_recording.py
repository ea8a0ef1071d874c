"""What is written down of an answer, frame by frame, in virtual time."""

import asyncio
from datetime import UTC, datetime

from bot.assistant import ARRIVAL, Assistant
from bot.chat.kept import Entry, Sent, Unfinished
from bot.llm.delta import Reasoning, Text
from bot.locales import Words
from bot.reply.draft import Outcome
from bot.reply.gate import Gate
from bot.reply.pacing import Pacer
from bot.reply.page import Page
from bot.reply.search import mark_of
from bot.reply.surface import OutcomeUnknown
from tests.notebook import Notebook
from tests.reply.chat import Chat
from tests.scripted import Model, saying
from tests.test_assistant import ALICE, HERE, asked, assistant
from tests.virtual_time import in_virtual_time

WORDS = Words()
NOT_REMEMBERED = WORDS("answer-not-remembered")


class Watched(Chat):
    """A chat that looks, with each call, whether its text was written down before."""

    memory: Notebook

    async def _call(self, method: str, text: str) -> OutcomeUnknown | None:
        written = [frame.entry.answer + frame.note for frame in self.memory.frames]
        written += [kept.entry.answer for kept in self.memory.kept.values()]
        assert any(one.startswith(text.strip()) or text in one for one in written), text
        await super()._call(method, text)
        return None


@in_virtual_time
async def test_each_frame_is_written_down_before_it_is_shown() -> None:
    chat, memory = Watched(latency=0.2), Notebook()
    chat.memory = memory
    pieces = [piece for number in range(60) for piece in (f"word{number} ", 0.1)]
    await assistant(Model([saying(*pieces)]), memory).answer(asked("Tell me"), chat)
    assert len(chat.calls) > 4
    assert memory.journal == {}


@in_virtual_time
async def test_an_update_is_settled_with_the_first_frame_of_its_answer_and_not_before() -> None:
    chat, memory = Chat(), Notebook()
    question = asked("Is it?", updates=(7, 8))
    helper = assistant(Model([saying(5.0, "Yes", 5.0, ".")]), memory)
    answering = asyncio.create_task(helper.answer(question, chat))
    await asyncio.sleep(4.9)
    assert (memory.settled, memory.journal) == ([], {})
    await asyncio.sleep(0.2)
    assert (memory.settled, chat.screen) == ([7, 8], ["Yes"])
    [row] = memory.journal.values()
    assert (row.entry.answer, row.entry.outcome) == ("Yes", "")
    await answering
    assert memory.settled == [7, 8]
    assert memory.journal == {}


@in_virtual_time
async def test_an_edit_that_starts_the_answer_over_is_settled_with_the_first_frame_after_it() -> (
    None
):
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying("One", 60.0), saying(5.0, "Two")]), memory)
    answering = asyncio.create_task(helper.answer(asked("1?", updates=(1,)), chat))
    await asyncio.sleep(2)
    assert helper.amend(asked("2?", updates=(2,)))
    await asyncio.sleep(2)
    assert memory.settled == [1]
    await answering
    assert memory.settled == [1, 2]
    assert memory.said == [("2?", "Two")]


@in_virtual_time
async def test_nothing_is_written_down_of_an_answer_that_is_forgotten() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying("Secret", 60.0)]), memory)
    answering = asyncio.create_task(helper.answer(asked("Tell me"), chat))
    await asyncio.sleep(2)
    frames = len(memory.frames)
    await helper.forget(HERE)
    await answering
    assert (memory.journal, memory.kept, len(memory.frames)) == ({}, {}, frames)
    assert chat.screen == ["Secret\n\n" + WORDS("answer-stopped")]


@in_virtual_time
async def test_a_memory_that_fails_is_told_below_the_answer_however_short_that_is() -> None:
    for pieces in (["Yes."], ["Yes", 5.0, "."]):
        chat, memory = Chat(), Notebook(fails=True)
        await assistant(Model([saying(*pieces)]), memory).answer(asked("Is it?"), chat)
        assert chat.screen == [f"Yes.\n\n{NOT_REMEMBERED}"]


@in_virtual_time
async def test_a_mended_answer_that_had_ended_is_shown_and_not_kept_twice() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying("Yes.")]), memory)
    await helper.answer(asked("Is it?"), chat)
    [(number, kept)] = memory.kept.items()
    left = Unfinished("key", kept.entry, "en", exchange=number)
    chat.pages.clear()
    chat.messages.clear()
    chat.may_repeat = True
    await helper.mend(left, chat)
    assert kept.entry.outcome == Outcome.COMPLETE.value
    assert memory.said == [("Is it?", "Yes.")]
    assert chat.screen == ["Yes."]
    assert memory.journal == {}


@in_virtual_time
async def test_what_was_under_way_may_arrive_before_it_is_looked_for() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([]), memory)
    entry = Entry(HERE, ALICE.id, "Is it?", "Yes", "", 9)
    mark = mark_of(Page("Yes"))
    mending = asyncio.create_task(
        helper.mend(Unfinished("key", entry, "en", sending=Sent(9, mark)), chat)
    )
    await asyncio.sleep(ARRIVAL - 0.1)
    for number in (10, 11, 12, 13, 14):  # in other chats, while the bot was away
        chat.foreign.add(number)
        helper.seen(5, number, datetime.now(UTC))
    await chat.send(Page("Yes"), None)
    await mending
    assert chat.screen == ["Yes\n\n" + WORDS("answer-mended")]
    assert [method for _, method, _ in chat.calls] == ["send", "look", "edit"]


@in_virtual_time
async def test_what_is_forgotten_before_it_is_mended_does_not_come_back() -> None:
    chat, memory = Chat(may_repeat=True), Notebook()
    helper = assistant(Model([]), memory)
    entry = Entry(HERE, ALICE.id, "Is it?", "Secret", "", 9)
    left = Unfinished("key", entry, "en", sending=Sent(9, mark_of(Page("Secret"))))
    memory.journal["key"] = left
    mending = asyncio.create_task(helper.mend(left, chat))
    await asyncio.sleep(ARRIVAL / 2)
    await helper.forget_person(ALICE.id)
    await mending
    assert (memory.journal, memory.kept, memory.frames) == ({}, {}, [])


@in_virtual_time
async def test_an_emoji_in_two_halves_is_written_down_whole() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("\ud83d", "\ude00", 2.0, " ends")])
    await assistant(model, memory).answer(asked("Smile"), chat)
    assert {frame.entry.answer for frame in memory.frames} == {"\N{GRINNING FACE}"}
    assert memory.said == [("Smile", "\N{GRINNING FACE} ends")]


@in_virtual_time
async def test_thoughts_alone_do_not_take_the_place_of_an_answer() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("Old."), [Reasoning("Hm."), 60.0, Text("New.")]])
    helper = Assistant(model, memory, Gate(Pacer()), show_reasoning="live")
    await helper.answer(asked("Is it?", updates=(1,)), chat)
    [kept] = memory.kept.values()
    again = helper.answer_again(kept, ALICE, chat, (2,), carry_on=False)
    answering = asyncio.create_task(again)
    await asyncio.sleep(30)
    assert (memory.journal, memory.settled) == ({}, [1])
    await answering
    assert memory.said == [("Is it?", "New.")]
    assert memory.settled == [1, 2]


@in_virtual_time
async def test_a_slow_memory_does_not_hold_up_the_end_for_long() -> None:
    chat, memory = Chat(), Notebook(delay=100.0)
    answering = asyncio.create_task(
        assistant(Model([saying("Yes.")]), memory).answer(asked("Is it?"), chat)
    )
    await asyncio.sleep(5)
    assert chat.screen == ["Yes."]
    await answering
    assert memory.said == [("Is it?", "Yes.")]
