"""The order of answers."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from bot.chat.conversation import Place
from bot.handlers.lines import Lines
from tests.virtual_time import in_virtual_time, now

HERE, THERE = Place(1), Place(1, topic=2)


def lines_of_jobs() -> Lines[Callable[[], Awaitable[None]]]:
    return Lines(_work)


class Diary:
    """Jobs that take their time and write down when they began and ended."""

    def __init__(self) -> None:
        self.entries: list[tuple[float, str]] = []

    def job(self, name: str, seconds: float) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            self.entries.append((now(), f"{name} begins"))
            await asyncio.sleep(seconds)
            self.entries.append((now(), f"{name} ends"))

        return work


@in_virtual_time
async def test_jobs_of_a_place_run_one_after_the_other_and_places_side_by_side() -> None:
    lines, diary = lines_of_jobs(), Diary()
    lines.put(HERE, diary.job("first", 5))
    lines.put(HERE, diary.job("second", 1))
    lines.put(THERE, diary.job("other", 2))
    await lines.idle()
    assert diary.entries == [
        (0, "first begins"),
        (0, "other begins"),
        (2, "other ends"),
        (5, "first ends"),
        (5, "second begins"),
        (6, "second ends"),
    ]


@in_virtual_time
async def test_a_bug_in_a_job_is_logged_without_its_message_and_the_next_job_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = "what the person wrote"

    async def broken() -> None:
        int(text)  # the message of this ValueError quotes the text

    lines, diary = lines_of_jobs(), Diary()
    lines.put(HERE, broken)
    lines.put(HERE, diary.job("next", 1))
    await lines.idle()
    assert diary.entries[-1] == (1.0, "next ends")
    assert "ValueError" in caplog.text
    assert text not in caplog.text


@in_virtual_time
async def test_a_place_takes_jobs_again_after_its_line_was_empty() -> None:
    lines, diary = lines_of_jobs(), Diary()
    for _ in range(2):
        lines.put(HERE, diary.job("job", 1))
        await lines.idle()
    assert now() == 2


@in_virtual_time
async def test_closing_gives_what_runs_and_what_waits_its_grace() -> None:
    lines, diary = lines_of_jobs(), Diary()
    lines.put(HERE, diary.job("short", 2))
    lines.put(HERE, diary.job("waiting", 1))
    lines.put(THERE, diary.job("long", 60))
    await asyncio.sleep(1)
    await lines.close(grace=5)
    assert now() == 6
    assert diary.entries == [
        (0, "short begins"),
        (0, "long begins"),
        (2, "short ends"),
        (2, "waiting begins"),
        (3, "waiting ends"),
    ]


@in_virtual_time
async def test_what_waits_can_be_seen_and_dropped() -> None:
    served: list[str] = []

    async def serve(item: str) -> None:
        await asyncio.sleep(1)
        served.append(item)

    lines = Lines(serve)
    for item in ("first", "second", "third"):
        lines.put(HERE, item)
    lines.put(THERE, "other")
    await asyncio.sleep(0.5)
    assert (lines.is_busy(HERE), lines.waiting(HERE)) == (True, ("second", "third"))
    assert lines.drop(lambda item: item == "second") == ["second"]
    await lines.idle()
    assert served == ["first", "other", "third"]
    assert (lines.is_busy(HERE), lines.waiting(HERE)) == (False, ())


@in_virtual_time
async def test_only_so_many_are_served_at_once_and_whoever_has_waited_longest_is_next() -> None:
    served: list[tuple[float, str]] = []

    async def serve(item: str) -> None:
        served.append((now(), item))
        await asyncio.sleep(10)

    lines = Lines(serve, at_once=2)
    for line, item in (("a", "a1"), ("a", "a2"), ("b", "b1"), ("c", "c1"), ("a", "a3")):
        lines.put(line, item)
        await asyncio.sleep(1)
    assert (lines.waiting("c"), lines.is_busy("c"), lines.is_full, len(lines)) == (
        ("c1",),
        True,
        True,
        5,
    )
    await lines.idle()
    assert served == [(0, "a1"), (2, "b1"), (10, "c1"), (12, "a2"), (22, "a3")]
    assert (lines.is_full, len(lines)) == (False, 0)


@in_virtual_time
async def test_what_waits_for_room_can_be_dropped_and_the_line_is_free_again() -> None:
    served: list[str] = []

    async def serve(item: str) -> None:
        await asyncio.sleep(1)
        served.append(item)

    lines = Lines(serve, at_once=1)
    for item in ("first", "second", "third"):
        lines.put(item, item)
    assert lines.drop(lambda item: item == "second") == ["second"]
    assert not lines.is_busy("second")
    lines.put("second", "second again")
    await lines.idle()
    assert served == ["first", "third", "second again"]


@in_virtual_time
async def test_when_the_grace_is_over_nothing_that_waits_is_begun() -> None:
    lines, diary = Lines(_work, at_once=1), Diary()
    lines.put(HERE, diary.job("long", 60))
    lines.put(HERE, diary.job("waiting", 1))
    lines.put(THERE, diary.job("other", 1))
    await lines.close(grace=5)
    await asyncio.sleep(100)
    assert diary.entries == [(0, "long begins")]


@in_virtual_time
async def test_a_bug_is_told_with_the_item_and_the_id_under_which_it_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[tuple[str, str]] = []

    async def serve(item: str) -> None:
        int(item)

    lines = Lines(serve, on_bug=lambda item, bug: told.append((item, bug)))
    for item in ("1", "one", "2", "two"):
        lines.put(HERE, item)
    await lines.idle()
    assert [item for item, _ in told] == ["one", "two"]
    ids = [bug for _, bug in told]
    assert len(set(ids)) == 2
    assert [re.findall(r"bug (\w{6}): ", message) for message in caplog.messages] == [
        [ids[0]],
        [ids[1]],
    ]


async def _work(job: Callable[[], Awaitable[None]]) -> None:
    await job()
