"""Unfinished answers, on both databases."""

from dataclasses import replace

from bot.chat.conversation import Place
from bot.chat.kept import Entry, Posted, Sent, Unfinished
from bot.chat.store import Store

HERE = Place(-1001, topic=3)
ANN = 1
GROWING = Unfinished(
    "a", Entry(HERE, ANN, "q", "Half", "", 11, (Posted(12),)), "ru", "Hm.", sending=Sent(12, "mark")
)


async def test_what_was_kept_last_of_an_answer_is_found_until_it_is_finished(store: Store) -> None:
    journal = store.journal
    await journal.keep(replace(GROWING, entry=replace(GROWING.entry, answer="Ha", messages=())))
    await journal.keep(GROWING)
    other = Unfinished("b", Entry(Place(5), 2, "other"), note="Stopped.")
    await journal.keep(other)
    assert sorted(await journal.unfinished(), key=lambda one: one.key) == [GROWING, other]
    await journal.drop(other)
    ended = replace(GROWING, entry=replace(GROWING.entry, answer=" Whole ", outcome="complete"))
    number = await journal.conclude(ended, "Whole")
    assert await journal.unfinished() == (replace(ended, exchange=number),)
    kept = await store.last(HERE, ANN)
    assert kept
    assert (kept.id, kept.entry) == (number, replace(ended.entry, answer="Whole"))
    messages = (Posted(12), Posted(13, is_file=True))
    shown = replace(ended, exchange=number, entry=replace(ended.entry, messages=messages))
    await journal.finish(shown)
    assert await journal.unfinished() == ()
    kept = await store.last(HERE, ANN)
    assert kept
    assert kept.entry.messages == messages


async def test_an_answer_that_takes_the_place_of_another_one_is_kept_there(store: Store) -> None:
    number = await store.journal.conclude(GROWING, "First")
    again = replace(GROWING, key="b", exchange=number)
    assert await store.journal.conclude(again, "Second") == number
    assert [kept.entry.answer for kept in await store.history(HERE, 1000)] == ["Second"]


async def test_unfinished_answers_are_erased_and_moved_with_their_place_and_person(
    store: Store,
) -> None:
    await store.journal.keep(GROWING)
    await store.move(HERE.chat_id, -1002)
    there = Place(-1002, topic=3)
    entry = replace(GROWING.entry, place=there, question_id=None, messages=())
    moved = replace(GROWING, entry=entry, sending=None)
    assert await store.journal.unfinished() == (moved,)
    await store.forget(there)
    assert await store.journal.unfinished() == ()
    await store.journal.keep(GROWING)
    await store.forget_person(ANN)
    assert await store.journal.unfinished() == ()
