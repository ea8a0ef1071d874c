"""What a model writes does nothing: it mentions nobody, and holds no commands and no buttons.

The judge is TDLib, which finds in a text what Telegram would make something of by itself.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.page import File, Page
from bot.reply.view import View
from tests.reply.notation import COMPLETE, notation, pages
from tests.reply.tdlib import accepted, found, same

ALIVE = {"textEntityTypeMention", "textEntityTypeBotCommand"}
DEAD = {"code", "pre", "text_link"}


def alive(page: Page) -> list[str]:
    """Give what Telegram would make something of: it finds nothing where code or a link is."""
    dead = [(one.offset, one.offset + one.length) for one in page.entities if one.type in DEAD]
    units = page.text.encode("utf-16-le")
    return [
        units[2 * start : 2 * end].decode("utf-16-le")
        for kind, start, end in found(page.text)
        if kind in ALIVE and not any(start < stop and begin < end for begin, stop in dead)
    ]


def shown(text: str, draft: Draft | None = None) -> list[Page]:
    texts = View().pages(draft or Draft(text, COMPLETE))
    return [page for page in texts if not isinstance(page, File)]


def test_the_judge_finds_what_is_alive() -> None:
    assert alive(Page("Ask @alice, or send /new.")) == ["@alice", "/new"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask @alice_b.", "Ask <code>@alice_b</code>."),
        ("Send /new or /help@rehearsal_bot!", ""),
        ("**Ask @alice now**", ""),
        ("(@alice), @bob", ""),
        ("@**alice**", ""),
        ("@[alice](https://example.org)", ""),
        (r"\@alice and \/new", ""),
        ("@ali*ce*", ""),
        ("> @alice\n> /new", ""),
        ("- @alice\n- /new", ""),
        ("# @alice", ""),
        ("||@alice||", ""),
        ("~~/new~~", ""),
        ("&#64;alice &#47;new", ""),
        ("@<b>alice</b>", ""),
        ("<a href='tg://user?id=5'>@alice</a>", ""),
        ("[@alice](tg://user?id=5)", ""),
        ("| name |\n|---|\n| @alice |", ""),
        ("| name | " + "wide " * 12 + "|\n|---|---|\n| @alice | " + "wide " * 12 + "|", ""),
        ("[^1]\n\n[^1]: @alice", ""),
        ("@alice" * 3, ""),
        ("😀@alice", ""),
    ],
)
def test_names_and_commands_are_code(text: str, expected: str) -> None:
    for page in shown(text):
        assert alive(page) == []
        assert same(accepted(page), page)
    if expected:
        assert notation(shown(text)[0]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "joe@example.org",
        "and/or",
        "/etc/hosts",
        "https://example.org/@joe",
        "(www.youtube.com/@joe/-/new)",
        "1/2",
        "а/б",
        "@",
        "/",
    ],
)
def test_what_is_no_name_and_no_command_stays_as_it_is(text: str) -> None:
    assert shown(text) == [Page(text, preview="http" in text)]


def test_a_link_stays_a_link_whatever_its_text() -> None:
    (page,) = shown("[@alice](https://example.org)")
    assert [one.type for one in page.entities] == ["text_link"]


def test_what_the_bot_says_itself_may_be_tapped() -> None:
    (page,) = View(markdown=False).pages(Draft("Send /new.", COMPLETE))
    assert alive(page) == ["/new"]  # type: ignore[arg-type]
    (page,) = shown("", Draft("No @alice.", Ending(Outcome.FAILED, "See /model")))
    assert alive(page) == ["/model"]


def test_a_page_that_begins_in_the_middle_of_a_word_begins_no_name() -> None:
    for text in ("a" * 4096 + "@alice", "-" * 5999 + "@alice", "é" * 6000 + "@alice " * 200):
        for page in shown(text):
            assert alive(page) == []


def test_reasoning_and_a_text_that_cannot_be_read_mention_nobody_either() -> None:
    live, keep = View("live"), View("keep")
    draft = Draft("", None, "I ask @alice and /new")
    deep = ">" * 300 + " @alice"
    for page in (*live.pages(draft), *keep.pages(draft), *shown(deep)):
        assert isinstance(page, Page)
        assert alive(page) == []
        assert "@alice" in page.text


def test_two_hundred_names_are_two_hundred_pieces_of_code_on_as_many_pages_as_that_takes() -> None:
    found_pages = pages(" ".join(f"@name{number}" for number in range(200)))
    assert len(found_pages) == 3
    for page in found_pages:
        assert isinstance(page, Page)
        assert alive(page) == []
        assert same(accepted(page), page)


PARTS = r"""
@alice @ alice /new / new @al _b * ** _ ` ~~ || [ ](https://a.bc) <b> </b> &#64; \ > - | ж .
, ( ) < > https:// http://a.bc https://a-b.example/ youtube.com youtube.com/ www. .com :80 ? #
""".split()  # noqa: SIM905 (they read better so)


@given(st.lists(st.sampled_from([*PARTS, " ", "\n"]), max_size=14).map("".join))
def test_nothing_is_alive_in_whatever_frame(text: str) -> None:
    view = View()
    for draft in (Draft(text[: len(text) // 2]), Draft(text), Draft(text, COMPLETE)):
        for page in view.pages(draft):
            assert isinstance(page, File) or alive(page) == []


def test_no_text_makes_a_button() -> None:
    tricks = "[Stop](callback:stop) [a](tg://btn?data=stop) <button>again</button> {{stop}}"
    for page in shown(tricks):
        assert page.buttons == ()
        assert not any(one.type == "text_link" for one in page.entities)


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example",
        "www.bank.example",
        "see HTTPS://bank.example/in now",
        "https://bank.example@evil.example",
        "https://evil.example.bank.example",
    ],
)
def test_a_link_that_poses_as_another_address_shows_where_it_leads(text: str) -> None:
    (page,) = shown(f"[{text}](https://evil.example/)")
    assert page == Page(f"{text} (https://evil.example/)", preview=page.preview)
    assert same(accepted(page), page)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.org/a", "https://www.example.org/b"),
        ("Node.js", "https://nodejs.org/"),
        ("our bank", "https://evil.example/"),
    ],
)
def test_any_other_text_may_be_a_link(text: str, url: str) -> None:
    assert notation(shown(f"[{text}]({url})")[0]) == f"<a {url}>{text}</a>"
