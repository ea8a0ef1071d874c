"""How soon the process ends when it is told to, whatever hangs."""

import asyncio
import contextlib
import signal
import sqlite3
import sys
from pathlib import Path

from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say, Stall
from bot.sandbox.telegram import Error, LocalTelegram, NoAnswer
from tests.test_command_line import at, environment, start
from tests.world import TOKEN, WORDS

SOON = 10.0
"""Seconds. What hangs below hangs for longer, so this tells a wait from none on any machine."""

HANGING_LOOK_UP = """
import socket, sys, time
look_up = socket.getaddrinfo
def hang(host, *arguments, **options):
    if host in ("telegram.invalid", b"telegram.invalid"):
        print("looking up", flush=True)
        time.sleep(60)
    return look_up(host, *arguments, **options)
socket.getaddrinfo = hang
from bot.__main__ import main
sys.exit(main(["run"]))
"""


async def test_it_ends_soon_while_polling_pauses_and_telegram_hangs() -> None:
    async with LocalTelegram(token=TOKEN) as telegram, Rehearsal() as model:
        flood = Error(429, "Too Many Requests: retry after 100", {"retry_after": 100})
        telegram.faults.next("getUpdates", flood)
        telegram.faults.next("getUpdates", NoAnswer(200), times=9)
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        process = await start(**settings, **at(model))
        await telegram.until(lambda: any(call.error_code == 429 for call in telegram.calls), 20)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SOON):
            await process.communicate()
        assert process.returncode == 0


async def test_it_ends_soon_while_a_name_is_looked_up() -> None:
    settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": "http://telegram.invalid"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HANGING_LOOK_UP),
        env=environment(**settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    assert await process.stdout.readline() == b"looking up\n"
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(SOON):
        await process.communicate()
    assert process.returncode == 0


async def test_a_token_that_is_revoked_during_the_start_is_a_clear_error() -> None:
    async with LocalTelegram(token=TOKEN) as telegram, Rehearsal() as model:
        telegram.faults.next("deleteWebhook", Error(401, "Unauthorized"))
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        process = await start(**settings, **at(model))
        _, err = await process.communicate()
        assert process.returncode == 1
        assert err.decode().endswith(WORDS("run-token-rejected") + "\n")
        assert b"Traceback" not in err


async def test_a_flood_wait_at_the_start_is_honoured_in_full() -> None:
    async with LocalTelegram(token=TOKEN) as telegram, Rehearsal() as model:
        flood = Error(429, "Too Many Requests: retry after 30", {"retry_after": 30})
        telegram.faults.next("getMe", flood)
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        process = await start(**settings, **at(model))
        assert process.stderr
        assert WORDS("run-waiting", seconds=30) in (await process.stderr.readline()).decode()
        process.kill()
        await process.communicate()


async def test_g4f_writes_only_below_the_data_folder(tmp_path: Path) -> None:
    home, data = tmp_path / "home", tmp_path / "data"
    home.mkdir()
    async with Rehearsal() as model:
        process = await start("ask", "Hi", **at(model), HOME=str(home), DATA_DIR=str(data))
        await process.communicate()
        assert process.returncode == 0
    assert list(home.iterdir()) == []
    assert (data / "g4f").is_dir()


async def test_it_ends_soon_while_its_database_is_locked() -> None:
    async with LocalTelegram(token=TOKEN) as telegram, Rehearsal() as model:
        model.answer_with(lambda _: [Say("Half."), Stall(60)])
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        process = await start(**settings, **at(model))
        people = [telegram.user(f"Person {number}") for number in range(3)]
        chats = [telegram.private(person) for person in people]
        for chat, person in zip(chats, people, strict=True):
            chat.say(person, "Tell me")
        await telegram.until(lambda: all(chat.said_by_bot for chat in chats), 60)
        with contextlib.closing(sqlite3.connect("data/conversations.sqlite3")) as other:
            other.execute("BEGIN IMMEDIATE")
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(SOON):
                await process.communicate()
            other.rollback()
        for chat in chats:
            assert chat.said_by_bot[0].text.startswith("Half.\n\n" + WORDS("answer-interrupted"))
