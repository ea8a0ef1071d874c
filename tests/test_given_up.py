"""What several processes have died with, in virtual time."""

import json
from typing import Any

from sqlalchemy import update

from bot.chat.conversation import Place
from bot.chat.inbox import TRIES
from bot.chat.kept import Entry
from bot.chat.schema import updates
from bot.locales import Words
from tests.chat.keeping import add
from tests.scripted import Model
from tests.virtual_time import in_virtual_time
from tests.wire import Wired, screen, wired

GIVEN_UP = Words()("given-up")


def message(w: Wired, number: int, **what: Any) -> dict[str, Any]:
    """Give a message of Alice's to the bot, as Telegram sends it."""
    user = {"id": w.alice.id, "is_bot": False, "first_name": "Alice", "language_code": "en"}
    chat = {"id": w.chat.id, "type": "private", "first_name": "Alice"}
    return {"message_id": number, "date": 1, "from": user, "chat": chat, **what}


async def left(w: Wired, *left: dict[str, Any]) -> None:
    """Let updates be left by as many processes as may die with them, and take them up."""
    bodies = {
        number: json.dumps({"update_id": number, **one}) for number, one in enumerate(left, 1000)
    }
    await w.store.inbox.receive(bodies)
    async with w.store.calls.engine.begin() as connection:
        await connection.execute(update(updates).values(tries=TRIES))
    await w.resume()
    await w.settled()


@in_virtual_time
async def test_whoever_asked_is_told_once_and_nothing_is_asked_of_the_model() -> None:
    async with wired(Model([])) as w:
        await left(w, *({"message": message(w, number, text="Part")} for number in range(1, 9)))
        assert screen(w.chat) == [GIVEN_UP]
        await w.resume()
        await w.settled()
        assert screen(w.chat) == [GIVEN_UP]
        assert w.model.asked == []


@in_virtual_time
async def test_nobody_is_told_of_what_was_no_question_or_not_new() -> None:
    async with wired(Model([])) as w:
        query = {"id": "1", "from": message(w, 1)["from"], "chat_instance": "1", "data": "stop"}
        await left(
            w,
            {"edited_message": message(w, 1, text="Edited", edit_date=2)},
            {"callback_query": query},
            {"message": message(w, 2, sticker={"what": "a Telegram of the future sends"})},
            {"message": message(w, 3, group_chat_created=True)},
        )
        assert screen(w.chat) == []


@in_virtual_time
async def test_in_a_group_a_command_that_may_be_another_bots_is_passed_over() -> None:
    async with wired(Model([])) as w:
        group = w.telegram.group("Friends", [w.alice])
        chat = {"id": group.id, "type": group.card.type, "title": "Friends"}
        entities = [{"type": "bot_command", "offset": 0, "length": 5}]
        stop = message(w, 1, text="/stop", entities=entities) | {"chat": chat}
        await left(w, {"message": stop})
        assert screen(group) == []


@in_virtual_time
async def test_a_group_that_has_become_a_supergroup_takes_its_past_along() -> None:
    async with wired(Model([])) as w:
        old, new = -5, -1_000_000_000_005
        await add(w.store, Entry(Place(old), w.alice.id, "q", "a"))
        chat = {"id": old, "type": "group", "title": "Friends"}
        await left(w, {"message": message(w, 1, migrate_to_chat_id=new) | {"chat": chat}})
        assert len(await w.store.recall(Place(new), 100)) == 1
