"""What the store promises, on every database."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from bot.chat.conversation import Exchange, Place
from bot.chat.kept import Entry, Kept, Posted, Preferences
from bot.chat.rows import BATCH, values
from bot.chat.schema import exchanges
from bot.chat.store import Store, StoreError
from tests.chat.keeping import add, change, post

HERE = Place(-1001)
TOPIC = Place(-1001, topic=7)
ELSEWHERE = Place(-1002)
ANN, BEN = 1, 2
MUCH = 1_000_000


def said(question: str, answer: str = "", place: Place = HERE, person: int = ANN) -> Entry:
    return Entry(place, person, question, answer)


def latest(said: list[Exchange], budget: int) -> list[Exchange]:
    """Give as many of the latest as fit, each one whole."""
    first = len(said)
    while first and (budget := budget - said[first - 1].size) >= 0:
        first -= 1
    return said[first:]


async def entries(store: Store, place: Place) -> list[Entry]:
    return [kept.entry for kept in await store.history(place, MUCH)]


@contextlib.contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Listen to what the store asks of its database."""
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement != "BEGIN":
            heard.append((statement, parameters))

    event.listen(store.calls.engine.sync_engine, "before_cursor_execute", hear)
    yield heard
    event.remove(store.calls.engine.sync_engine, "before_cursor_execute", hear)


async def fill(store: Store, place: Place, count: int) -> None:
    """Keep many exchanges at once, of four characters each."""
    row = {**values(said("q?", "a.")), "size": 4}
    row |= {"chat_id": place.chat_id, "topic": place.topic or 0, "asked_at": datetime.now(UTC)}
    async with store.calls.engine.begin() as connection:
        await connection.execute(insert(exchanges), [row] * count)


async def test_what_was_said_is_recalled_in_order(store: Store) -> None:
    for number in range(3):
        await add(store, said(f"q{number}", f"a{number}"))
    assert await store.recall(HERE, MUCH) == (
        Exchange("q0", "a0"),
        Exchange("q1", "a1"),
        Exchange("q2", "a2"),
    )


async def test_every_budget_takes_the_latest_exchanges_that_fit_it_exactly(store: Store) -> None:
    exchanges = [Exchange("q" * size, "a") for size in (3, 1, 12, 0, 2)]
    for exchange in exchanges:
        await add(store, said(exchange.question, exchange.answer))
    for budget in range(-1, 25):
        fitting = tuple(latest(exchanges, budget))
        assert await store.recall(HERE, budget) == fitting
        assert [
            Exchange(kept.entry.question, kept.entry.answer)
            for kept in await store.history(HERE, budget)
        ] == list(fitting)


async def test_an_exchange_that_does_not_fit_hides_those_before_it(store: Store) -> None:
    await add(store, said("a", "b"))
    await add(store, said("long", "long"))
    await add(store, said("c", "d"))
    assert await store.recall(HERE, 7) == (Exchange("c", "d"),)


async def test_only_what_was_said_before_an_exchange_is_recalled(store: Store) -> None:
    ids = [await add(store, said("q", answer)) for answer in "abc"]
    assert await store.recall(HERE, MUCH, before=ids[2]) == (Exchange("q", "a"), Exchange("q", "b"))
    assert await store.recall(HERE, 2, before=ids[1]) == (Exchange("q", "a"),)
    assert await store.recall(HERE, MUCH, before=ids[0]) == ()


async def test_exchanges_without_an_answer_are_neither_recalled_nor_counted(store: Store) -> None:
    await add(store, said("a", "b"))
    await add(store, said("a question that came to nothing"))
    await add(store, said("c", "d"))
    await add(store, said("again"))
    assert await store.recall(HERE, 4) == (Exchange("a", "b"), Exchange("c", "d"))
    assert await entries(store, HERE) == [said("a", "b"), said("c", "d")]


async def test_a_budget_may_take_many_batches(store: Store) -> None:
    await fill(store, HERE, 2 * BATCH + 1)
    assert await store.recall(HERE, MUCH) == (Exchange("q?", "a."),) * (2 * BATCH + 1)
    assert len(await store.recall(HERE, 4 * (BATCH + 3) + 1)) == BATCH + 3
    assert len(await store.recall(HERE, 4 * BATCH)) == BATCH


