"""What people see of the Markdown that models write."""

import pytest

from tests.reply.notation import pages, shown


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("**bold** and __bold__", "<b>bold</b> and <b>bold</b>"),
        ("*it* and _it_", "<i>it</i> and <i>it</i>"),
        ("***both***", "<b><i>both</i></b>"),
        ("**注意：**这是重点。**“引号”**后面", "<b>注意：</b>这是重点。<b>“引号”</b>后面"),
        ("これは*「強調」*する", "これは<i>「強調」</i>する"),
        ("**Note:**text and a**(b)**c", "<b>Note:</b>text and a<b>(b)</b>c"),
        ("**a**, **b**; 2 ** 3", "<b>a</b>, <b>b</b>; 2 ** 3"),
        ("~~gone~~ but ~5 stays", "<s>gone</s> but ~5 stays"),
        ("||secret||", "<tg-spoiler>secret</tg-spoiler>"),
        ("a || b, x||y", "a || b, x||y"),
        ("`code *x*`", "<code>code *x*</code>"),
        ("**bold `code` bold**", "<b>bold </b><code>code</code><b> bold</b>"),
        (r"\*not\* \_this\_", "*not* _this_"),
        ("snake_case_name and __init__.py", "snake_case_name and <b>init</b>.py"),
        ("2*3*4 = 24", "2<i>3</i>4 = 24"),
        ("AT&amp;T &copy;", "AT&T ©"),
        ("one\ntwo", "one\ntwo"),
        ("one  \ntwo", "one\ntwo"),
        ("```\ncode\n```", "<pre>code</pre>"),
        ("```python\nx = 1\n\ty\n```", "<pre python>x = 1\n    y</pre>"),
        ("```js title=a.js\nx\n```", "<i>title=a.js</i>\n<pre js>x</pre>"),
        ("    indented", "<pre>indented</pre>"),
        ("---", "———————"),
        ("😀 **b**", "😀 <b>b</b>"),
        ("a\tb", "a b"),
    ],
)
def test_styles(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("# One\n## Two\n### Three", "<b><u>One</u></b>\n<b>Two</b>\n<b><i>Three</i></b>"),
        ("One\n===\ntext", "<b><u>One</u></b>\ntext"),
        ("text\n# `x` here", "text\n\n<code>x</code><b><u> here</u></b>"),
        ("#hashtag", "#hashtag"),
        ("# One\n\ntext", "<b><u>One</u></b>\ntext"),
        ("### 使い方", "<b>使い方</b>"),
        ("### 🚀 Start", "<b><i>🚀 Start</i></b>"),
    ],
)
def test_headings_are_bold_and_their_levels_told_apart(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("- a\n- b", "• a\n• b"),
        ("- a\n\n- b", "• a\n\n• b"),
        ("- a\n  - b\n    - c\n      - d", "• a\n    ◦ b\n        ▪ c\n            • d"),
        ("1. a\n   - b\n2. c", "1. a\n    • b\n2. c"),
        ("1. a\n1. b\n1. c", "1. a\n2. b\n3. c"),
        ("7. a\n8. b\n12. c", "7. a\n8. b\n12. c"),
        ("0) a", "0. a"),
        ("1. a\n\ntext\n\n2. b", "1. a\n\ntext\n\n2. b"),
        ("- a\n\n  more\n  lines", "• a\n\n    more\n    lines"),
        ("- a\nlazy", "• a\n    lazy"),
        ("- [ ] todo\n- [x] done", "☐ todo\n☑ done"),
        ("1. [X] done", "1. ☑ done"),
        ("[x] no task", "[x] no task"),
        ("1. ```sh\n   ls\n   ```", "1.\n<pre sh>ls</pre>"),
        ("- - a", "• ◦ a"),
    ],
)
def test_lists_keep_their_shape_and_numbers(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("> a\n> b\n\nc", "<quote>a\nb</quote>\n\nc"),
        ("> a\n>\n> b", "<quote>a\n\nb</quote>"),
        ("> a\n\n> b", "<quote>a</quote>\n\n<quote>b</quote>"),
        ("> a\n>> b\n>>> c", "<quote>a\n│ b\n│ │ c</quote>"),
        ("> - a\n>   `b`", "<quote>• a\n    <code>b</code></quote>"),
        ("> ```\n> x\n> ```", "<quote><pre>x</pre></quote>"),
        ("> " + "long " * 200, f"<long-quote>{('long ' * 200).strip()}</long-quote>"),
    ],
)
def test_quotes_are_one_block_and_long_ones_expandable(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("[Docs](https://a.org/x_y)", "<a https://a.org/x_y>Docs</a>"),
        ("**[Docs](https://a.org)**", "<b><a https://a.org>Docs</a></b>"),
        ("[`f`](https://a.org)", "<a https://a.org>f</a>"),
        ("<https://a.org>", "https://a.org"),
        ("<me@a.org>", "me@a.org"),
        ("https://a.org/__x__*y*", "https://a.org/__x__*y*"),
        ("**https://a.org/x** (see https://b.org).", "<b>https://a.org/x</b> (see https://b.org)."),
        ("[Mail](mailto:me@a.org)", "Mail (mailto:me@a.org)"),
        ("[Here](#part)", "Here (#part)"),
        ("[Run](javascript:alert)", "Run (javascript:alert)"),
        ("[Join](tg://join?invite=x)", "Join (tg://join?invite=x)"),
        ("[a](http://localhost)", "a (http://localhost)"),
        ("[a](https://u:p@a.org)", "a (https://u:p@a.org)"),
        ("[a](http://127.0.0.1:8000/)", "<a http://127.0.0.1:8000/>a</a>"),
        ("[](https://a.org)", "https://a.org"),
        ("![Cat](https://a.org/c.png)", "<a https://a.org/c.png>🖼 Cat</a>"),
        ("[![Cat](https://a.org/c.png)](https://b.org)", "<a https://b.org>🖼 Cat</a>"),
        ("[no link](two words)", "[no link](two words)"),
        (
            "[A][1] and [1]\n\n[1]: https://a.org",
            "<a https://a.org>A</a> and <a https://a.org>1</a>",
        ),
        ("Sources\n\n[1]: https://a.org", "Sources\n\n[1]: https://a.org"),
        ('<a href="https://a.org">A</a>', "A (https://a.org)"),
    ],
)
def test_only_checked_addresses_are_links_and_the_others_are_text(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (
            "| a | b |\n|---|--:|\n| 1 | 22 |\n| 333 | 4 |",
            "<pre>a   │  b\n────┼───\n1   │ 22\n333 │  4</pre>",
        ),
        (
            "| x | y |\n|:-:|---|\n| 漢字 | ok |\n| 1 | |",
            "<pre> x   │ y\n─────┼───\n漢字 │ ok\n 1   │</pre>",
        ),
        ("a | b\n--|--\n`x` | **y**", "<pre>a │ b\n──┼──\nx │ y</pre>"),
        (
            "| Name | About |\n|---|---|\n| Ann | [site](https://a.org) |\n| Bob | |",
            "<b>Name: Ann</b>\nAbout: <a https://a.org>site</a>\n\n<b>Name: Bob</b>",
        ),
        (
            "| Name | About |\n|---|---|\n| Ann | " + "word " * 12 + "|",
            "<b>Name: Ann</b>\nAbout: " + ("word " * 12).strip(),
        ),
        ("| " + "wide " * 9 + "| b |\n|---|---|", f"<b>{('wide ' * 9).strip()} · b</b>"),
        ("| a | b |\n|--|--|\n| 1 | x | y | z |", "<pre>a │ b\n──┼──────────\n1 │ x | y | z</pre>"),
        ("- | a |\n  |---|\n  | b |", "•\n<pre>a\n─\nb</pre>"),
    ],
    ids=[
        "aligned",
        "wide characters",
        "no edges",
        "links",
        "too wide",
        "head alone",
        "more cells than columns",
        "in a list",
    ],
)  # fmt: skip - tables
def test_tables_stand_in_columns_or_as_records(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (r"so \(a_1 + b_2\) is", "so <code>a_1 + b_2</code> is"),
        (r"\[ x^2 \]", "<pre latex>x^2</pre>"),
        ("$$\nx = 1\n+ y\n$$", "<pre latex>x = 1\n+ y</pre>"),
        ("the $x^2$ of $5 and $10", "the <code>x^2</code> of $5 and $10"),
        ("costs $5, or 10$ in all", "costs $5, or 10$ in all"),
        (r"text \[ a \] text", "text <code>a</code> text"),
        ("$$a$$ inline", "<code>a</code> inline"),
        (r"\(never closed", "(never closed"),
        ("$$\nnever closed\n\nmore", "$$\nnever closed\n\nmore"),
    ],
)
def test_formulas_are_shown_as_their_source(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Fact[^1].\n\n[^1]: Proof\n[^2]: *More*", "Fact[1].\n\n[1]: Proof\n[2]: <i>More</i>"),
        ("<b>b</b> <I>i</I> <u>u</u> <del>s</del>", "<b>b</b> <i>i</i> <u>u</u> <s>s</s>"),
        ("Press <kbd>Ctrl</kbd>", "Press <code>Ctrl</code>"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("H<sub>2</sub>O, x<sup>2n</sup>, T<sub>max</sub>", "H₂O, x²ⁿ, T_(max)"),
        ("<span style='x'>text</span>", "text"),
        ("Vec<T> and <script>x</script>", "Vec<T> and <script>x</script>"),
        ("<b>never closed", "<b>never closed"),
        ("a <!-- b --> c", "a <!-- b --> c"),
        ("a <details> tag", "a <details> tag"),
        (
            "<details>\n<summary>More</summary>\n\ntext\n\n</details>",
            "<b>More</b>\n\ntext",
        ),
    ],
)  # fmt: skip - one line each
def test_footnotes_and_the_tags_that_models_use(written: str, seen: str) -> None:
    assert shown(written) == seen


def test_records_tell_empty_columns_once_and_leave_out_empty_cells() -> None:
    head = "| Name | About? | Note |\n|---|---|---|\n"
    row = f"| Ann | {'word ' * 12} | |\n| Bob | | |\n"
    assert shown(head + row) == (
        f"<b>Name: Ann</b>\nAbout? {('word ' * 12).strip()}\nNote: –\n\n<b>Name: Bob</b>"
    )


@pytest.mark.parametrize("text", ["", " \n", "\u200b\n\u3000", "&nbsp;", "- ", "#", "```\n```"])
def test_what_cannot_be_seen_is_no_page(text: str) -> None:
    assert pages(text) == ()


def test_what_is_nested_too_deeply_is_shown_as_it_is() -> None:
    deep = "> " * 150 + "bottom"
    assert shown(deep) == deep


def test_a_list_that_deep_keeps_every_word() -> None:
    text = "\n".join("  " * n + f"- word{n}" for n in range(90))
    seen = "".join(page.text for page in pages(text))
    assert all(f"word{n}" in seen for n in range(90))
