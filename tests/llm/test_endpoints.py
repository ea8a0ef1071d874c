"""Who is asked, in which order, with which key and through which proxy."""

import importlib
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say
from tests.llm.asking import Answer, ask, gather, user
from tests.llm.conftest import Build
from tests.llm.providers import Register, saying
from tests.proxy import http_proxy


async def test_the_next_provider_is_tried_where_the_first_gave_no_text(
    build: Build, register: Register
) -> None:
    second = saying("Hello")
    register("First", saying(RuntimeError("no browser")))
    register("Second", second)
    register("Third", third := saying("not asked"))
    assert await ask(build(providers=["First", "Second", "Third"]), "?") == Answer("Hello")
    assert second.asked == [
        {"model": "gpt-4", "messages": [{"role": "user", "content": "?"}], "stream": True}
    ]
    assert third.asked == []


async def test_the_next_provider_gets_the_question_as_it_was_said(
    build: Build, register: Register
) -> None:
    class Careless:
        needs_auth = False

        @staticmethod
        async def create_async_generator(
            messages: list[dict[str, str]], **_: object
        ) -> AsyncIterator[str]:
            messages[0]["content"] = "changed"
            messages.clear()
            yield " "
            raise RuntimeError

    register("First", Careless)
    register("Second", second := saying("Hello"))
    await ask(build(providers=["First", "Second"]), "Say hello there!")
    assert second.asked[0]["messages"] == [user("Say hello there!")]


async def test_without_provider_and_url_g4f_chooses(build: Build, register: Register) -> None:
    register("AnyProvider", chooser := saying("Hello"))
    assert await ask(build(), "?") == Answer("Hello")
    assert [list(asked) for asked in chooser.asked] == [["model", "messages", "stream"]]


async def test_what_is_no_text_is_shown_as_text_or_not_at_all(
    build: Build, register: Register
) -> None:
    build().preload()
    responses = importlib.import_module("g4f.providers.response")
    image = responses.ImageResponse("https://example.org/a.png", "a fox")
    register(
        "Painter",
        saying(
            responses.ProviderInfo(name="x", model="y"),
            responses.Reasoning(status="Thinking"),
            responses.Reasoning("Hm."),
            responses.Reasoning(status=""),
            responses.Usage(total_tokens=3),
            responses.JsonConversation(id="secret"),
            responses.TitleGeneration("A title"),
            "Here: ",
            image,
            responses.FinishReason("stop"),
        ),
    )
    assert await ask(build(providers=["Painter"]), "?") == Answer(f"Here: {image}", "Hm.")


async def test_another_model_is_asked_of_the_same_endpoint_for_one_answer(
    rehearsal: Rehearsal, build: Build
) -> None:
    model = build(base_url=rehearsal.url, api_key="sk-secret")
    for name in ("large", None, "org/tiny:free", "", "auto"):
        await gather(model.stream([user("say hello")], name))
    asked = [request.model for request in rehearsal.requests]
    assert asked == ["large", "gpt-4", "org/tiny:free", "gpt-4", "auto"]
    assert {request.authorization for request in rehearsal.requests} == {"Bearer sk-secret"}


async def test_another_model_is_asked_of_the_same_providers_in_order(
    build: Build, register: Register
) -> None:
    register("First", first := saying(RuntimeError("no browser")))
    register("Second", second := saying("Hello"))
    model = build(providers=["First", "Second"])
    assert (await gather(model.stream([user("?")], "large"))).text == "Hello"
    assert [asked["model"] for asked in first.asked + second.asked] == ["large", "large"]


@pytest.mark.parametrize("providers", [[], ["AnyProvider"]])
async def test_where_g4f_chooses_only_a_model_of_its_map_is_asked(
    build: Build, register: Register, providers: list[str]
) -> None:
    register("AnyProvider", chooser := saying("Hello"))
    model = build(providers=providers)
    assert (await gather(model.stream([user("?")], "gpt-4.1"))).text == "Hello"
    for name in ("agent-tools", "agent:x", "AgentTools", "Agent Tools (MCP)", "Ollama:x", "flux"):
        assert (await gather(model.stream([user("?")], name))).kind == "misconfigured"
    assert [asked["model"] for asked in chooser.asked] == ["gpt-4.1"]


@pytest.mark.parametrize("key", ["sk-secret", "g4f_secret", "gfs_secret"])
async def test_the_key_is_sent_to_the_url_it_is_for(
    rehearsal: Rehearsal, build: Build, key: str
) -> None:
    rehearsal.script(Say("Hello"))
    assert await ask(build(base_url=rehearsal.url, api_key=key), "?") == Answer("Hello")
    assert [request.authorization for request in rehearsal.requests] == [f"Bearer {key}"]


async def test_without_a_key_none_is_sent(
    rehearsal: Rehearsal, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("G4F_API_KEY", "sk-secret")
    await ask(build(base_url=rehearsal.url), "?")
    assert [request.authorization for request in rehearsal.requests] == [None]


async def test_the_key_is_given_to_the_one_named_provider(build: Build, register: Register) -> None:
    register("Keyed", keyed := saying("Hello"))
    await ask(build(providers=["Keyed"], api_key="sk-secret"), "?")
    assert keyed.asked[0]["api_key"] == "sk-secret"


async def test_a_providers_own_key_is_taken_from_the_environment(
    build: Build, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADE_API_KEY", "sk-made")
    register("Keyed", keyed := saying(needs_auth=True))
    register("Free", free := saying("Hello"))
    await ask(build(providers=["Keyed", "Free"]), "?")
    assert keyed.asked[0]["api_key"] == "sk-made"
    assert "api_key" not in free.asked[0]


async def test_the_proxy_is_used(rehearsal: Rehearsal, build: Build) -> None:
    targets: list[str] = []
    rehearsal.script(Say("Hello"))
    async with http_proxy(targets) as proxy:
        assert await ask(build(base_url=rehearsal.url, proxy=proxy), "?") == Answer("Hello")
    assert [f"http://{target}/v1" for target in targets] == [rehearsal.url]


async def test_a_proxy_that_is_not_there_is_unreachable(rehearsal: Rehearsal, build: Build) -> None:
    answer = await ask(build(base_url=rehearsal.url, proxy="http://127.0.0.1:9"), "?")
    assert answer.kind == "unreachable"
    assert rehearsal.requests == []
