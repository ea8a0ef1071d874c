"""What the bot writes, and what Telegram refuses, called as on the wire."""

import pytest
from aiohttp import ClientSession
from telegram.constants import ReactionEmoji

from bot.sandbox.telegram import (
    Acting,
    Deleted,
    Edited,
    Entity,
    LocalTelegram,
    Reacted,
    Shown,
    User,
)
from bot.sandbox.telegram.methods.messages import REACTIONS
from bot.sandbox.telegram.values import Frame, Json
from tests.sandbox.telegram.conftest import TOKEN, Calls

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are"
    " exactly the same as a current content and reply markup of the message"
)
STOP = {"inline_keyboard": [[{"text": "Stop", "callback_data": "stop"}]]}


async def test_a_message_stands_on_the_screen_as_it_was_sent(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    chat = telegram.private(alice)
    question = chat.say(alice, "Why?")
    answer = await call(
        "sendMessage",
        chat_id=alice.id,
        text=" Because. ",
        entities=[{"type": "bold", "offset": 1, "length": 7}],
        disable_notification=True,
        reply_parameters={"message_id": question.id},
        reply_markup=STOP,
    )
    [message] = chat.said_by_bot
    assert (message.text, message.silent, message.reply_to) == ("Because.", True, question.id)
    assert message.entities == (Entity("bold", 0, 7),)
    assert message.buttons == [{"text": "Stop", "callback_data": "stop"}]
    assert answer["result"]["message_id"] == message.id == 2
    assert answer["result"]["reply_to_message"]["text"] == "Why?"
    assert answer["result"]["from"]["username"] == "rehearsal_bot"


async def test_an_edit_replaces_text_and_buttons_and_leaves_a_trace(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    chat = telegram.private(alice)
    await call("sendMessage", chat_id=alice.id, text="One", reply_markup=STOP)
    [first] = chat.said_by_bot
    await call("editMessageText", chat_id=alice.id, message_id=first.id, text="One two")
    [message] = chat.said_by_bot
    assert (message.text, message.edits, message.buttons) == ("One two", 1, [])
    assert [frame.text for frame in telegram.frames(first.id, chat)] == ["One", "One two"]


async def test_the_same_again_is_refused_unless_the_buttons_change(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    telegram.private(alice)
    await call("sendMessage", chat_id=alice.id, text="One", reply_markup=STOP)
    same = {"chat_id": alice.id, "message_id": 1, "text": " One "}
    answer = await call("editMessageText", **same, reply_markup=STOP)
    assert answer == {"ok": False, "error_code": 400, "description": NOT_MODIFIED}
    assert (await call("editMessageText", **same))["ok"]
    without = await call("editMessageReplyMarkup", chat_id=alice.id, message_id=1)
    assert without["description"] == NOT_MODIFIED


@pytest.mark.parametrize(
    ("method", "params", "description"),
    [
        ("sendMessage", {"text": " \n"}, "message text is empty"),
        ("sendMessage", {}, "message text is empty"),
        ("editMessageText", {"text": "", "message_id": 2}, "message text is empty"),
        ("sendMessage", {"text": "x" * 4097}, "message is too long"),
        ("editMessageText", {"text": "x" * 4097, "message_id": 2}, "MESSAGE_TOO_LONG"),
        ("editMessageText", {"text": "x", "message_id": 9}, "message to edit not found"),
        ("editMessageText", {"text": "x", "message_id": 1}, "message can't be edited"),
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("deleteMessage", {"message_id": 9}, "message to delete not found"),
        ("setMessageReaction", {"message_id": 9}, "message to react not found"),
        (
            "sendMessage",
            {"text": "x", "reply_parameters": {"message_id": 9}},
            "message to be replied not found",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_parameters": {"message_id": 1, "quote": "no such words"}},
            "QUOTE_TEXT_INVALID",
        ),
        ("sendMessage", {"text": "x", "message_thread_id": 7}, "message thread not found"),
        ("sendMessage", {"text": "x", "parse_mode": "HTML"}, "unsupported parse_mode"),
        ("sendMessage", {"text": "x", "silent": True}, 'unknown parameter "silent"'),
        ("sendChatAction", {"action": "thinking"}, "wrong parameter action in request"),
        (
            "sendMessage",
            {
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "ä" * 33}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": ""}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        (
            "answerCallbackQuery",
            {"callback_query_id": "1"},
            "query is too old and response timeout expired or query ID is invalid",
        ),
    ],
)
async def test_refusals_are_worded_as_telegram_words_them(
    telegram: LocalTelegram, call: Calls, *, method: str, params: Json, description: str
) -> None:
    alice = telegram.user("Alice")
    telegram.private(alice).say(alice, "Why?")
    await call("sendMessage", chat_id=alice.id, text="Because.")
    chat = {} if method == "answerCallbackQuery" else {"chat_id": alice.id}
    answer = await call(method, **chat, **params)
    assert answer == {
        "ok": False,
        "error_code": 400,
        "description": f"Bad Request: {description}",
    }


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ("bold", "can't parse MessageEntity: expected an Object"),
        ({"type": "loud", "offset": 0, "length": 1}, "Unsupported type specified"),
        ({"type": "bold", "offset": 0}, 'Can\'t find field "length"'),
        ({"type": "bold", "offset": 0, "length": 1, "x": 1}, 'unknown parameter "x"'),
        ({"type": "text_link", "offset": 0, "length": 1}, 'Can\'t find field "url"'),
        ({"type": "text_mention", "offset": 0, "length": 1}, 'Can\'t find field "user"'),
        ({"type": "bold", "offset": 0, "length": 9}, "ends after the end of the text"),
    ],
)
async def test_entities_that_are_none_are_refused(
    telegram: LocalTelegram, call: Calls, entity: object, reason: str
) -> None:
    alice = telegram.user("Alice")
    telegram.private(alice)
    answer = await call("sendMessage", chat_id=alice.id, text="Hi", entities=[entity])
    assert answer["error_code"] == 400
    assert reason in answer["description"]


async def test_the_bot_may_mention_people_without_a_name(
    telegram: LocalTelegram, call: Calls, alice: User, bob: User
) -> None:
    chat = telegram.private(alice)
    user = {"id": bob.id, "first_name": "Bob", "is_bot": False}
    mention = {"type": "text_mention", "offset": 0, "length": 3, "user": user}
    answer = await call("sendMessage", chat_id=alice.id, text="Bob?", entities=[mention])
    assert answer["result"]["entities"] == [mention]
    [message] = chat.said_by_bot
    assert message.entities == (Entity("text_mention", 0, 3, user=bob),)


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ({"keyboard": [[{"text": "Yes"}]]}, "reply markup must be an inline keyboard"),
        ({"inline_keyboard": [[{"text": "a"}]]}, "text buttons are unallowed"),
        ({"inline_keyboard": [[{"url": "https://example.org"}]]}, 'Can\'t find field "text"'),
        ({"inline_keyboard": [[{"text": "a", "data": "x"}]]}, 'unknown parameter "data"'),
    ],
)
async def test_keyboards_that_telegram_would_not_show_are_refused(
    telegram: LocalTelegram, call: Calls, markup: Json, reason: str
) -> None:
    alice = telegram.user("Alice")
    telegram.private(alice)
    answer = await call("sendMessage", chat_id=alice.id, text="Hi", reply_markup=markup)
    assert answer["error_code"] == 400
    assert reason in answer["description"]


