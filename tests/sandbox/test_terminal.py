"""The chat in the terminal."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.sandbox.telegram import (
    Acting,
    Answered,
    Deleted,
    Edited,
    Event,
    LocalTelegram,
    Message,
    Reacted,
    Shown,
)
from bot.sandbox.telegram.values import Entity
from bot.sandbox.terminal import Printer, Terminal, buttons_line, read_lines, wants_colour

KEYBOARD = {
    "inline_keyboard": [
        [{"text": "🔁 Again", "callback_data": "again"}],
        [{"text": "▶️ Continue", "callback_data": "continue"}],
    ]
}


def message(text: str, number: int = 1, *entities: Entity) -> Message:
    return Message(id=number, chat_id=1, date=0, sender=None, text=text, entities=entities)


def printed(*events: Event, colour: bool = False) -> str:
    out = io.StringIO()
    size = os.terminal_size((20, 6))
    printer = Printer(out, "Bot", "typing…", "(deleted)", colour=colour, size=lambda: size)
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


def test_a_message_that_is_deleted_is_told() -> None:
    gone = message("One")
    assert printed(Shown(gone), Deleted(gone)) == "Bot: One\n(deleted)\n"


def test_formatting_is_drawn_in_colour_only() -> None:
    shown = Shown(message("so bold", 1, Entity("bold", 3, 4)))
    assert printed(shown, colour=True) == "Bot: so \033[1mbold\033[m\n"
    assert printed(shown) == "Bot: so bold\n"


def test_of_a_formatted_message_that_grows_only_what_is_new_is_drawn() -> None:
    shown = printed(
        Shown(message("a\n", 1, Entity("blockquote", 0, 2))),
        Edited(message("a\nb c", 1, Entity("blockquote", 0, 3), Entity("code", 4, 1))),
        colour=True,
    )
    bar = "\033[2m▏\033[m"
    assert shown == f"Bot: {bar}a\n{bar}b \033[36mc\033[m\n"


def test_colour_is_for_terminals_and_can_be_declined() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert wants_colour(Screen(), {})
    assert wants_colour(Screen(), {"NO_COLOR": ""})
    assert not wants_colour(Screen(), {"NO_COLOR": "1"})
    assert not wants_colour(io.StringIO(), {})


async def test_lines_are_read_to_the_end_without_the_empty_ones() -> None:
    lines = [line async for line in read_lines(io.StringIO("one\n\n  two  \n"))]
    assert lines == ["one", "two"]


def test_an_edit_of_nothing_but_the_buttons_is_not_printed() -> None:
    old = message("One")
    shown = printed(
        Shown(replace(old, reply_markup=KEYBOARD)), Shown(message("Two", 2)), Edited(old)
    )
    assert shown == "Bot: One\nBot: Two\n"


def test_toasts_and_reactions_are_printed_and_their_absence_is_not() -> None:
    asked = message("Why?")
    assert (
        printed(
            Reacted(replace(asked, reaction="👀")),
            Reacted(asked),
            Answered("7", "", is_alert=False),
            Answered("7", "This is for whoever asked.", is_alert=False),
        )
        == "(👀)\n(This is for whoever asked.)\n"
    )


def test_buttons_are_shown_with_the_numbers_that_press_them() -> None:
    assert buttons_line(replace(message("One"), reply_markup=KEYBOARD)) == (
        "[1 🔁 Again] [2 ▶️ Continue]"
    )


def test_over_a_line_that_was_typed_nothing_is_printed() -> None:
    out = io.StringIO()
    printer = Printer(out, "Bot", "typing…", "(deleted)", size=lambda: os.terminal_size((20, 6)))
    printer.print(Shown(message("One\na │ b")))
    printer.interrupt()
    printer.print(Edited(message("One\na   │ b")))
    printer.print(Edited(message("One\na   │ b\nc")))
    assert out.getvalue() == "Bot: One\na │ bBot ✎ One\na   │ b\nc"


async def test_a_script_prints_toasts_and_reactions() -> None:
    async with LocalTelegram() as telegram:
        alice = telegram.user("Alice")
        chat = telegram.private(alice)
        out = io.StringIO()

        async def settled() -> None:
            chat.react(chat.messages[-1], "👀")

        async def lines() -> AsyncIterator[str]:
            yield "Hello"

        with telegram.subscribe() as feed:
            await Terminal(chat, alice, settled, out, "no such button").script(lines(), "Bot", feed)
        assert out.getvalue() == "Alice: Hello\n(👀)\n"


async def test_lines_can_reply_edit_and_press() -> None:
    async with LocalTelegram() as telegram:
        alice = telegram.user("Alice")
        chat = telegram.private(alice)
        out = io.StringIO()

        async def settled() -> None:
            if len(chat.messages) == 1:
                said = Message(id=0, chat_id=alice.id, date=0, sender=telegram.bot, text="Hi")
                chat.say_by_bot(replace(said, reply_markup=KEYBOARD))
            elif chat.messages and chat.messages[0].text == "Hello!":
                chat.change(replace(chat.messages[1], text="Hi!"))

        async def lines() -> AsyncIterator[str]:
            for line in ("!1", "Hello", "=Hello!", "!2", "!3", "> really?", "!", "=", ">"):
                yield line

        with telegram.subscribe() as feed:
            await Terminal(chat, alice, settled, out, "no such button").script(lines(), "Bot", feed)
        assert [one.text for one in chat.messages] == ["Hello!", "Hi!", "really?", "!", "=", ">"]
        assert chat.messages[2].reply_to == chat.messages[1].id
        assert out.getvalue() == (
            "Alice: !1\n(no such button)\nAlice: Hello\nBot: Hi\nAlice: =Hello!\nBot ✎ Hi!\n"
            "Alice: !2\nAlice: !3\n(no such button)\nAlice: > really?\nAlice: !\n"
            "Alice: =\nAlice: >\n"
        )


async def test_what_a_person_types_is_not_printed_once_more() -> None:
    async with LocalTelegram() as telegram:
        alice = telegram.user("Alice")
        chat = telegram.private(alice)
        out = io.StringIO()

        async def lines() -> AsyncIterator[str]:
            for line in ("Hello", "=Hi"):
                yield line

        async def settled() -> None:
            await asyncio.sleep(0)

        terminal = Terminal(chat, alice, settled, out, "no such button")
        with telegram.subscribe() as feed:
            await terminal.converse(lines(), Printer(out, "Bot", "typing…", "(deleted)"), feed)
        assert [one.text for one in chat.messages] == ["Hi"]
        assert "Bot" not in out.getvalue()
