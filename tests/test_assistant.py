"""The story of one answer, without Telegram, g4f and a database, in virtual time."""

import asyncio
import re
from dataclasses import replace

import pytest

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Person, Place, Question
from bot.chat.kept import Entry, Kept, Posted, Preferences
from bot.llm.attempts import MOST
from bot.llm.delta import Reasoning, Text
from bot.llm.errors import AnswerError, Kind
from bot.locales import Words
from bot.reply.gate import Gate
from bot.reply.pacing import Pacer
from bot.reply.page import Page
from tests.notebook import Notebook
from tests.reply.chat import Chat
from tests.scripted import Model, saying
from tests.virtual_time import in_virtual_time, now

HERE = Place(1)
ALICE = Person(7, "en")
WORDS = Words()
STOPPED = WORDS("answer-stopped")
LONG = "A paragraph of an answer that is too long.\n\n" * 1000


def assistant(model: Model, memory: Notebook, history: int = 60_000) -> Assistant:
    return Assistant(model, memory, Gate(Pacer()), history=history)


def asked(text: str, message_id: int = 5, updates: tuple[int, ...] = ()) -> Asked:
    return Asked(Question(text), HERE, ALICE, message_id, updates=updates)


async def last(memory: Notebook) -> Kept:
    kept = await memory.last(HERE, ALICE.id)
    assert kept
    return kept


@in_virtual_time
async def test_an_answer_is_shown_and_remembered_without_its_reasoning() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([[Reasoning("Hm."), Text("Yes"), Text(".\n")]])
    await assistant(model, memory).answer(asked("Is it?"), chat)
    assert chat.screen == ["Yes."]
    assert memory.entries == [
        Entry(HERE, ALICE.id, "Is it?", "Yes.", "complete", 5, (Posted(10),)),
    ]


@pytest.mark.parametrize("kind", list(Kind))
@in_virtual_time
async def test_a_failure_is_told_and_only_what_had_come_is_remembered(kind: Kind) -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("Ye", AnswerError(kind, "SomeError"))])
    await assistant(model, memory).answer(asked("Is it?"), chat)
    assert chat.screen == ["Ye\n\n" + WORDS(f"answer-{kind}")]
    assert memory.said == [("Is it?", "Ye")]


@in_virtual_time
async def test_a_question_without_an_answer_is_kept_to_be_asked_again() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying(AnswerError(Kind.EMPTY, "")), saying("Yes.")])
    helper = assistant(model, memory)
    await helper.answer(asked("Is it?"), chat)
    assert chat.screen == [WORDS("answer-empty")]
    await helper.answer_again(await last(memory), ALICE, chat, carry_on=False)
    assert chat.screen == ["Yes."]
    assert memory.said == [("Is it?", "Yes.")]
    assert model.asked == [[("user", "Is it?")]] * 2


@in_virtual_time
async def test_a_bug_is_told_as_such_and_logged_without_its_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying(ValueError("what the person wrote"))])
    await assistant(model, memory).answer(asked("Is it?"), chat)
    (bug,) = re.findall(r"bug (\w{6}): ", caplog.text)
    assert chat.screen == [WORDS("bug", id=bug)]
    assert memory.said == [("Is it?", "")]
    assert "ValueError" in caplog.text
    assert "what the person wrote" not in caplog.text


@in_virtual_time
async def test_no_answer_begins_once_the_bot_is_to_stop() -> None:
    chat, model = Chat(), Model([saying("Yes.")])
    stopping = assistant(model, Notebook())
    stopping.interrupt()
    await stopping.answer(asked("Is it?"), chat)
    assert chat.screen == [WORDS("answer-interrupted")]
    assert model.asked == []


@pytest.mark.parametrize("moment", [n / 7 for n in range(1, 145, 9)])
def test_wherever_it_is_stopped_screen_and_record_are_what_had_come(moment: float) -> None:
    @in_virtual_time
    async def story() -> None:
        words: list[str | float] = []
        for number in range(600):
            words += [f"w{number} ", 1 / 30]
        chat, memory = Chat(latency=0.1), Notebook()
        model = Model([saying(*words), saying("Good.")])
        helper = assistant(model, memory)
        task = asyncio.create_task(helper.answer(asked("Tell me"), chat))
        await asyncio.sleep(moment)
        (growing,) = helper.open_in(HERE)
        had_come = growing.reply.draft.text
        helper.stop(growing)
        assert helper.open_in(HERE) == []
        await task
        assert model.closed[0] - moment < 0.01
        assert now() - moment < 3.0
        assert memory.said == [("Tell me", had_come)]
        assert memory.entries[0].outcome == "stopped"
        assert " ".join(chat.screen).split() == (had_come + STOPPED).split()
        await helper.answer(asked("Go on", 6), chat)
        assert model.asked[1] == [
            ("user", "Tell me"),
            ("assistant", had_come.strip()),
            ("user", "Go on"),
        ]

    story()


