"""The methods that write: send, edit, delete, react, act."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.events import Acting
from bot.sandbox.telegram.methods.keyboard import checked_keyboard
from bot.sandbox.telegram.methods.method import chat_of, known_chat, method
from bot.sandbox.telegram.params import Params, read
from bot.sandbox.telegram.refusal import Refusal, bad_request
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.texts import MOST_CHARACTERS, entity_from_json, formatted
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
_ACTIONS = frozenset(
    {
        "choose_sticker",
        "find_location",
        "record_video",
        "record_video_note",
        "record_voice",
        "typing",
        "upload_document",
        "upload_photo",
        "upload_video",
        "upload_video_note",
        "upload_voice",
    }
)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


@method(
    "sendMessage",
    "chat_id text message_thread_id parse_mode entities link_preview_options disable_notification"
    " protect_content reply_parameters reply_markup",
    counted=True,
)
async def send_message(stage: Stage, params: Params) -> object:
    """Show a message of the bot and return it."""
    chat = _writable(stage, params)
    text, entities = _text(params, "message is too long")
    markup = checked_keyboard(params.get("reply_markup"))
    said = _said(stage, chat, params)
    return chat.json(
        chat.say_by_bot(replace(said, text=text, entities=entities, reply_markup=markup))
    )


@method(
    "sendDocument",
    "chat_id document message_thread_id disable_notification protect_content reply_parameters",
    counted=True,
)
async def send_document(stage: Stage, params: Params) -> object:
    """Show a file of the bot and return its message."""
    chat = _writable(stage, params)
    upload = params.get("document")
    if upload is None:
        raise bad_request("there is no document in the request")
    if not upload.content:
        raise bad_request("file must be non-empty")
    said = _said(stage, chat, params)
    document = stage.keep(upload)
    return chat.json(chat.say_by_bot(replace(said, kind="document", content=document)))


def _writable(stage: Stage, params: Params) -> Chat:
    chat = chat_of(stage, params)
    chat.check_writing(params.get("message_thread_id"))
    return chat


def _said(stage: Stage, chat: Chat, params: Params) -> Message:
    """Give a message of the bot without its content."""
    topic = params.get("message_thread_id")
    reply = _reply(stage, chat, params.get("reply_parameters"))
    if reply and topic is None and reply.chat_id == chat.id:
        topic = _found(chat, reply.message_id, "message to be replied not found").topic
        chat.check_writing(topic)
    return Message(
        id=0,
        chat_id=chat.id,
        date=0,
        sender=stage.bot,
        reply=reply,
        topic=topic,
        silent=params.get("disable_notification", False),
        protected=params.get("protect_content", False),
    )


@method(
    "editMessageText",
    "chat_id message_id text parse_mode entities link_preview_options reply_markup",
    counted=True,
)
async def edit_message_text(stage: Stage, params: Params) -> object:
    """Give a message of the bot another text and return it. Buttons not given again vanish."""
    chat = chat_of(stage, params)
    chat.check_access()
    text, entities = _text(params, "MESSAGE_TOO_LONG")
    markup = checked_keyboard(params.get("reply_markup"))
    message = _own(stage, chat, params)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    return _change(chat, message, replace(message, text=text, entities=entities), markup)


@method("editMessageReplyMarkup", "chat_id message_id reply_markup", counted=True)
async def edit_message_reply_markup(stage: Stage, params: Params) -> object:
    """Put other buttons under a message of the bot, or none, and return it."""
    chat = chat_of(stage, params)
    chat.check_access()
    markup = checked_keyboard(params.get("reply_markup"))
    message = _own(stage, chat, params)
    return _change(chat, message, message, markup)


@method("deleteMessage", "chat_id message_id")
async def delete_message(stage: Stage, params: Params) -> object:
    """Delete a message of the bot's own, of the other side in private, of all as administrator."""
    chat = chat_of(stage, params)
    chat.check_access()
    message = _found(chat, _message_id(params), "message to delete not found")
    may_all = chat.card.type == "private" or chat.status(stage.bot) == "administrator"
    if message.sender != stage.bot and not may_all:
        raise bad_request("message can't be deleted")
    chat.remove(message.id)
    return True


@method("sendChatAction", "chat_id message_thread_id action", counted=True)
async def send_chat_action(stage: Stage, params: Params) -> object:
    """Show that the bot is at work."""
    chat = chat_of(stage, params)
    chat.check_writing(params.get("message_thread_id"))
    if params.get("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    stage.tell(Acting(chat.id, params.get("message_thread_id"), params["action"]))
    return True


@method("setMessageReaction", "chat_id message_id reaction is_big")
async def set_message_reaction(stage: Stage, params: Params) -> object:
    """Set the bot's one reaction to a message, or take it back."""
    chat = chat_of(stage, params)
    chat.check_access()
    message = _found(chat, _message_id(params), "message to react not found")
    match params.get("reaction", []):
        case []:
            emoji = None
        case [{"type": "emoji", "emoji": str(emoji)}]:
            pass
        case _:
            raise bad_request("REACTION_INVALID")
    chat.react(message, emoji)
    return True


def _text(params: Params, too_long: str) -> tuple[str, tuple[Entity, ...]]:
    if "parse_mode" in params:
        raise bad_request("unsupported parse_mode")
    entities = [entity_from_json(each) for each in params.get("entities", [])]
    text, placed = formatted(params.get("text", ""), entities)
    if len(text) > MOST_CHARACTERS:
        raise bad_request(too_long)
    return text, placed


def _reply(stage: Stage, chat: Chat, given: Mapping[str, Any] | None) -> Reply | None:
    if given is None:
        return None
    asked = read(given, _REPLY_FIELDS)
    other = known_chat(stage, asked["chat_id"]) if "chat_id" in asked else chat
    try:
        if other is None:
            raise bad_request("chat not found")
        answered = _found(other, _message_id(asked), "message to be replied not found")
    except Refusal:
        if asked.get("allow_sending_without_reply"):
            return None
        raise
    quote = asked.get("quote")
    if quote and quote not in answered.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return Reply(answered.chat_id, answered.id, quote)


def _message_id(params: Params) -> int:
    if "message_id" not in params:
        raise bad_request("message identifier is not specified")
    return int(params["message_id"])


def _found(chat: Chat, message_id: int, otherwise: str) -> Message:
    message = chat.find(message_id)
    if message is None:
        raise bad_request(otherwise)
    return message


def _own(stage: Stage, chat: Chat, params: Params) -> Message:
    message = _found(chat, _message_id(params), "message to edit not found")
    if message.sender != stage.bot or message.is_service:
        raise bad_request("message can't be edited")
    return message


def _change(
    chat: Chat, before: Message, after: Message, markup: Mapping[str, Any] | None
) -> object:
    after = replace(after, reply_markup=markup)
    if after == before:
        raise bad_request(_NOT_MODIFIED)
    return chat.json(chat.change(after))
