"""Is a message for the bot, and what does it ask? Pure: a message in, a reading out.

In groups the bot is silent unless somebody addresses it: by a mention of exactly its name, by a
mention of its account (`text_mention`), by a reply to one of its messages, or by `/ask`. Offsets of
entities are UTF-16 code units (Bot API, MessageEntity).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.chat.conversation import Question

ATTACHMENTS: Final = {
    "animation": "animation",  # before document: an animation carries one too
    "audio": "audio file",
    "checklist": "checklist",
    "contact": "contact",
    "dice": "dice",
    "document": "file",
    "game": "game",
    "venue": "place",  # before location: a venue carries one too
    "location": "location",
    "paid_media": "paid picture or video",
    "photo": "photo",
    "poll": "poll",
    "sticker": "sticker",
    "story": "story",
    "video": "video",
    "video_note": "video message",
    "voice": "voice message",
}
"""What a message can carry besides text, and what the model is told it is."""


COMMANDS: Final = ("start", "help", "ask")
"""What begins with another one, and goes on, is a text: "/tmp is full, why?"."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The person asks the model something."""

    question: Question


@dataclass(frozen=True, slots=True)
class Command:
    """The person wants something of the bot itself."""

    name: Literal["start", "help"]


@dataclass(frozen=True, slots=True)
class Remark:
    """There is nothing to ask the model; a sentence says why."""

    key: Literal["hint", "hint-private", "only-text", "unknown-command"]


Reading = Ask | Command | Remark


@dataclass(frozen=True, slots=True)
class _Words:
    """A command or a mention taken out of a text."""

    text: str
    command: str = ""
    target: str = ""
    mentioned: bool = False


def read(message: Message, me: User) -> Reading | None:
    """Tell what a message wants of the bot `me`; `None`: nothing, stay silent."""
    if message.chat.type == ChatType.CHANNEL or not _is_from_person(message):
        return None
    words = _parse(message, me)
    is_private = message.chat.type == ChatType.PRIVATE
    if words.target and words.target != (me.username or "").casefold():
        return None
    if words.command and words.command != "ask":
        if is_private and words.text and words.command not in COMMANDS:
            return _question(message, _Words((message.text or message.caption or "").strip()))
        return _command(words.command) if is_private or words.target else None
    if words.command or is_private or words.mentioned or _replies_to(message, me):
        return _question(message, words)
    return None


def _command(name: str) -> Reading:
    match name:
        case "start" | "help":
            return Command(name)
        case _:
            return Remark("unknown-command")


def _is_from_person(message: Message) -> bool:
    """Tell people from bots and channels.

    Anonymous administrators and people who write as a channel come from a service bot's account,
    with `sender_chat`; what a linked channel posts is forwarded automatically.
    """
    if message.is_automatic_forward:
        return False
    if message.sender_chat:
        return True
    return message.from_user is not None and not message.from_user.is_bot


def _replies_to(message: Message, me: User) -> bool:
    replied = _replied(message)
    return replied is not None and replied.from_user is not None and replied.from_user.id == me.id


def _replied(message: Message) -> Message | None:
    """Give the message replied to.

    In a topic every message "replies" to the one that opened the topic; that is no reply.
    """
    replied = message.reply_to_message
    return None if replied is None or replied.forum_topic_created else replied


def _question(message: Message, words: _Words) -> Reading | None:
    attachment = _attachment(message)
    replied = _replied(message)
    question = Question(
        text=words.text,
        quote=(message.quote.text if message.quote else "").strip(),
        context=((replied.text or replied.caption or "") if replied else "").strip(),
        attachment=attachment,
    )
    if question.text:
        return Ask(question)
    if attachment:
        return Remark("only-text")
    if not (words.command or words.mentioned):
        return None  # a service message
    if question.content():
        return Ask(question)
    if replied and _attachment(replied):
        return Remark("only-text")
    return Remark("hint-private" if message.chat.type == ChatType.PRIVATE else "hint")


def _attachment(message: Message) -> str:
    """Name what a message carries besides text; empty: nothing.

    Rich messages (Bot API 10.1) have no text that python-telegram-bot knows of.
    """
    if "rich_message" in message.api_kwargs:
        return "rich message"
    return next((name for field, name in ATTACHMENTS.items() if getattr(message, field, None)), "")


def _parse(message: Message, me: User) -> _Words:
    """Take the command at the beginning, or else the bot's mentions, out of a message's text."""
    text = message.text or message.caption or ""
    entities = message.entities if message.text else message.caption_entities
    if message.forward_origin and message.chat.type != ChatType.PRIVATE:
        return _Words(text.strip())  # whoever wrote it did not speak to this chat
    for entity in entities:
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            name, _, target = _cut(text, entity)[1][1:].partition("@")
            rest = _without(text, [entity, *_mentions(text, entities, me)])
            return _Words(rest, command=name.casefold(), target=target.casefold())
    mentions = _mentions(text, entities, me)
    return _Words(_without(text, mentions), mentioned=bool(mentions))


def _mentions(text: str, entities: Sequence[MessageEntity], me: User) -> list[MessageEntity]:
    name = f"@{me.username}".casefold()
    return [
        entity
        for entity in entities
        if (entity.type == MessageEntity.MENTION and _cut(text, entity)[1].casefold() == name)
        or (
            entity.type == MessageEntity.TEXT_MENTION
            and entity.user is not None
            and entity.user.id == me.id
        )
    ]


def _cut(text: str, entity: MessageEntity) -> tuple[str, str, str]:
    """Give what stands before, in and after an entity."""
    units = text.encode("utf-16-le")
    start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
    before, inside, after = units[:start], units[start:end], units[end:]
    return before.decode("utf-16-le"), inside.decode("utf-16-le"), after.decode("utf-16-le")


def _without(text: str, entities: Sequence[MessageEntity]) -> str:
    """Take entities out of a text, and the comma and space that they leave behind."""
    for entity in sorted(entities, key=lambda entity: entity.offset, reverse=True):
        before, _, after = _cut(text, entity)
        if not before.strip():
            text = re.sub(r"^[,:]?\s+", "", after)
        elif not after or re.match(r"[.,;:!?…]", after):
            text = before.rstrip(" ").removesuffix(",") + after
        elif after[0].isspace():
            text = before.rstrip(" ") + after
        else:
            text = before + after
    return text.strip()
