"""The person in control of the answer, end to end: stop it, ask again, go on, edit, wait."""

import asyncio
import time
from dataclasses import replace

import pytest

from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import BreakOff, Refuse, Say, Step, Wait
from bot.sandbox.telegram import Chat, Error, Flood, LocalTelegram, Message
from tests.world import TOKEN, WORDS, World, started, world

STOP, AGAIN, CONTINUE = (WORDS(f"button-{name}") for name in ("stop", "again", "continue"))
STOPPED = WORDS("answer-stopped")
SEES_ALL = {"privacy_mode": False}
ENDLESS = Say("More and more. " * 1000, pace=20)


def labels(message: Message) -> list[str]:
    return [button["text"] for button in message.buttons]


def contents(w: World, request: int = -1) -> list[str]:
    return [message["content"] for message in w.asked[request]]


async def grows(w: World, chat: Chat | None = None, text: str = "") -> Message:
    """Wait until the last answer has begun to grow, up to a text."""
    place = chat or w.chat

    def has_grown() -> bool:
        last = place.said_by_bot[-1:]
        return any(STOP in labels(one) and text in one.text for one in last)

    await w.telegram.until(has_grown)
    return place.said_by_bot[-1]


async def test_the_growing_message_can_be_stopped_and_what_had_come_is_remembered() -> None:
    async with world() as w:
        w.model.script(ENDLESS)
        w.model.script(Say("Gladly."))
        w.chat.say(w.alice, "Tell me")
        answer = await grows(w, text="More and more.")
        assert await w.press(answer, STOP, w.alice) == ""
        await w.model.until(w.model.requests[0].disconnected.is_set, within=1.0)
        await w.settled()
        (text,) = w.screen
        assert text.startswith("More and more.")
        assert text.endswith("\n\n" + STOPPED)
        assert labels(w.chat.said_by_bot[0]) == [AGAIN, CONTINUE]
        w.chat.say(w.alice, "Something else")
        await w.settled()
        assert contents(w) == ["Tell me", text.removesuffix(STOPPED).strip(), "Something else"]
        assert w.refused == []


async def test_stop_ends_an_answer_of_which_nothing_is_shown_yet() -> None:
    never = asyncio.Event()
    async with world() as w:
        w.model.script(Wait(never), Say("Never."))
        w.model.script(Say("Gladly."))
        w.chat.say(w.alice, "Tell me")
        await w.model.until(lambda: len(w.model.requests) == 1)
        w.chat.say(w.alice, "/stop")
        await w.settled()
        assert w.screen == [STOPPED]
        assert w.model.requests[0].disconnected.is_set()
        assert labels(w.chat.said_by_bot[0]) == [AGAIN]
        w.chat.say(w.alice, "Something else")
        await w.settled()
        assert contents(w) == ["Something else"]


async def test_stop_with_nothing_to_stop_says_so() -> None:
    async with world(SEES_ALL) as w:
        w.chat.say(w.alice, "/stop")
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        friends.say(w.alice, "/stop")  # perhaps meant for another bot
        friends.say(w.alice, "/stop@rehearsal_bot")
        await w.settled()
        assert w.screen == [WORDS("stop-nothing")]
        assert [message.text for message in friends.said_by_bot] == [WORDS("stop-nothing")]


async def test_only_who_asked_and_administrators_can_stop_an_answer() -> None:
    async with world(SEES_ALL) as w:
        carol = w.telegram.user("Carol")
        friends = w.telegram.group("Friends", [carol, w.alice, w.bob])  # Carol owns it
        w.model.answer_with(lambda _: [ENDLESS])
        friends.say(w.alice, "/ask Tell me")
        answer = await grows(w, friends)
        assert await w.press(answer, STOP, w.bob) == WORDS("press-not-yours")
        friends.say(w.bob, "/stop")
        await w.telegram.until(lambda: friends.said_by_bot[-1].text == WORDS("stop-not-yours"))
        assert not w.model.requests[0].disconnected.is_set()
        assert await w.press(answer, STOP, carol) == ""
        await w.model.until(w.model.requests[0].disconnected.is_set)
        await w.settled()
        friends.say(w.alice, "/ask And you?")
        await w.model.until(lambda: len(w.model.requests) == 2)
        friends.say(carol, "/stop")
        await w.settled()
        assert w.model.requests[1].disconnected.is_set()


