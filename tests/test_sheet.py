"""The sheet on which rendered answers are looked at."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.page import Entity, EntityType, File, Message, Page
from tests import sheet
from tests.sheet import RANKS, draw

INLINE: tuple[EntityType, ...] = ("bold", "italic", "spoiler", "code", "text_link")


class Reader(HTMLParser):
    """Reads a drawing; each end must belong to the last beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, frozenset[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(dict(attrs).get("class") or tag)
        if tag == "br":
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in {"div", "span"}:
            assert self.open.pop() not in {"b", "i", "u", "s", "a", "code", "h2", "section"}
        else:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen.append((data, frozenset(self.open)))


def read(*messages: Message) -> Reader:
    reader = Reader()
    reader.feed(draw("t", messages))
    reader.close()
    assert reader.open == []
    return reader


def drawn(page: Page) -> str:
    """Give the inside of the page's bubble."""
    html = draw("t", [page])
    return html.partition('<div class="bubble">')[2].partition('</div>\n<div class="facts">')[0]


def test_styles_that_cross_are_closed_and_opened_again() -> None:
    page = Page("😀bcd", (Entity("italic", 3, 2), Entity("bold", 0, 4)))
    assert drawn(page) == "<b>😀b<i>c</i></b><i>d</i>"


def test_blocks_stand_around_styles_and_swallow_the_line_break_after_them() -> None:
    page = Page(
        "a\nx\n\nb",
        (
            Entity("bold", 0, 6),
            Entity("pre", 2, 1, language="<c>"),
            Entity("blockquote", 0, 3),
        ),
    )
    assert drawn(page) == (
        '<div class="quote"><b>a\n</b><div class="pre"><div class="language">&lt;c&gt;</div>'
        '<div class="lines"><b>x</b></div></div></div><b>\nb</b>'
    )


def test_everything_is_escaped() -> None:
    text, url = "<script>&amp;", 'https://a.b/?"><script>'
    html = draw(text, [Page(text, (Entity("text_link", 0, 8, url=url),)), File(text, "x")])
    assert "<script>" not in html
    assert read(Page(text)).seen[-4][0] == text


def test_only_web_links_lead_anywhere() -> None:
    assert "href" not in drawn(Page("a", (Entity("text_link", 0, 1, url="javascript:x()"),)))
    assert 'href="https://a.b/"' in drawn(
        Page("a", (Entity("text_link", 0, 1, url="https://a.b/"),))
    )


def test_a_file_is_drawn_by_name_and_size() -> None:
    html = draw("t", [File("a.py", "x" * 2048), File("b.py", "ü")])
    assert "a.py" in html
    assert "2.0 KB" in html
    assert "2 B" in html


@given(
    st.text("aя <&\n", max_size=12),
    st.lists(st.builds(Entity, st.sampled_from(INLINE), st.integers(0, 9), st.integers(0, 9))),
)
def test_any_styles_nest_well_and_keep_the_text(text: str, entities: list[Entity]) -> None:
    reader = read(Page(text, tuple(entities)))
    assert "".join(data for data, around in reader.seen if "bubble" in around) == text


@given(
    st.text("ab\n", max_size=12),
    st.lists(st.builds(Entity, st.sampled_from(list(RANKS)), st.integers(0, 9), st.integers(0, 9))),
)
def test_blocks_nest_well_and_lose_nothing_but_line_breaks(text: str, some: list[Entity]) -> None:
    reader = read(Page(text, tuple(some)))
    shown = "".join(data for data, around in reader.seen if "bubble" in around)
    assert shown.replace("\n", "") == text.replace("\n", "")


def test_the_command_writes_the_answers_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sheet.html"
    monkeypatch.setattr("sys.argv", ["sheet", str(out), "pancake-recipe.en"])
    sheet.main()
    assert "<h2>pancake-recipe.en</h2>" in out.read_text("utf-8")
    monkeypatch.setattr("sys.argv", ["sheet", str(out), "nothing"])
    with pytest.raises(SystemExit):
        sheet.main()
    assert "there is no answer called nothing" in capsys.readouterr().err
