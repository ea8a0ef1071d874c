"""How a message looks in a terminal."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.drawing import cells, drawn, plain
from bot.sandbox.telegram import Document, Entity, Message

BAR = "\033[2m▏\033[m"


def message(
    text: str, entities: Sequence[Entity] = (), document: Document | None = None
) -> Message:
    return Message(
        id=1,
        chat_id=1,
        date=0,
        sender=None,
        text=text,
        entities=tuple(entities),
        kind="document" if document else "text",
        content=document,
    )


def shown(text: str, *entities: Entity) -> str:
    return drawn(cells(message(text, entities)))


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("bold", "1"),
        ("italic", "3"),
        ("underline", "4"),
        ("strikethrough", "9"),
        ("spoiler", "2;7"),
        ("code", "36"),
        ("pre", "36"),
        ("url", "4"),
    ],
)
def test_styles_are_drawn(kind: str, codes: str) -> None:
    assert shown("a bc d", Entity(kind, 2, 2)) == f"a \033[{codes}mbc\033[m d"


def test_styles_in_one_another_are_drawn_together() -> None:
    assert shown("abc", Entity("bold", 0, 3), Entity("italic", 1, 1)) == (
        "\033[1ma\033[m\033[1;3mb\033[m\033[1mc\033[m"
    )


def test_what_has_no_style_here_is_plain() -> None:
    assert shown("@someone", Entity("mention", 0, 8)) == "@someone"


def test_offsets_count_utf16_units() -> None:
    assert shown("😀 a", Entity("bold", 3, 1)) == "😀 \033[1ma\033[m"


def test_a_link_can_be_followed() -> None:
    assert shown("here", Entity("text_link", 0, 4, url="https://example.org/")) == (
        "\033]8;;https://example.org/\033\\\033[4mhere\033[m\033]8;;\033\\"
    )


def test_the_address_of_a_link_is_written_as_terminals_want_it() -> None:
    link = Entity("text_link", 0, 1, url="https://example.org/ö a\033")
    assert "]8;;https://example.org/%C3%B6%20a%1B\033\\" in shown("x", link)


def test_every_line_of_a_quote_has_a_bar() -> None:
    text = "a\n\nb\nc"
    assert shown(text, Entity("blockquote", 0, 4)) == f"{BAR}a\n{BAR}\n{BAR}b\nc"
    assert shown(text, Entity("expandable_blockquote", 3, 3)) == f"a\n\n{BAR}b\n{BAR}c"


def test_the_end_of_a_line_is_never_styled() -> None:
    assert shown("a\nb", Entity("spoiler", 0, 3)) == "\033[2;7ma\033[m\n\033[2;7mb\033[m"


@given(st.text(), st.text())
def test_nobody_steers_the_terminal(text: str, url: str) -> None:
    file = Document(file_name=text, content=b"x")
    link = Entity("text_link", 0, 2 * len(text), url=url)
    seen = drawn(cells(message(text, [link], file)))
    links = re.sub(r"\033\]8;;[^\x00-\x1f\x7f-\x9f]*\033\\", "", seen)
    rest = re.sub(r"\033\[[0-9;]*m", "", links)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", rest)


@given(st.text(alphabet="ab\n😀", max_size=12), st.data())
def test_in_pieces_it_looks_as_in_one(text: str, data: st.DataObject) -> None:
    length = len(text.encode("utf-16-le")) // 2
    kinds = st.sampled_from(["bold", "blockquote", "code"])
    entities = [
        Entity(kind, start, 3)
        for kind, start in data.draw(st.lists(st.tuples(kinds, st.integers(0, length)), max_size=3))
    ]
    whole = cells(message(text, entities))
    at = data.draw(st.integers(0, len(whole)))
    pieces = drawn(whole[:at]) + drawn(whole[at:], whole[:at])
    assert re.sub(r"\033\[m\033\[(1|36|1;36)m", "", pieces) == re.sub(
        r"\033\[m\033\[(1|36|1;36)m", "", drawn(whole)
    )


@pytest.mark.parametrize(
    ("size", "told"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (12_345, "12 kB"), (3_600_000, "4 MB")],
)
def test_a_file_is_one_line(size: int, told: str) -> None:
    file = Document(file_name="notes\n.py", content=bytes(size))
    assert plain(cells(message("", document=file))) == f"📎 notes .py ({told})"


def test_a_caption_stands_below_its_file() -> None:
    file = Document(file_name="notes.py", content=b"x")
    caption = message("Mine", [Entity("bold", 0, 4)], file)
    assert drawn(cells(caption)) == "📎 notes.py (1 B)\n\033[1mMine\033[m"