async def test_places_know_nothing_of_each_other(store: Store) -> None:
    places = (HERE, TOPIC, ELSEWHERE, Place(-1002, topic=7))
    for number, place in enumerate(places):
        await add(store, said("q", f"{number}", place))
        await store.set_model(place, f"model {number}")
        await store.set_prompt(place, f"prompt {number}")
    for number, place in enumerate(places):
        entry = said("q", f"{number}", place)
        assert await store.recall(place, MUCH) == (Exchange("q", f"{number}"),)
        assert await entries(store, place) == [entry]
        last = await store.last(place, ANN)
        assert last
        assert last.entry == entry
        assert await store.preferences(place) == Preferences(f"model {number}", f"prompt {number}")
    assert await store.forget(TOPIC) == 1
    assert [len(await store.recall(place, MUCH)) for place in places] == [1, 0, 1, 1]


async def test_a_place_without_a_past_has_none(store: Store) -> None:
    assert await store.recall(HERE, MUCH) == ()
    assert await store.history(HERE, MUCH) == ()
    assert await store.last(HERE, ANN) is None
    assert await store.preferences(HERE) == Preferences()
    assert await store.forget(HERE) == 0
    assert await store.forget_person(ANN) == 0


async def test_the_last_of_a_person_is_theirs_whether_answered_or_not(store: Store) -> None:
    await add(store, said("first", "answer"))
    unanswered = await add(store, said("second"))
    await add(store, said("other", "answer", person=BEN))
    last = await store.last(HERE, ANN)
    assert last
    assert (last.id, last.entry) == (unanswered, said("second"))
    assert await store.last(HERE, 3) is None


async def test_all_of_an_exchange_is_kept(store: Store) -> None:
    entry = Entry(
        TOPIC,
        2**52,
        "Why? 🙂\r\n",
        "Because \\ ' \" % ; \t",
        "stopped",
        question_id=12,
        messages=(Posted(13), Posted(14, is_file=True)),
    )
    began = datetime.now(UTC)
    exchange = await add(store, entry)
    (kept,) = await store.history(TOPIC, MUCH)
    assert kept == Kept(exchange, entry, kept.asked_at)
    assert kept.asked_at.utcoffset() == timedelta(0)
    assert began <= kept.asked_at <= datetime.now(UTC)


async def test_an_exchange_is_replaced_where_and_when_it_stands(store: Store) -> None:
    exchange = await add(store, said("old", "old"))
    await add(store, said("next", "next"))
    before = await store.history(HERE, MUCH)
    new = Entry(ELSEWHERE, BEN, "new question", "new", "failed", 5, (Posted(6),))
    await change(store, exchange, new)
    there = Entry(HERE, BEN, "new question", "new", "failed", 5, (Posted(6),))
    after = (Kept(exchange, there, before[0].asked_at), before[1])
    assert await store.history(HERE, MUCH) == after
    assert await store.recall(HERE, 8 + 14) == (Exchange("next", "next"),)
    assert len(await store.recall(HERE, 8 + 15)) == 2


async def test_the_messages_of_an_answer_can_be_told_later(store: Store) -> None:
    exchange = await add(store, said("q", "a"))
    await post(store, exchange, [Posted(1), Posted(2, is_file=True)])
    (kept,) = await store.history(HERE, MUCH)
    assert kept.entry == Entry(HERE, ANN, "q", "a", messages=(Posted(1), Posted(2, is_file=True)))


async def test_what_was_erased_stays_erased_and_its_id_is_not_given_again(store: Store) -> None:
    erased = await add(store, said("secret", "secret"))
    assert await store.forget(HERE) == 1
    other = await add(store, said("q", "a", ELSEWHERE))
    await change(store, erased, said("secret", "secret"))
    await post(store, erased, [Posted(1)])
    assert other > erased
    assert await entries(store, HERE) == []
    assert await entries(store, ELSEWHERE) == [said("q", "a", ELSEWHERE)]


async def test_a_person_is_forgotten_wherever_they_asked(store: Store) -> None:
    private = Place(ANN)
    for place in (HERE, TOPIC, private, Place(ANN, topic=3)):
        await add(store, said("q", "a", place))
        await store.set_model(place, "m")
    await add(store, said("q", "by the bot's own account", private, person=BEN))
    await add(store, said("q", "a", HERE, person=BEN))
    await add(store, said("q", "a", Place(BEN), person=BEN))
    assert await store.forget_person(ANN) == 5
    assert await entries(store, HERE) == [said("q", "a", HERE, BEN)]
    assert await entries(store, Place(BEN)) == [said("q", "a", Place(BEN), BEN)]
    for place in (TOPIC, private, Place(ANN, topic=3)):
        assert await entries(store, place) == []
    assert await store.preferences(private) == Preferences()
    assert await store.preferences(Place(ANN, topic=3)) == Preferences()
    assert await store.preferences(HERE) == Preferences("m")


