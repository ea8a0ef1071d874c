"""The composition root: builds the parts, starts them, and stops them in order."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from telegram import Bot, Update
from telegram.error import (
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application, ApplicationBuilder, TypeHandler
from telegram.request import HTTPXRequest

from bot.assistant import Assistant
from bot.chat.claim import ClaimedError, claim
from bot.chat.lenient import Lenient
from bot.chat.store import Store, StoreError, StoreTooNewError
from bot.ending import end_at_last, until_signalled
from bot.garbage import collect_when_quiet
from bot.handlers.access import access
from bot.handlers.catalogue import catalogue
from bot.handlers.inbox import Inbox
from bot.handlers.quota import Quota
from bot.handlers.updates import ALLOWED_UPDATES, Rules, Updates
from bot.llm.setup import build_model
from bot.locales import Words
from bot.polling import FAREWELL, Polling
from bot.reply.gate import Gate
from bot.reply.pacing import Pacer
from bot.settings import TELEGRAM, BotSettings
from bot.threads import DaemonExecutor

READ_TIMEOUT: Final = 25.0
"""Seconds; the Bot API server itself holds a flooding call back for up to 8."""
POLL: Final = 30
"""Seconds that Telegram may keep a question for updates open."""
GRACE: Final = 6.0
"""Seconds that answers have to stand there whole once the process is to stop."""
START_RETRIES: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between attempts to reach Telegram at the start; the last one is repeated."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

_Application: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
_log = logging.getLogger(__name__)


class StartError(Exception):
    """The bot cannot run; the text says why, and the cure."""


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that runs."""

    bot: Bot = field(repr=False)  # its repr shows the token
    rejected: asyncio.Event
    """Set when Telegram stops accepting the token."""
    robbed: asyncio.Event
    """Set when another process has taken the database."""
    _queue: asyncio.Queue[object]
    _updates: Updates
    _assistant: Assistant

    @property
    def growing(self) -> int:
        """How many answers grow."""
        return self._assistant.growing

    async def idle(self) -> None:
        """Wait until every update that has come was dealt with."""
        await self._queue.join()
        await self._updates.idle()


async def run(settings: BotSettings, words: Words) -> None:
    """Run the bot until SIGINT or SIGTERM.

    Raises `StartError` when Telegram does not accept the token, or another process works with the
    database, at the start or later.
    """
    # A name look-up that hangs must not hold up the end of the process.
    asyncio.get_running_loop().set_default_executor(DaemonExecutor())
    await until_signalled(_serve(settings, words), lambda: _stop_soon(words))


def _stop_soon(words: Words) -> None:
    _log.info(words("run-stopping"))
    end_at_last()


