"""The models that can be asked, as endpoints, providers and g4f's own map name them: over HTTP."""

import asyncio
import importlib
import io
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import pytest
from aiohttp import web

from bot.llm.errors import AnswerError
from bot.llm.model import Model
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import BreakOff, Raw, Refuse, Stall, Step, Wait
from tests.llm.asking import ask
from tests.llm.conftest import Build
from tests.llm.providers import Register, saying
from tests.llm.test_threads import worst_gap
from tests.proxy import http_proxy

KEY = "sk-a-secret-key"


async def failure(model: Model) -> AnswerError:
    with pytest.raises(AnswerError) as caught:
        await model.models()
    return caught.value


# An endpoint


async def test_of_an_endpoint_it_is_what_it_lists_behind_the_configured_model(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.models = ("small", "gpt-4", "large", "small")
    assert await model.models() == ("gpt-4", "small", "large")


async def test_an_endpoint_without_models_has_the_configured_one(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.models = ()
    assert await model.models() == ("gpt-4",)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"object": "list", "data": null}', ()),
        (b'["a", "b"]', ("a", "b")),
        (b'[{"name": "a"}, {"id": "b", "name": "B"}]', ("a", "b")),
        (b'{"models": [{"name": "a"}]}', ("a",)),
        (b'{"data": [{"id": "a"}, {}, 4, null, {"id": 4}, {"id": "b\\n"}]}', ("a",)),
        (b'{"data": [{"id": "a", "type": "chat"}, {"id": "b", "type": "image"}]}', ("a",)),
    ],
)
async def test_a_list_is_understood_in_all_the_shapes_that_servers_give_it(
    rehearsal: Rehearsal, model: Model, body: bytes, found: Sequence[str]
) -> None:
    rehearsal.list_with(Raw(body))
    assert await model.models() == ("gpt-4", *found)


async def test_there_are_a_thousand_names_at_most(rehearsal: Rehearsal, model: Model) -> None:
    rehearsal.models = [f"m{number}" for number in range(3000)]
    found = await model.models()
    assert (len(found), found[0], found[-1]) == (1000, "gpt-4", "m998")


@pytest.mark.parametrize("key", [KEY, "g4f_secret", None])
async def test_the_key_is_sent_to_the_endpoint_and_the_configured_model_is_asked_after(
    rehearsal: Rehearsal, build: Build, key: str | None
) -> None:
    model = build(base_url=rehearsal.url + "/", api_key=key)
    await model.models()
    (lookup,) = rehearsal.lookups
    assert lookup.authorization == (None if key is None else f"Bearer {key}")
    assert (await ask(model, "which model?")).text == "I was asked as gpt-4."


async def test_the_key_does_not_follow_to_where_the_endpoint_sends_on(
    rehearsal: Rehearsal, build: Build
) -> None:
    async def send_on(_: web.Request) -> web.Response:
        raise web.HTTPFound(f"{rehearsal.url}/models")

    app = web.Application()
    app.router.add_get("/models", send_on)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        assert await build(base_url=url, api_key=KEY).models() == ("gpt-4", "rehearsal")
    finally:
        await runner.cleanup()
    assert [lookup.authorization for lookup in rehearsal.lookups] == [None]


async def test_the_endpoint_is_asked_through_the_proxy(rehearsal: Rehearsal, build: Build) -> None:
    targets: list[str] = []
    async with http_proxy(targets) as proxy:
        model = build(base_url=rehearsal.url, proxy=proxy)
        assert await model.models() == ("gpt-4", "rehearsal")
    assert [f"http://{target}/v1" for target in targets] == [rehearsal.url]


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (Refuse(401, KEY), "needs-auth"),
        (Refuse(404, KEY), "refused"),
        (Refuse(429, KEY), "rate-limited"),
        (Refuse(500, KEY), "refused"),
        (BreakOff(), "unreachable"),
        (Raw(b"<html>sk-a-secret-key"), "refused"),
        (Raw(b'{"error": "sk-a-secret-key"}'), "refused"),
        (Stall(), "timed-out"),
    ],
    ids=str,
)
async def test_a_failure_has_its_kind_and_nothing_foreign_in_it_and_is_not_remembered(
    rehearsal: Rehearsal, build: Build, step: Step, kind: str
) -> None:
    model = build(base_url=rehearsal.url, api_key=KEY, first_chunk_timeout=0.3)
    rehearsal.list_with(step)
    error = await failure(model)
    story = io.StringIO()
    traceback.print_exception(error, file=story)
    told = f"{error} {error!r} {story.getvalue()}"
    assert error.kind == kind
    assert error.detail.startswith("base URL: ")
    assert (error.__cause__, error.__context__) == (None, None)
    assert not [secret for secret in (KEY, rehearsal.url, "g4f") if secret in told]
    rehearsal.list_with()
    assert await model.models() == ("gpt-4", "rehearsal")


