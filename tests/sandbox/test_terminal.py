"""The chat in the terminal."""

import io

import pytest

from bot.sandbox.telegram import Acting, Deleted, Edited, Event, Message, Shown
from bot.sandbox.terminal import Printer, read_lines


def message(text: str, number: int = 1) -> Message:
    return Message(id=number, chat_id=1, date=0, sender=None, text=text)


def printed(*events: Event) -> str:
    out = io.StringIO()
    printer = Printer(out, "Bot", "typing…", "(deleted)")
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


@pytest.mark.parametrize("number", [1, 2], ids=["the last message", "one before it"])
def test_an_edit_that_changes_text_is_printed_whole(number: int) -> None:
    shown = printed(
        Shown(message("Two", 2)), Shown(message("One", 1)), Edited(message("Ten", number))
    )
    assert shown == "Bot: Two\nBot: One\nBot ✎ Ten\n"


def test_a_message_that_is_deleted_is_told() -> None:
    gone = message("One")
    assert printed(Shown(gone), Deleted(gone)) == "Bot: One\n(deleted)\n"


async def test_lines_are_read_to_the_end_without_the_empty_ones() -> None:
    lines = [line async for line in read_lines(io.StringIO("one\n\n  two  \n"))]
    assert lines == ["one", "two"]
