"""Answers that messages do not hold: their beginning as pages, and all of them as a file."""

import random
from collections.abc import Sequence

import pytest

from bot.reply.draft import MOST_SHOWN, Draft, Ending, Outcome
from bot.reply.gathered import Gathered
from bot.reply.page import PAGE_LIMIT, File, Message, Page
from bot.reply.view import KEPT_REASONING, MOST_PAGES, Overlong, ShowReasoning, View, legible
from tests.reply.answers import answers
from tests.reply.notation import COMPLETE, notation

OVERLONG = Overlong("It goes on.", "All of it is below.")
PARAGRAPH = "word " * 39 + "end.\n\n"
"""Of 201 characters; 20 of them fill a page."""


def view(reasoning: ShowReasoning = "off") -> View:
    return View(reasoning, overlong=OVERLONG)


def texts(messages: Sequence[Message]) -> list[str]:
    return [message.text for message in messages]


def test_an_answer_of_30000_characters_is_pages_and_a_longer_one_a_file_too() -> None:
    fits = ("x" * 98 + "\n\n") * 299 + "y" * 100
    assert "\n\n".join(texts(view().pages(Draft(fits, COMPLETE)))) == fits
    *pages, file = view().pages(Draft(fits + "z", COMPLETE))
    assert "\n\n".join(texts(pages)) == f"{fits[:29_898]}\n\n{OVERLONG.ended}"
    assert file == File("answer.md", fits + "z\n")


def test_the_file_holds_the_markdown_as_the_model_wrote_it() -> None:
    text = (
        "# A **title**\n\n| a | b |\n|---|---|\n| c | `d` |\n\n```py\nx\n```\n\n" + PARAGRAPH * 200
    )
    *_, last, file = view().pages(Draft(f"\n{text}", COMPLETE))
    assert last.text.endswith("end.\n\n" + OVERLONG.ended)
    assert file == File("answer.md", text.strip() + "\n")


def test_while_it_grows_the_pages_stay_as_they_are_and_the_last_one_says_that_it_goes_on() -> None:
    text, seen = PARAGRAPH * 300, view()
    within = [seen.pages(Draft(text[:end])) for end in range(200, MOST_SHOWN, 400)]
    beyond = {seen.pages(Draft(text[:end])) for end in range(MOST_SHOWN + 1, len(text), 400)}
    ((*pages, last),) = beyond
    assert pages == list(within[-1][:-1])
    assert last.text.endswith(f"end.\n\n{OVERLONG.growing}")
    *same, ended, file = seen.pages(Draft(text, Ending(Outcome.STOPPED, "Stopped.")))
    assert same == pages
    assert ended.text == last.text.replace(OVERLONG.growing, f"{OVERLONG.ended}\n\nStopped.")
    assert file.text == text.strip() + "\n"


@pytest.mark.parametrize("text", [PARAGRAPH * 300, "**bold** `code`, " * 1200])
def test_once_no_more_of_an_answer_is_shown_no_more_of_it_is_read(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = view()
    *_, beyond = [seen.pages(Draft(text[:end])) for end in range(100, len(text), 700)]
    monkeypatch.setattr("bot.reply.view.fill", None)
    assert (seen.load(Draft(text)), seen.pages(Draft(text))) == (0, beyond)
    *pages, file = seen.pages(Draft(text, COMPLETE))
    assert (len(pages), file.text) == (len(beyond), text.strip() + "\n")


def test_an_answer_of_a_thousand_styles_fills_no_more_pages_than_a_long_one() -> None:
    text, seen = "**bold** `code`, " * 1200, view()
    assert len(text) < MOST_SHOWN
    frames = [seen.pages(Draft(text[:end])) for end in range(100, len(text), 700)]
    assert max(map(len, frames)) == MOST_PAGES
    assert frames[-1] == frames[-2]
    *pages, file = seen.pages(Draft(text, COMPLETE))
    assert len(pages) == MOST_PAGES
    assert pages[-1].text.endswith(f"code,\n\n{OVERLONG.ended}")
    assert file == File("answer.md", text.strip() + "\n")


def test_a_note_that_the_last_page_does_not_hold_is_a_page_of_its_own() -> None:
    text = "x" * PAGE_LIMIT
    pages = view().pages(Draft(text, Ending(Outcome.FAILED, "It broke off.")))
    assert texts(pages) == [text, "It broke off."]


def test_where_it_is_cut_no_emoji_is() -> None:
    for lead in range(2):
        text = "x" * (MOST_SHOWN - 2 + lead) + "👩‍👩‍👧" * 9
        *_, last, _ = view().pages(Draft(text, COMPLETE))
        assert last.text == "x" * (len(last.text) - 21) + f"\n\n{OVERLONG.ended}"
    text = "x" * (MOST_SHOWN - 1) + "\ud83d\ude00"
    *_, last, file = view().pages(Draft(text, COMPLETE))
    assert last.text.endswith(f"x\n\n{OVERLONG.ended}")
    assert file.text.endswith("x😀\n")


@pytest.mark.parametrize("mode", ["off", "live", "keep"])
def test_long_reasoning_does_not_keep_the_answer_from_being_shown(mode: ShowReasoning) -> None:
    reasoning = "thought " * 100_000
    seen = view(mode)
    seen.pages(Draft(reasoning=reasoning))
    *pages, file = seen.pages(Draft(PARAGRAPH * 200, COMPLETE, reasoning))
    shown = "".join(notation(page) for page in pages)
    assert shown.count("end.") == MOST_SHOWN // len(PARAGRAPH)
    assert shown.count("thought") == (KEPT_REASONING // 8 if mode == "keep" else 0)
    assert file == File("answer.md", (PARAGRAPH * 200).strip() + "\n")


@pytest.mark.parametrize("seed", range(20))
def test_whatever_grows_beyond_what_is_shown_changes_no_page_any_more(seed: int) -> None:
    chance = random.Random(seed)
    known = [*answers().values()]
    text = "\n\n".join(chance.sample(known, len(known)))
    start = chance.randrange(len(text) - 40_000)
    text = text[start : start + 40_000]
    growing, gathered, place = view(), Gathered(), 0
    beyond: set[tuple[Message, ...]] = set()
    while place < len(text):
        step = chance.choice([10, 300, 3000])
        gathered.write(text[place : place + step])
        place += step
        pages = growing.pages(Draft(gathered.beginning))
        assert all(isinstance(page, Page) and len(page.text) <= PAGE_LIMIT for page in pages)
        if pages and pages[-1].text.endswith(OVERLONG.growing):
            beyond.add(pages)
    (pages,) = beyond
    *ended, file = growing.pages(Draft(gathered.whole(), COMPLETE))
    expected = [text.replace(OVERLONG.growing, OVERLONG.ended) for text in texts(pages)]
    assert texts(ended) == expected
    assert file == File("answer.md", legible(text).strip() + "\n")


def test_a_text_is_gathered_whole_and_its_beginning_is_as_much_as_a_frame_needs() -> None:
    gathered = Gathered()
    assert (gathered.whole(), gathered.beginning, gathered.is_blank()) == ("", "", True)
    gathered.write(" \n")
    assert gathered.is_blank()
    for _ in range(50):
        gathered.write("x" * 999)
    assert not gathered.is_blank()
    assert gathered.whole() == " \n" + "x" * 49_950
    assert gathered.beginning == " \n" + "x" * (MOST_SHOWN - 1)
    gathered.write("y")
    assert gathered.whole()[-2:] == "xy"
