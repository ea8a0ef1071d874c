"""What the rehearsal model answers when nobody scripted it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.rulebook import MARKDOWN, MENU, answer, program, prose
from bot.sandbox.steps import BreakOff, ErrorEvent, Pause, Refuse, Say, Stall, Step, Think, tokens


def asked(question: str, *before: str) -> Sequence[Step]:
    said = [{"role": "user", "content": text} for text in (*before, question)]
    return answer([{"role": "system", "content": "Be brief."}, *said])


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        ("Say hello there!", (Say("Hello there!"),)),
        ("say  Hello\nthere", (Say("Hello\nthere"),)),
        ("repeat a  b", (Say("a  b"),)),
        ("Echo x", (Say("x"),)),
        ("count to 5", (Say("1, 2, 3, 4, 5."),)),
        ("Count up to 3!", (Say("1, 2, 3."),)),
        ("long 5000", (Say(prose(5000)),)),
        ("markdown", (Say(MARKDOWN),)),
        ("refuse 429", (Refuse(429),)),
        ("refuse", (Refuse(500),)),
        ("refuse 200", (Refuse(500),)),
        ("What did I say?", (Say("You have not said anything before this."),)),
        ("What are you told?", (Say("I am told:\n\nBe brief."),)),
        ("which model", (Say("I was asked as rehearsal."),)),
        ("Which model are you?", (Say("I was asked as rehearsal."),)),
    ],
)
def test_what_it_can_do_it_does(question: str, steps: Sequence[Step]) -> None:
    assert asked(question) == steps


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("think about tea", [Think, Say]),
        ("Think!", [Think, Say]),
        ("pause 6", [Say, Pause, Say]),
        ("break", [Say, BreakOff]),
        ("fail", [Say, ErrorEvent]),
        ("stall", [Say, Stall]),
    ],
)
def test_the_ways_of_models_can_be_rehearsed(question: str, kinds: list[type[Step]]) -> None:
    assert [type(step) for step in asked(question)] == kinds


@pytest.mark.parametrize(
    "before",
    [
        "Alice: ",
        "The message this is a reply to:\n> say no\n> more\n\n",
        "A message forwarded from Bob:\n> say no\n\nThe part this is about:\n> no\n\nAlice: ",
    ],
)
def test_it_hears_the_question_behind_what_it_is_about(before: str) -> None:
    assert asked(before + "say yes") == (Say("Yes"),)


def test_it_goes_on_when_it_is_asked_to() -> None:
    assert asked("Your answer broke off. Go on.") == asked("Твой ответ оборвался. Дальше.")


def test_it_shows_what_it_was_sent_of_the_conversation() -> None:
    assert asked("What did I say?", "I am Ann.", "I like tea.") == (
        Say("Before this, you said:\n\n1. I am Ann.\n2. I like tea."),
    )


def test_it_says_what_it_is_told_by_all_system_prompts_or_that_there_is_none() -> None:
    question = {"role": "user", "content": "what are you told"}
    told = [{"role": "system", "content": text} for text in ("Be brief.", "Be kind.")]
    assert answer([*told, question]) == (Say("I am told:\n\nBe brief.\n\nBe kind."),)
    assert answer([question]) == (Say("I am told nothing: there is no system prompt."),)


def test_it_says_by_which_name_it_was_asked() -> None:
    question = {"role": "user", "content": "which model"}
    assert answer([question], "large") == (Say("I was asked as large."),)


def test_the_menu_lists_what_shows_the_prompt_and_the_model() -> None:
    for question in ("what are you told?", "which model?"):
        assert f"- `{question}`:" in MENU
        assert MENU not in str(asked(question))


@pytest.mark.parametrize(
    "question", ["Who are you?", "longing", "thinking", "saying", "count to x"]
)
def test_to_anything_else_it_says_that_it_is_no_real_ai_and_what_one_can_try(question: str) -> None:
    (step,) = asked(question)
    assert isinstance(step, Say)
    assert "not a real AI" in step.text
    assert f"> {question}" in step.text
    assert step.text.endswith(MENU)


def test_an_empty_question_is_answered() -> None:
    (step,) = answer([])
    assert isinstance(step, Say)
    assert step.text.endswith(MENU)


def test_content_in_parts_is_understood() -> None:
    parts = [{"type": "text", "text": "say hi"}, {"type": "image_url", "image_url": {}}]
    assert answer([{"role": "user", "content": parts}]) == (Say("Hi"),)


def test_no_question_makes_it_run_for_hours() -> None:
    assert asked("pause 999999")[1] == Pause(180)
    assert asked("long 999999999") == (Say(prose(1_000_000)),)
    assert len(tokens(asked("count to 999999999")[0].text)) == 10_000  # type: ignore[union-attr]


@given(st.integers(1, 5000))
def test_prose_has_exactly_the_length_asked_for(length: int) -> None:
    text = prose(length)
    assert len(text) == len(text.strip()) == length


def test_paragraphs_are_numbered_so_that_a_missing_one_is_seen() -> None:
    paragraphs = prose(3000).split("\n\n")
    assert [text.split(".")[0] for text in paragraphs] == [
        str(number) for number in range(1, len(paragraphs) + 1)
    ]


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize("length", [1, 500, 6000])
def test_programs_are_as_long_as_asked_and_run(
    length: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text = program(length)
    assert length <= len(text) < length + 300
    exec(compile(text + "say_1()\n" * ("say_1" in text), "program", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out == "1\n" * ("say_1" in text)
    (step,) = asked(f"code {length}")
    assert isinstance(step, Say)
    assert f"```python\n{text}```" in step.text
