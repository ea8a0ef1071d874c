"""How long the names of models hold, who waits for whom, and what is a name; in virtual time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.llm.catalogue import Catalogue, Names, names
from bot.llm.classify import Failure
from bot.llm.errors import AnswerError, Kind
from tests.virtual_time import in_virtual_time, now

REFUSED = Failure(Kind.REFUSED, "base URL: ResponseStatusError, HTTP 500")


@dataclass
class Scripted:
    """A look-up that takes a second and finds these, one after the other."""

    finds: Sequence[Names | Failure]
    begun: list[float] = field(default_factory=list)

    async def __call__(self) -> Names | Failure:
        self.begun.append(now())
        found = self.finds[len(self.begun) - 1]
        await asyncio.sleep(1)
        return found


@in_virtual_time
async def test_what_was_found_holds_for_ten_minutes_from_then() -> None:
    catalogue = Catalogue(look_up := Scripted([("a",), ("b",)]))
    assert await catalogue.names() == ("a",)
    await asyncio.sleep(599)
    assert await catalogue.names() == ("a",)
    await asyncio.sleep(1)
    assert await catalogue.names() == ("b",)
    assert look_up.begun == [0, 601]


@in_virtual_time
async def test_whoever_asks_meanwhile_waits_for_the_look_up_that_runs() -> None:
    catalogue = Catalogue(look_up := Scripted([("a",), ("b",)]))
    assert await asyncio.gather(*(catalogue.names() for _ in range(9))) == [("a",)] * 9
    assert look_up.begun == [0]


@in_virtual_time
async def test_a_failure_is_raised_to_all_who_wait_and_not_remembered() -> None:
    catalogue = Catalogue(look_up := Scripted([REFUSED, ("a",)]))
    waiting = [asyncio.create_task(catalogue.names()) for _ in range(2)]
    await asyncio.wait(waiting)
    errors = [task.exception() for task in waiting]
    assert [str(error) for error in errors] == [f"refused ({REFUSED.detail})"] * 2
    assert errors[0] is not errors[1]
    assert await catalogue.names() == ("a",)
    assert look_up.begun == [0, 1]


@in_virtual_time
async def test_after_ten_minutes_a_failure_is_told_and_nothing_old() -> None:
    catalogue = Catalogue(Scripted([("a",), REFUSED]))
    await catalogue.names()
    await asyncio.sleep(600)
    with pytest.raises(AnswerError):
        await catalogue.names()


@in_virtual_time
async def test_who_stops_waiting_stops_nobody_else() -> None:
    catalogue = Catalogue(look_up := Scripted([("a",)]))
    first, second = (asyncio.create_task(catalogue.names()) for _ in range(2))
    await asyncio.sleep(0.5)
    first.cancel()
    assert await second == ("a",)
    assert first.cancelled()
    assert look_up.begun == [0]


@pytest.mark.parametrize("name", ["gpt-4", "org/tiny:free", "Große 模型 🦊", "x" * 200])
def test_what_can_be_shown_and_written_is_a_name(name: str) -> None:
    assert list(names([name])) == [name]


@pytest.mark.parametrize(
    "listed",
    [None, 4, {"id": "a"}, ["a"], b"a", "", " ", "x" * 201, "a\nb", "a\x00", "\u202ea", "\ud83d"],
)
def test_what_is_no_name_is_left_out(listed: object) -> None:
    assert list(names([listed, "gpt-4"])) == ["gpt-4"]
