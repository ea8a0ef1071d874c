"""The pages of a draft."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.view import PAGE_LIMIT, Page, legible, split, view

LONG_WORD = "x" * (PAGE_LIMIT + 1)
gaps = st.sampled_from([" ", "\n", "\n\n", ". ", "! "])
prose = st.lists(st.tuples(st.sampled_from(["a", "Wort", "слово", "漢字", "👩‍👩‍👧"]), gaps)).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


def test_no_text_is_no_page() -> None:
    assert view(Draft()) == ()
    assert view(Draft(" \n\t ")) == ()


def test_pages_are_trimmed_as_telegram_trims_them() -> None:
    assert view(Draft("\n Hello there! \n")) == (Page("Hello there!"),)


def test_a_note_stands_below_the_text() -> None:
    draft = Draft("Half an ans ", Ending(Outcome.FAILED, "It broke."))
    assert view(draft) == (Page("Half an ans\n\nIt broke."),)


def test_a_note_stands_alone_where_no_text_came() -> None:
    assert view(Draft(" ", Ending(Outcome.FAILED, "Nothing."))) == (Page("Nothing."),)


def test_a_page_holds_4096_characters_and_not_one_more() -> None:
    assert [len(part) for part in split("x" * 4096)] == [4096]
    assert [len(part) for part in split("x" * 4097)] == [4096, 1]
    assert [len(part) for part in split("😀" * 4096)] == [4096]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("aaaa\nbb\n\ncc dd", ["aaaa\nbb", "cc dd"]),
        ("aaaa. bb\ncc dd", ["aaaa. bb", "cc dd"]),
        ("aaaaa. bb cc", ["aaaaa.", "bb cc"]),
        ("aaaaaa bbbbb", ["aaaaaa", "bbbbb"]),
        ("aaaaaaaaaaa", ["aaaaaaaaaa", "a"]),
    ],
    ids=["paragraph", "line", "sentence", "word", "nothing better"],
)
def test_a_page_ends_at_the_best_place(text: str, parts: list[str]) -> None:
    assert list(split(text, 10)) == parts


@pytest.mark.parametrize(
    "grapheme",
    ["👩‍👩‍👧", "🇩🇪", "👍🏽", "e\u0301", "❤️"],
    ids=["family", "flag", "skin", "accent", "heart"],
)
def test_a_page_never_ends_inside_a_grapheme(grapheme: str) -> None:
    for lead in range(len(grapheme) + 2):
        parts = list(split("x" * lead + grapheme * 20, 21))
        for part in parts:
            assert not part.strip("x").replace(grapheme, "")


def test_text_without_any_place_to_cut_is_cut_all_the_same() -> None:
    assert [len(part) for part in split("e" + "\u0301" * 8191)] == [4096, 4096]


@given(prose, st.integers(2, 60))
def test_no_word_is_lost_and_no_page_is_too_long(text: str, limit: int) -> None:
    parts = list(split(text, limit))
    assert all(0 < len(part) <= limit and part == part.strip() for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(prose, st.integers(2, 60))
def test_a_page_that_has_a_successor_never_changes(text: str, limit: int) -> None:
    whole = list(split(text, limit))
    for end in range(len(text)):
        finished = list(split(text[:end], limit))[:-1]
        assert whole[: len(finished)] == finished


def test_what_telegram_cannot_carry_is_replaced() -> None:
    assert legible("a\0b\r\nc\ud83dd") == "a�b\nc�d"


def test_the_halves_of_an_emoji_that_came_apart_find_each_other() -> None:
    assert legible("\ud83d" + "\ude00") == "😀"
