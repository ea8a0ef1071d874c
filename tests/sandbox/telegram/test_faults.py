"""Budgets and faults, as they meet the real client library."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession, ServerDisconnectedError
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.sandbox.telegram import (
    ANY,
    Budgets,
    Called,
    Error,
    Flood,
    Html502,
    LocalTelegram,
    LostAnswer,
    NoAnswer,
    Reset,
    Slow,
    User,
)
from tests.sandbox.telegram.conftest import TOKEN, Calls


async def test_the_library_sends_edits_and_polls(
    telegram: LocalTelegram, bot: Bot, alice: User
) -> None:
    chat = telegram.private(alice)
    question = chat.say(alice, "Why?")
    [update] = await bot.get_updates(timeout=5, allowed_updates=["message"])
    assert update.message
    assert update.message.text == "Why?"
    message = await bot.send_message(
        alice.id,
        "Because",
        entities=[MessageEntity("bold", 0, 7)],
        reply_parameters=ReplyParameters(question.id, allow_sending_without_reply=True),
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Stop", callback_data="x")]]),
    )
    assert message.reply_to_message
    assert message.reply_markup
    await message.edit_text("Because so.")
    await bot.set_message_reaction(alice.id, question.id, "👍")
    await bot.set_my_commands([("start", "Say what I am")])
    assert (await bot.get_chat(alice.id)).first_name == "Alice"
    assert [each.text for each in chat.said_by_bot] == ["Because so."]
    assert await message.delete()


async def test_refusals_become_the_librarys_exceptions(
    telegram: LocalTelegram, bot: Bot, call: Calls, alice: User, bob: User
) -> None:
    telegram.private(alice).block()
    old = telegram.group("Friends", [alice], supergroup=False)
    new = old.upgrade()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(alice.id, "Hi")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(bob.id, "Hi")
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(old.id, "Hi")
    assert migrated.value.new_chat_id == new.id
    with pytest.raises(InvalidToken):
        await Bot("42:WRONG", base_url=f"{telegram.url}/bot").__aenter__()
    poll = asyncio.ensure_future(bot.get_updates(timeout=30, offset=100_000_100))
    await telegram.until(lambda: telegram.calls[-1].method == "getUpdates")
    await call("getUpdates")
    with pytest.raises(Conflict):
        await poll


@pytest.fixture
async def paced(alice: User) -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram(TOKEN, budgets=Budgets(), clock=lambda: 100.0) as paced:
        paced.private(alice)
        yield paced


async def test_sends_edits_and_typing_share_a_budget_and_other_calls_are_free(
    paced: LocalTelegram, alice: User
) -> None:
    async with Bot(TOKEN, base_url=f"{paced.url}/bot") as bot:
        message = await bot.send_message(alice.id, "One")
        with pytest.raises(BadRequest):
            await message.edit_text("One")
        await bot.send_chat_action(alice.id, "typing")
        with pytest.raises(RetryAfter) as refused:
            await message.edit_text("Two")
        assert refused.value.retry_after == timedelta(seconds=1)
        await bot.set_message_reaction(alice.id, message.message_id, "👍")
        await message.delete()
    call = paced.calls[4]
    assert (call.time, call.method, call.chat_id, call.ok, call.error_code, call.description) == (
        100.0,
        "editMessageText",
        alice.id,
        False,
        429,
        "Too Many Requests: retry after 1",
    )


async def test_a_flood_refuses_the_chat_until_it_is_over(alice: User, http: ClientSession) -> None:
    now = 0.0
    async with LocalTelegram(TOKEN, budgets=None, clock=lambda: now) as telegram:
        telegram.private(alice)
        telegram.faults.next("sendMessage", Flood(7))
        url = f"{telegram.url}/bot{TOKEN}/sendMessage?chat_id={alice.id}&text=Hi"
        answers = []
        for moment in (0.0, 1.0, 7.5, 8.0):
            now = moment
            async with http.get(url) as response:
                answers.append(await response.json())
        refused = {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }
        assert answers[:3] == [refused] * 3
        assert not answers[3]["ok"]
        now = 15.0
        async with http.get(url) as response:
            assert (await response.json())["ok"]


async def test_faults_strike_in_order_and_only_the_calls_they_are_meant_for(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    telegram.private(alice)
    failure = Error(500, "Internal Server Error")
    telegram.faults.next(
        "sendMessage", failure, times=2, when=lambda _, params: params["text"] == "bad"
    )
    telegram.faults.next("sendMessage", Error(400, "Bad Request: second"))
    texts = ["good", "good", "bad", "bad", "bad"]
    answers = [await call("sendMessage", chat_id=alice.id, text=text) for text in texts]
    assert [answer.get("description") for answer in answers] == [
        "Bad Request: second",
        None,
        "Internal Server Error",
        "Internal Server Error",
        None,
    ]
    telegram.faults.next("sendMessage", failure)
    telegram.faults.clear()
    assert (await call("sendMessage", chat_id=alice.id, text="good"))["ok"]


@pytest.mark.parametrize("fault", [Reset(), NoAnswer(0.01), Html502()])
async def test_a_call_that_is_lost_on_the_way_takes_no_effect(
    telegram: LocalTelegram, bot: Bot, alice: User, fault: Reset | NoAnswer | Html502
) -> None:
    chat = telegram.private(alice)
    telegram.faults.next("sendMessage", fault)
    with pytest.raises(NetworkError):
        await bot.send_message(alice.id, "Hi")
    assert chat.messages == []
    assert telegram.calls[-1].ok is False
    await bot.send_message(alice.id, "Hi")
    assert len(chat.messages) == 1


async def test_a_lost_answer_leaves_the_message_standing(
    telegram: LocalTelegram, bot: Bot, alice: User
) -> None:
    chat = telegram.private(alice)
    telegram.faults.next("sendMessage", LostAnswer())
    with pytest.raises(NetworkError):
        await bot.send_message(alice.id, "Hi")
    assert [message.text for message in chat.said_by_bot] == ["Hi"]
    assert telegram.calls[-1].ok


async def test_a_slow_call_takes_effect_even_if_nobody_waits_for_it(
    telegram: LocalTelegram, bot: Bot, alice: User
) -> None:
    chat = telegram.private(alice)
    telegram.faults.next("sendMessage", Slow(0.5))
    with pytest.raises(TimedOut):
        await bot.send_message(alice.id, "Hi", read_timeout=0.01)
    assert chat.messages == []
    await telegram.until(lambda: chat.said_by_bot)


async def test_while_down_every_connection_breaks(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    poll = asyncio.ensure_future(call("getUpdates", timeout=30))
    await telegram.until(lambda: telegram.calls)
    telegram.down = True
    with pytest.raises((ServerDisconnectedError, ConnectionError)):
        await poll
    with pytest.raises((ServerDisconnectedError, ConnectionError)):
        await call("getMe")
    telegram.down = False
    assert (await call("getMe"))["ok"]


async def test_it_stops_at_once_even_if_calls_are_under_way(http: ClientSession) -> None:
    loop = asyncio.get_running_loop()
    async with LocalTelegram(TOKEN) as telegram:
        telegram.faults.next("getMe", NoAnswer(60))
        url = f"{telegram.url}/bot{TOKEN}"
        hanging = asyncio.ensure_future(http.get(f"{url}/getMe"))
        polling = asyncio.ensure_future(http.get(f"{url}/getUpdates?timeout=50"))
        await telegram.until(lambda: len(telegram.calls) == 2)
        feed = telegram.subscribe()
        started = loop.time()
    assert loop.time() - started < 1
    assert [event async for event in feed] == []
    results = await asyncio.gather(hanging, polling, return_exceptions=True)
    assert isinstance(results[0], Exception)


async def test_a_fault_may_wait_for_whatever_method_and_be_taken_back(
    telegram: LocalTelegram, call: Calls, http: ClientSession, alice: User
) -> None:
    chat = telegram.private(alice)
    planned = telegram.faults.next(ANY, Error(400, "Bad Request: no"), times=2)
    assert not (await call("getMe"))["ok"]
    assert telegram.faults.waits(planned)
    telegram.faults.cancel(planned)
    telegram.faults.cancel(planned)
    assert not telegram.faults.waits(planned)
    assert (await call("getMe"))["ok"]
    telegram.faults.next(ANY, Html502(), when=lambda _, params: params.get("chat_id") == chat.id)
    assert (await call("getMe"))["ok"]
    async with http.post(f"{telegram.url}/bot{TOKEN}/getChat", json={"chat_id": chat.id}) as one:
        assert one.status == 502


async def test_on_a_slow_network_every_call_but_a_poll_takes_its_time(
    telegram: LocalTelegram, call: Calls
) -> None:
    telegram.faults.delay = 0.2
    await call("getMe")
    await call("getUpdates")
    slow, poll = telegram.calls
    assert slow.ended
    assert slow.ended - slow.time >= 0.2
    assert poll.ended
    assert poll.ended - poll.time < 0.2
    telegram.clear_the_way()
    assert telegram.faults.delay == 0


async def test_calls_are_told_to_whoever_asks_for_them(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    telegram.budgets = Budgets()
    telegram.private(alice)
    with telegram.subscribe(calls=True) as told, telegram.subscribe() as plain:
        await call("sendMessage", chat_id=alice.id, text="Hi")
        events, others = told.waiting(), plain.waiting()
    calls = [event.call for event in events if isinstance(event, Called)]
    assert [(one.ok, one.left) for one in calls] == [(None, None), (None, None), (True, 2)]
    assert [event for event in events if not isinstance(event, Called)] == others


async def test_a_flooded_chat_stays_so_while_the_bot_keeps_calling(
    telegram: LocalTelegram, call: Calls, alice: User, bob: User
) -> None:
    chat = telegram.private(alice)
    telegram.private(bob)
    telegram.flood(chat, 7)
    answer = await call("sendMessage", chat_id=alice.id, text="Hi")
    assert answer["parameters"] == {"retry_after": 7}
    assert 6 < telegram.flooded(chat) <= 7
    assert (await call("sendMessage", chat_id=bob.id, text="Hi"))["ok"]
    telegram.flood(chat, 0)
    assert (await call("sendMessage", chat_id=alice.id, text="Hi"))["ok"]
