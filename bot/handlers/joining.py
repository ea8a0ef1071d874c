"""What a group is told that the bot is added to."""

import logging

from telegram import Bot, ChatMember, ChatMemberUpdated
from telegram.constants import ChatType

from bot.chat.conversation import Place
from bot.handlers.commands import greeting
from bot.handlers.door import Door
from bot.handlers.errands import Errands
from bot.handlers.inbox import Inbox
from bot.locales import in_language
from bot.reply.pacing import Peer
from bot.reply.telegram_surface import TelegramSurface

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)
_log = logging.getLogger(__name__)


class Joining:
    """Takes what happens to the bot's own membership."""

    def __init__(self, bot: Bot, door: Door, errands: Errands, inbox: Inbox) -> None:
        self._bot = bot
        self._door = door
        self._errands = errands
        self._inbox = inbox

    def take(self, change: ChatMemberUpdated, update_id: int) -> None:
        """Greet a group that the bot has just been added to, if it may answer there."""
        before, now = change.old_chat_member.status, change.new_chat_member.status
        if change.chat.type not in _GROUPS or before not in _OUTSIDE or now in _OUTSIDE:
            self._inbox.settle(update_id)
            return
        surface = TelegramSurface(self._bot, Peer(change.chat.id, is_group=True), None, None)
        place, person = Place(change.chat.id), change.from_user.id
        words = in_language(change.from_user.language_code or "")
        if self._door.lets_add(change):
            _log.info("added to group %d", change.chat.id)
            is_admin = now == ChatMember.ADMINISTRATOR
            sees_all = bool(self._bot.can_read_all_group_messages) or is_admin
            text = greeting(words, self._bot.username, sees_all=sees_all)
        else:
            _log.info("added to group %d, which is not allowed", change.chat.id)
            text = self._door.sentence_in_group(change) or ""
        if text:
            self._errands.say(place, person, text, surface, update_id)
        else:
            self._inbox.settle(update_id)
