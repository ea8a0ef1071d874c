"""Every frame of many answers, judged by TDLib and by markdown-it-py's own tree.

A run takes a sample of each answer's prefixes, always the same one; `--all-prefixes` takes all.
"""

import logging
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reply.draft import Draft
from bot.reply.markup.healing import MOST_HIDDEN
from bot.reply.page import File, Message, Page
from bot.reply.view import View
from tests.reply.answers import SPEC, answers, examples, prefixes
from tests.reply.notation import COMPLETE, pages
from tests.reply.reference import lost_characters, lost_words, shown_styles, source_styles
from tests.reply.tdlib import accepted, same

ANSWERS = answers()
RAW = re.compile(
    r"\*\*|__|~~|\|\||`|\]\(|\$\$|\\[()\[\]]|^ *#{1,6} |^ *> |^ *[-*+] "
    r"|^\|.*\||^ *-{3,}$|^ *={3,}$",
    re.MULTILINE,
)
READ_OTHERWISE = re.compile(r"\$|\\[(\[]|\[\^")
"""Formulas and footnotes, of which markdown-it-py knows nothing."""
SAMPLE = 40


def texts(found: Sequence[Message]) -> list[Page]:
    return [page for page in found if not isinstance(page, File)]


def check(found: Sequence[Message]) -> None:
    """Let TDLib take each page as it is."""
    for page in texts(found):
        assert same(accepted(page), page)


def frames(text: str, most: int | None) -> Iterator[tuple[str, tuple[Message, ...]]]:
    """Give the frames of an answer that grows, each checked; at last the final text."""
    view = View()
    finished: Sequence[Message] = ()
    for prefix in prefixes(text, most=most):
        found = view.pages(Draft(prefix))
        check(found)
        assert found[: len(finished)] == tuple(finished), "a finished page has changed"
        finished = found[:-1]
        yield prefix, found
    whole = view.pages(Draft(text, COMPLETE))
    check(whole)
    assert whole[: len(finished)] == tuple(finished), "a finished page has changed"
    yield text, whole


@pytest.fixture(autouse=True)
def nothing_is_shown_unread(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No text of these may need the way out, to be shown as it is."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.fixture
def most(request: pytest.FixtureRequest) -> int | None:
    return None if request.config.getoption("--all-prefixes") else SAMPLE


@pytest.mark.parametrize("name", ANSWERS)
def test_every_frame_of_an_answer_is_taken_and_no_finished_page_changes(
    name: str, most: int | None
) -> None:
    text = ANSWERS[name]
    for _ in frames(text, most):
        pass


@pytest.mark.parametrize("name", ANSWERS)
def test_no_word_of_an_answer_is_lost(name: str) -> None:
    assert lost_words(ANSWERS[name], pages(ANSWERS[name])) == Counter()


@pytest.mark.parametrize("limit", [120, 600])
@pytest.mark.parametrize("name", ANSWERS)
def test_no_word_is_lost_where_pages_end_in_the_midst_of_everything(
    name: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.reply.pages.PAGE_LIMIT", limit)
    monkeypatch.setattr("bot.reply.view.MOST_PAGES", sys.maxsize)
    view = View()
    finished: tuple[Message, ...] = ()
    for prefix in prefixes(ANSWERS[name], most=60):
        found = view.pages(Draft(prefix))
        assert found[: len(finished)] == finished
        finished = found[:-1]
    whole = view.pages(Draft(ANSWERS[name], COMPLETE))
    assert all(len(page.text) <= limit for page in texts(whole))
    assert lost_words(ANSWERS[name], whole) == Counter()


@pytest.mark.parametrize("name", ANSWERS)
def test_what_grew_is_in_the_end_what_is_shown_at_once(name: str) -> None:
    view = View()
    for prefix in prefixes(ANSWERS[name], most=20):
        view.pages(Draft(prefix))
    assert view.pages(Draft(ANSWERS[name], COMPLETE)) == pages(ANSWERS[name])


def test_at_least_99_percent_of_the_words_have_their_styles() -> None:
    total = right = 0
    for text in ANSWERS.values():
        expected = source_styles(text)
        total += expected.total()
        right += (expected & shown_styles(pages(text))).total()
    assert total > 15_000
    assert right / total > 0.995


def test_few_frames_show_raw_marks_that_the_final_text_does_not(most: int | None) -> None:
    count = raw = 0
    for text in ANSWERS.values():
        whole = raw_marks(pages(text))
        for prefix, found in frames(text, most):
            count += 1
            raw += bool(raw_marks(found) - whole) and prefix != text
    assert count > 4000
    assert raw / count < 0.02


def raw_marks(found: Sequence[Message]) -> Counter[str]:
    """Count what looks like marks in the text that is no code."""
    return Counter(mark for page in texts(found) for mark in RAW.findall(without_code(page)))


def without_code(page: Page) -> str:
    units = page.text.encode("utf-16-le")
    for entity in page.entities:
        if entity.type in ("code", "pre"):
            start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
            units = units[:start] + " ".encode("utf-16-le") * entity.length + units[end:]
    return units.decode("utf-16-le")


@pytest.mark.parametrize("name", ANSWERS)
def test_no_frame_hides_more_than_a_little(name: str, most: int | None) -> None:
    for prefix, found in frames(ANSWERS[name], most):
        hidden = lost_words(prefix, found)
        assert sum(len(word) for word in hidden.elements()) <= MOST_HIDDEN, prefix[-200:]


@pytest.mark.skipif(not SPEC, reason="COMMONMARK_SPEC names no file of CommonMark's examples")
def test_every_example_of_commonmark_is_taken_and_loses_no_word() -> None:
    for text in examples().values():
        for _ in frames(text, 10):
            pass
        assert lost_words(text, pages(text)) == Counter(), text


MARKS = (
    *("*", "**", "***", "_", "__", "~~", "||", "`", "``", "```", "```py\n", "\\", "|", "&amp;"),
    *("[", "]", "(", ")", "![", "](", "<", ">", "<b>", "</b>", "<br>", "#", "<kbd>", "[^1]"),
    *("$", "$$", r"\(", r"\)", r"\[", r"\]", "[a](https://b.org/c)", "https://a.org/_x_"),
    *(
        "<sub>2</sub>",
        "@name",
        "#tag",
        "/help",
        ".",
        "a.b",
        "5",
        "word",
        "слово",
        "漢字",
        "العربية",
    ),
    *("😀", "👩\u200d👩\u200d👧", "🇩🇪", "e\u0301", "\u200b", "\u202e", "\0", "\ud83d"),
)
LINES = (
    *(" ", "  ", "    ", "\t", "\n", "\n\n", "> ", "- ", "1. ", "- [ ] ", "# ", "---\n", "===\n"),
    *("| a | b |\n|--|--|\n", "| c |\n", "[^1]: ", "[x]: https://y.org\n"),
)
fragments = st.sampled_from([*MARKS, *LINES])
written = st.one_of(
    st.text(max_size=300),
    st.lists(fragments, max_size=120).map("".join),
    st.lists(fragments, max_size=40).map(lambda parts: "".join(parts) * 25),
)


@settings(deadline=None)
@given(written)
def test_any_text_is_taken_in_every_frame_and_loses_no_letter(text: str) -> None:
    for _ in frames(text, 12):
        pass
    found = pages(text)
    check(found)
    if not READ_OTHERWISE.search(text):
        assert lost_characters(text, found) == Counter()
