"""Groups and forums, end to end: silent unless addressed, in the right topic, each remembered."""

import asyncio

import pytest

from bot.sandbox.steps import Say, Wait
from bot.sandbox.telegram import Entity, Group
from tests.world import WORDS, World, world

SEES_ALL = {"privacy_mode": False}


def group(w: World, *, forum: bool = False) -> Group:
    return w.telegram.group("Friends", [w.alice, w.bob], forum=forum)


def said(chat: Group) -> list[str]:
    return [message.text for message in chat.said_by_bot]


async def test_the_bot_answers_who_addresses_it_and_nobody_else() -> None:
    async with world(SEES_ALL) as w:
        friends = group(w)
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        for text in (
            "Hello everybody",
            "write to me@rehearsal_bot.org",
            "ask @rehearsal_bot2",
            "/ask@rehearsal_bot2 you",
            "/weather",
            "🤖👩‍👩‍👧 @rehearsal_bot and you?",
            "/ask and me?",
            "@Rehearsal_Bot, and us?",
        ):
            friends.say(w.alice, text)
        await w.settled()
        assert said(friends) == [
            "Re: Alice: 🤖👩‍👩‍👧 and you?",
            "Re: Alice: and me?",
            "Re: Alice: and us?",
        ]
        assert w.refused == []


async def test_a_mention_of_the_account_addresses_the_bot_without_its_name() -> None:
    async with world(SEES_ALL) as w:
        friends = group(w)
        w.model.script(Say("Fine."))
        mark = Entity("text_mention", offset=3, length=9, user=w.telegram.bot)
        friends.say(w.alice, "🤖 Rehearsal, how are you?", entities=[mark])
        await w.settled()
        assert said(friends) == ["Fine."]
        assert w.asked[0][-1]["content"] == "Alice: 🤖, how are you?"


async def test_a_reply_to_the_bot_needs_no_name_and_brings_its_context() -> None:
    async with world() as w:
        friends = group(w)
        w.model.script(Say("Water is wet. Fire is cold."))
        w.model.script(Say("No, it is hot."))
        friends.say(w.alice, "/ask Tell us something")
        await w.settled()
        answer = friends.said_by_bot[0]
        friends.say(w.bob, "Really?", reply_to=answer, quote="Fire is cold.")
        await w.settled()
        content = w.asked[1][-1]["content"]
        assert content.index("> Fire is cold.") < content.index("> Water is wet. Fire is cold.")
        assert content.endswith("\n\nBob: Really?")
        assert friends.said_by_bot[1].text == "No, it is hot."


async def test_the_bare_name_asks_about_the_message_replied_to_or_gets_a_hint() -> None:
    async with world(SEES_ALL) as w:
        friends = group(w)
        w.model.script(Say("No."))
        statement = friends.say(w.bob, "Is fire cold?")
        friends.say(w.alice, "@rehearsal_bot", reply_to=statement)
        friends.say(w.alice, "@rehearsal_bot")
        await w.settled()
        assert sorted(said(friends)) == sorted(["No.", WORDS("hint")])
        assert w.asked == [[{"role": "user", "content": "Is fire cold?"}]]


async def test_answers_stay_in_their_topic_and_topics_remember_nothing_of_each_other() -> None:
    async with world() as w:
        forum = group(w, forum=True)
        cats, dogs = forum.topic("Cats", created_by="bot"), forum.topic("Dogs")
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        for topic, text in ((cats, "cat"), (dogs, "dog"), (None, "general"), (cats, "kitten")):
            forum.say(w.alice, f"/ask {text}", topic=topic)
            await w.settled()
        forum.say(w.alice, "just talking", topic=cats)
        await w.settled()
        assert [(message.text, message.topic) for message in forum.said_by_bot] == [
            ("Re: Alice: cat", cats.id),
            ("Re: Alice: dog", dogs.id),
            ("Re: Alice: general", None),
            ("Re: Alice: kitten", cats.id),
        ]
        assert [[m["content"] for m in request] for request in w.asked] == [
            ["Alice: cat"],
            ["Alice: dog"],
            ["Alice: general"],
            ["Alice: cat", "Re: Alice: cat", "Alice: kitten"],
        ]


async def test_anonymous_administrators_are_answered_and_other_bots_are_not() -> None:
    async with world(SEES_ALL) as w:
        friends = group(w)
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        friends.say(w.alice, "@rehearsal_bot hello", anonymous=True)
        other = w.telegram.user("Other", username="other_bot", is_bot=True)
        friends.say(other, "@rehearsal_bot hello, colleague")
        await w.settled()
        assert said(friends) == ["Re: Friends: hello"]


async def test_posts_of_a_linked_channel_are_ignored() -> None:
    async with world(SEES_ALL) as w:
        friends = group(w)
        post = w.telegram.channel("News").post("@rehearsal_bot is mentioned in the news")
        friends.auto_forward(post)
        await w.settled()
        assert said(friends) == []
        assert w.asked == []


