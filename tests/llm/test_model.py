"""What is said reaches the model and what it says comes back: through HTTP, with the real g4f."""

import asyncio
import copy
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.llm.delta import Reasoning, Text
from bot.llm.errors import UnknownProviderError
from bot.llm.model import Model
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Conversation, Raw, Say, Stall, Think, Wait
from tests.llm.asking import Answer, ask, assistant, gather, system, user
from tests.llm.conftest import Build


async def test_an_answer_comes_as_deltas_while_it_is_made(
    rehearsal: Rehearsal, model: Model
) -> None:
    gate = asyncio.Event()
    rehearsal.script(Say("Hello "), Wait(gate), Say("there!"))
    deltas = model.stream([user("Say hello there!")])
    assert await anext(deltas) == Text("Hello ")
    gate.set()
    assert [delta async for delta in deltas] == [Text("there!")]


async def test_reasoning_is_told_from_text_in_both_ways_that_providers_send_it(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.script(Think("Hm, hm."), Say("Hello"))
    rehearsal.script(Say("<think>Hm, hm.</think>\n\nHello"))
    assert await ask(model, "?") == await ask(model, "?") == Answer("Hello", "Hm, hm.")


async def test_deltas_that_gather_while_the_loop_is_busy_come_as_one(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.script(Say(text := "word " * 5000))
    pieces = [delta async for delta in model.stream([user("?")])]
    assert "".join(piece.text for piece in pieces) == text
    assert len(pieces) < 500


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param(
            [user("Go on?"), assistant("Yes?"), user("yes"), assistant("Sure?"), user("yes")],
            id="a word said twice",
        ),
        pytest.param(
            [user("```\n" + "a = 1\n\n\n\n    b = 2  \n" * 9 + "```\n\n\n\nWhy?")],
            id="blank lines in code",
        ),
        pytest.param(
            [said for n in range(30) for said in (user(f"q{n}"), assistant(f"a{n}"))] + [user("?")],
            id="the 61st message",
        ),
        pytest.param(
            [system("Be brief. \n\n\n\n" * 9), system("Be brief."), user("?")],
            id="white space in the system prompt",
        ),
        pytest.param([user("a\x00b \ud83d c")], id="NUL and half an emoji"),
    ],
)
async def test_every_message_arrives_as_it_was_said(
    rehearsal: Rehearsal, model: Model, messages: list[Mapping[str, str]]
) -> None:
    said = copy.deepcopy(messages)
    await ask(model, *messages)
    assert rehearsal.requests[0].messages == said
    assert messages == said, "the caller's list is the caller's"


async def test_no_conversation_of_one_place_reaches_another(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.answer_with(
        lambda request: (Conversation({"id": request.messages[-1]["content"]}), Say("Hello"))
    )
    prompt = system("You are a friendly bot.")
    await ask(model, prompt, "I am Ann.")
    await ask(model, prompt, "I am Bob.")
    turns = [user("Hi"), assistant("Hello")]
    await ask(model, prompt, *turns, "Ann again.")
    await ask(model, prompt, *turns, "Bob again.")
    await ask(model, *turns, "Ann, without a prompt.")
    await ask(model, *turns, "Bob, without a prompt.")
    assert [request.body.get("conversation") for request in rehearsal.requests] == [None] * 6
    assert importlib.import_module("g4f.tools.run_tools")._conversation_cache == {}


@pytest.mark.parametrize(
    "text", ["half an emoji \ud83d", "NUL \x00", "right to left \u202e", "🦊" * 9]
)
async def test_strange_characters_come_through(
    rehearsal: Rehearsal, model: Model, text: str
) -> None:
    rehearsal.script(Say(text))
    assert (await ask(model, "?")).text == text


async def test_an_answer_of_a_megabyte_comes_whole(rehearsal: Rehearsal, model: Model) -> None:
    rehearsal.script(Say(text := ("x" * 99 + " ") * 10_000))
    assert await ask(model, "?") == Answer(text)


async def test_a_model_that_says_it_has_finished_but_stays_open_is_not_waited_for(
    rehearsal: Rehearsal, build: Build
) -> None:
    rehearsal.script(
        Say("Hello"),
        Raw(b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'),
        Stall(),
    )
    model = build(base_url=rehearsal.url, chunk_timeout=5)
    assert await ask(model, "?") == Answer("Hello")


async def test_a_folder_that_cannot_be_written_does_not_spoil_an_answer(
    rehearsal: Rehearsal, model: Model, tmp_path: Path
) -> None:
    model.preload()
    cookies = importlib.import_module("g4f.cookies")
    writable = cookies.get_cookies_dir()
    (tmp_path / "file").touch()
    cookies.set_cookies_dir(str(tmp_path / "file" / "cookies"))
    try:
        rehearsal.script(Say("Hello"))
        assert await ask(model, "?") == Answer("Hello")
    finally:
        cookies.set_cookies_dir(writable)


async def test_g4f_writes_below_the_data_folder(
    rehearsal: Rehearsal, model: Model, data_dir: Path
) -> None:
    await ask(model, "say hello")
    importlib.import_module("g4f.config").get_cache_dir()
    written = await asyncio.to_thread(lambda: {path.name for path in data_dir.rglob("*")})
    assert {"g4f", "cache", "cookies", ".usage"} <= written


async def test_g4f_is_quiet(
    rehearsal: Rehearsal, model: Model, capfd: pytest.CaptureFixture[str]
) -> None:
    rehearsal.script(Say("a"))
    await ask(model, "refuse 500")
    await ask(model, "break")
    assert capfd.readouterr() == ("", "")
    assert importlib.import_module("g4f.debug").version_check is False


def test_a_provider_that_g4f_does_not_know_is_told_with_names_like_it(data_dir: Path) -> None:
    with pytest.raises(UnknownProviderError) as caught:
        Model(model="gpt-4", providers=["Polinations", "Groq", "xyzzy"], data_dir=data_dir)
    suggestions = caught.value.suggestions
    assert list(suggestions) == ["Polinations", "xyzzy"]
    assert "Pollinations" in suggestions["Polinations"]
    assert suggestions["xyzzy"] == ()


@pytest.mark.parametrize(
    "settings",
    [
        {"providers": ["Groq"], "base_url": "http://127.0.0.1:1/v1"},
        {"api_key": "sk-secret"},
        {"api_key": "sk-secret", "providers": ["Groq", "Cerebras"]},
    ],
)
def test_settings_that_have_no_meaning_together_are_refused(
    settings: dict[str, Any], data_dir: Path
) -> None:
    with pytest.raises(ValueError, match=r"either|API key") as caught:
        Model(model="gpt-4", data_dir=data_dir, **settings)
    assert "sk-secret" not in str(caught.value)


async def test_a_model_can_be_asked_again_after_an_answer_was_left(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.script(Say("Hello "), Stall())
    deltas = model.stream([user("?")])
    assert await anext(deltas) == Text("Hello ")
    await deltas.aclose()
    rehearsal.script(Think("Hm."), Say("again"))
    stream = model.stream([user("?")])
    assert [delta async for delta in stream] == [Reasoning("Hm."), Text("again")]
    assert (await gather(model.stream([user("echo x")]))).text == "x"