async def test_a_group_moves_with_all_its_topics_but_without_message_ids(store: Store) -> None:
    for place in (HERE, TOPIC, ELSEWHERE):
        await add(store, Entry(place, ANN, "q", "a", "complete", 1, (Posted(2),)))
    await add(store, said("q", "already there", Place(-5)))
    before = await store.history(HERE, MUCH)
    for _ in range(2):
        await store.move(HERE.chat_id, to=-5)
        assert await entries(store, HERE) == []
        assert await entries(store, TOPIC) == []
        assert await entries(store, Place(-5)) == [
            said("q", "a", Place(-5)),
            said("q", "already there", Place(-5)),
        ]
        assert await entries(store, Place(-5, topic=7)) == [said("q", "a", Place(-5, topic=7))]
    after = await store.history(Place(-5), MUCH)
    assert after[0].asked_at == before[0].asked_at
    untouched = Entry(ELSEWHERE, ANN, "q", "a", "complete", 1, (Posted(2),))
    assert await entries(store, ELSEWHERE) == [untouched]


async def test_a_move_to_where_a_group_is_changes_nothing(store: Store) -> None:
    entry = Entry(HERE, ANN, "q", "a", "complete", 1, (Posted(2),))
    await add(store, entry)
    await store.set_model(HERE, "m")
    await store.move(HERE.chat_id, to=HERE.chat_id)
    assert await entries(store, HERE) == [entry]
    assert await store.preferences(HERE) == Preferences("m")


async def test_what_was_chosen_moves_along_unless_chosen_there_already(store: Store) -> None:
    await store.set_model(HERE, "old model")
    await store.set_prompt(HERE, "old prompt")
    await store.set_model(TOPIC, "topic's")
    await store.set_model(Place(-5), "new model")
    for _ in range(2):
        await store.move(HERE.chat_id, to=-5)
        assert await store.preferences(Place(-5)) == Preferences("new model", "old prompt")
        assert await store.preferences(Place(-5, topic=7)) == Preferences("topic's")
        assert await store.preferences(HERE) == Preferences()


async def test_what_is_chosen_replaces_only_its_like(store: Store) -> None:
    await store.set_model(HERE, "a")
    await store.set_prompt(HERE, "b")
    assert await store.preferences(HERE) == Preferences("a", "b")
    await store.set_model(HERE, "c")
    assert await store.preferences(HERE) == Preferences("c", "b")
    await store.set_prompt(HERE, None)
    assert await store.preferences(HERE) == Preferences("c", None)
    await store.set_model(HERE, None)
    assert await store.preferences(HERE) == Preferences()


async def test_what_no_database_holds_is_replaced_in_every_text(store: Store) -> None:
    exchange = await add(store, Entry(HERE, ANN, "a\0b", "\ud83d", "\udc00!"))
    await store.set_model(HERE, "m\0")
    await store.set_prompt(HERE, "\udfff")
    assert await entries(store, HERE) == [Entry(HERE, ANN, "a�b", "�", "�!")]
    assert await store.preferences(HERE) == Preferences("m�", "�")
    await change(store, exchange, said("\0", "\0"))
    assert await store.recall(HERE, 2) == (Exchange("�", "�"),)


async def test_all_is_there_after_the_store_was_closed_and_opened_again(url: str) -> None:
    store = await Store.open(url)
    await add(store, Entry(TOPIC, ANN, "q", "a", "stopped", 1, (Posted(2, is_file=True),)))
    await store.set_model(TOPIC, "m")
    before = await store.history(TOPIC, MUCH)
    await store.close()
    store = await Store.open(url)
    assert await store.history(TOPIC, MUCH) == before
    assert await store.preferences(TOPIC) == Preferences("m")
    await store.close()


async def test_fifty_calls_at_once_all_get_through(store: Store) -> None:
    async def converse(number: int) -> None:
        place = Place(number)
        for turn in range(3):
            await add(store, said("q", f"{turn}", place))
            await store.set_model(place, f"{turn}")
            assert len(await store.recall(place, MUCH)) == turn + 1

    await asyncio.gather(*(converse(number) for number in range(50)))
    assert [len(await entries(store, Place(number))) for number in range(50)] == [3] * 50


async def test_a_database_in_memory_takes_calls_at_once_too() -> None:
    store = await Store.open("sqlite://")
    await asyncio.gather(*(add(store, said("q", "a")) for _ in range(50)))
    assert await store.forget(HERE) == 50
    await store.close()