async def test_an_empty_keyboard_is_none(telegram: LocalTelegram, call: Calls, alice: User) -> None:
    chat = telegram.private(alice)
    empty: Json = {"inline_keyboard": [[]]}
    assert (await call("sendMessage", chat_id=alice.id, text="Hi", reply_markup=empty))["ok"]
    assert [message.reply_markup for message in chat.said_by_bot] == [None]


@pytest.mark.parametrize(
    "params",
    [
        {"text": 5},
        {"text": "x", "message_thread_id": [1]},
        {"text": "x", "message_thread_id": "one"},
        {"text": "x", "entities": "bold"},
        {"text": "x", "entities": "{}"},
        {"text": "x", "reply_parameters": "[]"},
        {"text": "x", "reply_parameters": {"message_id": "one"}},
    ],
)
async def test_parameters_of_the_wrong_type_are_refused(
    telegram: LocalTelegram, call: Calls, params: Json
) -> None:
    alice = telegram.user("Alice")
    telegram.private(alice)
    answer = await call("sendMessage", chat_id=alice.id, **params)
    assert answer["error_code"] == 400
    assert "can't parse parameter" in answer["description"]


async def test_only_texts_have_a_text_to_edit(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    chat = telegram.private(alice)
    photo = chat.send_photo(telegram.bot, "Look")
    answer = await call("editMessageText", chat_id=alice.id, message_id=photo.id, text="x")
    assert answer["description"] == "Bad Request: there is no text in the message to edit"


async def test_4096_emoji_fit_but_not_one_more(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    telegram.private(alice)
    assert (await call("sendMessage", chat_id=alice.id, text="😀" * 4096 + "\n"))["ok"]
    assert not (await call("sendMessage", chat_id=alice.id, text="😀" * 4097))["ok"]


async def test_a_reply_to_a_deleted_message_can_do_without(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    chat = telegram.private(alice)
    question = chat.say(alice, "Why?")
    chat.delete(question)
    reply = {"message_id": question.id, "allow_sending_without_reply": True}
    answer = await call("sendMessage", chat_id=alice.id, text="So.", reply_parameters=reply)
    assert "reply_to_message" not in answer["result"]
    assert [message.reply_to for message in chat.messages] == [None]


async def test_chats_that_do_not_let_the_bot_in_say_why(
    telegram: LocalTelegram, call: Calls, alice: User, bob: User
) -> None:
    private = telegram.private(alice)
    private.block()
    kicked = telegram.group("Kicked", [alice])
    kicked.remove_bot(by=alice)
    basic = telegram.group("Basic", [alice], supergroup=False)
    basic.remove_bot(by=alice)
    left = telegram.group("Left", [alice])
    assert (await call("leaveChat", chat_id=left.id))["ok"]
    muted = telegram.group("Muted", [alice])
    muted.restrict_bot(by=alice)

    async def refused(chat_id: object) -> tuple[int, str]:
        answer = await call("sendMessage", chat_id=chat_id, text="Hi")
        return answer["error_code"], answer["description"]

    assert await refused(alice.id) == (403, "Forbidden: bot was blocked by the user")
    assert await refused(bob.id) == (400, "Bad Request: chat not found")
    assert await refused("@nobody") == (400, "Bad Request: chat not found")
    assert await refused("nobody") == (400, "Bad Request: chat not found")
    assert await refused(None) == (400, "Bad Request: chat_id is empty")
    assert await refused(kicked.id) == (403, "Forbidden: bot was kicked from the supergroup chat")
    assert await refused(basic.id) == (403, "Forbidden: bot was kicked from the group chat")
    assert await refused(left.id) == (403, "Forbidden: bot is not a member of the supergroup chat")
    assert await refused(muted.id) == (
        400,
        "Bad Request: not enough rights to send text messages to the chat",
    )


async def test_a_bot_that_may_not_write_may_not_edit_either_until_it_may_again(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    group = telegram.group("Friends", [alice])
    sent = await call("sendMessage", chat_id=group.id, text="Hi", reply_markup=STOP)
    message = {"chat_id": group.id, "message_id": sent["result"]["message_id"]}
    group.restrict_bot(by=alice)
    for refused in (
        await call("editMessageText", **message, text="Hello"),
        await call("editMessageReplyMarkup", **message),
    ):
        assert (refused["error_code"], refused["description"]) == (
            403,
            "Forbidden: CHAT_WRITE_FORBIDDEN",
        )
    group.unrestrict_bot(by=alice)
    assert (await call("editMessageText", **message, text="Hello"))["ok"]


async def test_a_closed_topic_takes_no_new_message_but_edits(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    forum = telegram.group("Pets", [alice], forum=True)
    cats = forum.topic("Cats")
    in_cats = {"chat_id": forum.id, "message_thread_id": cats.id}
    sent = await call("sendMessage", **in_cats, text="Meow")
    forum.close_topic(cats)
    assert not (await call("sendMessage", **in_cats, text="Purr"))["ok"]
    number = sent["result"]["message_id"]
    assert (await call("editMessageText", chat_id=forum.id, message_id=number, text="Purr"))["ok"]


async def test_a_group_that_has_moved_says_where(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    old = telegram.group("Friends", [alice], supergroup=False)
    new = old.upgrade()
    assert await call("sendMessage", chat_id=old.id, text="Hi") == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new.id},
    }
    assert (await call("sendMessage", chat_id=new.id, text="Hi"))["ok"]


async def test_the_bot_deletes_its_own_messages_and_others_only_where_it_may(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    group = telegram.group("Friends", [alice])
    said = group.say(alice, "Hello")
    await call("sendMessage", chat_id=group.id, text="Hi")
    others = await call("deleteMessage", chat_id=group.id, message_id=said.id)
    assert others["description"] == "Bad Request: message can't be deleted"
    assert (await call("deleteMessage", chat_id=group.id, message_id=2))["ok"]
    group.promote_bot(by=alice)
    assert (await call("deleteMessage", chat_id=group.id, message_id=said.id))["ok"]
    assert group.messages == []


async def test_who_looks_on_sees_everything_happen(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    chat = telegram.private(alice)
    with telegram.subscribe() as feed:
        chat.say(alice, "Hello")
        await call("sendChatAction", chat_id=alice.id, action="typing")
        await call(
            "setMessageReaction",
            chat_id=alice.id,
            message_id=1,
            reaction=[{"type": "emoji", "emoji": "👍"}],
        )
        await call("sendMessage", chat_id=alice.id, text="Hi")
        await call("editMessageText", chat_id=alice.id, message_id=2, text="Hi!")
        await call("deleteMessage", chat_id=alice.id, message_id=2)
    events = [event async for event in feed]
    assert [type(event) for event in events] == [Shown, Acting, Reacted, Shown, Edited, Deleted]
    assert events[1] == Acting(alice.id, None, "typing")


async def test_frames_outlive_the_message_and_tell_when(alice: User, http: ClientSession) -> None:
    now = 10.0
    async with LocalTelegram(TOKEN, clock=lambda: now) as telegram:
        chat = telegram.private(alice)
        message = chat.say(alice, "One")
        now = 11.5
        chat.edit(message, "Two")
        chat.delete(message)
        assert telegram.frames(message.id, chat) == [Frame(10.0, "One"), Frame(11.5, "Two")]


async def test_waiting_in_vain_tells_what_stands_on_the_screens(
    telegram: LocalTelegram, alice: User
) -> None:
    chat = telegram.private(alice)
    chat.say(alice, "Hello")
    with pytest.raises(TimeoutError, match=r"(?s)Alice \(private\).*#1 Alice: 'Hello'"):
        await telegram.until(lambda: chat.said_by_bot, timeout=0.01)


async def test_commands_are_kept_for_each_scope_and_language(
    telegram: LocalTelegram, call: Calls
) -> None:
    commands = [{"command": "start", "description": "Say what I am"}]
    groups = {"type": "all_group_chats"}
    assert (await call("setMyCommands", commands=commands, scope=groups))["ok"]
    assert telegram.commands == commands
    assert (await call("getMyCommands", scope=groups))["result"] == commands
    assert (await call("getMyCommands"))["result"] == []
    assert (await call("deleteMyCommands", scope=groups))["ok"]
    assert telegram.commands == []
    wrong = await call("setMyCommands", commands=[{"command": "Start", "description": "x"}])
    assert wrong["description"] == "Bad Request: BOT_COMMAND_INVALID"


async def test_a_forum_has_topics_that_can_be_closed_and_deleted(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    forum = telegram.group("Pets", [alice], forum=True)
    cats, dogs = forum.topic("Cats"), forum.topic("Dogs")
    forum.close_topic(dogs)
    in_cats = {"chat_id": forum.id, "message_thread_id": cats.id, "text": "Meow"}
    sent = (await call("sendMessage", **in_cats))["result"]
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (cats.id, True)
    assert sent["reply_to_message"]["forum_topic_created"]["name"] == "Cats"

    async def refused(topic: int) -> str:
        answer = await call("sendMessage", chat_id=forum.id, message_thread_id=topic, text="Hi")
        return str(answer["description"])

    assert await refused(dogs.id) == "Bad Request: TOPIC_CLOSED"
    assert await refused(99) == "Bad Request: message thread not found"
    forum.reopen_topic(dogs)
    dog = {"chat_id": forum.id, "message_thread_id": dogs.id}
    assert (await call("sendChatAction", **dog, action="typing"))["ok"]
    forum.delete_topic(cats)
    assert await refused(cats.id) == "Bad Request: message thread not found"
    gone = await call(
        "editMessageText", chat_id=forum.id, message_id=sent["message_id"], text="Purr"
    )
    assert gone["description"] == "Bad Request: message to edit not found"


async def test_general_has_no_number(telegram: LocalTelegram, call: Calls, alice: User) -> None:
    forum = telegram.group("Pets", [alice], forum=True)
    forum.topic("Cats")
    numbered = await call("sendMessage", chat_id=forum.id, message_thread_id=1, text="Hi")
    assert numbered["description"] == "Bad Request: message thread not found"
    sent = (await call("sendMessage", chat_id=forum.id, text="Hi"))["result"]
    assert "message_thread_id" not in sent


async def test_a_reply_lands_in_the_topic_of_what_it_answers(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    forum = telegram.group("Pets", [alice], forum=True)
    cats = forum.topic("Cats")
    said = forum.say(alice, "Meow?", topic=cats)
    reply = {"message_id": said.id}
    await call("sendMessage", chat_id=forum.id, text="Meow.", reply_parameters=reply)
    assert [message.topic for message in forum.said_by_bot] == [cats.id]


async def test_a_bot_reacts_with_what_telegram_has_for_it_and_nothing_else(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    assert set(ReactionEmoji) == REACTIONS
    telegram.private(alice).say(alice, "Hello")

    async def react(emoji: str) -> str:
        reaction = [{"type": "emoji", "emoji": emoji}]
        reacted = await call(
            "setMessageReaction", chat_id=alice.id, message_id=1, reaction=reaction
        )
        return str(reacted.get("description", ""))

    assert await react("👀") == ""
    assert await react("⏳") == "Bad Request: REACTION_INVALID"


async def test_a_press_is_answered_once(telegram: LocalTelegram, call: Calls, alice: User) -> None:
    chat = telegram.private(alice)
    await call("sendMessage", chat_id=alice.id, text="One", reply_markup=STOP)
    query = chat.press(chat.said_by_bot[0], "stop", by=alice)
    assert (await call("answerCallbackQuery", callback_query_id=query))["ok"]
    for late in (query, "7"):
        answer = await call("answerCallbackQuery", callback_query_id=late)
        assert "query is too old" in answer["description"]


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ({"type": "everybody"}, "Unsupported type specified"),
        ({}, "Unsupported type specified"),
        ({"type": "chat"}, 'Can\'t find field "chat_id"'),
        ({"type": "chat_member", "chat_id": 1}, 'Can\'t find field "user_id"'),
        ({"type": "chat", "chat_id": 1}, "chat not found"),
    ],
)
async def test_a_scope_of_commands_that_is_none_is_refused(
    call: Calls, scope: Json, told: str
) -> None:
    commands = [{"command": "it", "description": "It"}]
    answer = await call("setMyCommands", commands=commands, scope=scope)
    assert answer["description"].endswith(told)


async def test_people_are_offered_the_nearest_list_of_commands(
    telegram: LocalTelegram, call: Calls, alice: User, bob: User
) -> None:
    group, chat = telegram.group("Friends", [alice, bob]), telegram.private(bob)
    russian = telegram.user("Ivan", language_code="ru")

    async def offer(name: str, scope: Json, **more: object) -> None:
        commands = [{"command": name, "description": "It"}]
        await call("setMyCommands", commands=commands, scope=scope, **more)

    def seen() -> list[list[str]]:
        places = ((alice, group), (bob, group), (bob, chat), (russian, telegram.private(russian)))
        return [telegram.commands_seen_by(user, place) for user, place in places]

    assert seen() == [[], [], [], []]
    await offer("all", {"type": "default"})
    assert seen() == [["all"]] * 4
    await offer("group", {"type": "all_group_chats"})
    await offer("admin", {"type": "all_chat_administrators"})
    await offer("private", {"type": "all_private_chats"})
    await offer("ru", {"type": "all_private_chats"}, language_code="ru")
    assert seen() == [["admin"], ["group"], ["private"], ["ru"]]
    await offer("here", {"type": "chat", "chat_id": group.id})
    assert seen()[:2] == [["here"], ["here"]]
    await offer("bob", {"type": "chat_member", "chat_id": group.id, "user_id": bob.id})
    await offer("alice", {"type": "chat_administrators", "chat_id": group.id})
    assert seen()[:2] == [["alice"], ["bob"]]
