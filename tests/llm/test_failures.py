"""Each way in which a model fails has its kind, and nothing secret is in it: through HTTP."""

import io
import socket
import traceback

import pytest

from bot.llm.errors import AnswerError
from bot.llm.model import Model
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import BreakOff, ErrorEvent, Pause, Raw, Refuse, Say, Stall, Step, Think
from tests.llm.asking import ask
from tests.llm.conftest import Build

KEY = "sk-a-secret-key"
QUESTION = "a private question"


@pytest.mark.parametrize(
    ("steps", "kind", "text"),
    [
        ([Refuse(401)], "needs-auth", ""),
        ([Refuse(402)], "needs-auth", ""),
        ([Refuse(403)], "refused", ""),
        ([Refuse(429)], "rate-limited", ""),
        ([Refuse(500)], "refused", ""),
        ([Refuse(504)], "timed-out", ""),
        ([Refuse(413)], "too-long", ""),
        ([Refuse(400, "prompt is too long")], "too-long", ""),
        ([Refuse(400, "No.", "context_length_exceeded")], "too-long", ""),
        ([Refuse(429, "Rate limit reached: too many tokens per min")], "rate-limited", ""),
        ([Think("Hm."), ErrorEvent("prompt is too long")], "too-long", ""),
        ([Say("Hel"), ErrorEvent("prompt is too long")], "broke-off", "Hel"),
        ([BreakOff()], "unreachable", ""),
        ([Raw(b": hello\n\n"), BreakOff()], "unreachable", ""),
        ([Say("Hel"), BreakOff()], "broke-off", "Hel"),
        ([ErrorEvent()], "refused", ""),
        ([Say("Hel"), ErrorEvent()], "broke-off", "Hel"),
        ([Say("Hel"), Raw(b"data: {broken\n\n")], "broke-off", "Hel"),
        ([Say("Hel"), Raw(b'data: "\xff\xfe"\n\n')], "broke-off", "Hel"),
        ([], "empty", ""),
        ([Think("Hm.")], "empty", ""),
        ([Pause(0.4), Say("too late")], "timed-out", ""),
        ([Say("Hel"), Stall()], "stalled", "Hel"),
    ],
    ids=str,
)
async def test_each_failure_has_its_kind_and_keeps_what_had_come(
    rehearsal: Rehearsal, build: Build, steps: list[Step], kind: str, text: str
) -> None:
    model = build(base_url=rehearsal.url, first_chunk_timeout=0.3, chunk_timeout=0.3)
    await ask(model, "say warm")  # the first import of g4f takes longer than that
    rehearsal.script(*steps)
    answer = await ask(model, "?")
    assert (answer.kind, answer.text) == (kind, text)


async def test_a_question_that_is_larger_than_the_model_takes_is_too_long(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.limit = 100
    assert (await ask(model, "x" * 101)).kind == "too-long"
    assert (await ask(model, "say hello")).text == "Hello"


async def test_nobody_listening_is_unreachable(build: Build) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    answer = await ask(build(base_url=f"http://127.0.0.1:{port}/v1"), "?")
    assert answer.kind == "unreachable"


async def test_a_url_that_is_none_is_misconfigured(build: Build) -> None:
    assert (await ask(build(base_url="localhost"), "?")).kind == "misconfigured"


@pytest.mark.parametrize(
    "step",
    [
        Refuse(500, f"{KEY} {QUESTION}"),
        Refuse(400, f"prompt is too long: {KEY} {QUESTION}"),
        ErrorEvent(f"{KEY} {QUESTION}"),
    ],
    ids=str,
)
async def test_the_error_holds_no_key_no_question_and_nothing_of_g4fs(
    rehearsal: Rehearsal, build: Build, step: Step
) -> None:
    rehearsal.script(step)
    error = (await ask(build(base_url=rehearsal.url, api_key=KEY), QUESTION)).error
    assert isinstance(error, AnswerError)
    assert (error.__cause__, error.__context__) == (None, None)
    story = io.StringIO()
    traceback.print_exception(error, file=story)
    told = f"{error} {error!r} {error.args} {error.detail} {story.getvalue()}"
    assert KEY not in told
    assert QUESTION not in told
    assert rehearsal.url not in told
    assert "g4f" not in story.getvalue()


async def test_the_next_question_works_after_each_failure(
    rehearsal: Rehearsal, model: Model
) -> None:
    for step in (Refuse(401), Refuse(500), BreakOff(), ErrorEvent()):
        rehearsal.script(step)
        assert (await ask(model, "?")).kind is not None
        assert (await ask(model, "say hello")).text == "Hello"
