"""A database belongs to one process, on both databases."""

import asyncio
import contextlib

import asyncpg
import pytest

from bot.chat.claim import KEY, ClaimedError, claim


async def test_who_comes_second_is_turned_away_until_the_first_one_lets_go(url: str) -> None:
    async with claim(url, patience=0):
        with pytest.raises(ClaimedError):
            async with claim(url, patience=0):
                pass
    async with claim(url, patience=0):
        pass


async def test_a_process_that_is_about_to_end_is_waited_for(url: str) -> None:
    first = claim(url, patience=0)
    await first.__aenter__()
    second = claim(url, patience=60)
    waiting = asyncio.create_task(second.__aenter__())
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await first.__aexit__(None, None, None)
    await waiting
    await second.__aexit__(None, None, None)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:////nowhere/at/all.db", "postgresql://nobody@127.0.0.1:9/none"]
)
async def test_what_cannot_be_held_is_left_to_whoever_opens_it(url: str) -> None:
    async with claim(url, patience=0):
        pass


HELD = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_locks.database = pg_database.oid
    WHERE locktype = 'advisory' AND datname = current_database()
"""
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.mark.parametrize("is_taken_over", [True, False])
async def test_a_server_that_has_lost_the_lock_is_asked_for_it_again(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, *, is_taken_over: bool
) -> None:
    monkeypatch.setattr("bot.chat.claim.LOOK_EVERY", 1.0)
    async with contextlib.AsyncExitStack() as stack:
        lost = await stack.enter_async_context(claim(postgresql_url, patience=0))
        other = await asyncpg.connect(postgresql_url)
        stack.push_async_callback(other.close)
        await other.execute(CUT)
        await until(other, 0)
        async with asyncio.timeout(30):
            if is_taken_over:
                await other.execute("SELECT pg_advisory_lock($1)", KEY)
                await lost.wait()
            else:
                await until(other, 1)
                assert not lost.is_set()


async def until(server: asyncpg.Connection, held: int) -> None:
    while await server.fetchval(HELD) != held:  # noqa: ASYNC110 (the server rings no bell)
        await asyncio.sleep(0.01)
