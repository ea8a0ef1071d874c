"""The whole bot in virtual time: everything is real but the wire and the model.

async with wired(Model([saying(2.0, "Hello!")])) as w:
    w.chat.say(w.alice, "Hi")
    await w.settled()
    assert screen(w.chat) == ["Hello! [🔁]"]

Updates are polled by the real python-telegram-bot, whose client is cut off below itself: each
request is handed, in process, to the sandbox's Bot API, with its budgets, rules and faults. So a
flood of two minutes or a silence of 25 seconds costs a test milliseconds. What is said is kept in
the real store.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final, cast

from telegram import Update
from telegram.error import NetworkError, TimedOut
from telegram.ext import ApplicationBuilder, TypeHandler
from telegram.request import BaseRequest, RequestData

from bot.app import POLL, READ_TIMEOUT
from bot.assistant import Assistant
from bot.chat.conversation import Place
from bot.chat.lenient import Lenient
from bot.chat.store import Store
from bot.handlers.access import access
from bot.handlers.choosing import Models
from bot.handlers.inbox import Inbox
from bot.handlers.quota import Quota
from bot.handlers.updates import ALLOWED_UPDATES, Rules, Updates
from bot.reply.gate import Gate
from bot.reply.pacing import Pacer
from bot.sandbox.telegram import (
    Answer,
    Call,
    Chat,
    Document,
    DroppedError,
    LocalTelegram,
    Message,
    User,
)
from tests.scripted import Model

TOKEN: Final = "42:TEST"
NAMES: Final = {
    "answerCallbackQuery": "toast",
    "deleteMessage": "drop",
    "editMessageReplyMarkup": "buttons",
    "editMessageText": "edit",
    "getChatAdministrators": "administrators",
    "sendChatAction": "typing",
    "sendDocument": "file",
    "sendMessage": "send",
    "setMessageReaction": "sign",
}
"""What the calls that people notice are called in tests."""

Hook = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""What happens just before a call arrives, given its method and parameters."""


@dataclass
class Hooks:
    """What is to happen, and before which call: the n-th of its method, counted from 1."""

    _planned: dict[tuple[str, int], Hook] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def before(self, method: str, number: int, hook: Hook) -> None:
        """Let something happen before the n-th call of a method."""
        self._planned[method, number] = hook

    async def arrive(self, method: str, params: Mapping[str, Any]) -> None:
        """Count a call, and let happen what is to happen before it."""
        number = self._counts[method] = self._counts.get(method, 0) + 1
        if hook := self._planned.pop((method, number), None):
            await hook(method, params)


class Wire(BaseRequest):
    """Carries requests to the sandbox's Bot API in process; fails as `HTTPXRequest` does.

    What was asked goes on also where nobody waits for the answer any more, as at a server.
    """

    def __init__(self, telegram: LocalTelegram, hooks: Hooks) -> None:
        self._telegram = telegram
        self._hooks = hooks
        self._calls: set[asyncio.Task[Answer]] = set()

    @property
    def read_timeout(self) -> float:
        """The seconds that an answer may take."""
        return READ_TIMEOUT

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Break off what is still under way."""
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def do_request(  # noqa: PLR0917 (python-telegram-bot asks for them)
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make a call; raises `TimedOut` and `NetworkError`."""
        is_default = read_timeout is BaseRequest.DEFAULT_NONE
        token, _, name = url.rpartition("/bot")[2].partition("/")
        is_gone = False
        call = asyncio.create_task(
            self._answer(token, name, _parameters(request_data), lambda: is_gone)
        )
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        try:
            async with asyncio.timeout(self.read_timeout if is_default else read_timeout):
                answer = await asyncio.shield(call)
        except TimeoutError:
            raise TimedOut from None
        except DroppedError:
            raise NetworkError("httpx.RemoteProtocolError: the server has hung up") from None
        finally:
            is_gone = True
        return answer.status, answer.body.encode()

    async def _answer(
        self, token: str, name: str, params: Mapping[str, object], gone: Callable[[], bool]
    ) -> Answer:
        await self._hooks.arrive(name, params)
        return await self._telegram.api.answer(token, name, params, gone)


def _parameters(data: RequestData | None) -> Mapping[str, object]:
    if data is None:
        return {}
    files: dict[str, Document] = {}
    for name, (file_name, content, mime_type) in (data.multipart_data or {}).items():
        assert isinstance(content, bytes)
        files[name] = Document(file_name=file_name, mime_type=mime_type, content=content)
    return {**data.json_parameters, **files}


