"""What the methods that write are told: a text or a caption, a message, what it answers."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.methods.method import known_chat
from bot.sandbox.telegram.params import Params, read
from bot.sandbox.telegram.refusal import Refusal, bad_request
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.texts import (
    MOST_CHARACTERS,
    MOST_IN_CAPTION,
    entity_from_json,
    formatted,
    formatted_caption,
)
from bot.sandbox.telegram.values import Entity, Message, Reply

_REPLY_FIELDS = frozenset(
    {
        "allow_sending_without_reply",
        "chat_id",
        "message_id",
        "quote",
        "quote_entities",
        "quote_parse_mode",
        "quote_position",
    }
)


def text_of(params: Params, too_long: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the text of a message and its entities; `too_long` is how too long a text is told."""
    text, entities = formatted(params.get("text", ""), _entities(params, "entities"))
    if len(text) > MOST_CHARACTERS:
        raise bad_request(too_long)
    return text, entities


def caption_of(params: Params) -> tuple[str, tuple[Entity, ...]]:
    """Return a caption and its entities; unlike a text it may be empty."""
    given = _entities(params, "caption_entities")
    caption, entities = formatted_caption(params.get("caption", ""), given)
    if len(caption) > MOST_IN_CAPTION:
        raise bad_request("message caption is too long")
    return caption, entities


def reply_of(stage: Stage, chat: Chat, given: Mapping[str, Any] | None) -> Reply | None:
    """Return what a message answers, None for nothing."""
    if given is None:
        return None
    asked = read(given, _REPLY_FIELDS)
    other = known_chat(stage, asked["chat_id"]) if "chat_id" in asked else chat
    try:
        if other is None:
            raise bad_request("chat not found")
        answered = found(other, message_id_of(asked), "message to be replied not found")
    except Refusal:
        if asked.get("allow_sending_without_reply"):
            return None
        raise
    quote = asked.get("quote")
    if quote and quote not in answered.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return Reply(answered.chat_id, answered.id, quote)


def message_id_of(params: Params) -> int:
    """Return the id of the message a call is about."""
    if "message_id" not in params:
        raise bad_request("message identifier is not specified")
    return int(params["message_id"])


def found(chat: Chat, message_id: int, otherwise: str) -> Message:
    """Return a message that stands in the chat; the call is refused with `otherwise` if none."""
    message = chat.find(message_id)
    if message is None:
        raise bad_request(otherwise)
    return message


def _entities(params: Params, name: str) -> list[Entity]:
    if "parse_mode" in params:
        raise bad_request("unsupported parse_mode")
    return [entity_from_json(each) for each in params.get(name, [])]