async def test_a_hanging_endpoint_holds_up_nobody_and_is_left_alone_in_the_end(
    rehearsal: Rehearsal, build: Build
) -> None:
    model = build(base_url=rehearsal.url, first_chunk_timeout=0.5)
    await ask(model, "say warm")
    rehearsal.list_with(Stall())
    stop = asyncio.Event()
    gap = asyncio.create_task(worst_gap(stop))
    looking = asyncio.create_task(failure(model))
    await rehearsal.until(lambda: bool(rehearsal.lookups))
    assert (await ask(model, "say hello")).text == "Hello"
    assert (await looking).kind == "timed-out"
    stop.set()
    assert await gap < 0.2
    await rehearsal.until(rehearsal.lookups[0].disconnected.is_set, within=1)


async def test_a_success_is_remembered_and_a_look_up_shared(
    rehearsal: Rehearsal, model: Model
) -> None:
    gate = asyncio.Event()
    rehearsal.list_with(Wait(gate))
    looking = [asyncio.create_task(model.models()) for _ in range(5)]
    await rehearsal.until(lambda: bool(rehearsal.lookups))
    gate.set()
    found = await asyncio.gather(*looking, model.models())
    rehearsal.models = ("new",)
    assert {*found, await model.models()} == {("gpt-4", "rehearsal")}
    assert len(rehearsal.lookups) == 1


async def test_closing_the_model_ends_a_look_up(rehearsal: Rehearsal, model: Model) -> None:
    rehearsal.list_with(Stall())
    looking = asyncio.create_task(failure(model))
    await rehearsal.until(lambda: bool(rehearsal.lookups))
    await model.close()
    assert (await looking).kind == "refused"
    await rehearsal.until(rehearsal.lookups[0].disconnected.is_set, within=1)


# Named providers


def listing(*models: object, **attributes: Any) -> type:
    """Make a provider that lists these, and remembers with what it was asked."""

    def get_models(cls: Any, /, **asked: Any) -> Sequence[object]:
        cls.lookups.append(asked)
        for each in models:
            if isinstance(each, BaseException):
                raise each
        return models

    inside = {"get_models": classmethod(get_models), "lookups": []}
    return saying("Hello", **(inside | attributes))


async def test_of_providers_it_is_all_that_they_list_in_their_order(
    build: Build, register: Register
) -> None:
    register("First", listing("b", "a"))
    register("Second", listing("c", "a", {"not": "a name"}))
    model = build(providers=["First", "Second"])
    assert await model.models() == ("gpt-4", "b", "a", "c")


@pytest.mark.parametrize(
    "attributes",
    [
        {"get_models": None},
        {"get_models": classmethod(lambda _: [])},
        {"get_models": classmethod(lambda _: 1 / 0)},
        {"get_models": classmethod(lambda _: time.sleep(1))},
    ],
    ids=["none", "empty", "raising", "blocking"],
)
async def test_a_provider_that_tells_nothing_counts_with_what_g4f_knows_of_it(
    build: Build, register: Register, attributes: dict[str, Any]
) -> None:
    register("Dumb", saying(models={"a": {}, "flux": {}}, image_models=["flux"], **attributes))
    register("Second", listing("b"))
    model = build(providers=["Dumb", "Second"], first_chunk_timeout=0.5)
    assert await model.models() == ("gpt-4", "a", "b")


async def test_what_a_provider_answers_to_with_pictures_is_left_out(
    build: Build, register: Register
) -> None:
    register(
        "Painter", listing("a", "flux", "tts", image_models={"flux": {}}, audio_models=["tts"])
    )
    assert await build(providers=["Painter"]).models() == ("gpt-4", "a")


async def test_providers_that_all_tell_nothing_are_a_failure_of_the_last_one(
    build: Build, register: Register
) -> None:
    register("First", listing(ConnectionRefusedError(KEY)))
    register("Second", listing(PermissionError(KEY)))
    error = await failure(build(providers=["First", "Second"]))
    assert str(error) == "misconfigured (First: ConnectionRefusedError; Second: PermissionError)"
    register("Second", listing())
    assert (await failure(build(providers=["Second"]))).kind == "empty"


