"""The clock that jumps keeps what it promises to the tests that lean on it."""

import asyncio
import itertools
import time

import pytest

from bot.chat.conversation import Place
from bot.chat.kept import Preferences
from bot.chat.store import Store
from tests.virtual_time import NothingLeftToHappen, in_virtual_time, now, run


def test_minutes_pass_in_milliseconds_and_exactly() -> None:
    async def story() -> list[float]:
        seen: list[float] = []

        async def tick(every: float) -> None:
            for _ in range(3):
                await asyncio.sleep(every)
                seen.append(now())

        await asyncio.gather(tick(60), tick(100))
        return seen

    started = time.perf_counter()
    assert run(story()) == [60, 100, 120, 180, 200, 300]
    assert time.perf_counter() - started < 1


@in_virtual_time
async def test_a_timeout_of_the_loop_is_virtual_too() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3600):
            await asyncio.Event().wait()
    assert now() == 3600


@in_virtual_time
async def test_work_in_an_executor_takes_no_time() -> None:
    alarm = asyncio.get_running_loop().call_later(5, lambda: None)
    await asyncio.to_thread(time.sleep, 0.02)
    assert now() == 0
    alarm.cancel()


@in_virtual_time
async def test_a_call_to_the_database_takes_no_time() -> None:
    alarm = asyncio.get_running_loop().call_later(5, lambda: None)
    store = await Store.open("sqlite:///kept.db")
    await asyncio.gather(*(store.set_model(Place(chat), "m") for chat in range(20)))
    assert await store.preferences(Place(7)) == Preferences("m")
    await store.close()
    assert now() == 0
    alarm.cancel()


@in_virtual_time
async def test_sockets_with_both_ends_on_the_loop_work() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)
        writer.write(b"hello\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        assert await reader.readline() == b"hello\n"
        assert now() == 30
        writer.close()
        await writer.wait_closed()


def test_waiting_for_what_cannot_happen_fails_instead_of_hanging() -> None:
    with pytest.raises(NothingLeftToHappen):
        run(asyncio.Event().wait())


def test_a_loop_that_never_ends_is_noticed() -> None:
    async def forever() -> None:
        for second in itertools.count():
            await asyncio.sleep(second)

    with pytest.raises(NothingLeftToHappen):
        run(forever(), limit=100)


@pytest.mark.parametrize("start", [0.0, 5000.0])
def test_the_clock_begins_where_it_is_told(start: float) -> None:
    async def story() -> float:
        return now()

    assert run(story(), start=start) == start
