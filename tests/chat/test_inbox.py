"""Updates that are kept until they are dealt with, on both databases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from bot.chat.conversation import Place
from bot.chat.inbox import BATCH, SENT_AGAIN, TRIES
from bot.chat.kept import Entry, Left, Unfinished
from bot.chat.schema import updates
from bot.chat.store import Store


async def ids(store: Store) -> int:
    async with store.calls.engine.connect() as connection:
        found = await connection.execute(select(func.count()).select_from(updates))
        return int(found.scalar_one())


async def test_what_is_not_settled_is_pending_in_its_order_whole(store: Store) -> None:
    await store.inbox.receive({9: '"nine"', 7: '"seven\\u0000"'})
    await store.inbox.receive({8: '"eight"'})
    await store.inbox.settle([8, 1000])
    assert await store.inbox.pending() == (Left('"seven\\u0000"'), Left('"nine"'))


async def test_an_update_comes_once_even_when_it_was_dealt_with(store: Store) -> None:
    assert await store.inbox.receive({7: "a", 8: "b"}) == {7, 8}
    await store.inbox.settle([7])
    assert await store.inbox.receive({7: "a", 8: "b", 9: "c"}) == {9}
    assert await store.inbox.pending() == (Left("b"), Left("c"))


async def test_an_update_is_settled_with_the_frame_of_its_answer(store: Store) -> None:
    await store.inbox.receive({7: "a", 8: "b", 9: "c"})
    answer = Unfinished("key", Entry(Place(1), 1, "q", "a"))
    await store.journal.keep(answer, [7])
    await store.journal.conclude(answer, "a", [8])
    assert await store.inbox.pending() == (Left("c"),)


async def test_what_no_process_survives_is_given_up(store: Store) -> None:
    await store.inbox.receive({7: "poison"})
    for _ in range(TRIES - 1):
        assert await store.inbox.pending() == (Left("poison"),)
    assert await store.inbox.pending() == (Left("poison", is_hopeless=True),)
    assert await store.inbox.pending() == ()
    assert await store.inbox.receive({7: "poison"}) == set()


async def test_ids_are_forgotten_when_telegram_cannot_send_them_again(store: Store) -> None:
    await store.inbox.receive({7: "a", 8: "b"})
    await store.inbox.settle([7])
    async with store.calls.engine.begin() as connection:
        long_ago = datetime.now(UTC) - SENT_AGAIN - timedelta(minutes=1)
        await connection.execute(update(updates).values(received_at=long_ago))
    await store.inbox.receive({9: "c"})
    assert await ids(store) == 2
    assert await store.inbox.pending() == (Left("b"), Left("c"))


async def test_many_are_settled_at_once(store: Store) -> None:
    numbers = range(2 * BATCH + 1)
    for start in range(0, len(numbers), 100):
        await store.inbox.receive(dict.fromkeys(numbers[start : start + 100], "x"))
    await store.inbox.settle(numbers)
    assert await store.inbox.pending() == ()


async def test_a_process_that_ends_in_order_has_not_tried(store: Store) -> None:
    await store.inbox.receive({7: "waits"})
    for _ in range(3 * TRIES):
        await store.inbox.release()
        assert await store.inbox.pending() == (Left("waits"),)