async def _serve(settings: BotSettings, words: Words) -> None:
    async with running(settings, words) as bot:
        _log.info(words("run-polling", username=bot.bot.username))
        tasks = {
            asyncio.create_task(collect_when_quiet(lambda: bot.growing)),
            asyncio.create_task(bot.rejected.wait()),
            asyncio.create_task(bot.robbed.wait()),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        is_robbed = bot.robbed.is_set()
    raise StartError(words("run-database-claimed" if is_robbed else "run-token-rejected"))


@contextlib.asynccontextmanager
async def running(settings: BotSettings, words: Words) -> AsyncIterator[Running]:
    """Run a bot for as long as the context lasts; then end its answers and stop it.

    Waits for a network that is down. Raises `StartError` when Telegram does not accept the token.
    """
    async with contextlib.AsyncExitStack() as stack:
        model = build_model(settings, words)
        stack.push_async_callback(model.close)
        robbed = await stack.enter_async_context(_claimed(settings, words))
        store = await _open_store(settings, words)
        stack.push_async_callback(store.close)
        preloaded = asyncio.create_task(asyncio.to_thread(model.preload))
        rejected = asyncio.Event()
        memory = Lenient(store)
        stack.push_async_callback(memory.close)
        inbox = Inbox(memory)
        polling = Polling(inbox, rejected, **_options(settings), connection_pool_size=2)
        application = _application(settings, polling, inbox)
        stack.push_async_callback(application.bot.shutdown)
        await _reach(application, settings, words)
        stack.push_async_callback(application.shutdown)
        await preloaded

        assistant = Assistant(
            model,
            memory,
            Gate(Pacer()),
            system_prompt=settings.system_prompt,
            show_reasoning=settings.show_reasoning,
            history=settings.history_characters,
        )
        stack.push_async_callback(assistant.close)
        updates = Updates(
            application.bot,
            assistant,
            store,
            inbox,
            models=model,
            default_model=settings.g4f_model,
            rules=_rules(settings),
        )
        application.add_handler(TypeHandler(Update, updates.take))
        application.add_error_handler(updates.bugs.take)
        await application.start()
        stack.push_async_callback(application.stop)
        stack.push_async_callback(_stop, application, polling, assistant, updates)
        await updates.resume()
        commands = asyncio.create_task(_set_commands(application.bot))
        stack.callback(commands.cancel)
        await _poll(application, words)
        yield Running(
            application.bot, rejected, robbed, application.update_queue, updates, assistant
        )


@contextlib.asynccontextmanager
async def _claimed(settings: BotSettings, words: Words) -> AsyncIterator[asyncio.Event]:
    """Hold the database for this process alone; wait a while for one that is about to end."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            robbed = await stack.enter_async_context(claim(settings.database))
        except ClaimedError:
            raise StartError(words("run-database-claimed")) from None
        yield robbed


async def _open_store(settings: BotSettings, words: Words) -> Store:
    try:
        return await Store.open(settings.database)
    except StoreTooNewError:
        problem = words("run-database-too-new")
    except StoreError as error:
        problem = words("run-database", reason=error.detail)
    raise StartError(problem)


def _rules(settings: BotSettings) -> Rules:
    who = access(settings.allowed_users, settings.allowed_chats, settings.admins)
    return Rules(who, Quota(settings.answers_per_hour, who.admins), settings.answers_at_once)


def _options(settings: BotSettings) -> dict[str, Any]:
    host = urlsplit(settings.telegram_api_url).hostname
    return {
        "read_timeout": READ_TIMEOUT,
        "connect_timeout": 10.0,
        "pool_timeout": 30.0,
        "proxy": settings.telegram_proxy and settings.telegram_proxy.get_secret_value(),
        # A proxy of the environment cannot reach a server on this machine.
        "httpx_kwargs": {"trust_env": host not in LOOPBACK},
    }


def _application(settings: BotSettings, polling: Polling, inbox: Inbox) -> _Application:
    return (
        ApplicationBuilder()
        .update_queue(inbox)
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(HTTPXRequest(**_options(settings)))
        .get_updates_request(polling)
        .job_queue(None)
        .build()
    )


async def _reach(application: _Application, settings: BotSettings, words: Words) -> None:
    """Learn from Telegram who the bot is; wait for as long as the network is down."""
    for attempt in itertools.count():
        try:
            await application.initialize()
        except (NetworkError, RetryAfter) as error:
            seconds = _retry_in(attempt, error)
            _log.warning(words("run-waiting", seconds=seconds))
            await asyncio.sleep(seconds)
        except TelegramError as error:
            # Only of Telegram itself is it sure that the token is wrong, and not the address.
            is_telegram = settings.telegram_api_url == TELEGRAM and isinstance(error, InvalidToken)
            break
        else:
            if attempt:
                _log.info(words("run-reached"))
            return
    # Raised out here because the error above quotes the token.
    raise StartError(words("run-token-rejected" if is_telegram else "run-not-a-bot-api"))


def _retry_in(attempt: int, error: TelegramError) -> float:
    """Seconds before the next attempt; never within a wait that Telegram asks for."""
    seconds = START_RETRIES[min(attempt, len(START_RETRIES) - 1)]
    if isinstance(error, RetryAfter) and isinstance(error.retry_after, timedelta):
        return max(seconds, error.retry_after.total_seconds())
    return seconds


async def _poll(application: _Application, words: Words) -> None:
    def on_error(error: TelegramError) -> None:
        if isinstance(error, Conflict):
            _log.error(words("run-conflict"))
        else:
            _log.warning("polling: %s; trying again", type(error).__name__)

    assert application.updater  # noqa: S101 (the builder makes one)
    with contextlib.suppress(InvalidToken):
        await application.updater.start_polling(
            timeout=timedelta(seconds=POLL),
            bootstrap_retries=-1,
            allowed_updates=ALLOWED_UPDATES,
            error_callback=on_error,
        )
        return
    raise StartError(words("run-token-rejected"))


async def _set_commands(bot: Bot) -> None:
    """Tell Telegram which commands to show, to whom, in which language."""
    for commands, scope, language in catalogue():
        for attempt in range(len(START_RETRIES)):
            try:
                await bot.set_my_commands(commands, scope=scope, language_code=language)
            except TelegramError as error:
                _log.warning("the commands could not be listed: %s", type(error).__name__)
                await asyncio.sleep(_retry_in(attempt, error))
            else:
                break


async def _stop(
    application: _Application, polling: Polling, assistant: Assistant, updates: Updates
) -> None:
    """Take no more updates, end the answers with what has come, and show that."""
    assistant.interrupt()
    polling.is_last = True
    await asyncio.gather(updates.close(GRACE), _stop_polling(application))


async def _stop_polling(application: _Application) -> None:
    """Stop polling; it may be asleep after an error, from which only a cancellation wakes it."""
    if application.updater and application.updater.running:
        with contextlib.suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await application.updater.stop()
