"""Who writes a message, where, and by which name. Pure."""

import re
from typing import Final

from telegram import Message, User
from telegram.constants import ChatType

from bot.chat.conversation import Person, Place
from bot.reply.pacing import Peer

LONGEST_NAME: Final = 64


def place_of(message: Message) -> Place:
    """Give where a message stands; General, the first topic of a forum, is none."""
    return Place(message.chat.id, message.message_thread_id if message.is_topic_message else None)


def peer_of(message: Message) -> Peer:
    """Give the chat whose budget an answer to the message uses."""
    return Peer(message.chat.id, message.chat.type != ChatType.PRIVATE)


def person_of(message: Message) -> Person:
    """Give who wrote a message: the chat in whose name it was written, or else the user."""
    user = message.from_user
    language = (user.language_code if user else None) or ""
    if message.sender_chat:
        return Person(message.sender_chat.id, language)
    return Person(user.id if user else message.chat.id, language)


def person(user: User) -> Person:
    """Give a user as whoever asks."""
    return Person(user.id, user.language_code or "")


def speaker_of(message: Message) -> str:
    """Give the name under which a person speaks in a group; nothing in private.

    One line without a colon, so that a name cannot pass for another person's turn.
    """
    if message.chat.type == ChatType.PRIVATE:
        return ""
    user, chat = message.from_user, message.sender_chat
    name = (chat.title or "") if chat else (user.full_name if user else "")
    return re.sub(r"[\s:]+", " ", name)[:LONGEST_NAME].strip()
