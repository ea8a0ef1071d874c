"""g4f may block, and takes 20 streams per host: neither is noticed. Real threads, real HTTP."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.llm.delta import Text
from bot.llm.errors import AnswerError
from bot.llm.model import Model
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say, Stall, Wait
from tests.llm.asking import Answer, ask, user
from tests.llm.conftest import Build
from tests.llm.providers import Blocking, Endless, Register, saying

QUESTION = [user("Say hello there!")]


@pytest.fixture
def blocking() -> Iterator[type[Blocking]]:
    Blocking.let_go = threading.Event()
    yield Blocking
    Blocking.let_go.set()


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("g4f-")}


async def come_down_to(most: int, before: set[threading.Thread]) -> None:
    """Wait until so many threads are left of those that came after `before`."""
    async with asyncio.timeout(2):
        while len(threads() - before) > most:  # noqa: ASYNC110 - a thread tells nobody that it ends
            await asyncio.sleep(0.01)


def descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


async def worst_gap(stop: asyncio.Event) -> float:
    """Return the longest time that the running loop stood still until `stop`, in seconds."""
    worst, last = 0.0, time.perf_counter()
    while not stop.is_set():
        await asyncio.sleep(0.005)
        worst, last = max(worst, time.perf_counter() - last), time.perf_counter()
    return worst


async def test_a_provider_that_blocks_its_thread_delays_neither_the_loop_nor_another_answer(
    rehearsal: Rehearsal, model: Model, build: Build, register: Register
) -> None:
    register("Sleeper", saying("Hello ", 1.5, "there!"))
    await ask(model, "say warm")
    rehearsal.script(Say("word " * 40, pace=40))
    stop = asyncio.Event()
    gap = asyncio.create_task(worst_gap(stop))
    blocked = asyncio.create_task(ask(build(providers=["Sleeper"]), "?"))
    started = time.perf_counter()
    assert await ask(model, "?") == Answer("word " * 40)
    took = time.perf_counter() - started
    assert not blocked.done()
    assert await blocked == Answer("Hello there!")
    stop.set()
    assert took < 1.4
    assert await gap < 0.2


async def test_a_blocked_provider_times_out_by_the_clock_of_the_caller(
    build: Build, register: Register, blocking: type[Blocking]
) -> None:
    register("Blocking", blocking)
    model = build(providers=["Blocking"], chunk_timeout=0.2)
    started = time.perf_counter()
    answer = await ask(model, "?")
    assert (answer.text, answer.kind) == ("Hello ", "stalled")
    assert time.perf_counter() - started < 1.6


async def test_a_thread_that_was_blocked_is_not_lent_again_and_ends_when_it_is_let_go(
    rehearsal: Rehearsal, build: Build, register: Register, blocking: type[Blocking]
) -> None:
    register("Blocking", blocking)
    register("Plain", saying("Hello"))
    before = threads()
    model = build(providers=["Blocking", "Plain"], first_chunk_timeout=3, chunk_timeout=0.1)
    assert (await ask(model, "?")).kind == "stalled"
    assert len(threads() - before) == 1
    other = asyncio.create_task(ask(model, "?"))
    await asyncio.sleep(0.05)
    assert len(threads() - before) == 2
    blocking.let_go.set()
    await other
    await come_down_to(1, before)


async def test_a_hundred_answers_stream_at_the_same_time_from_one_host(
    rehearsal: Rehearsal, build: Build
) -> None:
    model = build(base_url=rehearsal.url)
    gate = asyncio.Event()
    rehearsal.answer_with(lambda _: (Say("Hello "), Wait(gate), Say("there!")))
    streams = [model.stream(QUESTION) for _ in range(100)]
    firsts = await asyncio.wait_for(asyncio.gather(*map(anext, streams)), timeout=20)
    assert firsts == [Text("Hello ")] * 100
    assert not any(request.finished.is_set() for request in rehearsal.requests)
    gate.set()
    for stream in streams:
        assert [delta async for delta in stream] == [Text("there!")]


async def test_five_hundred_answers_share_a_hundred_threads_and_few_descriptors(
    rehearsal: Rehearsal, build: Build
) -> None:
    before, open_before = threads(), descriptors()
    model = build(base_url=rehearsal.url)
    gate = asyncio.Event()
    rehearsal.answer_with(lambda _: (Say("Hello "), Wait(gate)))
    streams = [model.stream(QUESTION) for _ in range(500)]
    await asyncio.wait_for(asyncio.gather(*map(anext, streams)), timeout=30)
    assert len(threads() - before) <= 100
    # A connection has two ends in this process.
    assert descriptors() - open_before - 2 * 500 <= 4 * 100
    gate.set()
    for stream in streams:
        assert [delta async for delta in stream] == []
    await come_down_to(8, before)


async def test_closing_closes_the_connection_upstream_within_a_second(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.script(Say("Hello "), Stall())
    deltas = model.stream(QUESTION)
    assert await anext(deltas) == Text("Hello ")
    started = time.perf_counter()
    await deltas.aclose()
    await rehearsal.until(rehearsal.requests[0].disconnected.is_set, within=1)
    assert time.perf_counter() - started < 0.5


async def test_cancelling_before_the_first_delta_closes_the_connection_too(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.script(Stall())
    task = asyncio.create_task(ask(model, "?"))
    await rehearsal.until(lambda: bool(rehearsal.requests))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await rehearsal.until(rehearsal.requests[0].disconnected.is_set, within=1)


async def test_a_provider_that_never_awaits_is_stopped_between_two_chunks(
    build: Build, register: Register
) -> None:
    ended = threading.Event()
    register("Endless", type("Endless", (Endless,), {"ended": ended}))
    deltas = build(providers=["Endless"]).stream(QUESTION)
    assert (await anext(deltas)).text.startswith("word ")
    await deltas.aclose()
    assert await asyncio.to_thread(ended.wait, 1)


async def test_a_provider_that_ends_the_program_ends_only_its_answer(
    build: Build, register: Register
) -> None:
    register("Quitter", saying("Hello", SystemExit("sk-secret")))
    model = build(providers=["Quitter"])
    for _ in range(2):
        answer = await ask(model, "?")
        assert (answer.text, answer.kind) == ("Hello", "broke-off")


async def test_closing_the_model_does_not_wait_for_a_blocked_provider(
    build: Build, register: Register, blocking: type[Blocking]
) -> None:
    register("Blocking", blocking)
    model = build(providers=["Blocking"])
    deltas = model.stream(QUESTION)
    assert await anext(deltas) == Text("Hello ")
    started = time.perf_counter()
    await model.close()
    assert time.perf_counter() - started < 1.5
    await deltas.aclose()


async def test_closing_the_model_ends_its_answers_and_threads(
    rehearsal: Rehearsal, build: Build
) -> None:
    before = threads()
    model = build(base_url=rehearsal.url)
    rehearsal.script(Say("Hello "), Stall())
    deltas = model.stream(QUESTION)
    assert await anext(deltas) == Text("Hello ")
    await model.close()
    with pytest.raises(AnswerError):
        await anext(deltas)
    await rehearsal.until(rehearsal.requests[0].disconnected.is_set, within=1)
    await come_down_to(0, before)


BLOCKED_AT_EXIT = """
import asyncio, sys, threading, time
from pathlib import Path
from bot.llm.model import Model
from bot.llm import gateway

