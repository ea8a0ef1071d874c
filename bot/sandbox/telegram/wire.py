"""Values as the Bot API's JSON objects.

Pure. What is None or False is left out, as Telegram does.
"""

from typing import Protocol

from bot.sandbox.telegram.values import (
    ChatCard,
    Document,
    Entity,
    Json,
    Message,
    Picture,
    User,
)


class Lookup(Protocol):
    """Where messages and chats named in a message are found."""

    def find(self, chat_id: int, message_id: int) -> Message | None:
        """Return a message that still stands in its chat."""
        ...

    def card(self, chat_id: int) -> ChatCard:
        """Return what messages say of a chat."""
        ...


def user_json(user: User) -> Json:
    """Return the Bot API's `User`."""
    return {"is_bot": user.is_bot} | _present(
        id=user.id,
        first_name=user.first_name,
        username=user.username,
        language_code=user.language_code,
    )


def card_json(card: ChatCard) -> Json:
    """Return the Bot API's `Chat`."""
    return _present(
        id=card.id,
        type=card.type,
        title=card.title,
        username=card.username,
        first_name=card.first_name,
        is_forum=card.is_forum,
    )


def entity_json(entity: Entity) -> Json:
    """Return the Bot API's `MessageEntity`."""
    return {"type": entity.type, "offset": entity.offset, "length": entity.length} | _present(
        url=entity.url,
        user=user_json(entity.user) if entity.user else None,
        language=entity.language,
        custom_emoji_id=entity.custom_emoji_id,
    )


def document_json(document: Document) -> Json:
    """Return the Bot API's `Document`."""
    return _present(
        file_id=f"document-{document.number}",
        file_unique_id=f"document{document.number}",
        file_name=document.file_name,
        mime_type=document.mime_type,
        file_size=len(document.content),
    )


def photo_json(picture: Picture) -> list[Json]:
    """Return the Bot API's list of `PhotoSize`, of which there is one."""
    return [
        {
            "file_id": f"photo-{picture.number}",
            "file_unique_id": f"photo{picture.number}",
            "width": picture.width,
            "height": picture.height,
            "file_size": len(picture.content),
        }
    ]


def message_json(message: Message, lookup: Lookup, *, nested: bool = False) -> Json:
    """Return the Bot API's `Message`; a nested one does not tell what it replies to."""
    body: Json = {
        "message_id": message.id,
        "date": message.date,
        "chat": card_json(lookup.card(message.chat_id)),
    }
    body |= _present(
        **{"from": user_json(message.sender) if message.sender else None},
        sender_chat=card_json(message.sender_chat) if message.sender_chat else None,
        message_thread_id=message.topic or message.thread,
        is_topic_message=message.topic is not None,
        edit_date=message.edit_date,
        via_bot=user_json(message.via) if message.via else None,
        forward_origin=message.forward_origin,
        is_automatic_forward=message.automatic_forward,
        media_group_id=message.media_group_id,
        has_protected_content=message.protected,
        reply_markup=message.reply_markup,
    )
    return body | _content(message, lookup) | ({} if nested else _reply(message, lookup))


def _content(message: Message, lookup: Lookup) -> Json:
    entities = [entity_json(entity) for entity in message.entities]
    if message.kind == "text":
        return _present(text=message.text, entities=entities)
    content = _content_json(message.content, lookup)
    return {message.kind: content} | _present(caption=message.text, caption_entities=entities)


def _content_json(content: object, lookup: Lookup) -> object:
    match content:
        case Message():
            return message_json(content, lookup, nested=True)
        case User():
            return user_json(content)
        case Document():
            return document_json(content)
        case Picture():
            return photo_json(content)
        case list():
            return [_content_json(each, lookup) for each in content]
    return content


def _reply(message: Message, lookup: Lookup) -> Json:
    reply = message.reply
    if reply is None:
        if message.topic is None or message.topic == message.id:
            return {}
        announced = lookup.find(message.chat_id, message.topic)
        return _present(reply_to_message=announced and message_json(announced, lookup, nested=True))
    answered = lookup.find(reply.chat_id, reply.message_id)
    body = _present(quote=_quote(reply.quote, answered))
    if answered is None:
        return body
    if reply.chat_id == message.chat_id:
        return body | {"reply_to_message": message_json(answered, lookup, nested=True)}
    return body | {"external_reply": _external(answered, lookup)}


def _quote(quote: str | None, answered: Message | None) -> Json | None:
    if not quote:
        return None
    position = max(answered.text.find(quote), 0) if answered else 0
    return {"text": quote, "position": position, "is_manual": True}


def _external(answered: Message, lookup: Lookup) -> Json:
    card = lookup.card(answered.chat_id)
    body: Json = {"origin": origin_json(answered.sender or card, answered.date, answered.id)}
    if card.type in {"supergroup", "channel"}:
        body |= {"chat": card_json(card), "message_id": answered.id}
    if answered.kind != "text":
        body[answered.kind] = _content_json(answered.content, lookup)
    return body


def origin_json(origin: User | ChatCard | str, date: int, message_id: int) -> Json:
    """Return the Bot API's `MessageOrigin`; a text is the name of a user who hides the account."""
    match origin:
        case User():
            return {"type": "user", "date": date, "sender_user": user_json(origin)}
        case str():
            return {"type": "hidden_user", "date": date, "sender_user_name": origin}
        case ChatCard(type="channel"):
            chat = card_json(origin)
            return {"type": "channel", "date": date, "chat": chat, "message_id": message_id}
        case ChatCard():
            return {"type": "chat", "date": date, "sender_chat": card_json(origin)}


def _present(**fields: object) -> Json:
    return {name: value for name, value in fields.items() if value}
