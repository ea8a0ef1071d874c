"""What Telegram finds in a text on its own."""

import pytest

from bot.sandbox.telegram.entities import complete, detect, utf16_length
from bot.sandbox.telegram.values import Entity


def found(text: str) -> list[tuple[str, str]]:
    units = text.encode("utf-16-le")
    return [
        (entity.type, units[2 * entity.offset : 2 * entity.end].decode("utf-16-le"))
        for entity in detect(text)
    ]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("hello", []),
        ("@rehearsal_bot hi", [("mention", "@rehearsal_bot")]),
        ("hi, @rehearsal_bot!", [("mention", "@rehearsal_bot")]),
        ("😀👩‍👩‍👧 @rehearsal_bot", [("mention", "@rehearsal_bot")]),
        ("@rehearsal_bot2", [("mention", "@rehearsal_bot2")]),
        ("x@rehearsal_bot", []),
        ("я@rehearsal_bot", []),
        ("@abc", []),
        ("a@rehearsal_bot.org", [("email", "a@rehearsal_bot.org")]),
        ("/start", [("bot_command", "/start")]),
        ("/ask@rehearsal_bot why?", [("bot_command", "/ask@rehearsal_bot")]),
        ("please /help", [("bot_command", "/help")]),
        ("and/or", []),
        ("/usr/bin", []),
        ("see https://example.com/a?b=c.", [("url", "https://example.com/a?b=c")]),
        ("see example.com, too", [("url", "example.com")]),
        ("e.g. 3.14", []),
        ("#cats and #1", [("hashtag", "#cats")]),
        (
            "https://t.me/@rehearsal_bot @rehearsal_bot",
            [("url", "https://t.me/@rehearsal_bot"), ("mention", "@rehearsal_bot")],
        ),
    ],
)
def test_mentions_commands_links_and_tags_are_found(
    text: str, entities: list[tuple[str, str]]
) -> None:
    assert found(text) == entities


def test_offsets_count_utf16_units() -> None:
    assert detect("😀 @rehearsal_bot") == [Entity("mention", 3, 14)]
    assert utf16_length("😀a") == 3


def test_nothing_is_found_inside_code() -> None:
    code = Entity("code", 0, 14)
    assert complete("@rehearsal_bot @someone", [code]) == (code, Entity("mention", 15, 8))


def test_what_is_found_inside_bold_splits_it() -> None:
    assert complete("a /help b", [Entity("bold", 0, 9)]) == (
        Entity("bold", 0, 2),
        Entity("bot_command", 2, 5),
        Entity("bold", 2, 5),
        Entity("bold", 7, 2),
    )


def test_what_is_found_across_the_border_of_a_quote_is_none() -> None:
    quote = Entity("blockquote", 0, 5)
    assert complete("see example.com", [quote]) == (quote,)


def test_mentions_are_found_and_not_made() -> None:
    assert complete("Ann @someone", [Entity("mention", 0, 3)]) == (Entity("mention", 4, 8),)