async def test_however_often_stop_is_sent_others_are_answered() -> None:
    async with world(SEES_ALL) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        w.model.script(Say("Here."))
        for _ in range(40):
            friends.say(w.bob, "/stop@rehearsal_bot")
        friends.say(w.alice, "/ask Are you there?")
        await w.telegram.until(
            lambda: any(one.text == "Here." for one in friends.said_by_bot), timeout=20
        )


async def test_an_administrator_who_asks_anonymously_can_have_it_written_again() -> None:
    async with world(SEES_ALL) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        w.model.script(Say("Heads."))
        w.model.script(Say("Tails."))
        friends.say(w.alice, "/ask Toss a coin", anonymous=True)
        await w.settled()
        (answer,) = friends.said_by_bot
        assert await w.press(answer, AGAIN, w.bob) == WORDS("press-not-last")
        assert await w.press(answer, AGAIN, w.alice) == ""
        await w.settled()
        assert [one.text for one in friends.said_by_bot] == ["Tails."]


async def test_a_second_press_and_one_that_comes_too_late_get_a_toast() -> None:
    async with world() as w:
        w.model.script(ENDLESS)
        w.chat.say(w.alice, "Tell me")
        answer = await grows(w)
        seen = w.chat.find(answer.id)
        assert seen
        first, second = (w.chat.press(seen, "stop", by=w.alice) for _ in range(2))
        assert [await w.toast(first), await w.toast(second)] == ["", WORDS("press-over")]
        await w.settled()
        assert await w.toast(w.chat.press(seen, "stop", by=w.alice)) == WORDS("press-over")
        w.chat.delete(answer)
        assert await w.toast(w.chat.press(seen, "stop", by=w.alice)) == WORDS("press-old")


async def test_an_answer_is_written_again_in_its_place() -> None:
    async with world() as w:
        w.model.script(Say("Heads."))
        w.model.script(Say("Tails."))
        w.model.script(Say("Bye."))
        w.chat.say(w.alice, "Toss a coin")
        await w.settled()
        (answer,) = w.chat.said_by_bot
        assert labels(answer) == [AGAIN]
        assert await w.press(answer, AGAIN, w.alice) == ""
        await w.settled()
        assert [(one.id, one.text) for one in w.chat.said_by_bot] == [(answer.id, "Tails.")]
        w.chat.say(w.alice, "Thanks")
        await w.settled()
        assert contents(w) == ["Toss a coin", "Tails.", "Thanks"]


async def test_while_it_is_written_again_it_can_be_stopped_and_a_second_press_is_told_so() -> None:
    go = asyncio.Event()
    async with world() as w:
        w.model.script(Say("Heads."))
        w.model.script(Wait(go), Say("Tails."))
        w.chat.say(w.alice, "Toss a coin")
        await w.settled()
        (answer,) = w.chat.said_by_bot
        first, second = (w.chat.press(answer, "again", by=w.alice) for _ in range(2))
        assert [await w.toast(first), await w.toast(second)] == ["", WORDS("press-busy")]
        await grows(w)
        assert w.screen == ["Heads."]
        assert await w.press(answer, STOP, w.alice) == ""
        await w.settled()
        assert w.screen == ["Heads.\n\n" + STOPPED]
        assert len(w.asked) == 2


async def test_an_answer_that_broke_off_goes_on_in_its_place() -> None:
    async with world() as w:
        w.model.script(Say("The answer "), BreakOff())
        w.model.script(Say("is 42."))
        w.chat.say(w.alice, "What is it?")
        await w.settled()
        (answer,) = w.chat.said_by_bot
        assert labels(answer) == [AGAIN, CONTINUE]
        assert await w.press(answer, CONTINUE, w.alice) == ""
        await w.settled()
        assert [(one.id, one.text) for one in w.chat.said_by_bot] == [
            (answer.id, "The answer is 42.")
        ]
        assert contents(w) == ["What is it?", "The answer", WORDS("ask-to-continue")]
        w.chat.say(w.alice, "Thanks")
        await w.settled()
        assert contents(w)[:2] == ["What is it?", "The answer is 42."]


