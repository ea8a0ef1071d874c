"""Is a message for the bot, and what does it ask? Pure: a message in, a reading out.

In groups the bot is silent unless somebody addresses it: by a mention of exactly its name, by a
mention of its account (`text_mention`), by a reply to one of its messages, or by `/ask`. Offsets of
entities are UTF-16 code units (Bot API, MessageEntity).
"""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from telegram import (
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    User,
)
from telegram.constants import ChatType

from bot.chat.conversation import Forwarded, Question

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


class CommandName(enum.StrEnum):
    """What the bot itself can be asked for.

    What begins with another command, and goes on, is a text: "/tmp is full, why?".
    """

    START = "start"
    HELP = "help"
    STOP = "stop"
    NEW = "new"
    MODEL = "model"
    PROMPT = "prompt"
    HISTORY = "history"
    PRIVACY = "privacy"
    FORGET_ME = "forget_me"


_COMMANDS: Final = frozenset[str](CommandName)
ASK: Final = "ask"
PLAIN: Final = (ASK, CommandName.STOP)
"""Commands that need no bot's name in a group: other bots hardly have them."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The person asks the model something."""

    question: Question


@dataclass(frozen=True, slots=True)
class Command:
    """The person wants something of the bot itself; `argument` is what stands behind the name."""

    name: CommandName
    argument: str = ""
    is_plain: bool = False
    """Written in a group without the bot's name: perhaps meant for another one."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The person has forwarded a message: context for the question that follows."""

    message: Forwarded


@dataclass(frozen=True, slots=True)
class Remark:
    """There is nothing to ask the model; a sentence says why."""

    key: Literal["hint", "hint-private", "only-text", "unknown-command"]


Reading = Ask | Command | PassedOn | Remark


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
    if is_private and message.forward_origin:
        return _passed_on(message)
    if words.command and words.command != ASK:
        return _command(message, words, is_private=is_private)
    if words.command or is_private or words.mentioned or _replies_to(message, me):
        return _question(message, words)
    return None


def _command(message: Message, words: _Words, *, is_private: bool) -> Reading | None:
    is_known = words.command in _COMMANDS
    if is_private and words.text and not is_known:
        return _question(message, _Words((message.text or message.caption or "").strip()))
    if not (is_private or words.target or words.command in PLAIN):
        return None
    if is_known:
        is_plain = not (is_private or words.target)
        return Command(CommandName(words.command), words.text, is_plain)
    return Remark("unknown-command")


def _passed_on(message: Message) -> Reading | None:
    text = (message.text or message.caption or "").strip()
    attachment = _attachment(message)
    if text:
        return PassedOn(Forwarded(text, by=_author(message)))
    return Remark("only-text") if attachment else None


def _author(message: Message) -> str:
    """Name who wrote a forwarded message."""
    match message.forward_origin:
        case MessageOriginUser(sender_user=user):
            return user.full_name
        case MessageOriginHiddenUser(sender_user_name=name):
            return name
        case MessageOriginChat(sender_chat=chat) | MessageOriginChannel(chat=chat):
            return chat.title or ""
        case _:
            return ""


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
    other = replied(message)
    return other is not None and other.from_user is not None and other.from_user.id == me.id


def replied(message: Message) -> Message | None:
    """Give the message replied to.

    In a topic every message "replies" to the one that opened the topic; that is no reply.
    """
    other = message.reply_to_message
    return None if other is None or other.forum_topic_created else other


def _question(message: Message, words: _Words) -> Reading | None:
    attachment = _attachment(message)
    other = replied(message)
    question = Question(
        text=words.text,
        quote=(message.quote.text if message.quote else "").strip(),
        context=((other.text or other.caption or "") if other else "").strip(),
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
    if other and _attachment(other):
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
