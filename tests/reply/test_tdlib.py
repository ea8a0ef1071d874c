"""The oracle by which rendered pages are judged: what TDLib accepts, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.page import Entity, EntityType, Page
from tests.reply.tdlib import MARKS, Refused, accepted, canonical, normal, same, styles


def bold(offset: int, length: int) -> Entity:
    return Entity("bold", offset, length)


def link(url: str, offset: int = 0, length: int = 1) -> Entity:
    return Entity("text_link", offset, length, url=url)


def survivors(text: str, *entities: Entity) -> tuple[Entity, ...]:
    shown = accepted(Page(text, entities))
    assert shown.text == text
    return shown.entities


def refusal(text: str, *entities: Entity) -> str:
    with pytest.raises(Refused) as refused:
        accepted(Page(text, entities))
    return str(refused.value)


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        (bold(0, 9), "ends after the end of the text"),
        (bold(9, 1), "begins after the end of the text"),
        (bold(-1, 1), "incorrect offset"),
        (bold(0, -1), "incorrect length"),
        (bold(1, 2), "begins in a middle of a UTF-16 symbol"),
        (bold(0, 1), "ends in a middle of a UTF-16 symbol"),
    ],
)
def test_wrong_offsets_have_the_message_refused(entity: Entity, reason: str) -> None:
    assert reason in refusal("😀 b", entity)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nope",
        "http://",
        "http://localhost/",
        "http://a b.c/",
        "/a",
        "#a",
        "tel:+1",
        "ftp://a.b",
    ],
)
def test_a_bad_url_has_the_message_refused(url: str) -> None:
    assert "is invalid" in refusal("a", link(url))


def test_a_good_url_is_written_in_tdlibs_way() -> None:
    assert survivors("a", link("https://EXAMPLE.com")) == (link("https://example.com/"),)
    assert canonical("example.com/a b") == "http://example.com/a%20b"
    assert canonical("nope") == "nope"
    page = Page("a", (link("https://EXAMPLE.com"),))
    assert normal(accepted(page)) == normal(page)
    assert same(accepted(page), page)


def test_what_looks_like_another_scheme_may_become_a_login_of_a_host() -> None:
    assert survivors("a", link("mailto:a@b.cc")) == (link("http://mailto:a@b.cc/"),)


def test_a_link_to_a_user_is_no_link() -> None:
    assert survivors("a", link("tg://user?id=5")) == ()
    assert canonical("tg://user?id=5") == "tg://user?id=5"


def test_quotes_do_not_nest() -> None:
    quote = Entity("blockquote", 0, 5)
    assert survivors("a\nb\nc", quote, Entity("blockquote", 2, 1)) == (quote,)
    assert survivors("a\nb\nc", quote, Entity("expandable_blockquote", 2, 3)) == (quote,)


@pytest.mark.parametrize("kind", ["code", "pre"])
def test_code_shares_its_characters_with_nothing_but_a_quote(kind: EntityType) -> None:
    code, quote = Entity(kind, 2, 2), Entity("blockquote", 0, 6)
    assert survivors("abcdef", bold(0, 6), code) == (bold(0, 2), code, bold(4, 2))
    assert survivors("abcdef", code, bold(2, 2)) == (code,)
    assert survivors("abcdef", code, link("https://a.b/", 0, 6)) == (link("https://a.b/", 0, 6),)
    assert survivors("abcdef", link("https://a.b/", 3, 1), code) == (code,)
    assert survivors("abcdef", code, Entity("code", 3, 3)) == (code,)
    assert survivors("abcdef", quote, code) == (quote, code)


def test_code_that_crosses_a_quotes_border_is_lost() -> None:
    quote = Entity("blockquote", 0, 3)
    assert survivors("abcdef", quote, Entity("pre", 0, 6)) == (quote,)


def test_a_language_survives() -> None:
    entities = Entity("pre", 0, 1, language="c++"), Entity("pre", 2, 1)
    assert survivors("a\nb", *entities) == entities


def test_white_space_at_the_start_is_trimmed_only_before_the_first_entity() -> None:
    pre = Entity("pre", 0, 7)
    assert accepted(Page("\n \n  x = 1", (Entity("pre", 3, 7),))) == Page("  x = 1", (pre,))
    assert accepted(Page("\n  a")) == Page("a")


def test_white_space_at_the_end_is_trimmed_also_in_an_entity() -> None:
    pre = Entity("pre", 2, 7)
    assert accepted(Page("😀x = 1\n \n", (pre,))) == Page("😀x = 1", (Entity("pre", 2, 5),))


def test_a_style_of_white_space_alone_stays_but_at_the_end() -> None:
    assert survivors("a \nb", bold(1, 2)) == (bold(1, 2),)
    assert accepted(Page("a \n", (bold(1, 2),))) == Page("a")
    assert accepted(Page("  a", (bold(1, 1),))) == Page(" a", (bold(0, 1),))


def test_the_text_is_cleaned_and_the_entities_move_along() -> None:
    page = Page("a\r\n\tb\u2028c\u0333\x00d", (bold(4, 3),))
    assert accepted(page) == Page("a\n bc d", (bold(3, 2),))


@pytest.mark.parametrize("text", ["", " \n\t", "\u00a0", "\u200b\u200d", "\u2800 \u3000"])
def test_a_text_without_a_seen_character_is_refused(text: str) -> None:
    assert refusal(text) == "Text must be non-empty"
    assert refusal(text, bold(0, len(text))) == "Text must be non-empty"


def test_a_lone_surrogate_is_refused() -> None:
    assert "UTF-8" in refusal("a\ud800")


def test_a_message_holds_4096_characters_after_trimming() -> None:
    assert survivors("😀" * 4096) == ()
    assert accepted(Page("a" * 4096 + " ")).text == "a" * 4096
    assert "too long" in refusal("a" * 4097)
    assert "too long" in refusal("a" * 40000)


def test_a_message_holds_100_entities() -> None:
    hundred = [bold(2 * number, 1) for number in range(100)]
    assert survivors("ab" * 101, *hundred) == tuple(hundred)
    assert "entities" in refusal("ab" * 101, *hundred, bold(200, 1))


def test_entities_count_as_they_are_split_at_each_others_borders() -> None:
    inner = [Entity("code", 2 * number, 1) for number in range(60)]
    assert "entities" in refusal("ab" * 60, bold(0, 120), *inner)


@pytest.mark.parametrize(
    "text",
    ["**a** __b__ ~~c~~ ||d||", "`a` ```b```", "[a](https://b.c)", MARKS, "\ue000*\ue001_"],
)
def test_marks_in_the_text_stay_as_they_are(text: str) -> None:
    assert survivors(text) == ()
    assert survivors(text, bold(0, 3)) == (bold(0, 3),)


@given(st.text(st.sampled_from("*_~|`[](a: /.\n\ue000\ue001😀x"), min_size=1))
def test_no_text_is_read_as_markdown(text: str) -> None:
    page = Page(f"x{text}x")
    assert accepted(page) == page


def test_a_whole_page_comes_back_as_it_was() -> None:
    page = Page(
        "Title\n\nSome bold italic text, code and a link.\n\nquoted code\n\nx = 1",
        (
            bold(0, 5),
            bold(12, 11),
            Entity("italic", 17, 6),
            Entity("code", 30, 4),
            link("https://example.com", 41, 4),
            Entity("blockquote", 48, 11),
            Entity("code", 55, 4),
            Entity("pre", 61, 5, language="python"),
        ),
    )
    assert normal(accepted(page)) == normal(page)
    assert same(accepted(page), page)


def test_the_normal_form_joins_what_touches_and_keeps_blocks_apart() -> None:
    parts = Page("abcd", (bold(2, 2), bold(0, 2), Entity("italic", 1, 2), bold(1, 1)))
    assert normal(parts) == Page("abcd", (bold(0, 4), Entity("italic", 1, 2)))
    assert normal(parts) == normal(accepted(parts))
    blocks = Page("ab", (Entity("pre", 0, 1), Entity("pre", 1, 1)))
    assert normal(blocks) == blocks == accepted(blocks)


def test_pages_are_the_same_if_seen_characters_wear_the_same_styles() -> None:
    page = Page("a 😀b", (bold(0, 4),))
    assert styles(page) == [{("bold", "")}, {("bold", "")}, set()]
    assert same(page, Page("a 😀b", (bold(0, 1), bold(2, 2))))
    assert not same(page, Page("a 😀b", (bold(0, 5),)))
    assert not same(page, page.plain())
    assert not same(page, Page("a 😀c", (bold(0, 4),)))
    code = Page("a", (Entity("pre", 0, 1, language="c"),))
    assert not same(code, Page("a", (Entity("pre", 0, 1),)))