@pytest.mark.parametrize("step", [Refuse(500), Refuse(429), Say("")], ids=repr)
async def test_a_question_without_an_answer_can_be_asked_again(step: Step) -> None:
    async with world() as w:
        w.model.script(step)
        w.model.script(Say("Here I am."))
        w.chat.say(w.alice, "Are you there?")
        await w.settled()
        (answer,) = w.chat.said_by_bot
        assert labels(answer) == [AGAIN]
        await w.press(answer, AGAIN, w.alice)
        await w.settled()
        assert [(one.id, one.text) for one in w.chat.said_by_bot] == [(answer.id, "Here I am.")]


async def test_a_long_answer_that_is_written_again_shorter_leaves_nothing_of_itself() -> None:
    async with world() as w:
        w.model.script(Say("word " * 2000 + "\n\n```\n" + "x = 1\n" * 1000 + "```"))
        w.model.script(Say("Short."))
        w.chat.say(w.alice, "Tell me")
        await w.settled()
        assert w.chat.said_by_bot[-1].document
        *_, last, _ = w.chat.said_by_bot
        await w.press(last, AGAIN, w.alice)
        await w.settled()
        assert w.screen == ["Short."]
        assert w.refused == []


async def test_presses_by_others_and_below_older_answers_get_a_toast() -> None:
    async with world(SEES_ALL) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        w.model.answer_with(lambda _: [Say("Yes.")])
        friends.say(w.bob, "/ask One?")
        await w.settled()
        friends.say(w.bob, "/ask Two?")
        await w.settled()
        old, new = friends.said_by_bot
        toast = WORDS("press-not-last")
        assert await w.toast(friends.press(old, "again", by=w.bob)) == toast
        assert await w.press(new, AGAIN, w.alice) == toast
        assert await w.toast(friends.press(new, "again", by=w.bob)) == ""
        await w.settled()
        assert len(w.asked) == 3


async def test_buttons_work_after_a_restart() -> None:
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        model.script(Say("Heads."))
        model.script(Say("Tails."))
        alice = telegram.user("Alice")
        chat = telegram.private(alice)
        async with started(telegram, model) as bot:
            chat.say(alice, "Toss a coin")
            await telegram.until(lambda: bool(chat.said_by_bot))
            w = World(telegram, model, bot)
            await w.settled()
        (answer,) = chat.said_by_bot
        async with started(telegram, model) as bot:
            w = World(telegram, model, bot)
            assert await w.press(answer, AGAIN, alice) == ""
            await w.settled()
        assert [(one.id, one.text) for one in chat.said_by_bot] == [(answer.id, "Tails.")]


async def test_an_answer_that_a_restart_has_ended_goes_on_after_it() -> None:
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        model.script(Say("Once upon"), ENDLESS)
        model.script(Say("a time."))
        alice = telegram.user("Alice")
        chat = telegram.private(alice)
        async with started(telegram, model):
            chat.say(alice, "Tell me a story")
            await telegram.until(lambda: any("upon" in one.text for one in chat.said_by_bot))
        (answer,) = chat.said_by_bot
        assert labels(answer) == [AGAIN, CONTINUE]
        async with started(telegram, model) as bot:
            w = World(telegram, model, bot)
            assert await w.toast(chat.press(_with_stop(answer), "stop", by=alice)) == WORDS(
                "press-over"
            )
            assert await w.press(answer, CONTINUE, alice) == ""
            await w.settled()
        (answer,) = chat.said_by_bot
        assert answer.text.startswith("Once upon")
        assert answer.text.endswith("a time.")


def _with_stop(message: Message) -> Message:
    """Give a message as somebody sees it whose app has not heard of the last edit."""
    keyboard = {"inline_keyboard": [[{"text": STOP, "callback_data": "stop"}]]}
    return replace(message, reply_markup=keyboard)


