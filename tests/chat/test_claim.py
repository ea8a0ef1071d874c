"""A database belongs to one process, on both databases."""

import asyncio

import pytest

from bot.chat.claim import ClaimedError, claim


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
