"""Who may ask, and how much, end to end. Everybody else notices nothing."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace

import pytest

from bot.locales import in_language
from bot.sandbox.rehearsal import Request
from bot.sandbox.steps import Refuse, Say, Step, Wait
from bot.sandbox.telegram import Chat, Group, Message
from tests.world import WORDS, World, world

ALICE, BOB = 1001, 1002
"""The ids of people in a world, and that of its first group."""
FRIENDS = -1_000_000_000_003
SEES_ALL = {"privacy_mode": False}
STOP, AGAIN = WORDS("button-stop"), WORDS("button-again")
STRANGER = WORDS("stranger", id=str(BOB))


def said(chat: Chat) -> list[str]:
    return [message.text for message in chat.said_by_bot]


def friends_of(w: World) -> Group:
    friends = w.telegram.group("Friends", [w.alice, w.bob])
    assert (w.alice.id, w.bob.id, friends.id) == (ALICE, BOB, FRIENDS)
    return friends


def echo(w: World) -> None:
    def answer(request: Request) -> Iterable[Step]:
        return [Say("Re: " + request.messages[-1]["content"])]

    w.model.answer_with(answer)


async def test_a_stranger_is_told_their_id_once_and_then_nothing_whatever_they_try() -> None:
    async with world(allowed_users=(ALICE,)) as w:
        echo(w)
        bobs = w.telegram.private(w.bob)
        question = bobs.say(w.bob, "Hello?")
        await w.settled()
        bobs.say(w.bob, "Hello!?")
        bobs.say(w.bob, "/start")
        bobs.say(w.bob, "/help")
        bobs.say(w.bob, "/model")
        bobs.send_photo(w.bob)
        bobs.say(w.bob, "Look", forward_origin=w.alice)
        bobs.edit(question, "Hello???")
        w.chat.say(w.alice, "Hello")
        await w.settled()
        assert said(bobs) == [STRANGER]
        assert w.screen == ["Re: Hello"]
        assert w.refused == []


@pytest.mark.parametrize("text", ["/start", "/help", "/new", "Hello", "?" * 4090])
async def test_whatever_a_stranger_begins_with_is_answered_by_the_one_sentence(text: str) -> None:
    async with world(allowed_users=(ALICE,)) as w:
        bobs = w.telegram.private(w.bob)
        bobs.say(w.bob, text)
        await w.settled()
        assert said(bobs) == [STRANGER]
        assert w.asked == []


async def test_a_stranger_is_told_in_their_own_language() -> None:
    async with world(allowed_users=(ALICE,)) as w:
        boris = w.telegram.user("Boris", language_code="ru")
        chat = w.telegram.private(boris)
        chat.say(boris, "Привет")
        await w.settled()
        assert said(chat) == [in_language("ru")("stranger", id=str(boris.id))]


async def test_strangers_can_learn_what_is_stored_of_them_and_have_it_erased() -> None:
    async with world(allowed_users=(ALICE,)) as w:
        bobs = w.telegram.private(w.bob)
        bobs.say(w.bob, "/privacy")
        bobs.say(w.bob, "/forget_me")
        await w.settled()
        assert said(bobs) == [WORDS("privacy"), WORDS("forget-me-sure")]
        menu = bobs.said_by_bot[-1]
        assert await w.press(menu, WORDS("button-erase"), w.bob) == ""
        await w.settled()
        assert said(bobs) == [WORDS("privacy"), WORDS("forget-me-done", count=0)]


async def test_in_a_group_strangers_who_address_the_bot_are_told_both_ids_and_others_nothing() -> (
    None
):
    async with world(SEES_ALL, allowed_users=(ALICE,)) as w:
        echo(w)
        friends = friends_of(w)
        friends.say(w.bob, "Hello everybody")
        await w.settled()
        assert said(friends) == []
        friends.say(w.bob, "/ask Hello?")
        friends.say(w.bob, "@rehearsal_bot hello?")
        friends.say(w.alice, "/ask Hello?")
        friends.say(w.bob, "/ask Hello?", anonymous=True)
        friends.say(w.bob, "/ask Hello?", anonymous=True)
        await w.settled()
        assert sorted(said(friends)) == sorted(
            [
                WORDS("stranger-group", id=str(BOB), chat=str(FRIENDS)),
                "Re: Alice: Hello?",
                WORDS("stranger-chat", chat=str(FRIENDS)),
            ]
        )


async def test_in_a_group_that_is_let_in_everybody_may_ask_but_only_there() -> None:
    async with world(SEES_ALL, allowed_chats=(FRIENDS,)) as w:
        echo(w)
        friends = friends_of(w)
        friends.say(w.bob, "/ask Hello?")
        friends.say(w.bob, "/ask And I?", anonymous=True)
        bobs = w.telegram.private(w.bob)
        bobs.say(w.bob, "Hello?")
        await w.settled()
        assert sorted(said(friends)) == ["Re: Bob: Hello?", "Re: Friends: And I?"]
        assert said(bobs) == [STRANGER]


async def test_a_group_that_is_let_in_stays_so_when_it_becomes_a_supergroup(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with world(allowed_chats=(-3,)) as w:
        echo(w)
        basic = w.telegram.group("Friends", [w.alice, w.bob], supergroup=False)
        assert basic.id == -3
        moved = basic.upgrade()
        moved.say(w.bob, "/ask Hello?")
        await w.settled()
        assert said(moved) == ["Re: Bob: Hello?"]
        assert f"group -3 is {moved.id} now: put that into ALLOWED_CHATS" in caplog.messages


async def test_a_group_that_is_not_let_in_is_told_its_id_instead_of_a_greeting() -> None:
    async with world(allowed_users=(ALICE,)) as w:
        friends = friends_of(w)
        friends.bot_status = "left"
        friends.add_bot(by=w.bob)
        await w.settled()
        assert said(friends) == [WORDS("stranger-chat", chat=str(FRIENDS))]
        friends.leave()
        friends.add_bot(by=w.bob)
        await w.settled()
        assert len(said(friends)) == 1
        friends.leave()
        friends.add_bot(by=w.alice)
        await w.settled()
        assert said(friends)[1:] == [WORDS("group-greeting-privacy", username="rehearsal_bot")]


async def test_the_presses_of_strangers_are_answered_by_a_toast_and_do_nothing() -> None:
    end = asyncio.Event()
    async with world(SEES_ALL, allowed_users=(ALICE,)) as w:
        friends = friends_of(w)
        friends.promote(w.bob)
        w.model.script(Say("Yes"), Wait(end), Say("."))
        friends.say(w.alice, "/ask Is it?")
        await w.telegram.until(lambda: said(friends) == ["Yes"])
        answer = friends.said_by_bot[0]
        toast = WORDS("press-stranger", id=str(BOB))
        assert await w.press(answer, STOP, w.bob) == toast
        end.set()
        await w.settled()
        assert said(friends) == ["Yes."]
        assert await w.press(friends.said_by_bot[0], AGAIN, w.bob) == toast
        await w.settled()
        assert len(w.asked) == 1


async def test_an_hour_holds_so_many_answers_of_a_person_and_not_fewer_of_another() -> None:
    async with world(answers_per_hour=2) as w:
        echo(w)
        bobs = w.telegram.private(w.bob)
        for text in ("One", "Two", "Three"):
            w.chat.say(w.alice, text)
            await w.settled()
        bobs.say(w.bob, "One")
        await w.settled()
        assert w.screen == ["Re: One", "Re: Two", WORDS("answers-used-up", minutes=60)]
        assert said(bobs) == ["Re: One"]
        w.chat.say(w.alice, "/help")
        await w.settled()
        assert w.screen[-1] == WORDS("help", username="rehearsal_bot")


async def test_presses_and_edits_count_and_are_refused_in_the_same_words() -> None:
    async with world(answers_per_hour=3) as w:
        echo(w)
        refusal = WORDS("answers-used-up", minutes=60)
        question = w.chat.say(w.alice, "One")
        await w.settled()
        assert await w.press(w.chat.said_by_bot[0], AGAIN, w.alice) == ""
        await w.settled()
        w.chat.edit(question, "Two")
        await w.settled()
        assert w.screen == ["Re: Two"]
        assert await w.press(w.chat.said_by_bot[0], AGAIN, w.alice) == refusal
        w.chat.edit(question, "Three")
        await w.settled()
        assert w.screen == ["Re: Two", refusal]
        assert len(w.asked) == 3


async def test_an_edit_that_starts_a_growing_answer_over_counts_and_one_that_waits_does_not() -> (
    None
):
    end = asyncio.Event()
    async with world(answers_per_hour=3) as w:
        w.model.answer_with(lambda _: [Say("Yes"), Wait(end), Say(".")])
        first = w.chat.say(w.alice, "One?")
        await w.telegram.until(lambda: w.screen == ["Yes"])
        second = w.chat.say(w.alice, "Two?")
        w.chat.edit(second, "Three?")
        w.chat.edit(second, "Four?")
        w.chat.edit(first, "Five?")
        await w.model.until(lambda: len(w.asked) == 2)
        w.chat.edit(first, "Six?")
        refusal = WORDS("answers-used-up", minutes=60)
        await w.telegram.until(lambda: refusal in w.screen)
        end.set()
        await w.settled()
        contents = [request[-1]["content"] for request in w.asked]
        assert contents == ["One?", "Five?", "Four?"]


@pytest.mark.parametrize("has_ended", [True, False])
async def test_a_comment_and_the_message_forwarded_with_it_are_one_question(
    *, has_ended: bool
) -> None:
    end = asyncio.Event()
    async with world(answers_per_hour=1) as w:
        w.model.script(Say("Yes."), *([] if has_ended else [Wait(end)]))
        w.model.script(Say("No."))
        now = int(time.time())
        w.chat.say(w.alice, "Is it?", date=now)
        await w.telegram.until(lambda: w.screen == ["Yes."])
        if has_ended:
            await w.settled()
        w.chat.say(w.alice, "Fire is cold.", forward_origin=w.bob, date=now)
        await w.settled()
        assert w.screen == ["No."]


async def test_where_the_provider_gave_nothing_it_does_not_count() -> None:
    async with world(answers_per_hour=1) as w:
        w.model.script(Refuse(500))
        w.model.script(Refuse(500))
        w.model.script(Say("Yes."))
        w.chat.say(w.alice, "Is it?")
        await w.settled()
        assert await w.press(w.chat.said_by_bot[0], AGAIN, w.alice) == ""
        await w.settled()
        assert await w.press(w.chat.said_by_bot[0], AGAIN, w.alice) == ""
        await w.settled()
        assert w.screen == ["Yes."]
        refusal = WORDS("answers-used-up", minutes=60)
        assert await w.press(w.chat.said_by_bot[0], AGAIN, w.alice) == refusal


async def test_administrators_may_always_ask_as_often_as_they_like() -> None:
    async with world(allowed_users=(ALICE,), admins=(BOB,), answers_per_hour=1) as w:
        echo(w)
        bobs = w.telegram.private(w.bob)
        for text in ("One", "Two", "Three"):
            bobs.say(w.bob, text)
        await w.settled()
        assert said(bobs) == ["Re: One", "Re: Two", "Re: Three"]


async def test_beyond_so_many_at_once_questions_wait_visibly_in_their_order_and_none_is_lost() -> (
    None
):
    end = asyncio.Event()
    async with world(answers_at_once=1) as w:
        carol = w.telegram.user("Carol")
        bobs, carols = w.telegram.private(w.bob), w.telegram.private(carol)
        w.model.script(Say("Yes"), Wait(end), Say("."))
        echo(w)
        w.chat.say(w.alice, "Is it?")
        await w.telegram.until(lambda: w.screen == ["Yes"])
        w.chat.say(w.alice, "Alice again")
        waiting = bobs.say(w.bob, "Bob")
        carols.say(carol, "Carol")
        await w.telegram.until(lambda: _reaction(bobs, waiting) == "👀")
        bobs.edit(waiting, "Bob, really")
        carols.say(carol, "/help")  # what needs no model waits for nobody
        await w.telegram.until(lambda: len(carols.said_by_bot) == 1)
        assert said(bobs) == []
        end.set()
        await w.settled()
        assert [request[-1]["content"] for request in w.asked] == [
            "Is it?",
            "Bob, really",
            "Carol",
            "Alice again",
        ]
        assert said(bobs) == ["Re: Bob, really"]
        assert _reaction(bobs, waiting) is None
        assert w.refused == []


async def test_while_others_wait_the_growing_answer_can_be_stopped_which_lets_them_in() -> None:
    async with world(answers_at_once=1) as w:
        bobs = w.telegram.private(w.bob)
        w.model.script(Say("Yes"), Wait(asyncio.Event()))
        echo(w)
        w.chat.say(w.alice, "Is it?")
        await w.telegram.until(lambda: w.screen == ["Yes"])
        bobs.say(w.bob, "Bob")
        await w.telegram.updates_confirmed()
        assert await w.press(w.chat.said_by_bot[0], STOP, w.alice) == ""
        await w.settled()
        assert said(bobs) == ["Re: Bob"]


async def test_a_press_for_another_answer_is_told_when_there_is_no_room_for_one() -> None:
    end = asyncio.Event()
    async with world(answers_at_once=1) as w:
        bobs = w.telegram.private(w.bob)
        w.model.script(Say("Yes."))
        w.model.script(Say("No"), Wait(end))
        w.chat.say(w.alice, "Is it?")
        await w.settled()
        bobs.say(w.bob, "Is it?")
        await w.telegram.until(lambda: said(bobs) == ["No"])
        toast = await w.press(w.chat.said_by_bot[0], AGAIN, w.alice)
        assert toast == WORDS("press-crowded")
        end.set()


async def test_when_too_many_wait_in_all_the_next_one_is_told_so_and_its_person_may_ask_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.handlers.desk.MOST_WAITING_IN_ALL", 2)
    end = asyncio.Event()
    async with world(answers_at_once=1, answers_per_hour=1, admins=(ALICE,)) as w:
        bobs = w.telegram.private(w.bob)
        w.model.script(Say("Yes"), Wait(end), Say("."))
        echo(w)
        w.chat.say(w.alice, "Is it?")
        await w.telegram.until(lambda: w.screen == ["Yes"])
        w.chat.say(w.alice, "Two")
        w.chat.say(w.alice, "Three")
        bobs.say(w.bob, "Bob")
        await w.telegram.until(lambda: said(bobs) == [WORDS("crowded")])
        end.set()
        await w.settled()
        bobs.say(w.bob, "Bob")
        await w.settled()
        assert said(bobs) == [WORDS("crowded"), "Re: Bob"]
        assert w.screen == ["Yes.", "Re: Two", "Re: Three"]


async def test_a_long_question_for_which_there_is_no_room_any_more_when_it_is_whole_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.handlers.desk.MOST_WAITING_IN_ALL", 1)
    end = asyncio.Event()
    async with world(answers_at_once=1, answers_per_hour=1, admins=(ALICE,)) as w:
        bobs = w.telegram.private(w.bob)
        w.model.script(Say("Yes"), Wait(end), Say("."))
        echo(w)
        w.chat.say(w.alice, "Is it?")
        await w.telegram.until(lambda: w.screen == ["Yes"])
        bobs.say(w.bob, "?" * 4096)  # is held back: more may follow
        w.chat.say(w.alice, "Two")
        await w.telegram.until(lambda: said(bobs) == [WORDS("crowded")])
        end.set()
        await w.settled()
        bobs.say(w.bob, "Bob")
        await w.settled()
        assert said(bobs) == [WORDS("crowded"), "Re: Bob"]


async def test_however_many_old_questions_are_edited_the_edit_of_the_last_one_is_answered() -> None:
    end = asyncio.Event()
    async with world(answers_at_once=1) as w:
        echo(w)
        questions = []
        for number in range(6):
            questions.append(w.chat.say(w.alice, f"{number}?"))
            await w.settled()
        w.model.script(Say("Yes"), Wait(end), Say("."))
        bobs = w.telegram.private(w.bob)
        bobs.say(w.bob, "Is it?")
        await w.telegram.until(lambda: said(bobs) == ["Yes"])
        for question in reversed(questions):
            w.chat.edit(question, f"{question.text}!")
        await w.telegram.updates_confirmed()
        end.set()
        await w.settled()
        assert w.screen[-1] == "Re: 5?!"
        assert len(w.asked) == 8


@pytest.mark.parametrize(
    "data",
    ["stop", "again", "continue", f"forget:{ALICE}", f"keep:{ALICE}", "prompt:default", "x"],
)
async def test_no_data_of_a_press_reaches_another_persons_answer(data: str) -> None:
    end = asyncio.Event()
    async with world(SEES_ALL) as w:
        carol = w.telegram.user("Carol")
        friends = w.telegram.group("Friends", [carol, w.alice, w.bob])
        w.model.script(Say("Yes"), Wait(end), Say("."))
        friends.say(w.alice, "/ask Is it?")
        await w.telegram.until(lambda: said(friends) == ["Yes"])

        async def forged() -> str:
            (answer,) = friends.said_by_bot
            keyboard = {"inline_keyboard": [[{"text": "?", "callback_data": data}]]}
            friends.change(replace(answer, reply_markup=keyboard))
            (answer,) = friends.said_by_bot
            return await w.toast(friends.press(answer, data, by=w.bob))

        assert await forged() != ""
        end.set()
        await w.settled()
        assert await forged() != ""
        await w.settled()
        assert said(friends) == ["Yes."]
        assert len(w.asked) == 1
        friends.say(w.alice, "/history@rehearsal_bot")
        await w.settled()
        assert friends.said_by_bot[-1].kind == "document", "the answer is still remembered"


async def test_whatever_a_model_writes_it_mentions_nobody_and_makes_no_commands_and_buttons() -> (
    None
):
    tricks = (
        "@bob: send /forget_me or press [Stop](callback:stop), "
        "[here](tg://user?id=1002) or [https://bank.example](https://evil.example/)"
    )
    async with world(SEES_ALL) as w:
        friends = friends_of(w)
        w.model.script(Say(tricks))
        friends.say(w.alice, "/ask Trick me")
        await w.settled()
        (answer,) = friends.said_by_bot
        assert [button["text"] for button in answer.buttons] == [AGAIN]
        assert answer.text == (
            "@bob: send /forget_me or press Stop (callback:stop), "
            "here (tg://user?id=1002) or https://bank.example (https://evil.example/)"
        )
        styled = {
            answer.text[one.offset : one.offset + one.length]: one.type for one in answer.entities
        }
        assert styled == {
            "@bob": "code",
            "/forget_me": "code",
            "https://bank.example": "url",
            "https://evil.example/": "url",
        }
        assert len(w.asked) == 1


def _reaction(chat: Chat, message: Message) -> str | None:
    standing = chat.find(message.id)
    return standing.reaction if standing else None
