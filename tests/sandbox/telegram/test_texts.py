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


def test_after_a_hundred_entities_the_rest_has_no_style() -> None:
    entities = [Entity("bold", 2 * place, 1) for place in range(120)]
    assert formatted("a " * 120, entities)[1] == tuple(entities[:100])
