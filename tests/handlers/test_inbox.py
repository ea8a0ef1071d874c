"""What Telegram has sent, until it is dealt with."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pytest
from telegram import Bot, Update

from bot.chat.kept import Left
from bot.handlers.inbox import Inbox
from tests.notebook import Notebook

GOOD = {
    "update_id": 1,
    "message": {"message_id": 5, "date": 0, "chat": {"id": 7, "type": "private"}},
}
BAD = {"update_id": 2, "message": {"what": "a Telegram of the future sends"}}


@dataclass
class Storage(Notebook):
    known: set[int] = field(default_factory=set)
    bodies: dict[int, str] = field(default_factory=dict)

    async def receive(self, bodies: Mapping[int, str]) -> set[int] | None:
        if self.fails:
            return None
        new = set(bodies) - self.known
        self.known |= new
        self.bodies |= bodies
        return new


def answer(*updates: object) -> bytes:
    return json.dumps({"ok": True, "result": updates}).encode()


async def test_updates_are_stored_as_they_are_on_the_wire() -> None:
    storage = Storage()
    assert await Inbox(storage).store(answer(GOOD)) == answer(GOOD)
    assert {number: json.loads(body) for number, body in storage.bodies.items()} == {1: GOOD}


async def test_of_an_update_that_cannot_be_read_the_id_is_left_so_that_polling_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    storage = Storage()
    given = json.loads(await Inbox(storage).store(answer(GOOD, BAD)))
    assert given["result"] == [GOOD, {"update_id": 2}]
    assert json.loads(storage.bodies[2]) == {"update_id": 2}
    assert "update 2 cannot be read" in caplog.text
    assert "future" not in caplog.text


async def test_what_came_before_does_not_get_into_the_queue() -> None:
    inbox = Inbox(Storage(known={1}))
    await inbox.store(answer(GOOD, {"update_id": 3}))
    for number in (1, 3):
        await inbox.put(Update(number))
    assert inbox.get_nowait() == Update(3)
    assert inbox.empty()


async def test_an_update_is_settled_when_it_is_dealt_with_even_in_a_bug() -> None:
    storage = Storage()
    inbox = Inbox(storage)
    with inbox.dealing_with(1):
        assert storage.settled == []
    with pytest.raises(ValueError, match="bug"), inbox.dealing_with(2):
        raise ValueError("bug")
    await inbox.idle()
    assert storage.settled == [1, 2]


async def test_an_update_stays_when_somebody_else_goes_on_or_the_process_ends() -> None:
    storage = Storage()
    inbox = Inbox(storage)
    with inbox.dealing_with(1) as dealing:
        dealing.goes_on = True
    with pytest.raises(asyncio.CancelledError), inbox.dealing_with(2):
        raise asyncio.CancelledError
    await inbox.idle()
    assert storage.settled == []


async def test_only_what_is_stored_can_be_left_to_the_next_process() -> None:
    storage = Storage()
    inbox = Inbox(storage)
    await inbox.store(answer({"update_id": 1}))
    storage.fails = True
    await inbox.store(answer({"update_id": 2}))
    storage.fails = False
    assert inbox.has(1)
    assert inbox.has()
    assert not inbox.has(1, 2)
    inbox.settle(2)
    assert inbox.has(2)
    await inbox.close()
    assert storage.released == 1


async def test_what_was_left_and_cannot_be_read_stops_nothing() -> None:
    class Full(Storage):
        async def pending(self) -> list[Left]:
            return [Left(json.dumps(BAD)), Left(json.dumps(GOOD), is_hopeless=True)]

    storage = Full()
    inbox = Inbox(storage)
    [(left, is_hopeless)] = await inbox.left(cast("Bot", None))
    assert (left.update_id, is_hopeless) == (1, True)
    await inbox.idle()
    assert storage.settled == [2]
