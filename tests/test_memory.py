"""What the bot remembers, end to end: over restarts, of one place only, until told to forget."""

import asyncio
import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say, Wait
from bot.sandbox.telegram import Document, LocalTelegram, PrivateChat, Slow
from tests.world import TOKEN, WORDS, World, started, world


def contents(w: World) -> list[list[str]]:
    return [[message["content"] for message in request] for request in w.asked]


async def talk(
    telegram: LocalTelegram, model: Rehearsal, chat: PrivateChat, *texts: str, **settings: object
) -> None:
    """Start the bot, say something to it, wait for the answers, stop it."""
    async with started(telegram, model, **settings) as bot:
        for text in texts:
            chat.say(chat.user, text)
            await telegram.updates_confirmed()
            await bot.idle()


async def test_what_was_said_before_a_restart_is_sent_to_the_model_after_it() -> None:
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        model.script(Say("Paris."))
        model.script(Say("In France."))
        alice = telegram.private(telegram.user("Alice"))
        await talk(telegram, model, alice, "Capital of France?")
        await talk(telegram, model, alice, "Where is that?")
        assert [message["content"] for message in model.requests[1].messages] == [
            "Capital of France?",
            "Paris.",
            "Where is that?",
        ]


async def test_after_a_restart_places_and_people_are_still_apart() -> None:
    async with LocalTelegram(TOKEN, privacy_mode=False) as telegram, Rehearsal() as model:
        alice, bob = telegram.user("Alice"), telegram.user("Bob")
        forum = telegram.group("Forum", [alice, bob], forum=True)
        cats, dogs = forum.topic("Cats"), forum.topic("Dogs")
        group = telegram.group("Group", [alice, bob])
        for number in range(2):
            async with started(telegram, model) as bot:
                telegram.private(alice).say(alice, f"alice {number}")
                telegram.private(bob).say(bob, f"bob {number}")
                forum.say(alice, f"/ask cats {number}", topic=cats)
                forum.say(alice, f"/ask dogs {number}", topic=dogs)
                forum.say(alice, f"/ask general {number}")
                group.say(bob, f"/ask group {number}")
                await telegram.updates_confirmed()
                await bot.idle()
        for request in model.requests[-6:]:
            *_, question = request.messages
            before, now = question["content"].replace(" 1", " 0"), question["content"]
            said = [one["content"] for one in request.messages if one["role"] == "user"]
            assert said == [before, now]


async def test_the_database_is_a_file_that_anybody_can_open() -> None:
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        model.script(Say("Paris."))
        await talk(telegram, model, telegram.private(telegram.user("Alice")), "Capital of France?")
    with sqlite3.connect(Path("data/conversations.sqlite3")) as file:
        rows = file.execute("select question, answer, outcome from exchanges").fetchall()
    file.close()
    assert rows == [("Capital of France?", "Paris.", "complete")]


async def test_a_budget_of_characters_limits_what_is_sent_along() -> None:
    async with world(history_characters=25) as w:
        w.model.answer_with(lambda _: [Say("x" * 10)])
        for text in ("one", "two", "three"):
            w.chat.say(w.alice, text)
            await w.settled()
        w.chat.say(w.alice, "a question larger than the budget")
        await w.settled()
        assert [len(request) for request in w.asked] == [1, 3, 3, 1]


async def test_new_forgets_the_conversation_and_says_so() -> None:
    async with world() as w:
        for text in ("/new", "Hello", "/new", "Hello again"):
            w.chat.say(w.alice, text)
            await w.settled()
        said = [text for text in w.screen if "model" not in text]
        assert said == [WORDS("forgotten", count=0), WORDS("forgotten", count=1)]
        assert contents(w) == [["Hello"], ["Hello again"]]


async def test_history_hands_the_conversation_over_as_a_file() -> None:
    async with world() as w:
        w.model.script(Say("**Paris**."))
        w.chat.say(w.alice, "/history")
        w.chat.say(w.alice, "Capital of France?")
        await w.settled()
        w.chat.say(w.alice, "/history")
        await w.settled()
        assert w.screen[0] == WORDS("history-empty")
        document = w.chat.said_by_bot[-1].document
        assert isinstance(document, Document)
        assert document.file_name.startswith("conversation-")
        assert document.file_name.endswith(".md")
        lines = document.content.decode().split("\n\n")
        assert lines[0] == "# Conversation"
        assert lines[2:] == ["**Question**", "Capital of France?", "**Answer**", "**Paris**.\n"]