@in_virtual_time
async def test_an_answer_stopped_before_its_first_word_is_marked_and_not_told_again() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying(60.0, "Never"), saying("Good.")])
    helper = assistant(model, memory)
    task = asyncio.create_task(helper.answer(asked("Tell me"), chat))
    await asyncio.sleep(1)
    helper.stop(helper.open_in(HERE)[0])
    await task
    assert chat.screen == [STOPPED]
    await helper.answer(asked("Something else", 6), chat)
    assert model.asked[1] == [("user", "Something else")]


@in_virtual_time
async def test_an_answer_is_written_again_in_its_message_and_the_exchange_replaced() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("Hi."), saying("Perhaps."), saying(1.0, "Yes."), saying("Bye.")])
    helper = assistant(model, memory)
    await helper.answer(asked("Hello"), chat)
    await helper.answer(asked("Is it?", 6), chat)
    await helper.answer_again(await last(memory), ALICE, chat, carry_on=False)
    assert chat.screen == ["Hi.", "Yes."]
    assert memory.said == [("Hello", "Hi."), ("Is it?", "Yes.")]
    assert model.asked[1] == model.asked[2]


@in_virtual_time
async def test_where_the_second_attempt_fails_the_first_answer_stays() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("Yes."), saying(1.0, AnswerError(Kind.UNREACHABLE, ""))])
    helper = assistant(model, memory)
    await helper.answer(asked("Is it?"), chat)
    await helper.answer_again(await last(memory), ALICE, chat, carry_on=False)
    assert chat.screen == ["Yes.\n\n" + WORDS("answer-unreachable")]
    assert memory.said == [("Is it?", "Yes.")]


@in_virtual_time
async def test_an_answer_that_broke_off_goes_on_where_it_ended() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("The answer", AnswerError(Kind.BROKE_OFF, "")), saying(1.0, "is 42.")])
    helper = assistant(model, memory)
    await helper.answer(asked("What is it?"), chat)
    await helper.answer_again(await last(memory), ALICE, chat, carry_on=True)
    assert chat.screen == ["The answer is 42."]
    assert memory.said == [("What is it?", "The answer is 42.")]
    assert model.asked[1] == [
        ("user", "What is it?"),
        ("assistant", "The answer"),
        ("user", WORDS("ask-to-continue")),
    ]


@in_virtual_time
async def test_an_answer_that_cannot_go_on_keeps_what_there_is() -> None:
    chat, memory = Chat(), Notebook()
    broken = AnswerError(Kind.BROKE_OFF, "")
    model = Model([saying("The answer", broken), saying(1.0, AnswerError(Kind.EMPTY, ""))])
    helper = assistant(model, memory)
    await helper.answer(asked("What is it?"), chat)
    await helper.answer_again(await last(memory), ALICE, chat, carry_on=True)
    assert chat.screen == ["The answer\n\n" + WORDS("answer-empty")]
    assert memory.said == [("What is it?", "The answer")]


@in_virtual_time
async def test_a_question_edited_while_its_answer_grows_is_asked_anew_at_once() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("Five", 60.0), saying(1.0, "Six.")])
    helper = assistant(model, memory)
    task = asyncio.create_task(helper.answer(asked("2 + 3?"), chat))
    await asyncio.sleep(2)
    assert helper.amend(asked("3 + 3?"))
    await task
    assert model.closed[0] == 2.0
    assert (chat.screen, list(chat.messages)) == (["Six."], [10])
    assert memory.said == [("3 + 3?", "Six.")]


