"""What happens on an update. Nothing here waits for Telegram or a model: work goes into lines."""

import functools
import logging
from collections import OrderedDict
from typing import Final

from telegram import Bot, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.assistant import Assistant
from bot.chat.conversation import Place
from bot.handlers.addressing import Ask, Command, Reading, Remark, read
from bot.handlers.lines import Lines
from bot.locales import Words
from bot.reply.pacing import Peer
from bot.reply.telegram_surface import TelegramSurface

ALLOWED_UPDATES: Final = (Update.MESSAGE, Update.MY_CHAT_MEMBER)
ALBUMS: Final = 256
"""How many albums are remembered: a remark is made once for all pictures of one."""

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)
_log = logging.getLogger(__name__)


class Updates:
    """Reads updates and hands out the work."""

    def __init__(self, bot: Bot, assistant: Assistant, lines: Lines, words: Words) -> None:
        self._bot = bot
        self._assistant = assistant
        self._lines = lines
        self._words = words
        self._albums: OrderedDict[tuple[int, str], None] = OrderedDict()

    async def take(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take an update; a handler of python-telegram-bot."""
        if update.message:
            self._message(update.message)
        elif update.my_chat_member:
            self._membership(update.my_chat_member)

    def _message(self, message: Message) -> None:
        if message.migrate_to_chat_id:
            self._assistant.move(message.chat.id, message.migrate_to_chat_id)
        reading = read(message, self._bot.bot)
        is_seen = self._is_seen(message) if reading else False
        if reading is None or (is_seen and isinstance(reading, Remark)):
            return
        peer = Peer(message.chat.id, message.chat.type != ChatType.PRIVATE)
        topic = message.message_thread_id if message.is_topic_message else None
        surface = TelegramSurface(self._bot, peer, topic, message.message_id)
        place = Place(message.chat.id, topic)
        _log.info("message %d in %d: %s", message.message_id, peer.id, type(reading).__name__)
        if isinstance(reading, Ask):
            job = functools.partial(self._assistant.answer, reading.question, place, surface)
        else:
            job = functools.partial(self._assistant.say, self._remark(reading, message), surface)
        self._lines.put(place, job)

    def _is_seen(self, message: Message) -> bool:
        """Tell whether another message of the same album was answered already."""
        if message.media_group_id is None:
            return False
        album = (message.chat.id, message.media_group_id)
        is_seen = album in self._albums
        self._albums[album] = None
        while len(self._albums) > ALBUMS:
            self._albums.popitem(last=False)
        return is_seen

    def _remark(self, reading: Reading, message: Message) -> str:
        match reading:
            case Command("start") if message.chat.type == ChatType.PRIVATE:
                name = message.from_user.first_name if message.from_user else "none"
                return self._words("start", name=name)
            case Command("start"):
                return self._greeting(sees_all=self._bot.can_read_all_group_messages)
            case Command("help"):
                return self._words("help", username=self._bot.username)
            case Remark(key):
                return self._words(key)
            case _:
                raise AssertionError(reading)

    def _membership(self, change: ChatMemberUpdated) -> None:
        """Greet a group that the bot has just been added to."""
        before, now = change.old_chat_member.status, change.new_chat_member.status
        if change.chat.type not in _GROUPS or before not in _OUTSIDE or now in _OUTSIDE:
            return
        sees_all = self._bot.can_read_all_group_messages or now == ChatMember.ADMINISTRATOR
        surface = TelegramSurface(self._bot, Peer(change.chat.id, is_group=True), None, None)
        text = self._greeting(sees_all=sees_all)
        _log.info("added to group %d", change.chat.id)
        self._lines.put(
            Place(change.chat.id), functools.partial(self._assistant.say, text, surface)
        )

    def _greeting(self, *, sees_all: bool) -> str:
        key = "group-greeting" if sees_all else "group-greeting-privacy"
        return self._words(key, username=self._bot.username)
