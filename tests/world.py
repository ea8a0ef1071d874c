"""The whole bot in a local world: real python-telegram-bot and real g4f, over HTTP.

async with world() as w:
    w.model.script(Say("Hello!"))
    w.chat.say(w.alice, "Hi")
    await w.answered()
    assert w.screen == ["Hello!"]
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.app import Running, running
from bot.locales import Words
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.telegram import LocalTelegram, Message, User
from bot.settings import BotSettings, load

TOKEN = "42:TEST-secret-token"
WORDS = Words()
COUNTED = {
    "sendMessage",
    "sendDocument",
    "editMessageText",
    "editMessageReplyMarkup",
    "sendChatAction",
    "deleteMessage",
}


@dataclass
class World:
    """A Telegram, a model and a bot between them; Alice in a private chat."""

    telegram: LocalTelegram
    model: Rehearsal
    bot: Running

    def __post_init__(self) -> None:
        self.alice = self.telegram.user("Alice", username="alice", language_code="en")
        self.bob = self.telegram.user("Bob", username="bob", language_code="en")
        self.chat = self.telegram.private(self.alice)

    async def settled(self) -> None:
        """Wait until the bot has dealt with all that was said."""
        await self.telegram.updates_confirmed()
        await self.bot.idle()

    async def press(self, message: Message, label: str, by: User) -> str:
        """Press a button below a message as it stands now, and give the toast ("": none)."""
        chat = next(chat for chat in self.telegram.chats if chat.id == message.chat_id)
        standing = chat.find(message.id)
        assert standing
        data = next(one["callback_data"] for one in standing.buttons if one["text"] == label)
        return await self.toast(chat.press(standing, data, by=by))

    async def toast(self, query: str) -> str:
        """Give the toast that answers a press."""
        await self.telegram.until(lambda: self.telegram.answer_to(query))
        answer = self.telegram.answer_to(query)
        assert answer
        return answer.text

    @property
    def screen(self) -> list[str]:
        """What the bot has said to Alice, as it stands there."""
        return [message.text for message in self.chat.said_by_bot]

    @property
    def asked(self) -> list[list[Mapping[str, Any]]]:
        """The messages that reached the model, request by request."""
        return [list(request.messages) for request in self.model.requests]

    @property
    def refused(self) -> list[object]:
        """The calls that Telegram did not take."""
        return [call for call in self.telegram.calls if call.ok is False]

    def methods(self) -> list[str]:
        """Give the calls that count, in order."""
        return [call.method for call in self.telegram.calls if call.method in COUNTED]


@contextlib.asynccontextmanager
async def world(telegram: dict[str, Any] | None = None, **settings: Any) -> AsyncIterator[World]:
    """Start it all; `telegram` are options of the local Telegram, the rest settings of the bot."""
    async with (
        LocalTelegram(token=TOKEN, username="rehearsal_bot", **(telegram or {})) as server,
        Rehearsal() as model,
        started(server, model, **settings) as bot,
    ):
        yield World(server, model, bot)


@contextlib.asynccontextmanager
async def started(
    telegram: LocalTelegram, model: Rehearsal, **settings: Any
) -> AsyncIterator[Running]:
    """Start the bot alone; what it remembers lies in the working directory."""
    given = {
        "telegram_bot_token": TOKEN,
        "telegram_api_url": telegram.url,
        "g4f_base_url": model.url,
        "g4f_model": "rehearsal",
    }
    async with running(load(WORDS, BotSettings, **given | settings), WORDS) as bot:
        yield bot