@in_virtual_time
async def test_an_edit_that_changes_nothing_or_another_message_leaves_the_answer_alone() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("Five", 3.0, ".")])
    helper = assistant(model, memory)
    task = asyncio.create_task(helper.answer(asked("2 + 3?"), chat))
    await asyncio.sleep(1)
    assert helper.amend(asked("2 + 3?"))
    assert not helper.amend(asked("3 + 3?", 4))
    assert not helper.amend(replace(asked("3 + 3?"), person=Person(8)))
    await task
    assert chat.screen == ["Five."]
    assert len(model.asked) == 1


@in_virtual_time
async def test_an_edited_last_question_is_answered_in_the_same_message() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("Five."), saying("Six.")])
    helper = assistant(model, memory)
    await helper.answer(asked("2 + 3?"), chat)
    await helper.answer_anew(asked("2 + 3?"), chat)
    await helper.answer_anew(asked("3 + 3?"), chat)
    assert chat.screen == ["Six."]
    assert memory.said == [("3 + 3?", "Six.")]
    assert model.asked == [[("user", "2 + 3?")], [("user", "3 + 3?")]]


@in_virtual_time
async def test_an_edited_question_before_the_last_keeps_its_answer() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying("Yes.")]), memory)
    await helper.answer(asked("One?", 5), chat)
    await helper.answer(asked("Two?", 6), chat)
    await helper.answer_anew(asked("Three?", 5), chat)
    assert memory.said == [("One?", "Yes."), ("Two?", "Yes.")]


@in_virtual_time
async def test_a_question_of_several_messages_is_not_taken_for_one_of_them() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying("Yes.")]), memory)
    await helper.answer(replace(asked("One?"), is_pasted=True), chat)
    await helper.answer_anew(asked("Two?"), chat)
    assert memory.said == [("One?", "Yes.")]


@in_virtual_time
async def test_what_is_forgotten_while_it_grows_is_stopped_and_leaves_nothing() -> None:
    for is_place in (True, False):
        chat, memory = Chat(), Notebook()
        helper = assistant(Model([saying("Yes."), saying("Once", 60.0)]), memory)
        await helper.answer(asked("Is it?"), chat)
        task = asyncio.create_task(helper.answer(asked("Tell me", 6), chat))
        await asyncio.sleep(2)
        forgotten = helper.forget(HERE) if is_place else helper.forget_person(ALICE.id)
        assert await forgotten == 1
        await task
        assert chat.screen == ["Yes.", "Once\n\n" + STOPPED]
        assert memory.said == []


@in_virtual_time
async def test_what_is_being_written_down_when_it_is_forgotten_is_forgotten_too() -> None:
    chat, memory = Chat(), Notebook(delay=5.0)
    helper = assistant(Model([saying("Yes.")]), memory)
    task = asyncio.create_task(helper.answer(asked("Is it?"), chat))
    await asyncio.sleep(2)
    assert await helper.forget(HERE) == 1
    await task
    assert memory.said == []


@in_virtual_time
async def test_a_place_has_its_own_model_and_prompt() -> None:
    chat, memory = Chat(), Notebook(preferred=Preferences("small", "Be brief."))
    model = Model([saying("Yes.")])
    await assistant(model, memory).answer(asked("Is it?"), chat)
    assert (model.models, model.asked[0][0]) == (["small"], ("system", "Be brief."))


@pytest.mark.parametrize("kind", [Kind.MISCONFIGURED, Kind.REFUSED])
@in_virtual_time
async def test_a_model_of_ones_own_that_fails_is_named(kind: Kind) -> None:
    chat, memory = Chat(), Notebook(preferred=Preferences("small"))
    await assistant(Model([saying(AnswerError(kind, ""))]), memory).answer(asked("Is it?"), chat)
    assert chat.screen == [WORDS("answer-own-model", model="small")]


@in_virtual_time
async def test_what_a_model_cannot_take_is_asked_with_less_of_what_was_said_before() -> None:
    chat, memory = Chat(), Notebook()
    too_long = AnswerError(Kind.TOO_LONG, "")
    model = Model([saying("b" * 99), saying("d" * 99), saying(too_long), saying("Yes.")])
    helper = assistant(model, memory)
    await helper.answer(asked("a"), chat)
    await helper.answer(asked("c", 6), chat)
    await helper.answer(asked("Is it?", 7), chat)
    assert chat.screen[-1] == "Yes."
    assert [len(messages) for messages in model.asked] == [1, 3, 5, 3]


