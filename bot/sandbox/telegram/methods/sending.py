"""The methods that put a new message on the screen."""

from collections.abc import Sequence
from dataclasses import replace

from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.methods.arguments import caption_of, found, reply_of, text_of
from bot.sandbox.telegram.methods.keyboard import checked_keyboard
from bot.sandbox.telegram.methods.method import chat_of, method
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.values import Document, Entity, Message

_OF_EVERY_MESSAGE = (
    " chat_id message_thread_id parse_mode disable_notification protect_content reply_parameters"
    " reply_markup"
)
_OF_A_DOCUMENT = "document caption caption_entities disable_content_type_detection"


@method("sendMessage", "text entities link_preview_options" + _OF_EVERY_MESSAGE, counted=True)
async def send_message(stage: Stage, params: Params) -> object:
    """Show a message of the bot and return it."""
    chat = chat_of(stage, params)
    chat.check_writing(params.get("message_thread_id"))
    text, entities = text_of(params, "message is too long")
    return chat.json(chat.say_by_bot(_message(stage, chat, params, text, entities)))


@method("sendDocument", _OF_A_DOCUMENT + _OF_EVERY_MESSAGE, counted=True)
async def send_document(stage: Stage, params: Params) -> object:
    """Show a file of the bot and return its message.

    The file must come with the call; ids and addresses of files are refused. It stays a document,
    where Telegram would make an animation of a GIF or music of an MP3.
    """
    chat = chat_of(stage, params)
    chat.check_writing(params.get("message_thread_id"), "documents")
    document = _document(params)
    caption, entities = caption_of(params)
    if not document.content:
        raise bad_request("file must be non-empty")
    message = replace(
        _message(stage, chat, params, caption, entities),
        kind="document",
        content=replace(document, number=stage.next_number()),
    )
    return chat.json(chat.say_by_bot(message))


def _document(params: Params) -> Document:
    document = params.get("document")
    if document is None:
        raise bad_request("there is no document in the request")
    if not isinstance(document, Document):
        raise bad_request("wrong file identifier/HTTP URL specified")
    return document


def _message(
    stage: Stage, chat: Chat, params: Params, text: str, entities: Sequence[Entity]
) -> Message:
    topic = params.get("message_thread_id")
    markup = checked_keyboard(params.get("reply_markup"))
    reply = reply_of(stage, chat, params.get("reply_parameters"))
    if reply and topic is None and reply.chat_id == chat.id:
        topic = found(chat, reply.message_id, "message to be replied not found").topic
        chat.check_writing(topic)
    return Message(
        id=0,
        chat_id=chat.id,
        date=0,
        sender=stage.bot,
        text=text,
        entities=tuple(entities),
        reply=reply,
        topic=topic,
        silent=params.get("disable_notification", False),
        protected=params.get("protect_content", False),
        reply_markup=markup,
    )
