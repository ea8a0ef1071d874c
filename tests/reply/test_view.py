"""From drafts to pages: what is made legible, what happens when reading fails, reasoning."""

import pytest

from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.page import Page
from bot.reply.view import ShowReasoning, View, legible
from tests.reply.notation import COMPLETE, growing, notation, pages


def test_no_text_is_no_page() -> None:
    assert pages("") == ()
    assert pages(" \n\t ") == ()


def test_pages_are_trimmed_as_telegram_trims_them() -> None:
    assert pages("\n Hello there! \n") == (Page("Hello there!"),)


def test_what_telegram_cannot_carry_is_replaced() -> None:
    assert legible("a\0b\r\nc\ud83dd\x0b\u202ee\u2028f\rg") == "a�b\nc�d e\nf\ng"


def test_the_halves_of_an_emoji_that_came_apart_find_each_other() -> None:
    assert legible("\ud83d" + "\ude00") == "😀"


def test_half_an_emoji_waits_for_its_other_half() -> None:
    assert growing("Hi \ud83d") == growing("Hi")
    assert pages("Hi \ud83d") == (Page("Hi �"),)


def test_a_frame_that_shows_nothing_new_is_the_same() -> None:
    view = View()
    assert view.pages(Draft("Some **bold**")) == view.pages(Draft("Some **bold** *"))


def test_where_reading_fails_the_text_is_shown_as_it_is_and_nothing_is_lost() -> None:
    view = View()
    lead = "**bold**\n\n" + "word " * 900 + "\n\n"
    first = view.pages(Draft(lead))[0]
    assert notation(first).startswith("<b>bold</b>")
    deep = "> " * 150 + "**bottom**"
    for text in (lead + deep, lead + deep + " more" * 900):
        found = view.pages(Draft(text))
        assert found[0] == first
        assert "**bottom**" in "".join(page.text for page in found)
    ended = view.pages(Draft(lead + deep + " more" * 1900, COMPLETE))
    assert ended[0] == first
    assert sum(page.text.count("more") for page in ended) == 1900


def test_a_text_that_is_not_markdown_is_shown_as_it_is() -> None:
    text = "*a* `b`\n\n- " + "word " * 1000 + "[c](https://d.org)"
    view = View(markdown=False)
    for end in range(0, len(text), 700):
        view.pages(Draft(text[:end]))
    first, second = view.pages(Draft(text, COMPLETE))
    assert f"{first.text} {second.text}" == text
    assert notation(first) == first.text


def reasoned(mode: ShowReasoning, *drafts: Draft) -> list[list[str]]:
    """Give the pages of each draft, in notation."""
    view = View(mode)
    return [[notation(page) for page in view.pages(draft)] for draft in drafts]


def test_reasoning_is_not_shown_unless_that_is_wanted() -> None:
    assert reasoned("off", Draft(reasoning="Hm"), Draft("Yes.", reasoning="Hm")) == [[], ["Yes."]]


def test_live_reasoning_goes_when_the_answer_comes() -> None:
    assert reasoned(
        "live",
        Draft(reasoning="Let me **see"),
        Draft("\n", reasoning="Let me **see**. 2 + 2"),
        Draft("It is", reasoning="Let me **see**. 2 + 2"),
        Draft("It is 4.", COMPLETE, reasoning="Let me **see**. 2 + 2"),
    ) == [
        ["<long-quote>Let me <b>see</b></long-quote>"],
        ["<long-quote>Let me <b>see</b>. 2 + 2</long-quote>"],
        ["It is"],
        ["It is 4."],
    ]


def test_of_long_live_reasoning_the_end_is_shown_on_one_page() -> None:
    reasoning = " ".join(f"thought{n}" for n in range(1000))
    ((page,),) = reasoned("live", Draft(reasoning=reasoning))
    assert page.startswith("<long-quote>…thought")
    assert page.endswith(" thought998 thought999</long-quote>")


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.STOPPED])
def test_live_reasoning_without_an_answer_leaves_the_note(outcome: Outcome) -> None:
    assert reasoned("live", Draft(reasoning="Hm"), Draft("", Ending(outcome, "No."), "Hm")) == [
        ["<long-quote>Hm</long-quote>"],
        ["No."],
    ]


def test_kept_reasoning_stays_above_the_answer_collapsed() -> None:
    assert reasoned(
        "keep",
        Draft(reasoning="One\n\n- two"),
        Draft("**Yes", reasoning="One\n\n- two\n"),
        Draft("**Yes**.\n\n> said\n\nEnd", COMPLETE, reasoning="One\n\n- two\n"),
    ) == [
        ["<long-quote>One\n\n• two</long-quote>"],
        ["<long-quote>One\n\n• two</long-quote>\n\n<b>Yes</b>"],
        [
            "<long-quote>One\n\n• two</long-quote>\n\n<b>Yes</b>.\n\n<quote>said</quote>\n\nEnd",
        ],
    ]


def test_kept_reasoning_of_several_pages_is_collapsed_on_each() -> None:
    reasoning = "\n\n".join(f"thought {n} " + "word " * 100 for n in range(20))
    view = View("keep")
    for end in range(0, len(reasoning), 900):
        view.pages(Draft(reasoning=reasoning[:end]))
    found = [notation(page) for page in view.pages(Draft("Yes.", COMPLETE, reasoning))]
    assert len(found) == 3
    assert all(page.startswith("<long-quote>thought") for page in found)
    assert found[-1].endswith("</long-quote>\n\nYes.")
