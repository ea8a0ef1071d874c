"""Starting, staying in touch with Telegram, and being told that it is over."""

import asyncio
import logging
import sqlite3
from pathlib import Path

import pytest
from aiohttp import web

from bot.app import StartError, run, running
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say
from bot.sandbox.telegram import Error, Flood, Html502, LocalTelegram
from bot.settings import BotSettings, load
from tests.proxy import http_proxy
from tests.world import TOKEN, WORDS, world

CONFLICT = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)


def settings(url: str, model: Rehearsal) -> BotSettings:
    return load(
        WORDS,
        BotSettings,
        telegram_bot_token=TOKEN,
        telegram_api_url=url,
        g4f_base_url=model.url,
    )


async def test_a_token_that_is_revoked_ends_the_bot_with_a_clear_error() -> None:
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        task = asyncio.create_task(run(settings(telegram.url, model), WORDS))
        await telegram.until(lambda: any(c.method == "getUpdates" for c in telegram.calls))
        telegram.faults.next("getUpdates", Error(401, "Unauthorized"))
        alice = telegram.user("Alice")
        telegram.private(alice).say(alice, "say hello")  # the poll under way ends, another begins
        with pytest.raises(StartError) as told:
            await task
        assert str(told.value) == WORDS("run-token-rejected")


async def test_a_server_that_is_no_bot_api_is_a_clear_error() -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<h1>It works!</h1>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with Rehearsal() as model:
        for url in (f"http://{host}:{port}", model.url):  # a page, and 404
            with pytest.raises(StartError) as told:
                await run(settings(url, model), WORDS)
            assert str(told.value) == WORDS("run-not-a-bot-api")
            assert TOKEN not in f"{told.value!r}{told.value.__context__!r}"
    await runner.cleanup()


async def test_another_process_with_the_same_token_is_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with world() as w:
        w.telegram.faults.next("getUpdates", Error(409, CONFLICT))
        w.chat.say(w.alice, "say hello")
        await w.telegram.until(lambda: any(call.error_code == 409 for call in w.telegram.calls))
        w.chat.say(w.alice, "say hello")
        await w.telegram.until(lambda: w.screen == ["Hello", "Hello"], timeout=60)
        assert WORDS("run-conflict") in caplog.messages


@pytest.mark.parametrize("fault", [Html502(), Flood(1)], ids=repr)
async def test_polling_goes_on_after_a_fault(fault: Html502 | Flood) -> None:
    async with world() as w:
        w.telegram.faults.next("getUpdates", fault)
        for _ in range(2):
            w.model.script(Say("Here."))
            w.chat.say(w.alice, "Are you there?")
        await w.telegram.until(lambda: w.screen == ["Here.", "Here."], timeout=20)


async def test_the_commands_are_listed_although_telegram_fails_at_first() -> None:
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        telegram.faults.next("setMyCommands", Html502())
        async with running(settings(telegram.url, model), WORDS):
            await telegram.until(lambda: telegram.commands)
        assert telegram.commands == [
            {"command": name, "description": WORDS(f"command-{name}")}
            for name in ("ask", "stop", "help")
        ]


async def test_telegram_is_waited_for_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        telegram.faults.next("getMe", Html502())
        async with running(settings(telegram.url, model), WORDS):
            told = [record.message for record in caplog.records if record.name == "bot.app"]
            assert told == [WORDS("run-waiting", seconds=1), WORDS("run-reached")]


async def test_telegram_is_reached_through_its_proxy_and_the_model_is_not() -> None:
    targets: list[str] = []
    async with http_proxy(targets) as proxy, world(telegram_proxy=proxy) as w:
        w.chat.say(w.alice, "say hello")
        await w.settled()
        assert w.screen == ["Hello"]
        assert {f"http://{target}" for target in targets} == {w.telegram.url}


async def test_the_bot_stops_in_time_while_telegram_is_down() -> None:
    async with world() as w:
        w.model.script(Say("More and more. " * 1000, pace=20))
        w.chat.say(w.alice, "Tell me")
        await w.telegram.until(lambda: len(w.screen) == 1)
        w.telegram.down = True
        began = asyncio.get_running_loop().time()
    # Bounded by the graces, whatever the machine: six seconds and some, not minutes.
    assert asyncio.get_running_loop().time() - began < 10


@pytest.mark.parametrize("revision", ["", "9999"], ids=["unusable", "too new"])
async def test_a_database_that_cannot_be_used_is_a_clear_error(revision: str) -> None:
    spoil(revision)
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        with pytest.raises(StartError) as told:
            await run(settings(telegram.url, model), WORDS)
    if revision:
        assert str(told.value) == WORDS("run-database-too-new")
    else:
        reason = "DatabaseError SQLITE_NOTADB"
        assert str(told.value) == WORDS("run-database", reason=reason)


def spoil(revision: str) -> None:
    """Leave a database there that knows another revision, or is none."""
    folder = Path("data")
    folder.mkdir()
    file = folder / "conversations.sqlite3"
    if revision:
        with sqlite3.connect(file) as database:
            database.execute("create table alembic_version (version_num varchar(32) not null)")
            database.execute("insert into alembic_version values (?)", [revision])
        database.close()
    else:
        file.write_bytes(b"no database" * 100)
