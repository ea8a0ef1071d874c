"""What a model is told of a conversation."""

import pytest

from bot.chat.conversation import Exchange, Forwarded, Question, joint, prompt


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


def test_what_was_forwarded_comes_before_what_is_asked_about_it() -> None:
    forwarded = (Forwarded("Fire is cold.", "Bob"), Forwarded("Water\nis wet."))
    assert Question("True?", context="Hm.", forwarded=forwarded).content() == (
        "A message forwarded from Bob:\n> Fire is cold.\n\n"
        "A message forwarded:\n> Water\n> is wet.\n\n"
        "The message this is a reply to:\n> Hm.\n\n"
        "True?"
    )


def test_who_speaks_is_told_where_several_do() -> None:
    assert Question("Why?", context="Hm.", speaker="Alice").content() == (
        "The message this is a reply to:\n> Hm.\n\nAlice: Why?"
    )
    assert Question("", context="Hm.", speaker="Alice").content() == "Hm."


@pytest.mark.parametrize(
    ("beginning", "continuation", "between"),
    [
        ("The answer is", "42.", " "),
        ("The answer is ", "42.", ""),
        ("The answer is\n\n", "42.", ""),
        ("The answer is", " 42.", ""),
        ("The answer is 42", ", I think.", ""),
        ("答えは", "四十二", ""),
        ("The answer is 42.", "So it is.", " "),
    ],
)
def test_a_continuation_is_joined_as_words_are(
    beginning: str, continuation: str, between: str
) -> None:
    assert joint(beginning, continuation) == between


def test_an_answer_is_told_without_the_white_space_around_it() -> None:
    assert [turn.content for turn in Exchange(" Why? ", "Because \n").turns()] == [
        " Why? ",
        "Because",
    ]