async def test_the_buttons_of_the_answer_before_are_taken_away() -> None:
    async with world() as w:
        w.model.answer_with(lambda _: [Say("Yes.")])
        w.chat.say(w.alice, "One?")
        await w.settled()
        w.chat.say(w.alice, "Two?")
        await w.settled()
        await w.telegram.until(lambda: not w.chat.said_by_bot[0].buttons)
        assert labels(w.chat.said_by_bot[1]) == [AGAIN]
        assert w.refused == []


async def test_a_question_that_is_edited_while_its_answer_grows_is_asked_anew() -> None:
    async with world() as w:
        w.model.script(Say("Five"), ENDLESS)
        w.model.script(Say("Six."))
        question = w.chat.say(w.alice, "2 + 3?")
        answer = await grows(w)
        w.chat.edit(question, "3 + 3?")
        await w.settled()
        assert [(one.id, one.text) for one in w.chat.said_by_bot] == [(answer.id, "Six.")]
        assert w.model.requests[0].disconnected.is_set()
        assert [contents(w, 0), contents(w, 1)] == [["2 + 3?"], ["3 + 3?"]]


async def test_the_last_question_can_be_edited_and_an_older_one_cannot() -> None:
    async with world() as w:
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        first, second = (w.chat.say(w.alice, text) for text in ("One?", "Two?"))
        await w.settled()
        w.chat.edit(first, "Three?")
        w.chat.edit(second, "Four?")
        w.chat.edit(second, "Four?")
        await w.settled()
        assert w.screen == ["Re: One?", "Re: Four?"]
        assert contents(w) == ["One?", "Re: One?", "Four?"]
        assert len(w.asked) == 3


async def test_an_edit_of_a_question_whose_answer_was_deleted_is_answered_anew() -> None:
    async with world() as w:
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        question = w.chat.say(w.alice, "One?")
        await w.settled()
        w.chat.delete(w.chat.said_by_bot[0])
        w.chat.edit(question, "Two?")
        await w.settled()
        assert w.screen == ["Re: Two?"]


async def test_a_second_question_waits_visibly_and_can_still_be_edited() -> None:
    go = asyncio.Event()
    async with world() as w:
        w.model.script(Say("Yes"), Wait(go), Say("."))
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        w.chat.say(w.alice, "One?")
        await grows(w)
        second = w.chat.say(w.alice, "Two?")
        await w.telegram.until(lambda: _reaction(w.chat, second) == "👀")
        w.chat.edit(second, "Three?")
        await w.telegram.updates_confirmed()
        go.set()
        await w.settled()
        assert _reaction(w.chat, second) is None
        assert w.screen == ["Yes.", "Re: Three?"]


async def test_a_chat_without_reactions_loses_nothing_but_the_sign() -> None:
    go = asyncio.Event()
    async with world() as w:
        w.telegram.faults.next("setMessageReaction", Error(400, "Bad Request: REACTION_INVALID"))
        w.model.script(Say("Yes"), Wait(go), Say("."))
        w.model.script(Say("No."))
        w.chat.say(w.alice, "One?")
        await grows(w)
        w.chat.say(w.alice, "Two?")
        await w.telegram.updates_confirmed()
        go.set()
        await w.settled()
        assert w.screen == ["Yes.", "No."]


async def test_three_questions_of_a_person_wait_and_a_fourth_is_refused_in_a_sentence() -> None:
    go = asyncio.Event()
    async with world() as w:
        w.model.script(Wait(go), Say("0"))
        w.model.answer_with(lambda request: [Say(request.messages[-1]["content"])])
        w.chat.say(w.alice, "0")
        await w.model.until(lambda: len(w.model.requests) == 1)
        for number in range(1, 6):
            w.chat.say(w.alice, str(number))
        refusal = WORDS("too-many-waiting", count=3)
        await w.telegram.until(lambda: w.screen == [refusal] * 2)
        go.set()
        await w.settled()
        assert w.screen == [refusal] * 2 + ["0", "1", "2", "3"]


