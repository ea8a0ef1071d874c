"""Who administrates a group."""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from telegram import Bot, Message
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.reply.pacing import Peer
from bot.reply.surface import TooFast
from bot.reply.telegram_surface import meaning

REMEMBERED_FOR: Final = 60.0
"""Seconds for which the list of a group is not asked for again, for somebody who is on it."""
REFUSED_FOR: Final = 5.0
"""And for somebody who is not: they may have been made an administrator just now."""
MOST: Final = 1000
"""Groups whose list is remembered."""


class Administrators:
    """Asks Telegram, and remembers for a while. In private everybody administrates the chat.

    `hold` silences a chat for some seconds: Telegram said 429.
    """

    def __init__(self, bot: Bot, hold: Callable[[Peer, float], None]) -> None:
        self._bot = bot
        self._hold = hold
        self._known: OrderedDict[int, tuple[float, frozenset[int]]] = OrderedDict()

    async def wrote(self, message: Message) -> bool:
        """Tell whether an administrator of its chat wrote a message.

        Anonymous ones write in the name of the group itself.
        """
        if message.chat.type == ChatType.PRIVATE:
            return True
        if message.sender_chat:
            return message.sender_chat.id == message.chat.id
        return message.from_user is not None and await self.include(
            message.chat.id, message.from_user.id
        )

    async def include(self, chat_id: int, user_id: int) -> bool:
        """Tell whether a user administrates a chat; false where Telegram does not say so."""
        if chat_id == user_id:
            return True
        now = asyncio.get_running_loop().time()
        asked_at, known = self._known.get(chat_id, (-math.inf, frozenset[int]()))
        if now - asked_at <= (REMEMBERED_FOR if user_id in known else REFUSED_FOR):
            return user_id in known
        try:
            members = await self._bot.get_chat_administrators(chat_id)
        except TelegramError as error:
            refusal = meaning(error)
            if isinstance(refusal, TooFast):
                self._hold(Peer(chat_id, is_group=True), refusal.retry_after)
            return False
        known = frozenset(member.user.id for member in members)
        self._known[chat_id] = now, known
        self._known.move_to_end(chat_id)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return user_id in known