async def test_a_call_that_was_begun_ends_even_when_its_caller_does_not_wait(store: Store) -> None:
    callers = [asyncio.create_task(add(store, said("q", "a"))) for _ in range(20)]
    await asyncio.sleep(0.002)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    await asyncio.wait_for(add(store, said("q", "last")), 5)
    await asyncio.gather(*store.calls._under_way)  # a server takes several at once, in any order
    assert len(await store.recall(HERE, MUCH)) == 21


async def test_what_is_under_way_is_kept_before_the_store_closes(url: str) -> None:
    store = await Store.open(url)
    calls = [asyncio.create_task(add(store, said("q", "a"))) for _ in range(20)]
    await asyncio.sleep(0)
    await store.close()
    ids = await asyncio.gather(*calls)
    store = await Store.open(url)
    assert [kept.id for kept in await store.history(HERE, MUCH)] == sorted(ids)
    await store.close()


async def test_a_closed_store_is_not_opened_by_a_call(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreError) as raised:
        await add(store, said("q", "a"))
    assert raised.value.detail == "closed"
    await store.close()


async def test_a_failure_says_nothing_of_what_was_to_be_kept(store: Store) -> None:
    async with store.calls.engine.begin() as connection:
        await connection.execute(text("DROP TABLE exchanges"))
        await connection.execute(text("DROP TABLE preferences"))
    calls = (
        store.recall(HERE, MUCH),
        store.history(HERE, MUCH),
        store.last(HERE, ANN),
        add(store, said("secret", "secret")),
        change(store, 1, said("secret", "secret")),
        post(store, 1, []),
        store.forget(HERE),
        store.forget_person(ANN),
        store.move(HERE.chat_id, to=-5),
        store.preferences(HERE),
        store.set_model(HERE, "secret"),
        store.set_prompt(HERE, "secret"),
    )
    for call in calls:
        with pytest.raises(StoreError) as raised:
            await call
        error = raised.value
        assert str(error) == "the database failed"
        assert error.detail in ("OperationalError SQLITE_ERROR", "ProgrammingError 42P01")
        assert (error.__cause__, error.__context__) == (None, None)


async def test_a_recall_asks_as_much_of_a_long_past_as_of_a_short_one(store: Store) -> None:
    counts = []
    for size in (BATCH, 10_000):
        await fill(store, HERE, size)
        with statements(store) as heard:
            assert len(await store.recall(HERE, 400)) == 100
        counts.append(len(heard))
    assert counts == [2, 2]


async def test_no_call_goes_through_all_that_is_kept(sqlite_file: Path) -> None:
    store = await Store.open(f"sqlite:///{sqlite_file}")
    with statements(store) as heard:
        exchange = await add(store, said("q", "a"))
        await store.recall(HERE, MUCH)
        await store.recall(HERE, MUCH, before=exchange)
        await store.history(HERE, MUCH)
        await store.last(HERE, ANN)
        await change(store, exchange, said("q", "a"))
        await post(store, exchange, [])
        await store.move(HERE.chat_id, to=-5)
        await store.preferences(HERE)
        await store.set_model(HERE, "m")
        await store.forget(HERE)
        await store.forget_person(ANN)
    await store.close()
    with contextlib.closing(sqlite3.connect(sqlite_file)) as connection:
        plan = [
            step[3]
            for statement, parameters in heard
            # Whatever the parameters are: PostgreSQL plans without them, too.
            for step in connection.execute(
                f"EXPLAIN QUERY PLAN {statement}", [None] * len(parameters)
            )
        ]
    assert [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step] == []


async def test_a_closed_sqlite_database_is_one_plain_file(sqlite_file: Path) -> None:
    store = await Store.open(f"sqlite:///{sqlite_file}")
    await add(store, said("q", "a"))
    await store.close()
    assert [path.name for path in sqlite_file.parent.iterdir()] == [sqlite_file.name]
    with contextlib.closing(sqlite3.connect(sqlite_file)) as connection:
        rows = connection.execute("SELECT chat_id, question, answer FROM exchanges").fetchall()
    assert rows == [(HERE.chat_id, "q", "a")]


async def test_what_is_forgotten_is_not_left_in_the_file_nor_in_its_log(sqlite_file: Path) -> None:
    store = await Store.open(f"sqlite:///{sqlite_file}")
    await add(store, said("xyzzy", "xyzzy"))
    assert _holding(b"xyzzy", sqlite_file.parent) != []
    await store.forget(HERE)
    assert _holding(b"xyzzy", sqlite_file.parent) == []
    await store.close()


def _holding(text: bytes, folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if text in one.read_bytes()]
