"""The chat in the terminal."""

import io
import os
from dataclasses import replace

import pytest

from bot.sandbox.telegram import Acting, Deleted, Edited, Entity, Event, Message, Shown
from bot.sandbox.terminal import Printer, read_lines


def message(text: str, number: int = 1, *entities: Entity) -> Message:
    return Message(id=number, chat_id=1, date=0, sender=None, text=text, entities=entities)


def printed(*events: Event) -> str:
    out = io.StringIO()
    printer = Printer(out, "Bot", "typing…", "(deleted)", lambda: os.terminal_size((20, 6)))
    for event in events:
        printer.print(event)
    printer.end()
    return out.getvalue()


def test_of_a_message_that_grows_only_what_is_new_is_printed() -> None:
    shown = printed(
        Shown(message("Hello")), Edited(message("Hello there")), Edited(message("Hello there!"))
    )
    assert shown == "Bot: Hello there!\n"


def test_typing_gives_way_to_the_text() -> None:
    assert printed(Acting(1, None, "typing"), Shown(message("Hi"))) == (
        "\r\033[Ktyping…\r\033[KBot: Hi\n"
    )


def test_text_that_moves_on_to_the_next_message_is_not_printed_twice() -> None:
    shown = printed(
        Shown(message("One two")),
        Edited(message("One")),
        Shown(message("two three", 2)),
        Edited(message("two three four", 2)),
    )
    assert shown == "Bot: One two three four\n"


def test_a_further_message_begins_a_line_of_its_own() -> None:
    assert printed(Shown(message("One")), Shown(message("two", 2))) == "Bot: One\nBot: two\n"


def test_an_edit_of_an_earlier_message_is_printed_whole() -> None:
    shown = printed(Shown(message("Two", 2)), Shown(message("One", 1)), Edited(message("Ten", 2)))
    assert shown == "Bot: Two\nBot: One\nBot ✎ Ten\n"


def test_lines_that_change_are_printed_again_in_their_place() -> None:
    assert printed(Shown(message("One")), Edited(message("Ten"))) == "Bot: One\r\033[JBot: Ten\n"
    assert (
        printed(Shown(message("One\na │ b\n1")), Edited(message("One\na   │ b\n123 │ 4")))
        == "Bot: One\na │ b\n1\r\033[1A\033[Ja   │ b\n123 │ 4\n"
    )
    long = "x" * 30  # two rows of 20 columns
    assert (
        printed(Shown(message(f"One\n{long}.")), Edited(message(f"One\n{long}!")))
        == f"Bot: One\n{long}.\r\033[1A\033[J{long}!\n"
    )


def test_lines_that_have_scrolled_away_are_printed_anew() -> None:
    lines = "\n".join("abcdefg")
    shown = printed(Shown(message(f"One\n{lines}")), Edited(message(f"Ten\n{lines}")))
    assert shown == f"Bot: One\n{lines}\nBot ✎ Ten\n{lines}\n"


def test_styles_are_drawn_also_where_the_text_goes_on() -> None:
    bold, link = Entity("bold", 3, 3), Entity("text_link", 7, 2, url="https://a.org/")
    assert printed(
        Shown(message("😀 bo", 1, Entity("bold", 3, 2))),
        Edited(message("😀 bol it", 1, bold, link)),
    ) == (
        "Bot: 😀 \033[1mbo\033[0m"
        "\033[1ml\033[0m \033[4;34m\033]8;;https://a.org/\033\\it\033]8;;\033\\\033[0m\n"
    )


def test_no_style_is_drawn_where_no_color_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert printed(Shown(message("bold", 1, Entity("bold", 0, 4)))) == "Bot: bold\n"


def test_a_file_is_told_by_its_name_and_size() -> None:
    file = replace(
        message(""), kind="document", content={"file_name": "code.py", "file_size": 12_345}
    )
    assert printed(Shown(file)) == "Bot: 📎 code.py (12 kB)\n"


def test_a_message_that_is_deleted_is_told() -> None:
    gone = message("One")
    assert printed(Shown(gone), Deleted(gone)) == "Bot: One\n(deleted)\n"


async def test_lines_are_read_to_the_end_without_the_empty_ones() -> None:
    lines = [line async for line in read_lines(io.StringIO("one\n\n  two  \n"))]
    assert lines == ["one", "two"]
