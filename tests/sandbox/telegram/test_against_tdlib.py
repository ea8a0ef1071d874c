"""The local server does with entities what TDLib does, which Telegram's Bot API is made of.

Offline TDLib tells which entities stand and refuses wrong ones. It trims nothing there, and does
not apply the limit of a hundred; for both `texts` follows its source.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.telegram.links import checked_link
from bot.sandbox.telegram.nesting import fixed
from bot.sandbox.telegram.refusal import Refusal
from bot.sandbox.telegram.texts import formatted
from bot.sandbox.telegram.values import Entity
from tests.sandbox.telegram.tdlib import TdlibError, surviving

TEXT = "hello world"
KINDS = (
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
)
ADDRESSES = [
    "https://example.org",
    "HTTPS://Example.ORG/Path?q=1#part",
    "example.org",
    "example.org?q",
    "example.org#part",
    "http://example.org/a b",
    "https://user:word@example.org/",
    "mailto:ann@example.org",
    "http://example.org:8080/x",
    "http://example.org:80/x",
    "http://example.org:99999",
    "http://127.0.0.1/",
    "http://[::1]/",
    "https://пример.рф/ö",
    "http://a_b.example",
    "http://a..b",
    "tg://resolve?domain=durov",
    "tg:resolve?domain=durov",
    "tonsite://example.ton",
    "",
    "foo",
    "docs/design.md",
    "/usr/share/doc",
    "#part",
    "https://",
    "https://foo",
    "http://localhost:8000/",
    "http://exa mple.org",
    "ftp://example.org",
    "file:///etc/hosts",
    "javascript:alert(1)",
    "data:text/plain,x",
    "tel:+4930123456",
    ".",
]


def entity(kind: str, start: int, end: int) -> Entity:
    url = "https://example.org/" if kind == "text_link" else None
    return Entity(kind, start, end - start, url=url)


@st.composite
def placed(draw: st.DrawFn) -> Entity:
    start = draw(st.integers(0, len(TEXT) - 1))
    return entity(draw(st.sampled_from(KINDS)), start, draw(st.integers(start + 1, len(TEXT))))


@given(st.lists(placed(), max_size=8))
def test_of_entities_in_one_another_stands_what_stands_in_tdlib(entities: list[Entity]) -> None:
    _, standing = surviving(TEXT, entities)
    assert fixed(entities) == standing


@given(st.lists(placed(), max_size=5))
def test_a_whole_message_looks_as_in_tdlib(entities: list[Entity]) -> None:
    assert formatted(TEXT, entities) == (TEXT, tuple(surviving(TEXT, entities)[1]))


@pytest.mark.parametrize(
    "entities",
    [
        [entity("expandable_blockquote", 0, 11)],
        [Entity("pre", 0, 5, language="python"), entity("bold", 0, 11)],
        [entity("pre", 0, 5), Entity("pre", 0, 5, language="python")],
        [entity("code", 0, 5), entity("code", 5, 11)],
        [entity("blockquote", 0, 11), entity("expandable_blockquote", 2, 5)],
        [entity("text_link", 0, 8), entity("code", 3, 5)],
    ],
)
def test_known_cases_look_as_in_tdlib(entities: list[Entity]) -> None:
    assert formatted(TEXT, entities) == (TEXT, tuple(surviving(TEXT, entities)[1]))


@given(st.text(alphabet="a \r\n\u2028\u0333é😀", min_size=1, max_size=8), st.data())
def test_characters_that_vanish_take_their_share_of_the_entities_with_them(
    text: str, data: st.DataObject
) -> None:
    borders = [len(text[:end].encode("utf-16-le")) // 2 for end in range(len(text) + 1)]
    pairs = st.tuples(st.sampled_from(borders), st.sampled_from(borders)).filter(
        lambda pair: pair[0] < pair[1]
    )
    kinds = st.sampled_from(["bold", "code", "blockquote"])
    given_entities = [
        entity(kind, *pair)
        for kind, pair in data.draw(st.lists(st.tuples(kinds, pairs), max_size=4))
    ]
    framed = [
        Entity("bold", 0, 1),
        *(Entity(each.type, each.offset + 2, each.length) for each in given_entities),
        Entity("bold", borders[-1] + 3, 1),
    ]
    shown, standing = surviving(f"x-{text}-x", framed)
    assert formatted(f"x-{text}-x", framed) == (shown, tuple(standing))


def test_white_space_inside_an_entity_is_kept_by_tdlib() -> None:
    text, entities = surviving("  x = 1\n  y", [entity("pre", 0, 11)])
    assert (text, entities) == ("  x = 1\n  y", [entity("pre", 0, 11)])
    assert formatted(text, entities) == (text, tuple(entities))


@pytest.mark.parametrize("url", ADDRESSES)
def test_links_are_taken_and_refused_as_by_tdlib(url: str) -> None:
    link = Entity("text_link", 0, 5, url=url)
    try:
        [standing] = surviving(TEXT, [link])[1]
    except TdlibError as error:
        reason = str(error)
        with pytest.raises(Refusal) as refusal:
            formatted(TEXT, [link])
        assert refusal.value.description == f"Bad Request: {reason[0].lower()}{reason[1:]}"
    else:
        assert standing.url == checked_link(url)
        assert formatted(TEXT, [link]) == (TEXT, (standing,))
