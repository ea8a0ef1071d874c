"""What the press of a button does. Every press is answered, by a short toast at most."""

import asyncio
import logging
from dataclasses import replace
from typing import Final

from telegram import Bot, CallbackQuery, Message
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.assistant import Assistant, Growing
from bot.handlers.admins import Administrators
from bot.handlers.allowance import Allowance
from bot.handlers.choosing import Choosing
from bot.handlers.desk import Again, Desk
from bot.handlers.inbox import Inbox
from bot.handlers.menus import Choice, ChooseModel, Erase, ResetPrompt, TurnPage, choice
from bot.handlers.people import peer_of, person, place_of
from bot.handlers.questions import Questions
from bot.handlers.scene import Scene
from bot.locales import Words, in_language
from bot.reply.controls import Action
from bot.reply.pacing import Peer
from bot.reply.surface import OutcomeUnknown, Refusal, TooFast
from bot.reply.telegram_surface import TelegramSurface, meaning

TOAST_RETRY: Final = 1.0
TOAST_PATIENCE: Final = 10.0
"""Seconds between attempts to answer a press, and for how long there is any use in it: apps do not
wait longer. What a press does never depends on it."""

MOST_TOASTS: Final = 1000
"""Presses that are being answered; while Telegram is down, further ones stay unanswered."""

_log = logging.getLogger(__name__)


