"""The methods about messages that stand there: edit, delete, react; and act."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.events import Acting
from bot.sandbox.telegram.methods.arguments import found, message_id_of, text_of
from bot.sandbox.telegram.methods.keyboard import checked_keyboard
from bot.sandbox.telegram.methods.method import chat_of, method
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.values import Message

_EMOJIS = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤️\u200d🔥 🌚"
    " 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨"
    " 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾"
    " 🤷\u200d♂️ 🤷 🤷\u200d♀️ 😡"
)
REACTIONS = frozenset(_EMOJIS.split())
"""The only emojis with which a bot may react."""
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
    "editMessageText",
    "chat_id message_id text parse_mode entities link_preview_options reply_markup",
    counted=True,
)
async def edit_message_text(stage: Stage, params: Params) -> object:
    """Give a message of the bot another text and return it. Buttons not given again vanish."""
    chat = chat_of(stage, params)
    chat.check_editing()
    text, entities = text_of(params, "MESSAGE_TOO_LONG")
    markup = checked_keyboard(params.get("reply_markup"))
    message = _own(stage, chat, params)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    return _change(chat, message, replace(message, text=text, entities=entities), markup)


@method("editMessageReplyMarkup", "chat_id message_id reply_markup", counted=True)
async def edit_message_reply_markup(stage: Stage, params: Params) -> object:
    """Put other buttons under a message of the bot, or none, and return it."""
    chat = chat_of(stage, params)
    chat.check_editing()
    markup = checked_keyboard(params.get("reply_markup"))
    message = _own(stage, chat, params)
    return _change(chat, message, message, markup)


@method("deleteMessage", "chat_id message_id")
async def delete_message(stage: Stage, params: Params) -> object:
    """Delete a message of the bot's own, of the other side in private, of all as administrator."""
    chat = chat_of(stage, params)
    chat.check_access()
    message = found(chat, message_id_of(params), "message to delete not found")
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
    message = found(chat, message_id_of(params), "message to react not found")
    match params.get("reaction", []):
        case []:
            emoji = None
        case [{"type": "emoji", "emoji": str(emoji)}] if emoji in REACTIONS:
            pass
        case _:
            raise bad_request("REACTION_INVALID")
    chat.react(message, emoji)
    return True


def _own(stage: Stage, chat: Chat, params: Params) -> Message:
    message = found(chat, message_id_of(params), "message to edit not found")
    if message.sender != stage.bot or message.is_service:
        raise bad_request("message can't be edited")
    return message


def _change(
    chat: Chat, before: Message, after: Message, markup: Mapping[str, Any] | None
) -> object:
    after = replace(after, reply_markup=markup)
    if after == before:
        raise bad_request(_NOT_MODIFIED)
    # What an edited message replies to is not told (telegram-bot-api, `TdOnEditMessageCallback`).
    return chat.json(chat.change(after), nested=True)
