"""How updates are fetched, confirmed and chosen."""

import asyncio

from aiohttp import ClientSession

from bot.sandbox.telegram import LocalTelegram, User
from tests.sandbox.telegram.conftest import TOKEN, Calls


async def test_an_offset_confirms_what_lies_before_it(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    chat = telegram.private(alice)
    for text in ("One", "Two", "Three"):
        chat.say(alice, text)
    first, second, third = [each["update_id"] for each in (await call("getUpdates"))["result"]]
    assert (second, third) == (first + 1, first + 2)
    assert [
        each["message"]["text"]
        for each in (await call("getUpdates", offset=second, limit=1))["result"]
    ] == ["Two"]
    assert (await call("getWebhookInfo"))["result"]["pending_update_count"] == 2
    assert len((await call("getUpdates", offset=-1))["result"]) == 1
    await call("getUpdates", offset=third + 1)
    await telegram.updates_confirmed(timeout=0.1)


async def test_a_poll_waits_for_what_comes(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    poll = asyncio.ensure_future(call("getUpdates", timeout=30))
    await telegram.until(lambda: telegram.calls)
    assert telegram.calls[0].ok is None
    telegram.private(alice).say(alice, "Hello")
    answer = await poll
    assert [each["message"]["text"] for each in answer["result"]] == ["Hello"]
    assert telegram.calls[0].ok


async def test_a_poll_ends_empty_when_nothing_comes(call: Calls) -> None:
    assert await call("getUpdates", timeout=0.01) == {"ok": True, "result": []}


async def test_a_second_poll_terminates_the_first(telegram: LocalTelegram, call: Calls) -> None:
    first = asyncio.ensure_future(call("getUpdates", timeout=30))
    await telegram.until(lambda: telegram.calls)
    assert (await call("getUpdates"))["ok"]
    assert await first == {
        "ok": False,
        "error_code": 409,
        "description": (
            "Conflict: terminated by other getUpdates request; make sure that only one bot"
            " instance is running"
        ),
    }


async def test_a_poll_given_up_by_the_client_is_not_counted_as_refused(
    telegram: LocalTelegram, call: Calls
) -> None:
    first = asyncio.ensure_future(call("getUpdates", timeout=30))
    await telegram.until(lambda: telegram.calls)
    first.cancel()
    await asyncio.wait([first])
    assert (await call("getUpdates"))["ok"]
    assert [call.ok for call in telegram.calls] == [None, True]


async def test_the_kinds_asked_for_are_remembered(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    chat = telegram.private(alice)
    await call("getUpdates", allowed_updates=["edited_message"])
    chat.edit(chat.say(alice, "Helo"), "Hello")
    assert [list(each)[1] for each in (await call("getUpdates"))["result"]] == ["edited_message"]
    await call("getUpdates", allowed_updates=[])
    chat.say(alice, "Hi")
    assert [list(each)[1] for each in (await call("getUpdates"))["result"]] == [
        "edited_message",
        "message",
    ]


async def test_pending_updates_can_be_dropped_and_webhooks_not_be_set(
    telegram: LocalTelegram, call: Calls, alice: User
) -> None:
    telegram.private(alice).say(alice, "Hello")
    assert (await call("deleteWebhook", drop_pending_updates=True))["ok"]
    await telegram.updates_confirmed(timeout=0.1)
    refused = await call("setWebhook", url="https://example.org")
    assert refused["error_code"] == 400
    assert "webhooks are not supported" in refused["description"]


async def test_tokens_and_methods_must_be_right(
    telegram: LocalTelegram, http: ClientSession
) -> None:
    async def answer(path: str) -> tuple[int, str]:
        async with http.get(f"{telegram.url}/{path}") as response:
            return response.status, (await response.json())["description"]

    assert await answer("bot42:WRONG/getMe") == (401, "Unauthorized")
    assert await answer("botnonsense/getMe") == (404, "Not Found")
    assert await answer(f"bot{TOKEN}/getYou") == (404, "Not Found")
    assert await answer(f"file/bot{TOKEN}/photo.jpg") == (404, "Not Found")
    assert await answer("") == (404, "Not Found")
    assert telegram.calls == []


async def test_parameters_may_come_in_a_query_a_form_or_as_json(
    telegram: LocalTelegram, http: ClientSession, alice: User
) -> None:
    chat = telegram.private(alice)
    url = f"{telegram.url}/bot{TOKEN}/sendmessage"
    fields = {"chat_id": str(alice.id), "disable_notification": "true"}
    await http.get(url, params={**fields, "text": "query"})
    await http.post(url, data={**fields, "text": "form", "reply_parameters": '{"message_id":1}'})
    await http.post(url, json={"chat_id": alice.id, "text": "json", "disable_notification": True})
    said = [(each.text, each.silent, each.reply_to) for each in chat.said_by_bot]
    assert said == [("query", True, None), ("form", True, 1), ("json", True, None)]
    async with http.post(url, data="{", headers={"Content-Type": "application/json"}) as response:
        assert "can't parse JSON object" in (await response.json())["description"]
    assert telegram.calls[1].params["reply_parameters"] == {"message_id": 1}