async def test_edits_of_old_questions_take_no_place_of_those_that_wait() -> None:
    go = asyncio.Event()
    async with world() as w:
        w.model.script(Say("0"))
        w.model.script(Wait(go), Say("1"))
        w.model.script(Say("2"))
        old = w.chat.say(w.alice, "0?")
        await w.settled()
        w.chat.say(w.alice, "1?")
        await w.model.until(lambda: len(w.model.requests) == 2)
        for number in range(4):
            w.chat.edit(old, f"edit {number}")
        w.chat.say(w.alice, "2?")
        await w.telegram.updates_confirmed()
        go.set()
        await w.settled()
        assert w.screen == ["0", "1", "2"]


def ago(seconds: int) -> int:
    return int(time.time()) - seconds


async def test_a_question_that_is_refused_does_not_use_up_what_was_forwarded() -> None:
    go = asyncio.Event()
    async with world() as w:
        w.model.script(Wait(go), Say("0"))
        w.model.answer_with(lambda _: [Say("Yes.")])
        for number in range(4):
            w.chat.say(w.alice, str(number))
        w.chat.say(w.alice, "Fire is cold.", forward_origin=w.bob, date=ago(4000))
        w.chat.say(w.alice, "Is it?", date=ago(2001))
        await w.telegram.until(lambda: WORDS("too-many-waiting", count=3) in w.screen)
        go.set()
        await w.settled()
        w.chat.say(w.alice, "Is it?", date=ago(2001))
        await w.settled()
        assert contents(w)[-1] == "A message forwarded from Bob:\n> Fire is cold.\n\nIs it?"


async def test_what_was_forwarded_long_ago_is_no_context() -> None:
    async with world() as w:
        w.model.script(Say("Yes."))
        w.chat.say(w.alice, "Fire is cold.", forward_origin=w.bob, date=ago(4000))
        w.chat.say(w.alice, "Is it?")
        await w.settled()
        assert contents(w) == ["Is it?"]


async def test_an_edit_of_an_answered_question_goes_before_those_that_wait() -> None:
    end = asyncio.Event()
    async with world() as w:
        w.model.script(Say("One"), Wait(end), Say("."))
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        first = w.chat.say(w.alice, "1?")
        await grows(w)
        w.telegram.faults.next("editMessageText", Flood(3))
        w.chat.say(w.alice, "2?")
        await w.telegram.updates_confirmed()
        end.set()
        await w.telegram.until(lambda: bool(w.refused))
        w.chat.edit(first, "3?")
        await w.settled()
        assert w.screen == ["Re: 3?", "Re: 2?"]


async def test_in_a_group_nobody_waits_for_another_persons_answer() -> None:
    go = asyncio.Event()
    async with world(SEES_ALL) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        w.model.script(Say("For Alice"), Wait(go), Say("."))
        w.model.script(Say("For Bob."))
        friends.say(w.alice, "/ask One?")
        await grows(w, friends)
        friends.say(w.bob, "/ask Two?")
        await w.telegram.until(lambda: friends.said_by_bot[-1].text == "For Bob.")
        go.set()
        await w.settled()
        assert [one.text for one in friends.said_by_bot] == ["For Alice.", "For Bob."]


async def test_a_paste_that_telegram_has_cut_is_one_question() -> None:
    async with world() as w:
        w.model.script(Say("Long."))
        first, second, third = "a" * 4096, "b" * 4050, "and why?"
        for text in (first, second, third):
            last = w.chat.say(w.alice, text)
        await w.settled()
        assert contents(w) == [f"{first}{second}\n{third}"]
        assert w.screen == ["Long."]
        assert w.chat.said_by_bot[0].reply_to == last.id
        w.chat.edit(last, "edited")
        await w.settled()
        assert len(w.asked) == 1


async def test_in_a_group_the_rest_of_a_paste_needs_no_address() -> None:
    async with world(SEES_ALL) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        w.model.script(Say("Long."))
        friends.say(w.alice, "/ask " + "a" * 4090)
        friends.say(w.bob, "Who reads that?")
        friends.say(w.alice, "and why?")
        await w.settled()
        assert contents(w) == ["Alice: " + "a" * 4090 + "\nand why?"]