async def test_privacy_is_told() -> None:
    async with world() as w:
        w.chat.say(w.alice, "/privacy")
        await w.settled()
        assert w.screen == [WORDS("privacy")]


async def test_who_wants_to_be_forgotten_is_asked_once_more_and_then_forgotten() -> None:
    async with world({"privacy_mode": False}) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        friends.say(w.bob, "/ask Bob's question")
        friends.say(w.alice, "/ask Alice's question")
        w.chat.say(w.alice, "Hello")
        w.chat.say(w.alice, "/prompt Be brief.")
        await w.settled()
        friends.say(w.alice, "/forget_me@rehearsal_bot")
        await w.settled()
        question = friends.said_by_bot[-1]
        assert question.text == WORDS("forget-me-sure")
        erase, keep = WORDS("button-erase"), WORDS("button-keep")
        assert await w.press(question, erase, w.bob) == WORDS("press-not-yours")
        assert await w.press(question, keep, w.alice) == ""
        await w.settled()
        assert friends.said_by_bot[-1].text == WORDS("forget-me-kept")
        friends.say(w.alice, "/forget_me@rehearsal_bot")
        await w.settled()
        assert await w.press(friends.said_by_bot[-1], erase, w.alice) == ""
        await w.settled()
        assert friends.said_by_bot[-1].text == WORDS("forget-me-done", count=2)
        assert friends.said_by_bot[-1].buttons == []
        w.model.requests.clear()
        friends.say(w.bob, "/ask What now?")
        w.chat.say(w.alice, "And here?")
        await w.settled()
        assert min(contents(w), key=len) == ["And here?"]
        assert [one for one in max(contents(w), key=len) if "Alice" in one] == []


async def test_forgetting_somebody_drops_what_they_have_just_asked() -> None:
    async with world() as w:
        w.model.script(Say("Once upon a time", pace=0), Say(" and on" * 1000, pace=20))
        w.chat.say(w.alice, "/forget_me")
        w.chat.say(w.alice, "Tell me")
        await w.telegram.until(lambda: any("Once" in text for text in w.screen))
        waiting = w.chat.say(w.alice, "And this?")
        await w.telegram.until(lambda: any(one.reaction for one in w.chat.messages))
        question = next(one for one in w.chat.said_by_bot if one.buttons and "erase" in one.text)
        await w.press(question, WORDS("button-erase"), w.alice)
        await w.settled()
        assert w.model.requests[0].disconnected.is_set()
        assert len(w.asked) == 1
        standing = w.chat.find(waiting.id)
        assert standing
        assert standing.reaction is None
        w.chat.say(w.alice, "Hello")
        await w.settled()
        assert contents(w)[1] == ["Hello"]


async def test_what_is_asked_after_new_waits_for_it_and_is_remembered() -> None:
    async with world({"privacy_mode": False}) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        friends.say(w.alice, "/ask Old?")
        await w.settled()
        w.telegram.faults.next("getChatAdministrators", Slow(1))
        friends.say(w.alice, "/new@rehearsal_bot")
        friends.say(w.bob, "/ask New?")
        await w.settled()
        assert [one.text for one in friends.said_by_bot[1:]] == [
            WORDS("forgotten", count=1),
            "Re: Bob: New?",
        ]
        friends.say(w.alice, "/ask And now?")
        await w.settled()
        assert contents(w)[1:] == [
            ["Bob: New?"],
            ["Bob: New?", "Re: Bob: New?", "Alice: And now?"],
        ]


async def test_an_answer_that_new_has_stopped_has_no_buttons() -> None:
    async with world() as w:
        w.model.script(Say("Once upon a time", pace=0), Say(" and on" * 1000, pace=20))
        w.chat.say(w.alice, "Tell me")
        await w.telegram.until(lambda: any("Once" in text for text in w.screen))
        w.chat.say(w.alice, "/new")
        await w.settled()
        assert [one.buttons for one in w.chat.said_by_bot] == [[], []]


