"""The methods of the Bot API that this server knows."""

from bot.sandbox.telegram.methods import about, messages, polling, sending
from bot.sandbox.telegram.methods.method import METHODS, Method, known_chat

__all__ = ["METHODS", "Method", "about", "known_chat", "messages", "polling", "sending"]
