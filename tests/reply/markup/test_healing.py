"""What a frame shows while a construct is not complete."""

import re

import pytest

from bot.reply.draft import Draft
from bot.reply.view import View
from tests.reply.notation import frame, growing, notation, shown


@pytest.mark.parametrize(
    ("so_far", "seen"),
    [
        ("a **bo", "a <b>bo</b>"),
        ("a **", "a"),
        ("a *", "a"),
        ("a **bold*", "a <b>bold</b>"),
        ("a **bold *it", "a <b>bold <i>it</i></b>"),
        ("a ***both", "a <b><i>both</i></b>"),
        ("a __bo", "a <b>bo</b>"),
        ("a ~~gone", "a <s>gone</s>"),
        ("a ~~gone~", "a <s>gone</s>"),
        ("a ||sec", "a <tg-spoiler>sec</tg-spoiler>"),
        ("a `co", "a <code>co</code>"),
        ("a ``co`d", "a <code>co`d</code>"),
        ("a `code`", "a <code>code</code>"),
        ("**a `b", "<b>a </b><code>b</code>"),
        ("- **Step", "• <b>Step</b>"),
        ("## He **x", "<b>He x</b>"),
        ("a \\", "a"),
        ("and/", "and/"),
        ("Hello!", "Hello!"),
    ],
)
def test_open_marks_style_what_follows_them(so_far: str, seen: str) -> None:
    assert frame(so_far) == seen


@pytest.mark.parametrize(
    ("so_far", "seen"),
    [
        ("see [", "see"),
        ("see [the do", "see the do"),
        ("see [the **do", "see the <b>do</b>"),
        ("see [the docs]", "see the docs"),
        ("see [the docs](", "see the docs"),
        ("see [the docs](https://a.org/x_y", "see the docs"),
        ('see [the docs](https://a.org "Ti', "see the docs"),
        ("see [the docs](https://a.org/(x", "see the docs"),
        ("see [the docs](https://a.org)", "see <a https://a.org>the docs</a>"),
        ("see ![a cat](https://a.org/c", "see a cat"),
        ("see [1", "see 1"),
        ("list[0", "list[0"),
        ("see <https://a.o", "see https://a.o"),
        ("a <b", "a"),
        ("a <b>bo", "a <b>bo"),
        ("a </", "a"),
        ("1 < 2 and 3", "1 < 2 and 3"),
        (r"so \(a + b", "so <code>a + b</code>"),
        (r"\[ x^2", "<pre latex>x^2</pre>"),
        ("$$\nx^2", "<pre latex>x^2</pre>"),
    ],
)
def test_half_links_tags_and_formulas_show_what_is_text_in_them(so_far: str, seen: str) -> None:
    assert frame(so_far) == seen


@pytest.mark.parametrize(
    ("so_far", "seen"),
    [
        ("text\n-", "text"),
        ("text\n--", "text"),
        ("text\n---", "text"),
        ("text\n===", "text"),
        ("text\n\n#", "text"),
        ("text\n\n## ", "text"),
        ("text\n``", "text"),
        ("text\n```py", "text"),
        ("text\n```python\nx", "text\n<pre python>x</pre>"),
        ("```\nx\n`", "<pre>x</pre>"),
        ("```\nx\n``", "<pre>x</pre>"),
        ("```\nx\n```", "<pre>x</pre>"),
        ("- a\n-", "• a"),
        ("- a\n- ", "• a"),
        ("- a\n  - **", "• a"),
        ("1. a\n2. ", "1. a"),
        ("> a\n> -", "<quote>a</quote>"),
        ("- [ ", ""),
        ("- [ ] to", "☐ to"),
        ("42", "42"),
    ],
)
def test_a_last_line_of_marks_waits_for_its_text(so_far: str, seen: str) -> None:
    assert frame(so_far) == seen


@pytest.mark.parametrize(
    "so_far",
    [
        "| a | b |",
        "| a | b |\n",
        "| a | b |\n|",
        "| a | b |\n|--",
        "| a | b |\n|---|---|",
        "| a | b",
    ],
)
def test_the_head_of_a_table_is_a_table_already(so_far: str) -> None:
    assert frame(so_far) == "<pre>a │ b\n──┼──</pre>"


def test_a_table_grows_cell_by_cell() -> None:
    head = "| a | b |\n|---|---|\n"
    assert frame(f"{head}| **x") == "<pre>a │ b\n──┼──\nx │</pre>"
    assert frame(f"{head}| x | y") == "<pre>a │ b\n──┼──\nx │ y</pre>"


def test_a_record_grows_without_the_cells_that_have_not_come() -> None:
    head = f"| Name | About | Note |\n|---|---|---|\n| Ann | {'word ' * 12} | x |\n"
    assert frame(f"{head}| Bob").endswith("\n\n<b>Name: Bob</b>")
    assert frame(f"{head}| Bob | Tall").endswith("\n\n<b>Name: Bob</b>\nAbout: Tall")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a **bo", "a **bo"),
        ("a `co", "a `co"),
        ("see [the do", "see [the do"),
        ("text\n-", "<b>text</b>"),
        (r"\[ x^2", "[ x^2"),
    ],
)
def test_the_final_text_is_not_healed(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_no_more_than_the_last_marks_are_closed_and_no_far_one() -> None:
    assert frame("*a " * 12) == "*a *a *a *a <i>a a a a a a a a</i>"
    assert notation(growing("**a " + "word " * 1100)[-1]).startswith("<b>word")
    assert "<b>" not in notation(growing("**a " + "word " * 2300)[-1])


def test_code_that_is_not_closed_for_long_is_no_code() -> None:
    assert "<code>" in frame("a `" + "b" * 300)
    assert "<code>" not in frame("a `" + "b" * 500)


def test_of_a_long_address_the_beginning_is_seen() -> None:
    url = "https://a.org/" + "x" * 300
    assert frame(f"[docs]({url}") == f"docs ({url}"


def test_a_settled_block_keeps_its_look() -> None:
    view = View()
    view.pages(Draft("**open\n\nnext"))
    (page,) = view.pages(Draft("**open\n\nnext *one"))
    assert notation(page) == "**open\n\nnext <i>one</i>"


def test_every_frame_of_a_typical_answer_is_without_raw_marks() -> None:
    text = (
        "## Sorting\n\nUse **`sorted`**, see [the docs](https://docs.python.org/3/): *it* is "
        "||really|| ~~slow~~ fast.\n\n1. **Call** it\n   - with `key=`\n2. Done\n\n"
        "```python\nsorted([2, 1])\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> Quote **it**\n"
    )
    raw = re.compile(r"\*|`|~~|\|\||\]\(|^#+ |^> |\|-", re.MULTILINE)
    seen = [page.text for end in range(len(text)) for page in growing(text[:end])]
    assert [page for page in seen if raw.search(page)] == []
