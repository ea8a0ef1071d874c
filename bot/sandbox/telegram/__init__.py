"""A local Bot API server that behaves as Telegram does towards this bot, and the chats behind it.

Errors, limits and formats are those of the real one (their sources stand where they are used),
with two differences: parameters that a method does not take are refused, so that a misspelt name is
found, and what this bot does not use (webhooks, parse modes, other keyboards and files) is refused
in plain words.
"""

from bot.sandbox.telegram.api import Answer, BotApi
from bot.sandbox.telegram.budgets import Budgets
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.channel import Channel
from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.counter import DroppedError
from bot.sandbox.telegram.events import (
    Acting,
    Answered,
    Called,
    Deleted,
    Edited,
    Event,
    Feed,
    Reacted,
    Shown,
)
from bot.sandbox.telegram.faults import (
    ANY,
    Error,
    Fault,
    Flood,
    Html502,
    LostAnswer,
    NoAnswer,
    Planned,
    Reset,
    Slow,
)
from bot.sandbox.telegram.group import Group
from bot.sandbox.telegram.local import LocalTelegram
from bot.sandbox.telegram.private import PrivateChat
from bot.sandbox.telegram.values import Document, Entity, Frame, Message, Picture, Topic, User

__all__ = [
    "ANY",
    "Acting",
    "Answer",
    "Answered",
    "BotApi",
    "Budgets",
    "Call",
    "Called",
    "Channel",
    "Chat",
    "Deleted",
    "Document",
    "DroppedError",
    "Edited",
    "Entity",
    "Error",
    "Event",
    "Fault",
    "Feed",
    "Flood",
    "Frame",
    "Group",
    "Html502",
    "LocalTelegram",
    "LostAnswer",
    "Message",
    "NoAnswer",
    "Picture",
    "Planned",
    "PrivateChat",
    "Reacted",
    "Reset",
    "Shown",
    "Slow",
    "Topic",
    "User",
]
