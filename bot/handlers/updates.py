"""What happens on an update. Nothing here waits for Telegram or a model: work goes into lines.

Whoever gets work gets the updates that asked for it, too, and settles them (see `inbox`).
"""

import asyncio
import contextlib
import functools
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from telegram import Bot, CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Place, Question
from bot.chat.store import Store
from bot.handlers.access import Access
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
from bot.handlers.allowance import Allowance
from bot.handlers.bugs import Bugs
from bot.handlers.choosing import Choosing, Models
from bot.handlers.commands import Commands, greeting
from bot.handlers.desk import MOST_WAITING, Desk
from bot.handlers.door import Door
from bot.handlers.errands import Errand, Errands
from bot.handlers.forwards import Forwards
from bot.handlers.inbox import Inbox
from bot.handlers.once import Once
from bot.handlers.pastes import Part, Pastes
from bot.handlers.people import person_of, place_of, speaker_of
from bot.handlers.presses import Presses
from bot.handlers.quota import Quota
from bot.handlers.scene import Scene, surface_for
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
TOO_LATE: Final = timedelta(hours=1)
"""A question that has waited longer, because the bot did not run, is not answered any more."""
LATECOMERS: Final = 1000
"""How many people are remembered who were told that; each is told once in a place."""
FAREWELL: Final = 1.0
"""Seconds to take note of what was done, when all is to end."""

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message, and the update it came in; `again`: the process before this one had it, too."""

    message: Message
    update_id: int
    again: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may ask, how much, and how many answers may grow at once."""

    access: Access
    quota: Quota
    at_once: int


