"""What Telegram makes of a text before it shows it."""

import pytest

from bot.sandbox.telegram.refusal import Refusal
from bot.sandbox.telegram.texts import formatted
from bot.sandbox.telegram.values import Entity


def test_spaces_and_line_breaks_go_from_both_ends_and_entities_move_along() -> None:
    shown = formatted(" \n 😀 word \n", [Entity("bold", 6, 6)])
    assert shown == ("😀 word", (Entity("bold", 3, 4),))


def test_the_start_is_not_trimmed_into_an_entity() -> None:
    assert formatted("  x = 1", [Entity("code", 1, 6)]) == (" x = 1", (Entity("code", 0, 6),))


def test_control_characters_become_spaces_and_carriage_returns_vanish() -> None:
    text, entities = formatted("a\r\n\tb\u202ec", [Entity("bold", 4, 3)])
    assert (text, entities) == ("a\n bc", (Entity("bold", 3, 2),))


@pytest.mark.parametrize("text", ["", " ", "\n \n", "\u200b\u2800", "\r"])
def test_a_text_without_anything_to_see_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="Bad Request: message text is empty"):
        formatted(text, [])


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        (Entity("bold", 0, 9), "ends after the end of the text at UTF-16 offset 9"),
        (Entity("bold", 8, 1), "begins after the end of the text at UTF-16 offset 8"),
        (Entity("bold", -1, 2), "incorrect offset -1"),
        (Entity("bold", 1, 2), "in a middle of a UTF-16 symbol"),
        (Entity("bold", 0, 1), "in a middle of a UTF-16 symbol"),
    ],
)
def test_entities_must_lie_on_whole_characters_of_the_text(entity: Entity, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        formatted("😀 word", [entity])


def test_a_program_keeps_its_indentation_at_the_start_of_a_message() -> None:
    program = Entity("pre", 0, 11, language="python")
    assert formatted("  x = 1\n  y", [program]) == ("  x = 1\n  y", (program,))
    assert formatted("\n  x = 1\n", [Entity("pre", 1, 8)]) == ("  x = 1", (Entity("pre", 0, 7),))


def test_blank_lines_at_the_end_go_also_out_of_an_entity() -> None:
    assert formatted("x\n \n", [Entity("pre", 0, 4), Entity("bold", 4, 0)]) == (
        "x",
        (Entity("pre", 0, 1),),
    )
    assert formatted("x\n \n", [Entity("pre", 1, 3)]) == ("x", ())


def test_a_link_telegram_does_not_take_refuses_the_whole_message() -> None:
    with pytest.raises(Refusal, match="entity URL '/etc/hosts' is invalid: URL host is empty"):
        formatted("see hosts", [Entity("text_link", 4, 5, url="/etc/hosts")])


def test_quotes_code_and_links_go_before_styles_where_there_are_too_many() -> None:
    bold = [Entity("bold", 2 * place, 1) for place in range(100)]
    code = Entity("code", 200, 1)
    assert formatted("a " * 120, [*bold, code])[1] == (*bold[:99], code)


def test_a_style_that_others_split_counts_once() -> None:
    links = [Entity("text_link", 4 * place, 1, url="https://a.example/") for place in range(99)]
    shown = formatted("abcd" * 99, [Entity("bold", 0, 396), *links])[1]
    assert [entity.type for entity in shown].count("text_link") == 99
    assert [entity.type for entity in shown].count("bold") == 2 * 99


def test_what_telegram_finds_does_not_count() -> None:
    bold = [Entity("bold", 2 * place, 1) for place in range(100)]
    shown = formatted("a " * 100 + "@someone", bold)[1]
    assert shown == (*bold, Entity("mention", 200, 8))


def test_after_a_hundred_entities_the_rest_has_no_style() -> None:
    entities = [Entity("bold", 2 * place, 1) for place in range(120)]
    assert formatted("a " * 120, entities)[1] == tuple(entities[:100])