async def test_a_provider_is_told_the_key_that_is_its_own_and_the_time_it_has(
    build: Build, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("Keyed", keyed := listing("a"))
    await build(providers=["Keyed"], api_key=KEY).models()
    monkeypatch.setenv("MADE_API_KEY", "sk-made")
    register("Other", other := listing("a", needs_auth=True))
    register("Free", free := listing("a"))
    await build(providers=["Other", "Free"], first_chunk_timeout=3).models()
    assert vars(keyed)["lookups"] == [{"api_key": KEY, "timeout": 10}]
    assert vars(other)["lookups"] == [{"api_key": "sk-made", "timeout": 3}]
    assert vars(free)["lookups"] == [{"timeout": 3}]


async def test_a_provider_is_told_no_more_than_it_takes(build: Build, register: Register) -> None:
    async def later(_: type, proxy: str | None = None) -> dict[str, object]:
        return {f"{proxy}": {}}

    register("Plain", listing(get_models=classmethod(lambda _: ["a"])))
    register("Later", listing(get_models=classmethod(later)))
    assert await build(providers=["Plain"], api_key=KEY).models() == ("gpt-4", "a")
    model = build(providers=["Later"], proxy="http://127.0.0.1:9")
    assert await model.models() == ("gpt-4", "http://127.0.0.1:9")


async def test_no_provider_is_asked_past_the_proxy(build: Build, register: Register) -> None:
    register("Direct", direct := listing("a", models=["static"]))
    model = build(providers=["Direct"], proxy="http://127.0.0.1:9")
    assert await model.models() == ("gpt-4", "static")
    assert vars(direct)["lookups"] == []


class Hanging:
    """A provider whose look-up blocks its thread until it is let go."""

    needs_auth = False
    asked: ClassVar[list[str]] = []
    let_go: ClassVar[threading.Event]

    @classmethod
    def get_parent(cls) -> str:
        return "Hanging"

    @classmethod
    def get_models(cls) -> list[str]:
        cls.asked.append("once")
        cls.let_go.wait(10)
        return ["a"]


@pytest.fixture
def hanging(register: Register) -> Iterator[type[Hanging]]:
    Hanging.let_go = threading.Event()
    Hanging.asked.clear()
    register("Hanging", Hanging)
    yield Hanging
    Hanging.let_go.set()


async def test_a_provider_that_blocks_holds_up_nobody_and_holds_one_thread_at_most(
    rehearsal: Rehearsal, model: Model, build: Build, hanging: type[Hanging]
) -> None:
    await ask(model, "say warm")
    stop = asyncio.Event()
    gap = asyncio.create_task(worst_gap(stop))
    blocked = build(providers=["Hanging"], first_chunk_timeout=0.3)
    started = time.perf_counter()
    assert (await failure(blocked)).kind == "timed-out"
    assert time.perf_counter() - started < 1
    assert str(await failure(blocked)) == "timed-out (Hanging: TimeoutError)"
    stop.set()
    assert await gap < 0.2
    assert hanging.asked == ["once"]
    hanging.let_go.set()
    await asyncio.sleep(0.1)
    assert await blocked.models() == ("gpt-4", "a")
    assert hanging.asked == ["once", "once"]


async def test_a_real_provider_of_g4fs_is_asked_at_its_address_with_its_key(
    rehearsal: Rehearsal, build: Build, register: Register
) -> None:
    build().preload()
    template = importlib.import_module("g4f.Provider.template").OpenaiTemplate
    register("Real", type("Real", (template,), {"base_url": rehearsal.url, "working": True}))
    assert await build(providers=["Real"], api_key=KEY).models() == ("gpt-4", "rehearsal")
    assert [lookup.authorization for lookup in rehearsal.lookups] == [f"Bearer {KEY}"]


async def test_a_provider_that_writes_into_g4fs_own_folder_is_not_asked(
    build: Build, register: Register
) -> None:
    register("Local", local := listing("a", models=["static"]))
    assert await build(providers=["Local"]).models() == ("gpt-4", "static")
    assert vars(local)["lookups"] == []


# g4f's choice


@pytest.mark.parametrize("providers", [[], ["AnyProvider"]])
async def test_where_g4f_chooses_it_is_its_map_as_far_as_it_answers_with_text(
    build: Build, register: Register, providers: list[str]
) -> None:
    build().preload()
    register("AnyProvider", saying())
    found = await build(providers=providers).models()
    assert found[0] == "gpt-4"
    assert len(found) == len(set(found)) > 100
    assert {"gpt-4o", "gpt-4.1", "deepseek-r1", "glm-5.3"} <= set(found)
    assert found.index("gpt-4.1") < found.index("glm-5.3"), "those chosen by hand come first"
    images = {"flux", "flux-dev", "dall-e-3", "gpt-image", "sdxl-turbo", "gpt-4o-mini-tts", "video"}
    assert "mistral-7b" not in found, "g4f has no provider for it any more"
    assert not (images | {"", "default", "agent-tools"}) & set(found)
