"""What a place can choose for itself, end to end; in groups that is for administrators."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.locales import in_language
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Refuse
from bot.sandbox.telegram import Chat, LocalTelegram, Message
from tests.world import TOKEN, WORDS, World, started, world

SEES_ALL = {"privacy_mode": False}
MODELS = ("rehearsal", *(f"model-{number}" for number in range(1, 20)), "grand-" + "e" * 80)
RUSSIAN = in_language("ru")


def labels(message: Message) -> list[str]:
    return [button["text"] for button in message.buttons]


def last(chat: Chat) -> Message:
    return chat.said_by_bot[-1]


async def say(w: World, text: str) -> Message:
    w.chat.say(w.alice, text)
    await w.settled()
    return last(w.chat)


async def test_a_model_is_chosen_from_pages_of_all_there_are() -> None:
    async with world() as w:
        w.model.models = MODELS
        menu = await say(w, "/model")
        assert menu.text == WORDS("models-all", model="rehearsal")
        assert labels(menu) == ["✓ rehearsal", *MODELS[1:8], "2 / 3 ›"]
        await w.press(menu, "2 / 3 ›", w.alice)
        await w.settled()
        assert labels(last(w.chat)) == [*MODELS[8:16], "‹ 1", "3 / 3 ›"]
        await w.press(menu, "3 / 3 ›", w.alice)
        await w.settled()
        await w.press(menu, "model-17", w.alice)
        await w.settled()
        assert w.screen == [WORDS("model-chosen", model="model-17")]
        assert last(w.chat).buttons == []
        await say(w, "Hello")
        assert w.model.requests[-1].model == "model-17"


async def test_a_model_is_found_by_a_part_of_its_name_or_taken_by_all_of_it() -> None:
    async with world() as w:
        w.model.models = MODELS
        menu = await say(w, "/model MODEL- 12")
        assert menu.text == WORDS("models-found", model="rehearsal", count=1, query="MODEL- 12")
        assert labels(menu) == ["model-12"]
        assert (await say(w, "/model Model-12")).text == WORDS("model-chosen", model="model-12")
        menu = await say(w, "/model grand")
        assert labels(menu) == ["…" + "e" * 60, WORDS("button-default-model")]
        await w.press(menu, WORDS("button-default-model"), w.alice)
        await w.settled()
        assert last(w.chat).text == WORDS("model-chosen", model="rehearsal")
        menu = await say(w, "/model nothing like that " + "ы" * 100)
        assert menu.text.startswith("rehearsal answers here. No model matches “nothing like that ы")
        assert len(menu.text) < 100


async def test_the_model_and_the_prompt_of_a_place_are_its_own_and_outlive_a_restart() -> None:
    async with LocalTelegram(TOKEN) as telegram, Rehearsal(models=MODELS) as model:
        alice, bob = telegram.user("Alice"), telegram.user("Bob")
        chat = telegram.private(alice)
        async with started(telegram, model, system_prompt="Be kind.") as bot:
            w = World(telegram, model, bot)
            for text in ("/model model-3", "/prompt Be brief.\n\n  Always."):
                chat.say(alice, text)
            await w.settled()
            assert chat.said_by_bot[-1].text == WORDS("prompt-set")
        async with started(telegram, model, system_prompt="Be kind.") as bot:
            w = World(telegram, model, bot)
            chat.say(alice, "Hello")
            telegram.private(bob).say(bob, "Hello")
            await w.settled()
            asked = {(request.model, request.messages[0]["content"]) for request in model.requests}
            assert asked == {
                ("model-3", "Be brief.\n\n  Always."),
                ("rehearsal", "Be kind."),
            }


async def test_the_prompt_can_be_looked_at_and_taken_back() -> None:
    async with world(system_prompt="Be kind.") as w:
        assert (await say(w, "/prompt")).text == WORDS("prompt-default")
        await say(w, "/prompt Be **brief**.")
        shown = await say(w, "/prompt")
        assert shown.text == WORDS("prompt-own", prompt="Be **brief**.")
        await w.press(shown, WORDS("button-default-prompt"), w.alice)
        await w.settled()
        assert last(w.chat).text == WORDS("prompt-reset")
        await say(w, "Hello")
        assert w.asked[-1][0]["content"] == "Be kind."


async def test_a_prompt_that_an_app_may_have_cut_is_not_taken() -> None:
    async with world() as w:
        w.chat.say(w.alice, "/prompt " + "x" * 4000)
        await w.settled()
        assert w.screen == [WORDS("prompt-too-long", count=3900)]
        assert (await say(w, "/prompt")).text == WORDS("prompt-default")


async def test_a_list_of_models_that_cannot_be_had_is_told_in_a_sentence() -> None:
    async with world() as w:
        w.model.list_with(Refuse(500))
        assert (await say(w, "/model")).text == WORDS("models-unknown")
        w.model.list_with()
        assert labels(await say(w, "/model")) == ["✓ rehearsal"]


async def test_a_model_that_is_gone_is_named_with_the_way_to_another() -> None:
    async with world() as w:
        w.model.models = MODELS
        await say(w, "/model model-3")
        w.model.script(Refuse(404, "no such model"))
        answer = await say(w, "Hello")
        assert answer.text == WORDS("answer-own-model", model="model-3")


async def test_in_a_group_only_administrators_change_what_holds_for_all() -> None:
    async with world(SEES_ALL) as w:
        w.model.models = MODELS
        friends = w.telegram.group("Friends", [w.bob, w.alice])
        for name, text in (("new", ""), ("model", "model-3"), ("prompt", "Be rude.")):
            friends.say(w.alice, f"/{name}@rehearsal_bot {text}")
        await w.settled()
        assert [one.text for one in friends.said_by_bot] == [WORDS("only-administrators")] * 3
        friends.say(w.bob, "/model@rehearsal_bot")
        await w.settled()
        menu = last(friends)
        assert await w.press(menu, "model-3", w.alice) == WORDS("only-administrators")
        assert await w.press(menu, "model-3", w.bob) == ""
        await w.settled()
        assert last(friends).text == WORDS("model-chosen", model="model-3")
        friends.say(w.alice, "/prompt@rehearsal_bot Be kind.", anonymous=True)
        await w.settled()
        assert last(friends).text == WORDS("prompt-set")


async def test_topics_choose_for_themselves() -> None:
    async with world(SEES_ALL) as w:
        w.model.models = MODELS
        forum = w.telegram.group("Forum", [w.alice], forum=True)
        cats, dogs = forum.topic("Cats"), forum.topic("Dogs")
        forum.say(w.alice, "/model@rehearsal_bot model-3", topic=cats)
        await w.settled()
        for topic in (cats, dogs, None):
            forum.say(w.alice, "/ask Hello", topic=topic)
            await w.settled()
        asked = [request.model for request in w.model.requests]
        assert asked == ["model-3", "rehearsal", "rehearsal"]


async def test_everybody_is_spoken_to_in_their_own_language() -> None:
    async with world(SEES_ALL) as w:
        ivan = w.telegram.user("Иван", language_code="ru")
        chat = w.telegram.private(ivan)
        w.model.script(Refuse(429))
        chat.say(ivan, "/start")
        chat.say(ivan, "Привет")
        await w.settled()
        friends = w.telegram.group("Friends", [w.bob, ivan])
        friends.say(ivan, "/new@rehearsal_bot")
        await w.settled()
        friends.say(w.alice, "/new@rehearsal_bot")
        await w.settled()
        assert sorted(one.text for one in chat.said_by_bot) == sorted(
            [RUSSIAN("start", name="Иван"), RUSSIAN("answer-rate-limited")]
        )
        answer = next(one for one in chat.said_by_bot if one.buttons)
        assert labels(answer) == [RUSSIAN("button-again")]
        assert [one.text for one in friends.said_by_bot] == [
            RUSSIAN("only-administrators"),
            WORDS("only-administrators"),
        ]
        toast = await w.toast(chat.press(answer, "again", by=w.alice))
        assert toast == WORDS("press-not-last")


async def test_everybody_is_offered_the_commands_that_are_for_them() -> None:
    everybody = ["history", "privacy", "forget_me", "help"]
    async with world() as w:
        ivan = w.telegram.user("Иван", language_code="ru")
        carol = w.telegram.user("Carol")
        friends = w.telegram.group("Friends", [w.bob, w.alice, carol, ivan])
        friends.promote(carol)

        def listed() -> int:
            calls = w.telegram.calls
            return sum(call.method == "setMyCommands" and call.ok is True for call in calls)

        await w.telegram.until(lambda: listed() == 8)
        seen = [w.telegram.commands_seen_by(w.alice, place) for place in (w.chat, friends)]
        assert seen == [
            ["new", "stop", "model", "prompt", *everybody],
            ["ask", "stop", *everybody],
        ]
        for admin in (w.bob, carol):
            assert w.telegram.commands_seen_by(admin, friends) == [
                *("ask", "stop", "new", "model", "prompt"),
                *everybody,
            ]
        assert w.telegram.commands_seen_by(ivan, friends) == ["ask", "stop", *everybody]
        assert w.refused == []


async def test_help_tells_in_each_kind_of_chat_what_works_there() -> None:
    async with world(SEES_ALL) as w:
        friends = w.telegram.group("Friends", [w.alice])
        friends.say(w.alice, "/help@rehearsal_bot")
        await say(w, "/help")
        assert w.screen == [WORDS("help", username="rehearsal_bot")]
        assert last(friends).text == WORDS("help-group", username="rehearsal_bot")


@pytest.mark.parametrize("data", ["", "x", "models:x:y", "forget:", "model=0000", "prompt:x"])
async def test_a_press_of_something_unknown_is_answered_all_the_same(data: str) -> None:
    async with world() as w:
        menu = await say(w, "/prompt Be brief.")
        keyboard = {"inline_keyboard": [[{"text": "?", "callback_data": data}]]}
        fake = w.chat.change(_with(menu, keyboard))
        toast = await w.toast(w.chat.press(fake, data, by=w.alice))
        await w.settled()
        if data == "model=0000":
            assert (toast, last(w.chat).text) == ("", WORDS("models-all", model="rehearsal"))
        else:
            assert toast == WORDS("press-old")


def _with(message: Message, keyboard: Mapping[str, object]) -> Message:
    return replace(message, reply_markup=keyboard)
