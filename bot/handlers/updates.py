"""What happens on an update. Nothing here waits for Telegram or a model: work goes into lines.

Whoever gets work gets the updates that asked for it, too, and settles them (see `inbox`).
"""

import asyncio
import contextlib
import functools
import logging
from dataclasses import dataclass
from typing import Final

from telegram import Bot, CallbackQuery, Message, Update
from telegram.ext import ContextTypes

from bot.assistant import Assistant
from bot.chat.conversation import Place
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
)
from bot.handlers.admins import Administrators
from bot.handlers.allowance import Allowance
from bot.handlers.bugs import Bugs
from bot.handlers.choosing import Choosing, Models
from bot.handlers.commands import Commands
from bot.handlers.desk import Desk
from bot.handlers.door import Door
from bot.handlers.errands import Errand, Errands
from bot.handlers.inbox import Inbox
from bot.handlers.joining import Joining
from bot.handlers.once import Once
from bot.handlers.people import person_of, place_of
from bot.handlers.presses import Presses
from bot.handlers.questions import LATECOMERS, Heard, Questions
from bot.handlers.quota import Quota
from bot.handlers.scene import Scene, surface_for
from bot.handlers.signs import Signs
from bot.locales import in_language
from bot.logs import report
from bot.reply.controls import Action
from bot.reply.pacing import Peer
from bot.reply.telegram_surface import TelegramSurface

ALLOWED_UPDATES: Final = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
)
ALBUMS: Final = 256
"""How many albums are remembered: a remark is made once for all pictures of one."""
FAREWELL: Final = 1.0
"""Seconds to take note of what was done, when all is to end."""

