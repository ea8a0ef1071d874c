"""What a model is told of a conversation."""

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.conversation import Exchange, Place, Question, latest, prompt
from bot.chat.memory import Memory

HERE = Place(1)
exchanges = st.lists(st.builds(Exchange, st.text(max_size=9), st.text(max_size=9)))


def test_a_prompt_is_the_system_prompt_then_what_was_said_then_the_question() -> None:
    assert prompt("Be kind.", [Exchange("Hi", "Hello!")], "Why?") == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Why?"},
    ]


def test_without_a_system_prompt_there_is_no_system_turn() -> None:
    assert prompt("", (), "Why?") == [{"role": "user", "content": "Why?"}]


def test_a_question_is_told_with_its_quote_first_and_its_context() -> None:
    question = Question("Really?", quote="Fire is cold.", context="Water is wet.\nFire is cold.")
    assert question.content() == (
        "The part this is about:\n> Fire is cold.\n\n"
        "The message this is a reply to:\n> Water is wet.\n> Fire is cold.\n\n"
        "Really?"
    )


def test_a_quote_of_the_whole_message_is_told_once() -> None:
    question = Question("Really?", quote="Fire is cold.", context="Fire is cold.")
    assert question.content() == "The part this is about:\n> Fire is cold.\n\nReally?"


def test_a_question_without_a_text_is_the_quote_or_the_message_replied_to() -> None:
    assert Question("", context="Is fire cold?").content() == "Is fire cold?"
    assert Question("", quote="cold?", context="Is fire cold?").content() == "cold?"


def test_the_model_is_told_of_what_it_cannot_see() -> None:
    content = Question("What is this?", attachment="photo").content()
    assert content == "(A photo came with this message; you cannot see it.)\n\nWhat is this?"


@given(exchanges, st.integers(0, 60))
def test_the_latest_exchanges_that_fit_are_kept_whole(said: list[Exchange], budget: int) -> None:
    kept = list(latest(said, budget))
    assert said[len(said) - len(kept) :] == kept
    assert sum(one.size for one in kept) <= budget
    dropped = said[: len(said) - len(kept)]
    assert not dropped or sum(one.size for one in [dropped[-1], *kept]) > budget


def test_places_remember_nothing_of_each_other() -> None:
    memory = Memory()
    memory.record(HERE, Exchange("a", "b"))
    for other in (Place(2), Place(1, topic=5)):
        assert list(memory.recall(other)) == []
    assert list(memory.recall(HERE)) == [Exchange("a", "b")]


def test_memory_is_bounded_and_forgets_the_place_that_was_silent_longest() -> None:
    memory = Memory(budget=4, places=2)
    for number in (1, 2, 1, 3):
        memory.record(Place(number), Exchange("a", "b"))
    assert [len(memory.recall(Place(number))) for number in (1, 2, 3)] == [2, 0, 1]
    memory.record(HERE, Exchange("c", "d"))
    assert list(memory.recall(HERE)) == [Exchange("a", "b"), Exchange("c", "d")]
