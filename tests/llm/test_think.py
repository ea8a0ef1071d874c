"""`<think>…</think>` is taken out of the content, however it is cut."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.think import ThinkSplitter


def split(*chunks: str) -> list[Delta]:
    """Split the chunks; neighbours of one kind are joined, as only their text matters."""
    splitter = ThinkSplitter()
    deltas = [delta for chunk in chunks for delta in splitter.feed(chunk)] + [*splitter.finish()]
    joined: list[Delta] = []
    for delta in deltas:
        if joined and type(joined[-1]) is type(delta):
            joined[-1] = type(delta)(joined[-1].text + delta.text)
        else:
            joined.append(delta)
    return joined


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", []),
        ("Hello", [Text("Hello")]),
        ("<think>Hm.</think>Hello", [Reasoning("Hm."), Text("Hello")]),
        ("<think></think>Hello", [Text("Hello")]),
        ("A<think>b</think>c", [Text("A"), Reasoning("b"), Text("c")]),
        (
            "<think>a</think>b<think>c</think>d",
            [Reasoning("a"), Text("b"), Reasoning("c"), Text("d")],
        ),
        ("<think>never closed", [Reasoning("never closed")]),
        ("<think>almost</thin", [Reasoning("almost</thin")]),
        ("a < b, and <thin air", [Text("a < b, and <thin air")]),
        ("ends with <thi", [Text("ends with <thi")]),
        ("<<think>a</think>", [Text("<"), Reasoning("a")]),
        ("only </think> closed", [Text("only </think> closed")]),
    ],
)
def test_thoughts_are_told_from_text(content: str, expected: list[Delta]) -> None:
    assert split(content) == expected
    assert split(*content) == expected


@pytest.mark.parametrize(
    "content",
    [
        "The tag `<think>` begins it and `</think>` ends it.",
        "Write ``<think>`` here.",
        "So:\n\n```html\n<think>\nthis\n</think>\n```\n",
    ],
)
def test_a_tag_that_is_talked_about_is_text(content: str) -> None:
    assert split(content) == split(*content) == [Text(content)]


def test_behind_a_fence_a_tag_is_a_tag_again() -> None:
    assert split("```\n<think>\n```\n<think>a</think>b") == [
        Text("```\n<think>\n```\n"),
        Reasoning("a"),
        Text("b"),
    ]


def test_thoughts_behind_text_that_are_never_closed_turn_out_to_be_text() -> None:
    assert split("A model writes <think> and goes on.") == [
        Text("A model writes "),
        Reasoning(" and goes on."),
        Text("<think> and goes on."),
    ]


def test_text_is_held_back_only_while_it_may_become_a_tag() -> None:
    splitter = ThinkSplitter()
    assert [*splitter.feed("a <th")] == [Text("a ")]
    assert [*splitter.feed("e")] == [Text("<the")]


def test_what_is_held_is_given_out_when_the_answer_breaks_off() -> None:
    splitter = ThinkSplitter()
    assert [*splitter.feed("<thin")] == []
    assert [*splitter.flush()] == [Text("<thin")]


pieces = st.sampled_from(["<think>", "</think>", "<", "think>", "`", "```", "\n", "a", " ", "</"])


@given(st.lists(pieces, max_size=12).map("".join), st.lists(st.integers(0, 60), max_size=10))
@example("``` x<think>y</think>", [1, 2])
def test_the_cuts_between_the_chunks_make_no_difference(content: str, cuts: list[int]) -> None:
    places = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    chunks = [content[a:b] for a, b in itertools.pairwise(places)]
    assert split(*chunks) == split(content) == split(*content)


@given(st.lists(pieces, max_size=12).map("".join))
def test_nothing_but_the_tags_is_taken_out(content: str) -> None:
    splitter = ThinkSplitter()
    came = "".join(delta.text for delta in [*splitter.feed(content), *splitter.flush()])
    rest = iter(content)
    assert all(character in rest for character in came), "the characters come in their order"
    missing = len(content) - len(came)
    assert missing % len("<think></think>") in (0, len("<think>"))