class _Polling(Wire):
    """Stores updates as `bot.polling` does."""

    def __init__(self, telegram: LocalTelegram, hooks: Hooks, inbox: Inbox) -> None:
        super().__init__(telegram, hooks)
        self._inbox = inbox

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        return status, await self._inbox.store(body) if status == HTTPStatus.OK else body


@dataclass(frozen=True)
class Record:
    """What is remembered of an answer: its text, how it ended, which messages show it."""

    answer: str
    outcome: str
    messages: tuple[int, ...]


@dataclass
class Wired:
    """A Telegram, a model and a bot between them; Alice in a private chat."""

    telegram: LocalTelegram
    model: Model
    store: Store
    hooks: Hooks
    resume: Callable[[], Awaitable[None]]
    """Takes up what another process has left, as at the start of the bot."""
    _idle: Callable[[], Awaitable[None]]

    def __post_init__(self) -> None:
        self.alice = self.telegram.user("Alice", username="alice", language_code="en")
        self.bob = self.telegram.user("Bob", username="bob", language_code="en")
        self.chat = self.telegram.private(self.alice)

    async def settled(self) -> None:
        """Wait until the bot has dealt with all that was said."""
        await self.telegram.updates_confirmed()
        await self._idle()

    def calls(self, *chats: Chat) -> str:
        """Give the calls about some chats, and the toasts of all, with their times.

        `!` marks a call that took no effect, `?` one that did although its answer was lost.
        """
        ids = {chat.id for chat in chats}
        return ", ".join(
            f"{call.time:.6g} {NAMES[call.method]}{_mark(call)}"
            for call in self.telegram.calls
            if call.method in NAMES and (call.chat_id is None or call.chat_id in ids)
        )


def screen(chat: Chat) -> list[str]:
    """Give what the bot has said there as it stands, the signs of its buttons in brackets."""
    return [_line(message) for message in chat.said_by_bot]


async def record(store: Store, place: Place, person: User) -> Record | None:
    """Give the last that is remembered of a person in a place."""
    kept = await store.last(place, person.id)
    if kept is None:
        return None
    ids = tuple(one.message_id for one in kept.entry.messages)
    return Record(kept.entry.answer, kept.entry.outcome, ids)


def _line(message: Message) -> str:
    text = f"<{message.document.file_name}>" if message.document else message.text
    signs = " ".join(button["text"].split()[0] for button in message.buttons)
    return f"{text} [{signs}]" if signs else text


def _mark(call: Call) -> str:
    if not call.ok:
        return "!"
    return "?" if call.description else ""


@contextlib.asynccontextmanager
async def wired(model: Model, database: str = "sqlite:///wired.sqlite3") -> AsyncIterator[Wired]:
    """Start it all; what is remembered lies in the working directory."""
    telegram, hooks = LocalTelegram(TOKEN), Hooks()
    async with contextlib.AsyncExitStack() as stack:
        store = await Store.open(database)
        stack.push_async_callback(store.close)
        memory = Lenient(store)
        inbox = Inbox(memory)
        application = (
            ApplicationBuilder()
            .token(TOKEN)
            .update_queue(inbox)
            .request(Wire(telegram, hooks))
            .get_updates_request(_Polling(telegram, hooks, inbox))
            .job_queue(None)
            .build()
        )
        await application.initialize()
        stack.push_async_callback(application.shutdown)
        assistant = Assistant(model, memory, Gate(Pacer()))
        stack.push_async_callback(assistant.close)
        updates = Updates(
            application.bot,
            assistant,
            store,
            inbox,
            models=cast("Models", model),
            default_model="scripted",
            rules=Rules(access((), (), ()), Quota(0), 100),
        )
        application.add_handler(TypeHandler(Update, updates.take))
        await application.start()
        stack.push_async_callback(application.stop)
        stack.push_async_callback(updates.close, 0)
        assert application.updater
        await application.updater.start_polling(
            timeout=timedelta(seconds=POLL), allowed_updates=ALLOWED_UPDATES
        )
        stack.push_async_callback(application.updater.stop)

        async def idle() -> None:
            await application.update_queue.join()
            await updates.idle()

        yield Wired(telegram, model, store, hooks, updates.resume, idle)