class Updates:
    """Reads updates and hands out the work."""

    def __init__(  # noqa: PLR0913 (the parts that updates are about)
        self,
        bot: Bot,
        assistant: Assistant,
        store: Store,
        inbox: Inbox,
        *,
        models: Models,
        default_model: str,
        rules: Rules,
    ) -> None:
        self._bot = bot
        self._assistant = assistant
        self._inbox = inbox
        self._door = Door(rules.access)
        self._signs = Signs(bot, assistant.hold)
        self._errands = Errands(assistant, inbox)
        self._allowance = Allowance(rules.quota, self._errands.say)
        self._desk = Desk(
            assistant,
            self._signs,
            inbox,
            allowance=self._allowance,
            say=self._errands.say,
            at_once=rules.at_once,
        )
        self._pastes = Pastes(self._ask)
        self._forwards = Forwards(inbox.settle)
        administrators = Administrators(bot, assistant.hold)
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
            inbox,
            choosing=choosing,
            administrators=administrators,
            forwards=self._forwards,
            pastes=self._pastes,
            allowance=self._allowance,
        )
        self.bugs = Bugs(bot, self._errands, self._presses)
        self._albums = Once(ALBUMS)
        self._latecomers = Once(LATECOMERS)
        self._is_closing = False

    async def take(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take an update; a handler of python-telegram-bot."""
        if not (self._is_closing and self._inbox.is_safe):
            self._take(update)

    async def resume(self) -> None:
        """Take up what the process before this one has left: its answers, then its updates."""
        for answer in await self._assistant.unfinished():
            place, question = answer.entry.place, answer.entry.question_id
            peer = Peer(place.chat_id, is_group=place.chat_id < 0)
            _log.info("an answer in %d was broken off", place.chat_id)
            self._desk.mend(answer, TelegramSurface(self._bot, peer, place.topic, question))
        for update in await self._inbox.left(self._bot):
            _log.info("update %d was left", update.update_id)
            with contextlib.suppress(Exception):  # it is in the log, and the next one has its turn
                self._take(update, again=True)

    def _take(self, update: Update, *, again: bool = False) -> None:
        number = update.update_id
        try:
            if update.message:
                self._message(_Heard(update.message, number, again))
            elif update.edited_message:
                self._edited(update.edited_message, number)
            elif update.callback_query:
                self._pressed(update.callback_query, number)
            elif update.my_chat_member:
                self._membership(update.my_chat_member, number)
            else:
                self._inbox.settle(number)
        except Exception:
            self._inbox.settle(number)
            raise

    async def idle(self) -> None:
        """Wait until everything that people wanted so far is done."""
        await self._pastes.idle()
        await self._errands.idle()
        await self._desk.idle()
        await self._errands.idle()  # what the desk has to say
        await self._presses.idle()
        await self._signs.idle()
        await self._inbox.idle()

    async def close(self, grace: float) -> None:
        """Let what goes on end within `grace` seconds, or end it; begin nothing more."""
        self._is_closing = True
        if self._inbox.is_safe:
            self._pastes.leave()
        else:
            self._pastes.flush()
        await asyncio.gather(self._desk.close(grace), self._errands.close(grace))
        await self._signs.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._inbox.idle()

    def _message(self, heard: _Heard) -> None:
        message = heard.message
        if message.migrate_to_chat_id:
            self._move(message.chat.id, message.migrate_to_chat_id, heard.update_id)
            return
        reading = read(message, self._bot.bot)
        if not self._door.lets_in(message, reading):
            self._turn_away(message, reading, heard.update_id)
            return
        if self._belongs_to_paste(heard, reading):
            return
        is_first = reading is not None and self._is_first(message)
        if reading is None or (isinstance(reading, Remark) and not is_first):
            self._inbox.settle(heard.update_id)
            return
        surface = self._surface(message)
        _log.info("message %d in %d: %s", message.message_id, message.chat.id, _kind(reading))
        match reading:
            case Ask(question):
                self._asks(self._asked(question, message, heard.update_id), surface, message)
            case PassedOn():
                self._passed_on(reading, heard, surface)
            case Command():
                self._command(reading, heard, surface)
            case Remark(key):
                self._reply(key, message, surface, heard.update_id)

    def _belongs_to_paste(self, heard: _Heard, reading: Reading | None) -> bool:
        message, other = heard.message, replied(heard.message)
        place, person = place_of(message), person_of(message)
        to = other.message_id if other else None
        if not (self._pastes.is_open(place, person.id, to) and _is_part(message, reading)):
            return False
        part = Part((message.text or "").strip(), message.message_id, heard.update_id)
        self._pastes.add(place, person.id, part, self._surface(message))
        return True

    def _asks(self, asked: Asked, surface: Surface, message: Message) -> None:
        other = replied(message)
        if self._is_late(message.date, asked, surface):
            return
        if refusal := self._refusal(asked) or self._allowance.take(asked.person):
            self._tell(asked, refusal, surface)
        else:
            asked = self._forwards.join(asked, surface, message.date)
            self._pastes.take(asked, surface, other.message_id if other else None)

    def _is_late(self, at: datetime, asked: Asked, surface: Surface) -> bool:
        """Tell whether a question of that time is too old to be answered, and say so once."""
        if datetime.now(UTC) - at <= TOO_LATE:
            return False
        if self._latecomers.is_new((asked.place, asked.person.id)):
            self._tell(asked, in_language(asked.person.language)("too-late"), surface)
        else:
            self._inbox.settle(*asked.updates)
        return True

    def _command(self, command: Command, heard: _Heard, surface: Surface) -> None:
        message, updates = heard.message, (heard.update_id,)
        place, person = place_of(message), person_of(message)
        scene = Scene(place, person, surface, self._assistant)
        errand = functools.partial(self._commands.run, command, message, scene)
        tell = functools.partial(self.bugs.tell, message)
        own = [one for one in self._assistant.open_in(place) if one.person.id == person.id]
        if command.name is CommandName.STOP and own:
            for growing in own:  # at once, whatever else this person has wanted before
                self._assistant.stop(growing)
            self._inbox.settle(*updates)
        elif command.name is CommandName.NEW:
            # What is asked from now on waits until the past is forgotten.
            paused = functools.partial(self._paused, place, errand)
            self._errands.put((place, person.id, command.name), paused, *updates, tell=tell)
        else:
            self._errands.put((place, person.id), errand, *updates, tell=tell)

    async def _paused(self, place: Place, errand: Errand) -> None:
        resume = self._desk.pause(place)
        try:
            await errand()
        finally:
            resume()

    def _move(self, chat_id: int, to: int, update_id: int) -> None:
        self._desk.move(chat_id, to)
        if self._door.moved(chat_id, to):
            _log.warning("group %d is %d now: put that into ALLOWED_CHATS", chat_id, to)
        self._errands.put(chat_id, functools.partial(self._assistant.move, chat_id, to), update_id)

    def _asked(self, question: Question, message: Message, update_id: int) -> Asked:
        question = replace(question, speaker=speaker_of(message))
        place, person = place_of(message), person_of(message)
        return Asked(question, place, person, message.message_id, updates=(update_id,))

    def _surface(self, message: Message) -> TelegramSurface:
        return surface_for(self._bot, message)

    def _ask(self, asked: Asked, surface: Surface) -> None:
        if not self._desk.ask(asked, surface):
            self._allowance.give_back(asked.person)
            self._tell(asked, self._refusal(asked), surface)

    def _refusal(self, asked: Asked) -> str:
        """Say why no further question may wait; nothing: one may."""
        words = in_language(asked.person.language)
        if self._desk.is_crowded:
            return words("crowded")
        if not self._desk.has_room(asked.place, asked.person):
            return words("too-many-waiting", count=MOST_WAITING)
        return ""

    def _tell(self, asked: Asked, text: str, surface: Surface) -> None:
        """Say something instead of an answer."""
        self._errands.say(asked.place, asked.person.id, text, surface, *asked.updates)

    def _turn_away(self, message: Message, reading: Reading | None, update_id: int) -> None:
        """Tell a stranger who addresses the bot, once, whom to ask."""
        if reading and (text := self._door.sentence(message)):
            _log.info("message %d in %d: a stranger", message.message_id, message.chat.id)
            surface, person = self._surface(message), person_of(message)
            self._errands.say(place_of(message), person.id, text, surface, update_id)
        else:
            self._inbox.settle(update_id)

    def _passed_on(self, reading: PassedOn, heard: _Heard, surface: Surface) -> None:
        message = heard.message
        place, person = place_of(message), person_of(message)
        belongs = self._forwards.add(
            place, person.id, reading.message, message.date, heard.update_id
        )
        if belongs:
            self._desk.amend(*belongs, is_free=True)
        elif self._forwards.waiting(place, person.id) == 1 and not heard.again:
            self._reply("passed-on", message, surface)  # the update waits for the question

    def _edited(self, message: Message, update_id: int) -> None:
        """Take an edit. Only questions matter; what has become none keeps its answer."""
        reading = read(message, self._bot.bot)
        if not self._door.lets_in(message, reading):
            self._turn_away(message, reading, update_id)
            return
        if not isinstance(reading, Ask):
            self._inbox.settle(update_id)
            return
        _log.info("message %d in %d: edited", message.message_id, message.chat.id)
        asked, surface = self._asked(reading.question, message, update_id), self._surface(message)
        if self._is_late(message.edit_date or message.date, asked, surface):
            return
        asked = self._forwards.rejoin(asked)
        if not self._pastes.amend(asked):
            self._desk.amend(asked, surface)

    def _pressed(self, query: CallbackQuery, update_id: int) -> None:
        if not self._door.lets_press(query):
            self._presses.turn_away(query)
            self._inbox.settle(update_id)
            return
        is_urgent = query.data == Action.STOP
        line = object() if is_urgent else (query.from_user.id, "presses")
        tell = functools.partial(self._presses.tell_of, query)
        press = functools.partial(self._presses.take, query, update_id)
        self._errands.put(line, press, update_id, tell=tell)

    def _reply(self, key: str, message: Message, surface: Surface, *updates: int) -> None:
        """Answer a message with a sentence."""
        place, person = place_of(message), person_of(message)
        text = in_language(person.language)(key)
        self._errands.say(place, person.id, text, surface, *updates)

    def _is_first(self, message: Message) -> bool:
        """Tell whether no other message of the same album was answered already."""
        album = message.media_group_id
        return album is None or self._albums.is_new((message.chat.id, album))

    def _membership(self, change: ChatMemberUpdated, update_id: int) -> None:
        """Greet a group that the bot has just been added to."""
        before, now = change.old_chat_member.status, change.new_chat_member.status
        if change.chat.type not in _GROUPS or before not in _OUTSIDE or now in _OUTSIDE:
            self._inbox.settle(update_id)
            return
        sees_all = bool(self._bot.can_read_all_group_messages) or now == ChatMember.ADMINISTRATOR
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
