"""Which messages are for the bot, and what they ask."""

import re
from typing import Any

import pytest
from telegram import Message, User

from bot.chat.conversation import Forwarded, Question
from bot.handlers.addressing import (
    ATTACHMENTS,
    Ask,
    Command,
    CommandName,
    PassedOn,
    Reading,
    Remark,
    read,
)

ME = User(42, "Rehearsal", is_bot=True, username="rehearsal_bot")
ALICE = {"id": 7, "is_bot": False, "first_name": "Alice"}
BOT = {"id": 42, "is_bot": True, "first_name": "Rehearsal", "username": "rehearsal_bot"}
OTHER_BOT = {"id": 43, "is_bot": True, "first_name": "Other", "username": "rehearsal_bot2"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100, "type": "supergroup", "title": "Friends"}
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
MARKS = re.compile(r"(?P<mention>(?<!\w)@\w+)|^(?P<bot_command>/\w+(?:@\w+)?)")


def entities(text: str) -> list[dict[str, Any]]:
    """Mark mentions and commands as Telegram does, in UTF-16 code units."""
    return [
        {
            "type": str(match.lastgroup),
            "offset": len(text[: match.start()].encode("utf-16-le")) // 2,
            "length": len(match[0]),
        }
        for match in MARKS.finditer(text)
    ]


def message(text: str | None = None, chat: dict[str, Any] = GROUP, **fields: Any) -> Message:
    data = {"message_id": 5, "date": 0, "chat": chat, "from": ALICE, **fields}
    if text is not None:
        data |= {"text": text, "entities": fields.get("entities", entities(text))}
    if caption := fields.get("caption"):
        data["caption_entities"] = entities(caption)
    parsed = Message.de_json(data, None)
    assert parsed
    return parsed


def ask(text: str, **more: Any) -> Ask:
    return Ask(Question(text, **more))


def from_bot(text: str = "I think so.", **fields: Any) -> dict[str, Any]:
    return {"message_id": 4, "date": 0, "chat": GROUP, "from": BOT, "text": text, **fields}


def from_bob(**fields: Any) -> dict[str, Any]:
    bob = {"id": 8, "is_bot": False, "first_name": "Bob"}
    return {"message_id": 4, "date": 0, "chat": GROUP, "from": bob, **fields}


def test_every_private_text_is_a_question() -> None:
    assert read(message("Hello there!", PRIVATE), ME) == ask("Hello there!")


@pytest.mark.parametrize(
    "text",
    [
        "Hello everybody",
        "ask @rehearsal_bot2 instead",
        "mail me at me@rehearsal_bot.org",
        "rehearsal_bot is a name",
        "/ask@rehearsal_bot2 what is up?",
        "/help@other_bot",
        "/weather tomorrow",
        "/start",
    ],
)
def test_a_group_message_that_does_not_address_the_bot_is_ignored(text: str) -> None:
    assert read(message(text), ME) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("@rehearsal_bot what is up?", "what is up?"),
        ("@Rehearsal_Bot, what is up?", "what is up?"),
        ("@rehearsal_bot: -5 + 3?", "-5 + 3?"),
        ("what is up, @rehearsal_bot?", "what is up?"),
        ("so @rehearsal_bot what is up?", "so what is up?"),
        ("🤖👩‍👩‍👧 @rehearsal_bot 🤖 and you?", "🤖👩‍👩‍👧 🤖 and you?"),
        ("@bob says hi to @rehearsal_bot", "@bob says hi to"),
        ("@rehearsal_bot\n\ndef f():\n    pass", "def f():\n    pass"),
        ("/ask what is up?", "what is up?"),
        ("/ask@rehearsal_bot what is up?", "what is up?"),
        ("/ASK@Rehearsal_Bot what is up?", "what is up?"),
        ("/ask @rehearsal_bot what is up?", "what is up?"),
    ],
)
def test_a_group_message_that_addresses_the_bot_asks_without_its_name(
    text: str, question: str
) -> None:
    assert read(message(text), ME) == ask(question)


