"""Telegram as a surface: the one place that knows what Telegram's answers mean.

Descriptions are those of tdlib/telegram-bot-api; python-telegram-bot drops the prefix and changes
the case of the first letter, so they are compared in lower case.
"""

import contextlib
import os
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram import Message as Sent
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.reply.pacing import Peer
from bot.reply.page import Button, Buttons, File, Message, Page
from bot.reply.search import file_mark, mark_of
from bot.reply.surface import (
    Foreign,
    Gone,
    Moved,
    OutcomeUnknown,
    Refusal,
    Rejected,
    TooFast,
    Unwelcome,
)

# python-telegram-bot reads it with each error: retry_after is a timedelta then, without a warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_T = TypeVar("_T")
_UNCHANGED: Final = "message is not modified"
_GONE: Final = (
    "message to edit not found",
    "message to delete not found",
    "message to be replied not found",
    "reply_message_id_invalid",
    "message_id_invalid",
)
_FOREIGN: Final = "message can't be edited"
_UNWELCOME: Final = (
    "chat not found",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "not enough rights",
    "have no rights to send",
    "have no write access",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "user_banned_in_channel",
    "need administrator rights",
    "group chat was deactivated",
    "user is deactivated",
    "peer_id_invalid",
)


def meaning(error: TelegramError) -> Refusal | None:
    """Give what an error of Telegram's means; `None`: all is as it should be."""
    match error:
        case RetryAfter(retry_after=timedelta() as wait):
            return TooFast(wait.total_seconds())
        case RetryAfter(retry_after=int() as seconds):  # PTB_TIMEDELTA=false in the environment
            return TooFast(seconds)
        case BadRequest():
            return _meaning_of(str(error).lower())
        case NetworkError():
            return OutcomeUnknown(type(error).__name__)
        case Forbidden() | InvalidToken():
            return Unwelcome(type(error).__name__)
        case _:  # a gateway's page in the place of an answer, for instance
            return OutcomeUnknown(type(error).__name__)


def _meaning_of(description: str) -> Refusal | None:
    if _UNCHANGED in description:
        return None
    if _FOREIGN in description:
        return Foreign(description)
    if any(known in description for known in _GONE):
        return Gone(description)
    if any(known in description for known in _UNWELCOME):
        return Unwelcome(description)
    return Rejected(description.partition(":")[0])  # what follows may quote the text


class TelegramSurface:
    """The place of one answer: a chat, its topic (`None`: none, or General), and the question.

    Styles go as entities, never by a parse mode: no text can be refused for how it is written.
    """

    def __init__(self, bot: Bot, peer: Peer, topic: int | None, question: int | None) -> None:
        self._bot = bot
        self._peer = peer
        self._topic = topic
        self._question = question

    @property
    def peer(self) -> Peer:
        """The chat whose budget the calls use; another one after `Moved`."""
        return self._peer

    async def send(self, page: Message, after: int | None) -> int:
        """Send a page or a file as a reply to the message before it, or to the question."""
        reply_to = self._question if after is None else after
        reply = (
            ReplyParameters(reply_to, allow_sending_without_reply=after is None)
            if reply_to is not None
            else None
        )
        sent = await self._call(
            lambda chat_id: self._send(chat_id, page, reply, silent=after is not None)
        )
        if sent is None:
            raise Rejected("a new message was called unchanged")
        return sent.message_id

    async def _send(
        self, chat_id: int, page: Message, reply: ReplyParameters | None, *, silent: bool
    ) -> Sent:
        match page:
            case File(name, text):
                return await self._bot.send_document(
                    chat_id,
                    InputFile(text.encode(), filename=name),
                    message_thread_id=self._topic,
                    disable_notification=silent,
                    reply_parameters=reply,
                )
            case Page():
                return await self._bot.send_message(
                    chat_id,
                    page.text,
                    entities=_entities(page),
                    message_thread_id=self._topic,
                    disable_notification=silent,
                    link_preview_options=LinkPreviewOptions(is_disabled=not page.preview),
                    reply_parameters=reply,
                    reply_markup=_keyboard(page.buttons),
                )

    async def edit(self, message_id: int, page: Page) -> None:
        """Make a message hold this page."""
        await self._call(
            lambda chat_id: self._bot.edit_message_text(
                page.text,
                chat_id,
                message_id,
                entities=_entities(page),
                link_preview_options=LinkPreviewOptions(is_disabled=not page.preview),
                reply_markup=_keyboard(page.buttons),
            )
        )

    async def rebutton(self, message_id: int, buttons: Buttons) -> None:
        """Put these buttons below a message, in the place of those it has."""
        await self._call(
            lambda chat_id: self._bot.edit_message_reply_markup(
                chat_id, message_id, reply_markup=_keyboard(buttons)
            )
        )

    async def look(self, message_id: int) -> str:
        """Give the mark of a message, by putting a button below it.

        Telegram returns the message only if the edit changes something, and even then not what it
        replies to (telegram-bot-api, `TdOnEditMessageCallback`).
        """
        buttons = ((Button("\N{HOURGLASS WITH FLOWING SAND}", f"look {uuid.uuid4().hex[:16]}"),),)
        found = await self._call(
            lambda chat_id: self._bot.edit_message_reply_markup(
                chat_id, message_id, reply_markup=_keyboard(buttons)
            )
        )
        if not isinstance(found, Sent) or _topic_of(found) != self._topic:
            return ""
        if file := found.document:
            return file_mark(file.file_name or "", file.file_size or 0)
        return mark_of(Page(found.text or ""))

    async def drop(self, message_id: int) -> None:
        """Delete a message; that it is gone already is fine."""
        with contextlib.suppress(Gone):
            await self._call(lambda chat_id: self._bot.delete_message(chat_id, message_id))

    async def typing(self) -> None:
        """Show "typing…" for about 5 s, or until the next message."""
        await self._call(
            lambda chat_id: self._bot.send_chat_action(
                chat_id, ChatAction.TYPING, message_thread_id=self._topic
            )
        )

    async def _call(self, make: Callable[[int], Awaitable[_T]]) -> _T | None:
        """Make a call; `None`: nothing was to be changed."""
        try:
            return await make(self._peer.id)
        except ChatMigrated as error:
            # Messages have other ids there, the question included.
            self._peer, self._question = Peer(error.new_chat_id, is_group=True), None
            refusal: Refusal | None = Moved()
        except TelegramError as error:
            refusal = meaning(error)
        if refusal:
            raise refusal
        return None


def _topic_of(message: Sent) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def _entities(page: Page) -> list[MessageEntity]:
    return [
        MessageEntity(
            one.type,
            one.offset,
            one.length,
            url=one.url or None,
            language=one.language or None,
        )
        for one in page.entities
    ]


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Give the buttons as Telegram takes them; an edit without any takes those there are away."""
    rows = [
        [InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None