@in_virtual_time
async def test_a_question_that_is_too_long_by_itself_is_told_so() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying("Yes."), saying(AnswerError(Kind.TOO_LONG, ""))])
    helper = assistant(model, memory)
    await helper.answer(asked("Is it?"), chat)
    await helper.answer(asked("Long", 6), chat)
    assert chat.screen[-1] == WORDS("answer-too-long")
    assert [len(messages) for messages in model.asked] == [1, 3, 1]


@in_virtual_time
async def test_what_is_recalled_leaves_room_for_the_question() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying("Yes.")]), memory, history=10)
    await helper.answer(asked("12345678"), chat)
    await helper.answer(asked("123456789012"), chat)
    assert memory.budgets == [2, -2]


@in_virtual_time
async def test_the_buttons_of_the_answer_before_are_taken_away_later() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying("One."), saying("Two.")]), memory)
    await helper.answer(asked("1"), chat)
    await helper.answer(asked("2", 6), chat)
    await asyncio.sleep(10)
    assert [call[1:] for call in chat.calls][-1] == ("rebutton", "")
    assert [bool(page.buttons) for page in chat.pages.values() if isinstance(page, Page)] == [
        False,
        True,
    ]
    await helper.close()


@in_virtual_time
async def test_an_answer_that_grows_while_its_group_moves_is_remembered_there() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying("One", 5.0, ".")]), memory)
    task = asyncio.create_task(helper.answer(asked("1"), chat))
    await asyncio.sleep(2)
    await helper.move(HERE.chat_id, 99)
    await task
    assert [(one.place, one.question_id) for one in memory.entries] == [(Place(99), None)]


@in_virtual_time
async def test_of_an_answer_that_comes_as_a_file_the_model_is_told_all_later() -> None:
    chat, memory = Chat(), Notebook()
    model = Model([saying(LONG), saying("Yes.")])
    helper = assistant(model, memory)
    await helper.answer(asked("Tell me all"), chat)
    assert chat.screen[-1] == LONG.strip() + "\n"
    await helper.answer(asked("Is it?", 6), chat)
    assert model.asked[1][1] == ("assistant", LONG.strip())


@in_virtual_time
async def test_an_answer_that_came_as_a_file_and_is_written_again_shorter_leaves_no_file() -> None:
    chat, memory = Chat(), Notebook()
    helper = assistant(Model([saying(LONG), saying("No.")]), memory)
    await helper.answer(asked("Tell me all"), chat)
    await helper.answer_again(await last(memory), ALICE, chat, carry_on=False)
    assert chat.screen == ["No."]


@in_virtual_time
async def test_an_answer_that_is_continued_is_told_to_the_model_as_far_as_the_budget_goes() -> None:
    chat, memory = Chat(may_repeat=True), Notebook()
    broken, too_long = AnswerError(Kind.BROKE_OFF, ""), AnswerError(Kind.TOO_LONG, "")
    beginning = "".join(f"{number:09} " for number in range(2000))
    model = Model([saying(beginning, broken), saying(too_long), saying("The end.")])
    helper = assistant(model, memory, history=10_000)
    await helper.answer(asked("Tell me all"), chat)
    await helper.answer_again(await last(memory), ALICE, chat, carry_on=True)
    assert memory.said == [("Tell me all", beginning + "The end.")]
    told = [beginning[-10_000:].strip(), beginning[-5000:].strip()]
    assert [messages[1] for messages in model.asked[1:]] == [("assistant", one) for one in told]


@in_virtual_time
async def test_an_answer_that_was_ended_for_its_length_does_not_go_on() -> None:
    chat, memory = Chat(may_repeat=True), Notebook()
    model = Model([saying("x" * MOST, AnswerError(Kind.ENDLESS, "")), saying("Never")])
    helper = assistant(model, memory)
    await helper.answer(asked("Tell me all"), chat)
    await helper.answer_again(await last(memory), ALICE, chat, carry_on=True)
    assert memory.said == [("Tell me all", "x" * MOST)]
    assert len(model.asked) == 1
    assert chat.screen[-2].endswith(WORDS("answer-endless"))


@in_virtual_time
async def test_something_said_can_take_the_place_of_a_message() -> None:
    chat, helper = Chat(), assistant(Model([[]]), Notebook())
    await helper.say("First.", chat)
    await helper.say("Second.", chat, instead_of=10)
    assert chat.screen == ["Second."]