def test_a_mention_of_the_account_addresses_the_bot() -> None:
    mark = {"type": "text_mention", "offset": 3, "length": 9, "user": BOT}
    assert read(message("Hi Rehearsal how are you", entities=[mark]), ME) == ask("Hi how are you")
    assert read(message("Hi Rehearsal", entities=[mark | {"user": OTHER_BOT}]), ME) is None


def test_a_reply_to_the_bot_asks_about_what_it_said() -> None:
    reply = message("Why?", reply_to_message=from_bot())
    assert read(reply, ME) == ask("Why?", context="I think so.")


def test_what_was_quoted_of_the_message_replied_to_is_told_apart() -> None:
    reply = message(
        "@rehearsal_bot really?",
        reply_to_message=from_bob(text="Water is wet. Fire is cold."),
        quote={"text": "Fire is cold.", "position": 14},
    )
    question = ask("really?", quote="Fire is cold.", context="Water is wet. Fire is cold.")
    assert read(reply, ME) == question


def test_a_topic_opened_by_the_bot_does_not_make_every_message_in_it_a_reply() -> None:
    opening = from_bot("", forum_topic_created={"name": "Cats", "icon_color": 1})
    text = message("Hello", message_thread_id=4, is_topic_message=True, reply_to_message=opening)
    assert read(text, ME) is None


@pytest.mark.parametrize("text", ["@rehearsal_bot", "/ask", "@rehearsal_bot !"])
def test_the_bare_name_as_a_reply_asks_about_that_message(text: str) -> None:
    reply = message(text.removesuffix(" !"), reply_to_message=from_bob(caption="Is fire cold?"))
    assert read(reply, ME) == ask("", context="Is fire cold?")


@pytest.mark.parametrize(
    "text", ["@rehearsal_bot", "/ask", "/ask@rehearsal_bot", "@rehearsal_bot,"]
)
def test_the_bare_name_alone_gets_a_hint(text: str) -> None:
    assert read(message(text.removesuffix(",")), ME) == Remark("hint")


def test_the_bare_command_in_private_gets_a_hint_of_its_own() -> None:
    assert read(message("/ask", PRIVATE), ME) == Remark("hint-private")


def test_the_bare_name_as_a_reply_to_a_picture_is_told_that_pictures_are_not_read() -> None:
    reply = message("@rehearsal_bot", reply_to_message=from_bob(photo=PHOTO))
    assert read(reply, ME) == Remark("only-text")


def test_a_caption_counts_as_text_and_the_model_learns_of_the_picture() -> None:
    photo = message(None, PRIVATE, photo=PHOTO, caption="What is this?")
    assert read(photo, ME) == ask("What is this?", attachment="photo")
    photo = message(None, photo=PHOTO, caption="@rehearsal_bot what is this?")
    assert read(photo, ME) == ask("what is this?", attachment="photo")
    assert read(message(None, photo=PHOTO, caption="A cat"), ME) is None


FILE = {"file_id": "f", "file_unique_id": "u", "duration": 1, "width": 1, "height": 1, "length": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("photo", PHOTO),
        ("voice", FILE),
        ("sticker", FILE | {"type": "regular", "is_animated": False, "is_video": False}),
        ("document", FILE),
        ("location", {"longitude": 1, "latitude": 1}),
        ("rich_message", {"markdown": "**hi**"}),
    ],
)
def test_what_is_no_text_gets_one_friendly_sentence(field: str, value: Any) -> None:
    assert read(message(None, PRIVATE, **{field: value}), ME) == Remark("only-text")
    assert read(message(None, **{field: value}), ME) is None
    reply = message(None, reply_to_message=from_bot(), **{field: value})
    assert read(reply, ME) == Remark("only-text")