_log = logging.getLogger(__name__)


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
        self._questions = Questions(bot, self._desk, self._allowance, self._errands, inbox)
        administrators = Administrators(bot, assistant.hold)
        choosing = Choosing(store, models, default_model)
        self._commands = Commands(
            bot,
            assistant,
            store,
            choosing=choosing,
            administrators=administrators,
            questions=self._questions,
        )
        self._presses = Presses(
            bot,
            assistant,
            self._desk,
            inbox,
            choosing=choosing,
            administrators=administrators,
            questions=self._questions,
            allowance=self._allowance,
        )
        self.bugs = Bugs(bot, self._errands, self._presses)
        self._joining = Joining(bot, self._door, self._errands, inbox)
        self._albums = Once(ALBUMS)
        self._given_up = Once(LATECOMERS)
        self._is_closing = False

    async def take(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take an update; a handler of python-telegram-bot."""
        if not (self._is_closing and self._inbox.has(update.update_id)):
            self._take(update)

    async def resume(self) -> None:
        """Take up what the process before this one has left: its answers, then its updates."""
        for answer in await self._assistant.unfinished():
            place, question = answer.entry.place, answer.entry.question_id
            peer = Peer(place.chat_id, is_group=place.chat_id < 0)
            _log.info("an answer in %d was broken off", place.chat_id)
            self._desk.mend(answer, TelegramSurface(self._bot, peer, place.topic, question))
        for update, is_hopeless in await self._inbox.left(self._bot):
            _log.info("update %d was left", update.update_id)
            try:
                if is_hopeless:
                    self._give_up(update)
                else:
                    self._take(update, again=True)
            except Exception as error:  # noqa: BLE001 (the next one is not to blame)
                report(_log, "with an update that was left", error)

    def _take(self, update: Update, *, again: bool = False) -> None:
        number = update.update_id
        try:
            if update.message:
                self._message(Heard(update.message, number, again))
            elif update.edited_message:
                self._edited(Heard(update.edited_message, number, again))
            elif update.callback_query:
                self._pressed(update.callback_query, number)
            elif update.my_chat_member:
                self._joining.take(update.my_chat_member, number)
            else:
                self._inbox.settle(number)
        except Exception:
            self._inbox.settle(number)
            raise

    def _give_up(self, update: Update) -> None:
        """Ask a person, once, to try anew what several processes have died with.

        What was edited or pressed just stays undone.
        """
        message = update.message
        if message is None:
            return
        if message.migrate_to_chat_id:
            self._move(message.chat.id, message.migrate_to_chat_id, update.update_id)
            return
        reading = read(message, self._bot.bot)
        if (
            isinstance(reading, Ask | Command)
            and not (isinstance(reading, Command) and reading.is_plain)
            and self._door.lets_in(message, reading)
            and self._given_up.is_new((place_of(message), person_of(message).id))
        ):
            self._reply("given-up", message)

    async def idle(self) -> None:
        """Wait until everything that people wanted so far is done."""
        await self._questions.idle()
        await self._errands.idle()
        await self._desk.idle()
        await self._errands.idle()  # what the desk has to say
        await self._presses.idle()
        await self._signs.idle()
        await self._inbox.idle()

    async def close(self, grace: float) -> None:
        """Let what goes on end within `grace` seconds, or end it; begin nothing more."""
        self._is_closing = True
        self._questions.close()
        await asyncio.gather(self._desk.close(grace), self._errands.close(grace))
        await self._signs.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._inbox.close()

    def _message(self, heard: Heard) -> None:
        message = heard.message
        self._assistant.seen(message.chat.id, message.message_id, message.date)
        if message.migrate_to_chat_id:
            self._move(message.chat.id, message.migrate_to_chat_id, heard.update_id)
            return
        reading = read(message, self._bot.bot)
        if not self._door.lets_in(message, reading):
            self._turn_away(message, reading, heard.update_id)
            return
        if self._questions.add_part(heard, reading):
            return
        is_first = reading is not None and self._is_first(message)
        if reading is None or (isinstance(reading, Remark) and not is_first):
            self._inbox.settle(heard.update_id)
            return
        _log.info("message %d in %d: %s", message.message_id, message.chat.id, _kind(reading))
        match reading:
            case Ask(question):
                self._questions.take(question, heard)
            case PassedOn(forwarded):
                if self._questions.add_context(forwarded, heard) and not heard.again:
                    self._reply("passed-on", message)  # the update waits for the question
            case Command():
                self._command(reading, heard)
            case Remark(key):
                self._reply(key, message, heard.update_id)

    def _command(self, command: Command, heard: Heard) -> None:
        message, updates = heard.message, (heard.update_id,)
        place, person = place_of(message), person_of(message)
        scene = Scene(place, person, surface_for(self._bot, message), self._assistant)
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

    def _turn_away(self, message: Message, reading: Reading | None, update_id: int) -> None:
        """Tell a stranger who addresses the bot, once, whom to ask."""
        if reading and (text := self._door.sentence(message)):
            _log.info("message %d in %d: a stranger", message.message_id, message.chat.id)
            surface, person = surface_for(self._bot, message), person_of(message)
            self._errands.say(place_of(message), person.id, text, surface, update_id)
        else:
            self._inbox.settle(update_id)

    def _edited(self, heard: Heard) -> None:
        """Take an edit. Only questions matter; what has become none keeps its answer."""
        message = heard.message
        reading = read(message, self._bot.bot)
        if not self._door.lets_in(message, reading):
            self._turn_away(message, reading, heard.update_id)
        elif isinstance(reading, Ask):
            _log.info("message %d in %d: edited", message.message_id, message.chat.id)
            self._questions.edit(reading.question, heard)
        else:
            self._inbox.settle(heard.update_id)

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

    def _reply(self, key: str, message: Message, *updates: int) -> None:
        """Answer a message with a sentence."""
        place, person, surface = (
            place_of(message),
            person_of(message),
            surface_for(self._bot, message),
        )
        text = in_language(person.language)(key)
        self._errands.say(place, person.id, text, surface, *updates)

    def _is_first(self, message: Message) -> bool:
        """Tell whether no other message of the same album was answered already."""
        album = message.media_group_id
        return album is None or self._albums.is_new((message.chat.id, album))


def _kind(reading: Reading) -> str:
    return f"/{reading.name}" if isinstance(reading, Command) else type(reading).__name__
