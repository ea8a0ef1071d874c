"""Where pages end."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.cutting import best_cut
from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.page import PAGE_LIMIT, File, Page
from bot.reply.view import View
from tests.reply.notation import COMPLETE, growing, notation, pages

WORDS = "word " * 200  # 1,000 characters
CODE = "\n".join(f"    line_{n:04} = {n}" for n in range(200))


def texts(written: str) -> list[str]:
    return [page.text for page in pages(written)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("aaaaaa\n\nb cc dd", 6),
        ("aaaaaa. b\ncc dd", 9),
        ("aaaaaa. bb cc", 8),
        ("aaaaaa bbbbb", 6),
        ("aaaaaaaaaaa", 10),
    ],
    ids=["paragraph", "line", "sentence", "word", "nothing better"],
)
def test_a_text_is_cut_at_the_best_place(text: str, cut: int) -> None:
    assert best_cut(text, 10) == cut


@pytest.mark.parametrize(
    "grapheme",
    ["👩‍👩‍👧", "🇩🇪", "👍🏽", "e\u0301", "❤️", "1️⃣"],
    ids=["family", "flag", "skin", "accent", "heart", "keycap"],
)
def test_a_page_never_ends_inside_a_grapheme(grapheme: str) -> None:
    for lead in range(len(grapheme) + 2):
        for page in texts("x" * lead + grapheme * 2000):
            assert not page.strip("x").replace(grapheme, "")


def test_text_without_any_place_to_cut_is_cut_all_the_same() -> None:
    assert [len(page) for page in texts("e" + "\u0301" * 8191)] == [4096, 4096]
    assert [len(page) for page in texts("x" * 20000)] == [4096, 4096, 4096, 4096, 3616]
    assert [len(page) for page in texts("x" * 4097)] == [4096, 1]
    assert [len(page) for page in texts("😀" * 4096)] == [4096]


def test_paragraphs_stay_whole() -> None:
    assert texts("\n\n".join([WORDS] * 6)) == [
        "\n\n".join([WORDS.strip()] * 4),
        "\n\n".join([WORDS.strip()] * 2),
    ]


def test_a_block_of_code_that_fits_into_a_page_is_not_cut() -> None:
    first, second = pages(f"Text:\n\n{WORDS}\n\n```python\n{CODE}\n```")
    assert first == Page(f"Text:\n\n{WORDS.strip()}")
    assert notation(second) == f"<pre python>{CODE}</pre>"


def test_longer_code_is_code_on_each_page_and_keeps_its_indentation() -> None:
    code = "def f():\n" + "\n".join([CODE] * 3)
    *parts, file = pages(f"```python\n{code}\n```")
    assert all(re.fullmatch(r"<pre python>[^<]*</pre>", notation(part)) for part in parts)
    assert "\n".join(part.text for part in parts if isinstance(part, Page)) == code
    assert file == File("code.py", code + "\n")


def test_a_heading_goes_with_what_follows_it() -> None:
    fill = "\n\n".join([WORDS] * 4)
    first, second = texts(f"{fill}\n\n## Next\n\n{WORDS}")
    assert first == fill.replace(" \n", "\n").strip()
    assert second == f"Next\n{WORDS.strip()}"


def test_a_heading_that_moves_on_takes_no_more_than_itself() -> None:
    unseen = "[x]: https://a.org\n\n"
    lines = [f"[x] {'word ' * 60}{n}\n---\n\n{unseen}" for n in range(40)]
    found = "\n".join(page.text for page in pages("".join(lines)))
    assert re.findall(r"\d+", found) == [f"{n}" for n in range(40)]


def test_a_line_with_a_colon_goes_with_its_code() -> None:
    first, second = texts(f"{WORDS}\n\nLike this:\n\n```\n{CODE}\n```")
    assert first == WORDS.strip()
    assert second == f"Like this:\n\n{CODE}"


def test_a_list_goes_on_with_its_numbers() -> None:
    items = [f"{n}. item {n} {'text ' * 20}".strip() for n in range(1, 101)]
    found = texts("\n".join(items))
    assert "\n".join(found).split("\n") == items
    assert all(re.match(r"\d+\. item", page) for page in found)


def test_a_page_that_begins_in_a_nested_list_stays_indented() -> None:
    first, second = texts("- top\n" + "\n".join(f"  - {n} {WORDS}" for n in range(5)))
    assert first.startswith("• top\n    ◦ 0 word")
    assert second.startswith("\u00a0\u00a0\u00a0\u00a0◦ 4 word")


def test_a_style_goes_on_on_the_next_page() -> None:
    first, second = pages(f"> {'word ' * 500} **{'word ' * 500}end**")
    assert "<b>word" in notation(first)
    assert notation(second).startswith("<long-quote><b>word")
    assert notation(second).endswith("end</b></long-quote>")


def test_no_page_has_more_than_100_entities() -> None:
    found = pages(" ".join(f"**b{n}** `c{n}`" for n in range(200)))
    assert len(found) > 3
    assert all(isinstance(page, Page) and len(page.entities) <= 100 for page in found)
    assert all(isinstance(page, Page) and len(page.entities) > 90 for page in found[:-1])
    assert "".join(page.text for page in found).replace(" ", "") == "".join(
        f"b{n}c{n}" for n in range(200)
    )


def test_addresses_do_not_add_up_beyond_what_telegram_takes() -> None:
    found = pages(" ".join(f"[x{n}](https://a.org/{'p' * 400}{n})" for n in range(60)))
    for page in found:
        assert isinstance(page, Page)
        assert sum(len(entity.url) for entity in page.entities) < 9000


prose = st.lists(
    st.tuples(
        st.sampled_from(
            ["a", "Wort", "слово", "漢字", "👩‍👩‍👧", "**b**", "`c`", "- x", "> q", "1. n"]
        ),
        st.sampled_from([" ", "\n", "\n\n", ". ", "! "]),
    ),
    min_size=20,
    max_size=60,
).map(lambda pairs: "".join(word + gap for word, gap in pairs) * 40)


@given(prose)
def test_a_page_that_has_a_successor_never_changes(text: str) -> None:
    view = View()
    finished: list[object] = []
    for end in range(0, len(text), 501):
        found = view.pages(Draft(text[:end]))
        assert list(found[: len(finished)]) == finished
        finished = list(found[:-1])
    whole = view.pages(Draft(text, COMPLETE))
    assert list(whole[: len(finished)]) == finished
    assert all(0 < len(page.text) <= PAGE_LIMIT for page in whole)


def test_a_later_definition_styles_the_page_it_comes_on_and_no_finished_one() -> None:
    view = View()
    lead = f"[A][a]\n\n{'x' * 3000}\n\n"
    assert notation(view.pages(Draft(lead))[0]).startswith("[A][a]")
    assert notation(view.pages(Draft(f"{lead}[a]: https://a.org\n\nend\n"))[0]).startswith("<a")
    text = f"{lead}{'y' * 3000}\n\n[B][b]\n\n"
    view = View()
    first = view.pages(Draft(text))[0]
    assert notation(first).startswith("[A][a]")
    whole = view.pages(Draft(f"{text}[a]: https://a.org\n[b]: https://b.org", COMPLETE))
    assert whole[0] == first
    assert "<a https://b.org>B</a>" in notation(whole[1])


def test_a_block_that_moves_on_leaves_the_last_page() -> None:
    view = View()
    short, long = f"{WORDS}\n\n```\n{CODE[:2500]}", f"{WORDS}\n\n```\n{CODE}"
    assert len(view.pages(Draft(short))) == 1
    first, second = view.pages(Draft(long))
    assert first == Page(WORDS.strip())
    assert second.text == CODE


def test_a_table_that_turns_into_records_loses_no_row() -> None:
    head = "| n | text |\n|---|---|\n"
    rows = [f"| {n} | short text {n} |\n" for n in range(200)]
    view = View()
    narrow = view.pages(Draft(head + "".join(rows)))
    assert len(narrow) > 1
    whole = view.pages(Draft(head + "".join(rows) + f"| 200 | {WORDS[:60]} |\n", COMPLETE))
    found = "\n".join(page.text for page in whole)
    assert [int(n) for n in re.findall(r"short text (\d+)", found)] == list(range(200))


def test_a_paragraph_that_turns_into_a_table_is_not_lost() -> None:
    head = f"{WORDS * 5} | x |\n|---|---|\n| one | two |"
    view = View()
    for end in range(0, len(head), 100):
        view.pages(Draft(head[:end]))
    assert "one" in "".join(page.text for page in view.pages(Draft(head, COMPLETE)))


def test_a_note_stands_below_the_text() -> None:
    ending = Ending(Outcome.FAILED, "It *broke*.")
    assert View().pages(Draft("Half an **ans ", ending)) == (Page("Half an **ans\n\nIt *broke*."),)
    assert View().pages(Draft(" ", ending)) == (Page("It *broke*."),)
    assert [p.text for p in View().pages(Draft("x" * 4096, ending))] == ["x" * 4096, "It *broke*."]


def test_only_a_final_page_that_is_mostly_a_link_has_a_preview() -> None:
    def preview(text: str) -> list[bool]:
        return [isinstance(page, Page) and page.preview for page in pages(text)]

    assert preview("https://a.org/page") == [True]
    assert preview("See [the documentation](https://a.org)") == [True]
    assert preview(f"See [it](https://a.org), {WORDS}") == [False]
    assert preview("No link") == [False]
    assert preview("x" * 4096 + " https://a.org/page") == [False, False]
    assert growing("https://a.org/page") == (Page("https://a.org/page"),)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("python", "code.py"),
        ("C++", "code.cpp"),
        ("rs", "code.rs"),
        ("", "code.txt"),
        ("Dockerfile", "Dockerfile"),
        ("no/path", "code.txt"),
    ],
)
def test_long_code_is_also_a_file_with_the_right_extension(language: str, name: str) -> None:
    *_, file = pages(f"```{language}\n{CODE}\n{CODE}\n```\n\nDone.")
    assert isinstance(file, File)
    assert (file.name, file.text) == (name, f"{CODE}\n{CODE}\n")
    assert not any(isinstance(page, File) for page in growing(f"```\n{CODE}\n{CODE}\n```\n"))


def test_several_long_codes_are_several_files_wherever_they_stand() -> None:
    code = f"```sh\n{CODE}\n{CODE}\n```\n\n"
    view = View()
    text = code + WORDS * 6 + "\n\n" + code + WORDS * 6
    for end in range(0, len(text), 700):
        view.pages(Draft(text[:end]))
    found = view.pages(Draft(text, COMPLETE))
    assert [page.name for page in found if isinstance(page, File)] == ["code-1.sh", "code-2.sh"]
