"""What happens on an update. Nothing here waits for Telegram or a model: work goes into lines."""

import asyncio
import functools
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from typing import Final

from telegram import Bot, CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Place, Question
from bot.chat.store import Store
from bot.handlers.addressing import (
    Ask,
    Command,
    CommandName,
    PassedOn,
    Reading,
    Remark,
    read,
    replied,
)
from bot.handlers.admins import Administrators
from bot.handlers.choosing import Choosing, Models
from bot.handlers.commands import Commands, greeting
from bot.handlers.desk import MOST_WAITING, Desk
from bot.handlers.forwards import Forwards
from bot.handlers.lines import Lines
from bot.handlers.pastes import Pastes
from bot.handlers.people import peer_of, person_of, place_of, speaker_of
from bot.handlers.presses import Presses
from bot.handlers.scene import Scene
from bot.handlers.signs import Signs
from bot.locales import in_language
from bot.reply.controls import Action
from bot.reply.pacing import Peer
from bot.reply.surface import Surface
from bot.reply.telegram_surface import TelegramSurface

ALLOWED_UPDATES: Final = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
)
ALBUMS: Final = 256
"""How many albums are remembered: a remark is made once for all pictures of one."""
MOST_ERRANDS: Final = 5
"""What one person may want of the bot itself before the first of it is done."""

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)
_log = logging.getLogger(__name__)

Errand = Callable[[], Awaitable[None]]


