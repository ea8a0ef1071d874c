"""The rehearsal model speaks as OpenAI's servers do, and does what it is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import (
    BreakOff,
    Conversation,
    ErrorEvent,
    Pause,
    Raw,
    Refuse,
    Say,
    Stall,
    Think,
    Wait,
)
from tests.virtual_time import in_virtual_time, now

QUESTION = [{"role": "user", "content": "Say hello there!"}]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def model() -> AsyncIterator[Rehearsal]:
    async with Rehearsal() as server:
        yield server


def post(http: aiohttp.ClientSession, model: Rehearsal, **more: Any) -> Any:
    body = {"model": "gpt-4", "messages": QUESTION, "stream": True} | more
    return http.post(f"{model.url}/chat/completions", json=body)


async def events(response: aiohttp.ClientResponse) -> list[Any]:
    lines = [line async for line in response.content if line.strip()]
    assert lines.pop() == b"data: [DONE]\n"
    return [json.loads(line.removeprefix(b"data: ")) for line in lines]


async def test_a_stream_is_chunks_then_the_reason_of_its_end_then_usage(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    model.script(Think("Hm."), Say("Hello there!"))
    async with post(http, model) as response:
        came = await events(response)
    assert response.content_type == "text/event-stream"
    assert [event["choices"] for event in came] == [
        [{"index": 0, "delta": {"reasoning_content": "Hm."}, "finish_reason": None}],
        [{"index": 0, "delta": {"content": "Hello "}, "finish_reason": None}],
        [{"index": 0, "delta": {"content": "there!"}, "finish_reason": None}],
        [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        [],
    ]
    assert came[-1]["usage"] == {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}
    assert {event["model"] for event in came} == {"gpt-4"}


async def test_without_stream_the_answer_is_one_document(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    model.script(Think("Hm."), Say("Hello there!"), Conversation({"id": 1}))
    async with post(http, model, stream=False) as response:
        document = await response.json()
    assert document["choices"] == [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hello there!",
                "reasoning_content": "Hm.",
            },
            "finish_reason": "stop",
        }
    ]
    assert document["conversation"] == {"id": 1}
    assert document["usage"]["total_tokens"] == 6


@pytest.mark.parametrize("stream", [True, False])
async def test_a_refusal_is_an_http_error_with_a_message(
    model: Rehearsal, http: aiohttp.ClientSession, *, stream: bool
) -> None:
    model.script(Refuse(429, "Slowly."))
    async with post(http, model, stream=stream) as response:
        assert response.status == 429
        assert (await response.json())["error"]["message"] == "Slowly."


async def test_without_stream_an_error_is_an_http_error(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    model.script(Raw(b"Hel"), ErrorEvent("Oh."))
    async with post(http, model, stream=False) as response:
        assert (response.status, await response.json()) == (500, {"error": {"message": "Oh."}})


async def test_an_error_inside_a_stream_ends_it(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    model.script(Say("Hello"), ErrorEvent("Oh."), Say("never"))
    async with post(http, model) as response:
        lines = (await response.text()).strip().split("\n\n")
    assert json.loads(lines[-1].removeprefix("data: ")) == {"error": {"message": "Oh."}}
    assert len(lines) == 2


async def test_breaking_off_drops_the_connection(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    model.script(Say("Hello"), BreakOff())
    async with post(http, model) as response:
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.text()
    model.script(BreakOff())
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(http, model)


async def test_whoever_goes_away_is_noticed(model: Rehearsal, http: aiohttp.ClientSession) -> None:
    model.script(Say("Hello"), Stall())
    response = await post(http, model)
    await response.content.readline()
    assert not model.requests[0].disconnected.is_set()
    response.close()
    await model.until(model.requests[0].disconnected.is_set)
    assert not model.requests[0].finished.is_set()


async def test_requests_are_remembered_as_they_came(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    async with post(http, model, temperature=1) as response:
        await response.read()
    (request,) = model.requests
    assert (request.messages, request.model, request.authorization) == (QUESTION, "gpt-4", None)
    assert request.body["temperature"] == 1
    assert request.finished.is_set()
    headers = {"Authorization": "Bearer sk-1"}
    body = {"messages": QUESTION}
    async with http.post(f"{model.url}/chat/completions", json=body, headers=headers) as response:
        assert (await response.json())["model"] == "rehearsal"
    assert model.requests[1].authorization == "Bearer sk-1"
    assert "sk-1" not in repr(model.requests[1])


async def test_scripts_are_used_once_each_in_order_then_the_rule_for_all(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    model.answer_with(lambda request: [Say(f"No. {len(model.requests)} {request.model}")])
    model.script(Say("first"))
    model.script(Say("second"))
    answers = []
    for _ in range(3):
        async with post(http, model, stream=False) as response:
            answers.append((await response.json())["choices"][0]["message"]["content"])
    assert answers == ["first", "second", "No. 3 gpt-4"]


async def test_people_get_the_rule_book(model: Rehearsal, http: aiohttp.ClientSession) -> None:
    async with post(http, model, stream=False) as response:
        document = await response.json()
    assert document["choices"][0]["message"]["content"] == "Hello there!"


async def test_the_models_are_listed(model: Rehearsal, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{model.url}/models") as response:
        assert [entry["id"] for entry in (await response.json())["data"]] == ["rehearsal"]


async def test_the_list_is_what_the_test_says_and_remembers_who_asked(
    http: aiohttp.ClientSession,
) -> None:
    async with Rehearsal(models=("small", "large")) as model:
        headers = {"Authorization": "Bearer sk-1"}
        async with http.get(f"{model.url}/models", headers=headers) as response:
            assert [entry["id"] for entry in (await response.json())["data"]] == ["small", "large"]
        model.models = ()
        async with http.get(f"{model.url}/models") as response:
            assert (await response.json())["data"] == []
        assert [lookup.authorization for lookup in model.lookups] == ["Bearer sk-1", None]
        assert model.requests == []


async def test_the_list_can_fail_be_anything_and_hang(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    model.list_with(Refuse(503, "Later."))
    for _ in range(2):
        async with http.get(f"{model.url}/models") as response:
            assert (response.status, (await response.json())["error"]["message"]) == (503, "Later.")
    model.list_with(ErrorEvent("Oh."))
    async with http.get(f"{model.url}/models") as response:
        assert (response.status, await response.json()) == (500, {"error": {"message": "Oh."}})
    model.list_with(Say("not heard"), Raw(b'{"data": '), Raw(b"null}"))
    async with http.get(f"{model.url}/models") as response:
        assert await response.json() == {"data": None}
    model.list_with(Stall())
    with pytest.raises(TimeoutError):
        await http.get(f"{model.url}/models", timeout=aiohttp.ClientTimeout(0.1))
    await model.until(model.lookups[-1].disconnected.is_set)
    model.list_with()
    async with http.get(f"{model.url}/models") as response:
        assert response.status == 200


async def test_it_says_by_which_name_it_was_asked(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    messages = [{"role": "user", "content": "which model?"}]
    async with post(http, model, stream=False, messages=messages) as response:
        document = await response.json()
    assert document["choices"][0]["message"]["content"] == "I was asked as gpt-4."


@pytest.mark.parametrize("stream", [True, False])
async def test_what_is_longer_than_its_limit_it_refuses_as_openai_does(
    model: Rehearsal, http: aiohttp.ClientSession, *, stream: bool
) -> None:
    model.limit = 10
    model.script(Say("Hello"))
    messages = [{"role": "system", "content": "12345"}, {"role": "user", "content": "123456"}]
    async with post(http, model, stream=stream, messages=messages) as response:
        error = (await response.json())["error"]
    assert (response.status, error["code"]) == (400, "context_length_exceeded")
    assert "maximum context length is 10 tokens" in error["message"]
    model.limit = 11
    async with post(http, model, stream=stream, messages=messages) as response:
        assert response.status == 200
        assert "Hello" in await response.text()


async def test_waiting_for_what_does_not_happen_fails(model: Rehearsal) -> None:
    with pytest.raises(TimeoutError):
        await model.until(lambda: False, within=0.01)


@in_virtual_time
async def test_the_pace_is_kept_to_the_token_and_pauses_come_on_top() -> None:
    gate = asyncio.Event()
    async with Rehearsal(pace=4) as model, aiohttp.ClientSession() as http:
        model.script(Pause(10), Say("a b c "), Pause(5), Say("d e ", pace=1), Wait(gate), Say("f"))
        times = []
        async with post(http, model) as response:
            async for line in response.content:
                if b'"content"' in line:
                    times.append(now())
                    if len(times) == 5:
                        asyncio.get_running_loop().call_later(60, gate.set)
        assert model.requests[0].started == 0
    assert times == [10, 10.25, 10.5, 15.75, 16.75, 76.75]


@in_virtual_time
async def test_the_pace_can_change_while_an_answer_is_written() -> None:
    async with Rehearsal(pace=1) as model, aiohttp.ClientSession() as http:
        model.script(Say("a b c d e f "))
        times = []
        async with post(http, model) as response:
            async for line in response.content:
                if b'"content"' in line:
                    times.append(now())
                    model.pace = {2: 2.0, 4: 0.0}.get(len(times), model.pace)
        assert times == [0, 1, 2, 2.5, 3, 3]  # what is under way goes on
        assert [(token.time, token.text) for token in model.requests[0].written] == [
            *zip(times, ("a ", "b ", "c ", "d ", "e ", "f "), strict=True)
        ]


async def test_an_answer_can_be_let_break_off_in_the_middle_or_at_its_end(
    model: Rehearsal, http: aiohttp.ClientSession
) -> None:
    for text in ("one two three four five six seven eight nine ten", "short"):
        model.script(Say(text))
        model.breaks_off = True
        with pytest.raises(aiohttp.ClientError):
            async with post(http, model) as response:
                await response.read()
        assert not model.breaks_off
    long, short = model.requests
    assert "".join(token.text for token in long.written).split()[-1] == "eight"
    assert "".join(token.text for token in short.written) == "short"