@pytest.mark.parametrize("privacy_mode", [True, False])
async def test_a_group_is_greeted_and_told_how_to_reach_the_bot(*, privacy_mode: bool) -> None:
    key = "group-greeting-privacy" if privacy_mode else "group-greeting"
    async with world({"privacy_mode": privacy_mode}) as w:
        friends = group(w)
        friends.add_bot(by=w.alice)
        await w.settled()
        friends.say(w.alice, "/start@rehearsal_bot")
        await w.settled()
        assert said(friends) == [WORDS(key, username="rehearsal_bot")] * 2
        assert ("BotFather" in said(friends)[0]) is privacy_mode


async def test_a_group_that_throws_the_bot_out_hears_nothing_more() -> None:
    async with world() as w:
        friends = group(w)
        w.model.script(Say("More and more. " * 1000, pace=20))
        friends.say(w.alice, "/ask Tell me")
        await w.telegram.until(lambda: len(friends.said_by_bot) == 1)
        friends.remove_bot(by=w.alice)
        await w.model.until(w.model.requests[0].disconnected.is_set)
        await w.settled()
        assert not [call for call in w.telegram.calls if call.chat_id == friends.id][-1].ok


async def test_a_basic_group_that_becomes_a_supergroup_is_answered_there() -> None:
    async with world() as w:
        friends = w.telegram.group("Friends", [w.alice], supergroup=False)
        w.model.script(Say("Yes."))
        friends.say(w.alice, "/ask Is it?")
        moved = friends.upgrade()
        await w.settled()
        assert [message.text for message in moved.said_by_bot] == ["Yes."]


async def test_an_answer_in_a_group_keeps_its_budget() -> None:
    async with world() as w:
        friends = group(w)
        w.model.script(Say(" ".join(f"word{n}" for n in range(180)), pace=30))
        friends.say(w.alice, "/ask Tell us")
        await w.settled()
        assert said(friends)[0].endswith("word179")
        assert w.refused == []


async def test_typing_is_shown_in_the_topic_of_the_question() -> None:
    first = asyncio.Event()
    async with world() as w:
        forum = group(w, forum=True)
        cats = forum.topic("Cats")
        w.model.script(Wait(first), Say("Meow."))
        forum.say(w.alice, "/ask What do they say?", topic=cats)
        await w.telegram.until(lambda: w.methods() == ["sendChatAction"])
        (typing,) = [call for call in w.telegram.calls if call.method == "sendChatAction"]
        assert typing.params["message_thread_id"] == cats.id
        first.set()


async def test_an_administrator_is_not_told_of_privacy_mode_and_greets_only_when_added() -> None:
    async with world() as w:
        friends = group(w)
        friends.promote_bot(by=w.alice)
        await w.settled()
        assert said(friends) == []
        friends.remove_bot(by=w.alice)
        friends.promote_bot(by=w.alice)
        await w.settled()
        assert said(friends) == [WORDS("group-greeting", username="rehearsal_bot")]


async def test_an_answer_that_grows_while_its_group_moves_stands_there_whole() -> None:
    end = asyncio.Event()
    async with world() as w:
        friends = w.telegram.group("Friends", [w.alice], supergroup=False)
        w.model.script(Say("Begin"), Wait(end), Say(" and end."))
        w.model.script(Say("Because."))
        friends.say(w.alice, "/ask Is it?")
        await w.telegram.until(lambda: said(friends) == ["Begin"])
        moved = friends.upgrade()
        end.set()
        await w.settled()
        assert said(moved) == ["Begin and end."]


async def test_a_group_that_moved_is_remembered() -> None:
    async with world() as w:
        friends = w.telegram.group("Friends", [w.alice], supergroup=False)
        w.model.script(Say("Yes."))
        w.model.script(Say("Because."))
        friends.say(w.alice, "/ask Is it?")
        await w.settled()
        moved = friends.upgrade()
        moved.say(w.alice, "/ask Why?")
        await w.settled()
        assert [message["content"] for message in w.asked[1]] == [
            "Alice: Is it?",
            "Yes.",
            "Alice: Why?",
        ]


async def test_the_bare_name_with_a_quote_of_the_bot_asks_about_that() -> None:
    async with world(SEES_ALL) as w:
        friends = group(w)
        w.model.script(Say("Water is wet. Fire is cold."))
        w.model.script(Say("I meant hot."))
        friends.say(w.alice, "/ask Tell us")
        await w.settled()
        friends.say(
            w.alice, "@rehearsal_bot", reply_to=friends.said_by_bot[0], quote="Fire is cold."
        )
        await w.settled()
        assert w.asked[1][-1]["content"] == "Fire is cold."