class Updates:
    """Reads updates and hands out the work."""

    def __init__(
        self, bot: Bot, assistant: Assistant, store: Store, models: Models, default_model: str
    ) -> None:
        self._bot = bot
        self._assistant = assistant
        self._signs = Signs(bot, assistant.gate)
        self._desk = Desk(assistant, self._signs)
        self._pastes = Pastes(self._ask)
        self._forwards = Forwards()
        administrators = Administrators(bot)
        choosing = Choosing(store, models, default_model)
        self._commands = Commands(
            bot,
            assistant,
            store,
            choosing=choosing,
            administrators=administrators,
            forwards=self._forwards,
        )
        self._presses = Presses(
            bot,
            assistant,
            self._desk,
            choosing=choosing,
            administrators=administrators,
            forwards=self._forwards,
            pastes=self._pastes,
        )
        self._errands: Lines[Errand] = Lines(_run)
        self._albums: OrderedDict[tuple[int, str], None] = OrderedDict()

    async def take(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take an update; a handler of python-telegram-bot."""
        if update.message:
            self._message(update.message)
        elif update.edited_message:
            self._edited(update.edited_message)
        elif update.callback_query:
            self._pressed(update.callback_query)
        elif update.my_chat_member:
            self._membership(update.my_chat_member)

    async def idle(self) -> None:
        """Wait until everything that people wanted so far is done."""
        await self._pastes.idle()
        await self._errands.idle()
        await self._desk.idle()
        await self._presses.idle()
        await self._signs.idle()

    async def close(self, grace: float) -> None:
        """Let what goes on end within `grace` seconds, or end it."""
        self._pastes.flush()
        await asyncio.gather(self._desk.close(grace), self._errands.close(grace))
        await self._signs.close()

    def _message(self, message: Message) -> None:
        if message.migrate_to_chat_id:
            self._move(message.chat.id, message.migrate_to_chat_id)
        place, person = place_of(message), person_of(message)
        surface = self._surface(message)
        reading = read(message, self._bot.bot)
        other = replied(message)
        to = other.message_id if other else None
        if self._pastes.is_open(place, person.id, to) and _is_part(message, reading):
            part = (message.text or "").strip()
            self._pastes.add(place, person.id, part, surface, message.message_id)
            return
        is_seen = self._is_seen(message) if reading else False
        if reading is None or (is_seen and isinstance(reading, Remark)):
            return
        _log.info("message %d in %d: %s", message.message_id, place.chat_id, _kind(reading))
        match reading:
            case Ask(question):
                asked = self._asked(question, message)
                if self._desk.has_room(place, person):
                    asked = self._forwards.join(asked, surface, message.date)
                    self._pastes.take(asked, surface, to)
                else:
                    self._refuse(asked, surface)
            case PassedOn():
                self._passed_on(reading, message, surface)
            case Command():
                self._command(reading, message, surface)
            case Remark(key):
                self._say(place, person.id, in_language(person.language)(key), surface)

    def _command(self, command: Command, message: Message, surface: Surface) -> None:
        place, person = place_of(message), person_of(message)
        scene = Scene(place, person, surface, self._assistant)
        errand = functools.partial(self._commands.run, command, message, scene)
        own = [one for one in self._assistant.open_in(place) if one.person.id == person.id]
        if command.name is CommandName.STOP and own:
            for growing in own:  # at once, whatever else this person has wanted before
                self._assistant.stop(growing)
        elif command.name is CommandName.NEW:
            # What is asked from now on waits until the past is forgotten.
            self._errand(
                (place, person.id, command.name), functools.partial(self._paused, place, errand)
            )
        else:
            self._errand((place, person.id), errand)

    async def _paused(self, place: Place, errand: Errand) -> None:
        resume = self._desk.pause(place)
        try:
            await errand()
        finally:
            resume()

    def _move(self, chat_id: int, to: int) -> None:
        self._desk.move(chat_id, to)
        self._errand(chat_id, functools.partial(self._assistant.move, chat_id, to))

    def _asked(self, question: Question, message: Message) -> Asked:
        question = replace(question, speaker=speaker_of(message))
        return Asked(question, place_of(message), person_of(message), message.message_id)

    def _surface(self, message: Message) -> TelegramSurface:
        topic = place_of(message).topic
        return TelegramSurface(self._bot, peer_of(message), topic, message.message_id)

    def _ask(self, asked: Asked, surface: Surface) -> None:
        if not self._desk.ask(asked, surface):
            self._refuse(asked, surface)

    def _refuse(self, asked: Asked, surface: Surface) -> None:
        text = in_language(asked.person.language)("too-many-waiting", count=MOST_WAITING)
        self._say(asked.place, asked.person.id, text, surface)

    def _passed_on(self, reading: PassedOn, message: Message, surface: Surface) -> None:
        place, person = place_of(message), person_of(message)
        belongs = self._forwards.add(place, person.id, reading.message, message.date)
        if belongs:
            self._desk.amend(*belongs)
        elif self._forwards.waiting(place, person.id) == 1:
            self._say(place, person.id, in_language(person.language)("passed-on"), surface)

    def _edited(self, message: Message) -> None:
        """Take an edit. Only questions matter; what has become none keeps its answer."""
        reading = read(message, self._bot.bot)
        if isinstance(reading, Ask):
            _log.info("message %d in %d: edited", message.message_id, message.chat.id)
            asked = self._forwards.rejoin(self._asked(reading.question, message))
            if not self._pastes.amend(asked):
                self._desk.amend(asked, self._surface(message))

    def _pressed(self, query: CallbackQuery) -> None:
        is_urgent = query.data == Action.STOP
        line = object() if is_urgent else (query.from_user.id, "presses")
        self._errand(line, functools.partial(self._presses.take, query))

    def _say(self, place: Place, person: int, text: str, surface: Surface) -> None:
        self._errand((place, person), functools.partial(self._assistant.say, text, surface))

    def _errand(self, line: Hashable, errand: Errand) -> None:
        if len(self._errands.waiting(line)) < MOST_ERRANDS:
            self._errands.put(line, errand)

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

    def _membership(self, change: ChatMemberUpdated) -> None:
        """Greet a group that the bot has just been added to."""
        before, now = change.old_chat_member.status, change.new_chat_member.status
        if change.chat.type not in _GROUPS or before not in _OUTSIDE or now in _OUTSIDE:
            return
        sees_all = bool(self._bot.can_read_all_group_messages) or now == ChatMember.ADMINISTRATOR
        surface = TelegramSurface(self._bot, Peer(change.chat.id, is_group=True), None, None)
        words = in_language(change.from_user.language_code or "")
        _log.info("added to group %d", change.chat.id)
        text = greeting(words, self._bot.username, sees_all=sees_all)
        self._say(Place(change.chat.id), change.from_user.id, text, surface)


async def _run(errand: Errand) -> None:
    await errand()


def _is_part(message: Message, reading: Reading | None) -> bool:
    """Tell whether a message may be the rest of one that was cut: a text, and not addressed anew.

    In private everything is addressed, and in groups so is a reply to the bot.
    """
    if not message.text or message.forward_origin or message.text.startswith(("/", "@")):
        return False
    is_private = message.chat.type == ChatType.PRIVATE
    return reading is None or (
        isinstance(reading, Ask) and (is_private or replied(message) is not None)
    )


def _kind(reading: Reading) -> str:
    return f"/{reading.name}" if isinstance(reading, Command) else type(reading).__name__
