"""What the page is told of chats, messages and calls. Pure."""

from collections.abc import Sequence

from bot.sandbox.telegram import (
    Acting,
    Answered,
    Call,
    Called,
    Chat,
    Deleted,
    Edited,
    Event,
    Group,
    Message,
    PrivateChat,
    Reacted,
    Shown,
    User,
)
from bot.sandbox.telegram.values import Json
from bot.sandbox.telegram.wire import entity_json


def user_view(user: User) -> Json:
    """Tell of a person or a bot."""
    return {
        "id": user.id,
        "name": user.first_name,
        "username": user.username,
        "is_bot": user.is_bot,
    }


def chat_view(chat: Chat, people: Sequence[User]) -> Json:
    """Tell of a chat, with all that stands in it. `people` are those who may write there."""
    return {
        "id": chat.id,
        "type": chat.card.type,
        "title": chat.card.title or chat.card.first_name or "",
        "is_forum": chat.card.is_forum,
        "topics": _topics(chat),
        "people": [user_view(person) for person in people],
        "messages": [message_view(message) for message in chat.messages],
    }


def _topics(chat: Chat) -> list[Json]:
    topics = chat.topics if isinstance(chat, Group) else []
    return [{"id": topic.id, "name": topic.name} for topic in topics]


def writers(chat: Chat) -> list[User]:
    """Return who may write in a chat, the bot aside."""
    match chat:
        case Group():
            return [member for member in chat.members if not member.is_bot]
        case PrivateChat():
            return [chat.user]
        case _:
            return []


def message_view(message: Message) -> Json:
    """Tell how a message looks."""
    rows = message.reply_markup["inline_keyboard"] if message.reply_markup else []
    reply = message.reply
    return {
        "id": message.id,
        "chat": message.chat_id,
        "topic": message.topic,
        "date": message.date,
        "sender": user_view(message.sender) if message.sender else None,
        "text": message.text,
        "entities": [entity_json(entity) for entity in message.entities],
        "kind": message.kind,
        "attached": _attached(message),
        "about": _about(message),
        "reply": reply
        and {"chat": reply.chat_id, "message": reply.message_id, "quote": reply.quote},
        "keyboard": [[_button(button) for button in row] for row in rows],
        "edited": message.edit_date is not None,
        "reaction": message.reaction,
        "is_service": message.is_service,
    }


def _button(button: Json) -> Json:
    return {name: button.get(name) for name in ("text", "callback_data", "url")}


def _attached(message: Message) -> Json | None:
    if document := message.document:
        return {"name": document.file_name, "size": len(document.content)}
    if picture := message.picture:
        return {"width": picture.width, "height": picture.height, "size": len(picture.content)}
    return None


def _about(message: Message) -> str:
    """Return the name that a service message tells of: a person's, a topic's."""
    match message.content:
        case [User() as user, *_] | (User() as user) if message.is_service:
            return user.first_name
        case {"name": str(name)} if message.is_service:
            return name
        case _:
            return ""


def call_view(number: int, call: Call) -> Json:
    """Tell of a call. Texts are told by their lengths: they stand in the chat."""
    text = call.params.get("text")
    return {
        "number": number,
        "method": call.method,
        "chat": call.chat_id,
        "message": call.params.get("message_id"),
        "characters": len(text) if isinstance(text, str) else None,
        "ok": call.ok,
        "code": call.error_code,
        "description": call.description,
        "ms": None if call.ended is None else round((call.ended - call.time) * 1000),
        "is_over": call.ended is not None,
        "left": call.left,
    }


def event_view(event: Event) -> Json:
    """Tell what has happened."""
    match event:
        case Shown(message):
            return {"type": "shown", "message": message_view(message)}
        case Edited(message) | Reacted(message):
            return {"type": "changed", "message": message_view(message)}
        case Deleted(message):
            return {"type": "deleted", "chat": message.chat_id, "message": message.id}
        case Acting(chat_id, topic, action):
            return {"type": "acting", "chat": chat_id, "topic": topic, "action": action}
        case Answered(query_id, text, is_alert):
            return {"type": "answered", "query": query_id, "text": text, "is_alert": is_alert}
        case Called(number, call):
            return {"type": "call", "call": call_view(number, call)}
