"""Reactions of the bot to people's messages: this one waits its turn.

They are signs and no more: where a chat allows none, nothing is lost but the sign. ⏳ is none of
the emojis that Telegram lets bots react with. Nothing says that reactions use up the budget of
their chat, so they wait for no turn; but if Telegram says 429 to one, the chat is silent.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from telegram import Bot
from telegram.constants import ReactionEmoji
from telegram.error import TelegramError

from bot.reply.pacing import Peer
from bot.reply.surface import TooFast
from bot.reply.telegram_surface import meaning

WAITING: Final = ReactionEmoji.EYES
FAREWELL: Final = 1.0
"""Seconds."""
MOST: Final = 1000
"""Signs that are on their way; while Telegram is down, no further ones are set."""


class Signs:
    """Sets and removes the sign of waiting, in this order, without anybody waiting for it.

    `hold` silences a chat for some seconds: Telegram said 429.
    """

    def __init__(self, bot: Bot, hold: Callable[[Peer, float], None]) -> None:
        self._bot = bot
        self._hold = hold
        self._tasks: dict[tuple[int, int], asyncio.Task[None]] = {}

    def set(self, chat_id: int, message_id: int) -> None:
        """Show that a message waits its turn."""
        if len(self._tasks) < MOST:
            self._then(chat_id, message_id, WAITING)

    def remove(self, chat_id: int, message_id: int) -> None:
        """Show that it waits no longer."""
        self._then(chat_id, message_id, None)

    async def idle(self) -> None:
        """Wait until what was to be shown is shown."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks.values()))

    async def close(self) -> None:
        """Show within `FAREWELL` what is still to be shown, and leave the rest."""
        tasks = tuple(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=FAREWELL)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _then(self, chat_id: int, message_id: int, sign: str | None) -> None:
        key = chat_id, message_id
        task = asyncio.create_task(self._show(key, sign, self._tasks.get(key)), name="sign")
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._done(key, done))

    def _done(self, key: tuple[int, int], task: asyncio.Task[None]) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]

    async def _show(
        self, key: tuple[int, int], sign: str | None, before: asyncio.Task[None] | None
    ) -> None:
        if before:
            await asyncio.wait([before])
        try:
            await self._bot.set_message_reaction(*key, sign or ())
        except TelegramError as error:
            refusal = meaning(error)
            if isinstance(refusal, TooFast):
                self._hold(Peer(key[0], is_group=key[0] < 0), refusal.retry_after)