hangs = threading.Event()

def hang():
    hangs.set()
    time.sleep(60)

class Hanging:
    needs_auth = False
    async def create_async_generator(**_):
        yield "Hello"
        await asyncio.to_thread(hang)

class Blocking:
    needs_auth = False
    async def create_async_generator(**_):
        yield "Hello"
        hang()

gateway.load(Path(sys.argv[1]))
from g4f.Provider import ProviderLoader
ProviderLoader.loaded |= {"Hanging": Hanging, "Blocking": Blocking}

async def main():
    for name in ("Hanging", "Blocking"):
        hangs.clear()
        model = Model(model="", providers=[name], data_dir=Path(sys.argv[1]))
        deltas = model.stream([{"role": "user", "content": "?"}])
        print(await anext(deltas))
        hangs.wait(10)
        await model.close()

asyncio.run(main())
"""


def test_a_blocked_provider_does_not_keep_the_process_from_ending(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED_AT_EXIT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Hello") == 2


async def test_an_answer_that_is_left_when_its_reader_is_cancelled_twice_ends_all_the_same(
    rehearsal: Rehearsal, model: Model
) -> None:
    rehearsal.script(Say("Hello "), Stall())
    task = asyncio.create_task(ask(model, "?"))
    await rehearsal.until(lambda: bool(rehearsal.requests))
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await rehearsal.until(rehearsal.requests[0].disconnected.is_set, within=1)
    assert (await ask(model, "say hello")).text == "Hello"