def on_disk(text: bytes) -> list[Path]:
    return [one for one in Path("data").glob("conv*") if text in one.read_bytes()]


async def test_nothing_of_what_was_erased_stays_on_the_disk() -> None:
    async with world() as w:
        w.chat.say(w.alice, "say xyzzy")
        await w.settled()
        assert on_disk(b"xyzzy") != []
        w.chat.say(w.alice, "/new")
        await w.settled()
        assert on_disk(b"xyzzy") == []


async def test_no_message_but_the_menu_itself_gives_way_to_a_choice() -> None:
    async with world({"privacy_mode": False}) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        friends.say(w.alice, "/ask say hello")
        await w.settled()
        (answer,) = friends.said_by_bot
        forged = f"keep:{w.bob.id}"
        keyboard = {"inline_keyboard": [[{"text": "?", "callback_data": forged}]]}
        query = friends.press(replace(answer, reply_markup=keyboard), forged, by=w.bob)
        assert await w.toast(query) == WORDS("press-old")
        await w.settled()
        assert friends.said_by_bot == [answer]


async def test_who_writes_in_the_name_of_a_chat_is_told_how_to_be_forgotten() -> None:
    async with world({"privacy_mode": False}) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        friends.say(w.alice, "/forget_me@rehearsal_bot", anonymous=True)
        await w.settled()
        assert [one.text for one in friends.said_by_bot] == [WORDS("forget-me-own-name")]


async def test_a_long_question_that_is_held_is_forgotten_with_its_person() -> None:
    async with world() as w:
        w.chat.say(w.alice, "/forget_me")
        await w.settled()
        w.chat.say(w.alice, "a" * 4000)
        await w.press(w.chat.said_by_bot[0], WORDS("button-erase"), w.alice)
        await w.settled()
        assert w.asked == []


async def test_what_waits_while_its_group_moves_is_remembered_there() -> None:
    go = asyncio.Event()
    async with world() as w:
        friends = w.telegram.group("Friends", [w.alice], supergroup=False)
        w.model.script(Wait(go), Say("1."))
        w.model.script(Say("2."))
        w.model.script(Say("3."))
        friends.say(w.alice, "/ask One?")
        await w.model.until(lambda: len(w.model.requests) == 1)
        friends.say(w.alice, "/ask Two?")
        await w.telegram.updates_confirmed()
        moved = friends.upgrade()
        await w.telegram.updates_confirmed()
        go.set()
        await w.settled()
        moved.say(w.alice, "/ask Three?")
        await w.settled()
        assert contents(w)[2] == ["Alice: One?", "1.", "Alice: Two?", "2.", "Alice: Three?"]


async def test_without_its_memory_the_bot_still_answers_and_says_what_fails() -> None:
    async with world() as w:
        with sqlite3.connect(Path("data/conversations.sqlite3")) as file:
            file.execute("drop table exchanges")
        file.close()
        w.model.script(Say("One."))
        w.model.script(Say("Two."))
        for text in ("1?", "2?", "/new", "/history"):
            w.chat.say(w.alice, text)
            await w.settled()
        note = WORDS("answer-not-remembered")
        assert w.screen == [f"One.\n\n{note}", f"Two.\n\n{note}", *[WORDS("memory-fails")] * 2]


async def test_a_locked_database_costs_the_memory_and_no_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    note = WORDS("answer-not-remembered")
    async with world() as w:
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        with contextlib.closing(sqlite3.connect("data/conversations.sqlite3")) as other:
            other.execute("BEGIN IMMEDIATE")
            for text in ("1?", "2?", "3?"):
                w.chat.say(w.alice, text)
                await w.settled()
            other.rollback()
        assert w.screen == [f"Re: {number}?\n\n{note}" for number in (1, 2, 3)]
    told = [record for record in caplog.records if record.name == "bot.chat.lenient"]
    assert [record.levelname for record in told] == ["ERROR"]