class Presses:
    """Takes presses. Whose button it is decides the message below which it stands."""

    def __init__(  # noqa: PLR0913 (the parts that buttons are about)
        self,
        bot: Bot,
        assistant: Assistant,
        desk: Desk,
        inbox: Inbox,
        *,
        choosing: Choosing,
        administrators: Administrators,
        questions: Questions,
        allowance: Allowance,
    ) -> None:
        self._bot = bot
        self._assistant = assistant
        self._desk = desk
        self._inbox = inbox
        self._choosing = choosing
        self._administrators = administrators
        self._questions = questions
        self._allowance = allowance
        self._toasts: set[asyncio.Task[None]] = set()

    async def take(self, query: CallbackQuery, update_id: int) -> bool:
        """Do what a press asks for, or hand it on (true): then its update is not settled yet."""
        message, data = query.message, query.data or ""
        if not isinstance(message, Message) or not message.is_accessible:  # deleted, or too old
            self._toast(query, "press-old")
        elif data == Action.STOP:
            await self._stop(query, message)
        elif data in (Action.AGAIN, Action.CONTINUE):
            return await self._again(query, message, update_id)
        elif (chosen := choice(data)) and _stands_below(message, data):
            await self._choose(query, message, chosen)
        else:
            self._toast(query, "press-old")
        return False

    def turn_away(self, query: CallbackQuery) -> None:
        """Tell a stranger that nothing is done for them."""
        self._toast(query, "press-stranger", id=str(query.from_user.id))

    def tell_of(self, query: CallbackQuery, bug: str) -> None:
        """Tell that a bug, which stands under this id in the log, is why nothing was done."""
        self._toast(query, "bug", id=bug)

    async def idle(self) -> None:
        """Wait until every toast was sent."""
        while self._toasts:
            await asyncio.wait(self._toasts)

    async def _stop(self, query: CallbackQuery, message: Message) -> None:
        growing = self._growing(message)
        if growing is None:
            self._toast(query, "press-over")
        elif growing.person.id == query.from_user.id or await self._administrates(query, message):
            self._assistant.stop(growing)
            self._toast(query)
        else:
            self._toast(query, "press-not-yours")

    def _growing(self, message: Message) -> Growing | None:
        """Give the answer that a message belongs to, which replies to its question or its pages.

        That tells also where a message stands that was sent, but Telegram's answer was lost.
        """
        replied = message.reply_to_message
        near = {message.message_id, replied.message_id if replied else None} - {None}
        for growing in self._assistant.open_in(place_of(message)):
            shown = {one.message_id for one in growing.reply.shown}
            if near & (shown | {growing.question_id}):
                return growing
        return None

    async def _again(self, query: CallbackQuery, message: Message, update_id: int) -> bool:
        question = message.reply_to_message
        who = person(query.from_user)
        if question and question.sender_chat and await self._administrates(query, message):
            who = replace(who, id=question.sender_chat.id)  # asked in the name of a chat
        surface = TelegramSurface(
            self._bot,
            peer_of(message),
            place_of(message).topic,
            question.message_id if question else None,
        )
        place = place_of(message)

        def may_begin(is_last: bool) -> bool:  # noqa: FBT001 (the desk's only question)
            refusal = self._allowance.take(who) if is_last else _words(query)("press-not-last")
            self._show(query, refusal)
            return not refusal

        carry_on = query.data == Action.CONTINUE
        again = Again(place, who, message.message_id, surface, carry_on, may_begin, (update_id,))
        is_taken = self._desk.again(again)
        if not is_taken:
            is_busy = self._desk.is_busy(place, who)
            self._toast(query, "press-busy" if is_busy else "press-crowded")
        return is_taken

    async def _choose(self, query: CallbackQuery, message: Message, chosen: Choice) -> None:
        scene = self._scene(query, message)
        match chosen:
            case Erase(who, is_sure):
                if who != query.from_user.id:
                    self._toast(query, "press-not-yours")
                    return
                self._toast(query)
                await self._erase(who, scene, is_sure=is_sure)
                return
            case _ if not await self._administrates(query, message):
                self._toast(query, "only-administrators")
                return
            case ChooseModel(key):
                self._toast(query)
                await self._choosing.choose_model(key, scene)
            case TurnPage(page, words):
                self._toast(query)
                await self._choosing.turn_page(page, words, scene)
            case ResetPrompt():
                self._toast(query)
                await self._choosing.reset_prompt(scene)

    def _scene(self, query: CallbackQuery, message: Message) -> Scene:
        surface = TelegramSurface(self._bot, peer_of(message), place_of(message).topic, None)
        who = person(query.from_user)
        return Scene(place_of(message), who, surface, self._assistant, message.message_id)

    async def _erase(self, who: int, scene: Scene, *, is_sure: bool) -> None:
        if not is_sure:
            await scene.say(scene.words("forget-me-kept"))
            return
        async with scene.unless_memory_fails():
            self._questions.forget_person(who)
            await self._inbox.idle()
            count = await self._assistant.forget_person(who)
            await scene.say(scene.words("forget-me-done", count=count))

    async def _administrates(self, query: CallbackQuery, message: Message) -> bool:
        return message.chat.type == ChatType.PRIVATE or await self._administrators.include(
            message.chat.id, query.from_user.id
        )

    def _toast(self, query: CallbackQuery, key: str = "", **values: str) -> None:
        self._show(query, _words(query)(key, **values) if key else "")

    def _show(self, query: CallbackQuery, text: str) -> None:
        if len(self._toasts) < MOST_TOASTS:
            task = asyncio.create_task(self._answer(query, text), name="toast")
            self._toasts.add(task)
            task.add_done_callback(self._toasts.discard)

    async def _answer(self, query: CallbackQuery, text: str) -> None:
        now = asyncio.get_running_loop().time
        until = now() + TOAST_PATIENCE
        while refusal := await _refusal(query, text):
            wait = TOAST_RETRY
            if isinstance(refusal, TooFast):
                wait = refusal.retry_after
                if peer := _peer(query):
                    self._assistant.hold(peer, wait)
            if not isinstance(refusal, TooFast | OutcomeUnknown) or now() + wait > until:
                _log.info("a press was not answered: %s", type(refusal).__name__)
                return
            await asyncio.sleep(wait)


async def _refusal(query: CallbackQuery, text: str) -> Refusal | None:
    """Answer a press; give what it means if Telegram does not take that."""
    try:
        await query.answer(text or None)
    except TelegramError as error:
        return meaning(error)
    return None


def _peer(query: CallbackQuery) -> Peer | None:
    return peer_of(query.message) if isinstance(query.message, Message) else None


def _words(query: CallbackQuery) -> Words:
    return in_language(query.from_user.language_code or "")


def _stands_below(message: Message, data: str) -> bool:
    """Tell whether a message has such a button; apps may send whatever they like."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return any(button.callback_data == data for row in rows for button in row)
