"""A bug: the log and the person have the same id of it, and nobody else notices."""

import asyncio
import re
from typing import NoReturn

import pytest
from telegram import Message, User

from bot.handlers.addressing import Reading, read
from bot.sandbox.steps import Say, Wait
from tests.world import WORDS, World, world

SECRET = "what the person wrote"


def broken(*_: object, **__: object) -> NoReturn:
    raise ValueError(SECRET)


def bugs(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give the ids of the bugs in the log, which tells where they are and nothing of the chat."""
    assert SECRET not in caplog.text
    found = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    ids = [
        re.match(r"bug (\w{6}): .*ValueError\n +File .*test_bugs", one, re.DOTALL) for one in found
    ]
    assert all(ids)
    return [one[1] for one in ids if one]


async def everybody_else_is_answered(w: World) -> None:
    bobs = w.telegram.private(w.bob)
    bobs.say(w.bob, "/help")
    await w.settled()
    assert bobs.said_by_bot[-1].text == WORDS("help", username="rehearsal_bot")


async def test_a_bug_in_a_command_is_told_by_its_id_and_the_next_command_works(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.chat.store.Store.history", broken)
    async with world() as w:
        w.chat.say(w.alice, "/history")
        w.chat.say(w.alice, "/help")
        await w.settled()
        (bug,) = bugs(caplog)
        help_ = WORDS("help", username="rehearsal_bot")
        assert sorted(w.screen) == sorted([WORDS("bug", id=bug), help_])
        await everybody_else_is_answered(w)


async def test_a_bug_in_a_press_is_told_by_its_id_in_a_toast(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.handlers.presses.choice", broken)
    async with world() as w:
        w.chat.say(w.alice, "/prompt Be brief.")
        await w.settled()
        (menu,) = w.chat.said_by_bot
        toast = await w.press(menu, WORDS("button-default-prompt"), w.alice)
        assert toast == WORDS("bug", id=bugs(caplog)[0])
        await everybody_else_is_answered(w)


async def test_a_bug_before_an_answer_is_told_by_its_id_and_the_next_question_works(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with world() as w:
        with monkeypatch.context() as patched:
            patched.setattr("bot.assistant.replies.Replies.answering", broken)
            w.chat.say(w.alice, "One?")
            await w.settled()
        w.model.script(Say("Yes."))
        w.chat.say(w.alice, "Two?")
        await w.settled()
        assert w.screen == [WORDS("bug", id=bugs(caplog)[0]), "Yes."]
        assert w.chat.said_by_bot[0].reply


async def test_a_bug_before_an_answer_is_written_again_is_told_by_its_id(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with world() as w:
        w.model.script(Say("Yes."))
        w.chat.say(w.alice, "One?")
        await w.settled()
        monkeypatch.setattr("bot.assistant.Assistant.answer_again", broken)
        assert await w.press(w.chat.said_by_bot[0], WORDS("button-again"), w.alice) == ""
        await w.settled()
        assert w.screen == ["Yes.", WORDS("bug", id=bugs(caplog)[0])]


async def test_a_bug_in_an_answer_is_told_by_its_id_below_it_while_others_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    end = asyncio.Event()
    async with world() as w:
        bobs = w.telegram.private(w.bob)
        w.model.script(Say("Yes"), Wait(end), Say("."))
        bobs.say(w.bob, "Is it?")
        await w.telegram.until(lambda: bool(bobs.said_by_bot))
        monkeypatch.setattr("bot.assistant.asking.prompt", broken)
        w.chat.say(w.alice, "Is it?")
        await w.telegram.until(lambda: bool(w.screen))
        assert w.screen == [WORDS("bug", id=bugs(caplog)[0])]
        end.set()
        await w.settled()
        assert [message.text for message in bobs.said_by_bot] == ["Yes."]


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a message that the bot fails to read."""

    def reads(message: Message, me: User) -> Reading | None:
        return broken() if message.text == SECRET else read(message, me)

    monkeypatch.setattr("bot.handlers.updates.read", reads)
    monkeypatch.setattr("bot.handlers.bugs.read", reads)


async def test_a_bug_in_reading_a_message_is_told_by_its_id_in_private_and_in_no_group(
    unreadable: None, caplog: pytest.LogCaptureFixture
) -> None:
    async with world({"privacy_mode": False}) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        friends.say(w.bob, SECRET)
        await w.settled()
        assert len(bugs(caplog)) == 1
        assert friends.said_by_bot == []
        w.chat.say(w.alice, SECRET)
        await w.settled()
        assert w.screen == [WORDS("bug", id=bugs(caplog)[1])]
        await everybody_else_is_answered(w)


async def test_a_bug_after_reading_a_message_is_told_where_it_is_for_the_bot(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with world({"privacy_mode": False}) as w:
        friends = w.telegram.group("Friends", [w.alice, w.bob])
        monkeypatch.setattr("bot.handlers.questions.replied", broken)
        friends.say(w.alice, "just talking")
        friends.say(w.alice, "/ask Hello?")
        await w.settled()
        assert len(bugs(caplog)) == 2
        told = [message.text for message in friends.said_by_bot]
        assert told == [WORDS("bug", id=bugs(caplog)[1])]


async def test_a_bug_in_taking_a_press_is_told_by_its_id(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with world() as w:
        w.model.script(Say("Yes."))
        w.chat.say(w.alice, "One?")
        await w.settled()
        monkeypatch.setattr("bot.handlers.door.Door.lets_press", broken)
        toast = await w.press(w.chat.said_by_bot[0], WORDS("button-again"), w.alice)
        assert toast == WORDS("bug", id=bugs(caplog)[0])


async def test_a_bug_in_telling_of_a_bug_is_logged_and_that_is_all(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with world() as w:
        with monkeypatch.context() as patched:
            patched.setattr("bot.assistant.Assistant.say", broken)
            w.chat.say(w.alice, "/help")
            await w.settled()
            assert len(bugs(caplog)) == 2
            patched.setattr("bot.handlers.updates.read", broken)
            patched.setattr("bot.handlers.bugs.person_of", broken)
            w.chat.say(w.alice, "/help")
            await w.settled()
            assert len(bugs(caplog)) == 4
        assert w.screen == []
        await everybody_else_is_answered(w)
