"""The wire that stands in for HTTP: what comes over it is what comes over the real one."""

from collections.abc import Callable

import pytest
from telegram import Bot, InputFile
from telegram.error import TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest

from bot.app import READ_TIMEOUT
from bot.sandbox.telegram import (
    Error,
    Fault,
    Flood,
    Html502,
    LocalTelegram,
    LostAnswer,
    NoAnswer,
    Reset,
    Slow,
)
from tests.virtual_time import in_virtual_time, now
from tests.wire import TOKEN, Hooks, Wire

MIGRATED = Error(
    400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": -100}
)


async def met(telegram: LocalTelegram, request: BaseRequest, fault: Fault) -> TelegramError | None:
    """Send a message that a fault strikes; give what the library raises."""
    alice = telegram.user("Alice")
    telegram.private(alice)
    telegram.faults.next("sendMessage", fault)
    async with Bot(TOKEN, f"{telegram.url}/bot", request=request) as bot:
        try:
            await bot.send_message(alice.id, "Hi")
        except TelegramError as error:
            return error
    return None


@pytest.mark.parametrize(
    "fault",
    [
        Flood(3),
        Error(500, "Internal Server Error"),
        Error(400, "Bad Request: message to edit not found"),
        Error(403, "Forbidden: bot was blocked by the user"),
        Error(401, "Unauthorized"),
        MIGRATED,
        Html502(),
        Reset(),
        LostAnswer(),
        NoAnswer(0.01),
        Slow(0.01),
    ],
    ids=repr,
)
async def test_faults_come_over_it_as_over_http(fault: Fault) -> None:
    async with LocalTelegram(TOKEN) as telegram:
        real = await met(telegram, HTTPXRequest(), fault)
        wired = await met(telegram, Wire(telegram, Hooks()), fault)
        assert type(wired) is type(real)
        if "httpx" not in str(real):  # which names what has happened to its connection
            assert str(wired) == str(real)


@pytest.mark.parametrize("fault", [NoAnswer, Slow])
@in_virtual_time
async def test_who_hears_nothing_gives_up_after_the_read_timeout(
    fault: Callable[[float], Fault],
) -> None:
    telegram = LocalTelegram(TOKEN)
    error = await met(telegram, Wire(telegram, Hooks()), fault(READ_TIMEOUT + 1))
    assert (type(error), now()) == (TimedOut, READ_TIMEOUT)


@in_virtual_time
async def test_files_come_over_it() -> None:
    telegram = LocalTelegram(TOKEN)
    alice = telegram.user("Alice")
    chat = telegram.private(alice)
    async with Bot(TOKEN, request=Wire(telegram, Hooks())) as bot:
        await bot.send_document(alice.id, InputFile(b"print()", filename="code.py"))
    document = chat.said_by_bot[0].document
    assert document
    assert (document.file_name, document.content) == ("code.py", b"print()")


@in_virtual_time
async def test_what_is_to_happen_before_a_call_happens_before_that_one_alone() -> None:
    telegram, hooks = LocalTelegram(TOKEN), Hooks()
    alice = telegram.user("Alice")
    chat = telegram.private(alice)
    seen = []

    async def look(method: str, params: object) -> None:
        seen.append((method, [message.text for message in chat.messages]))

    hooks.before("sendMessage", 2, look)
    async with Bot(TOKEN, request=Wire(telegram, hooks)) as bot:
        for text in ("One", "Two", "Three"):
            await bot.send_message(alice.id, text)
    assert seen == [("sendMessage", ["One"])]