async def test_two_long_questions_are_two_where_each_is_addressed() -> None:
    async with world(SEES_ALL) as w:
        friends = w.telegram.group("Friends", [w.alice])
        w.model.answer_with(lambda _: [Say("Long.")])
        for letter in "ab":
            friends.say(w.alice, "/ask " + letter * 4090)
        await w.settled()
        assert [request[-1]["content"][7] for request in w.asked] == ["a", "b"]


async def test_the_parts_of_a_long_reply_are_one_question() -> None:
    async with world() as w:
        w.model.script(Say("Fire is cold."))
        w.model.script(Say("No."))
        w.chat.say(w.alice, "Tell me")
        await w.settled()
        (answer,) = w.chat.said_by_bot
        for text in ("a" * 4096, "b" * 4096, "tail"):
            w.chat.say(w.alice, text, reply_to=answer)
        await w.settled()
        assert len(w.asked) == 2
        assert contents(w)[-1].endswith("a" * 4096 + "b" * 4096 + "tail")


async def test_a_long_question_can_be_edited_while_it_is_held() -> None:
    async with world() as w:
        w.model.script(Say("Long."))
        question = w.chat.say(w.alice, "a" * 4000)
        w.chat.edit(question, "short")
        await w.settled()
        assert [contents(w)] == [["short"]]


async def test_a_long_question_alone_is_answered() -> None:
    async with world() as w:
        w.model.script(Say("Long."))
        w.chat.say(w.alice, "a" * 4096)
        await w.settled()
        assert w.screen == ["Long."]


async def test_a_question_that_is_larger_than_the_model_takes_is_told_so() -> None:
    async with world() as w:
        w.model.limit = 3000
        w.model.answer_with(lambda _: [Say("x" * 1000)])
        for text in ("a" * 500, "b" * 500, "c" * 500, "d" * 4000):
            w.chat.say(w.alice, text)
            await w.settled()
        assert w.screen[:3] == ["x" * 1000] * 3
        assert w.screen[3] == WORDS("answer-too-long")


async def test_forwarded_messages_are_context_for_the_question_that_follows() -> None:
    async with world() as w:
        w.model.script(Say("No."))
        for text in ("Fire is cold.", "Water is dry."):
            w.chat.say(w.alice, text, forward_origin=w.bob)
        await w.settled()
        assert w.screen == [WORDS("passed-on")]
        w.chat.say(w.alice, "Is that so?")
        w.chat.say(w.alice, "Sure?")
        await w.settled()
        (content,) = contents(w, 0)
        assert content == (
            "A message forwarded from Bob:\n> Fire is cold.\n\n"
            "A message forwarded from Bob:\n> Water is dry.\n\n"
            "Is that so?"
        )
        assert contents(w, 1)[-1] == "Sure?"


async def test_an_edited_question_keeps_the_forwarded_messages_it_is_about() -> None:
    async with world() as w:
        w.model.answer_with(lambda _: [Say("No.")])
        w.chat.say(w.alice, "Fire is cold.", forward_origin=w.bob)
        question = w.chat.say(w.alice, "So?")
        await w.settled()
        w.chat.edit(question, "So?")
        w.chat.edit(question, "Really?")
        await w.settled()
        assert [contents(w, 0), contents(w, 1)] == [
            [f"A message forwarded from Bob:\n> Fire is cold.\n\n{text}"]
            for text in ("So?", "Really?")
        ]
        assert len(w.asked) == 2


async def test_a_comment_that_is_sent_with_a_forwarded_message_is_a_question_about_it() -> None:
    async with world() as w:
        w.model.answer_with(lambda _: [Say("No.")])
        w.chat.say(w.alice, "Is that so?")
        w.chat.say(w.alice, "Fire is cold.", forward_origin=w.bob)
        await w.settled()
        assert w.screen == ["No."]
        assert contents(w) == ["A message forwarded from Bob:\n> Fire is cold.\n\nIs that so?"]


def _reaction(chat: Chat, message: Message) -> str | None:
    standing = chat.find(message.id)
    return standing.reaction if standing else None