def test_every_attachment_is_a_field_of_a_message() -> None:
    assert set(ATTACHMENTS) <= set(Message.__slots__)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("/start", Command(CommandName.START)),
        ("/start from-a-link", Command(CommandName.START, "from-a-link")),
        ("/help", Command(CommandName.HELP)),
        ("/HELP@rehearsal_bot", Command(CommandName.HELP)),
        ("/halp", Remark("unknown-command")),
        ("/prompt Be  kind.\n\nAlways.", Command(CommandName.PROMPT, "Be  kind.\n\nAlways.")),
        ("/stop", Command(CommandName.STOP)),
        ("/etc is full, why?", ask("/etc is full, why?")),
        ("/help@other_bot", None),
    ],
)
def test_commands_in_private(text: str, reading: Reading | None) -> None:
    assert read(message(text, PRIVATE), ME) == reading


def test_commands_in_a_group_must_name_the_bot() -> None:
    assert read(message("/help@rehearsal_bot"), ME) == Command(CommandName.HELP)
    assert read(message("/halp@rehearsal_bot"), ME) == Remark("unknown-command")
    assert read(message("/help"), ME) is None
    assert read(message("/new"), ME) is None


def test_ask_and_stop_need_no_name_in_a_group() -> None:
    assert read(message("/ask Why?"), ME) == ask("Why?")
    assert read(message("/stop"), ME) == Command(CommandName.STOP, is_plain=True)
    assert read(message("/stop@rehearsal_bot"), ME) == Command(CommandName.STOP)
    assert read(message("/stop@other_bot"), ME) is None


@pytest.mark.parametrize(
    ("origin", "by"),
    [
        ({"type": "user", "sender_user": ALICE}, "Alice"),
        ({"type": "hidden_user", "sender_user_name": "Eve"}, "Eve"),
        ({"type": "chat", "sender_chat": GROUP}, "Friends"),
        ({"type": "channel", "chat": {**GROUP, "type": "channel"}, "message_id": 1}, "Friends"),
    ],
)
def test_a_message_forwarded_in_private_is_context_with_its_author(
    origin: dict[str, Any], by: str
) -> None:
    origin |= {"date": 0}
    passed_on = PassedOn(Forwarded("Fire is cold.", by))
    assert read(message("Fire is cold.", PRIVATE, forward_origin=origin), ME) == passed_on
    caption = message(None, PRIVATE, caption="Fire is cold.", photo=PHOTO, forward_origin=origin)
    assert read(caption, ME) == passed_on
    picture = message(None, PRIVATE, photo=PHOTO, forward_origin=origin)
    assert read(picture, ME) == Remark("only-text")


def test_anonymous_administrators_and_people_who_write_as_a_channel_are_people() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    text = message("@rehearsal_bot hi", **{"from": anonymous}, sender_chat=GROUP)
    assert read(text, ME) == ask("hi")
    news = {"id": -200, "type": "channel", "title": "News"}
    assert read(message("/ask hi", sender_chat=news), ME) == ask("hi")


@pytest.mark.parametrize(
    "fields",
    [
        {"from": OTHER_BOT},
        {"sender_chat": {"id": -2, "type": "channel", "title": "N"}, "is_automatic_forward": True},
        {"chat": {"id": -2, "type": "channel", "title": "N"}, "from": None},
    ],
    ids=["another bot", "forwarded from the linked channel", "a channel's post"],
)
def test_what_no_person_wrote_here_is_ignored(fields: dict[str, Any]) -> None:
    assert read(message("@rehearsal_bot hi", **fields), ME) is None


@pytest.mark.parametrize("text", ["@rehearsal_bot do it", "/ask do it", "/help@rehearsal_bot"])
def test_a_message_forwarded_to_a_group_is_not_meant_for_the_bot(text: str) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "Eve", "date": 0}
    assert read(message(text, forward_origin=origin), ME) is None
    assert read(message(text, PRIVATE, forward_origin=origin), ME) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"new_chat_title": "Enemies"},
        {"new_chat_members": [ALICE]},
        {"pinned_message": from_bot()},
        {"group_chat_created": True},
    ],
)
def test_service_messages_are_ignored(fields: dict[str, Any]) -> None:
    assert read(message(None, **fields), ME) is None
    assert read(message(None, PRIVATE, **fields), ME) is None
