"""A chat in the terminal: lines typed become messages, and the bot's messages are printed.

On a terminal a message is printed while it grows. In a pipe it is printed once, when the bot has
dealt with the line before it, so that a script reads whole answers. In colour, formatting is drawn
with escape codes (`drawing`).
"""

import asyncio
import contextlib
import os
import re
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Final, TextIO

from wcwidth import wcswidth

from bot.sandbox.drawing import Cell, cells, drawn, plain
from bot.sandbox.telegram import (
    Acting,
    Answered,
    Deleted,
    Edited,
    Event,
    Feed,
    Group,
    Message,
    PrivateChat,
    Reacted,
    Shown,
    User,
)

REPLY: Final = ">"
"""A line that begins so replies to the bot's last message."""
EDIT: Final = "="
"""A line that begins so takes the place of the person's last message."""
PRESS: Final = re.compile(r"!(\d{1,2})")
"""Such a line presses a button below the bot's newest message that has any."""
_CLEAR: Final = "\r\033[K"
_CLEAR_BELOW: Final = "\033[J"


def _rows(line: str, columns: int) -> int:
    """Give how many rows a line takes on a screen of so many columns."""
    width = wcswidth(line)
    return max(1, -(-(len(line) if width < 0 else width) // columns))


def wants_colour(out: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether to draw: on a terminal, unless NO_COLOR (https://no-color.org) is set."""
    return out.isatty() and not environ.get("NO_COLOR")


class Printer:
    """Prints messages as they grow.

    Of an edit that adds to the text only the addition is printed. Where an edit changes what is
    printed already, as a growing table does, the lines from there on are printed again in their
    place, unless they have scrolled away: then the message is printed once more as a whole. When
    text leaves a message for the next one, as it does where a long answer is continued, it is not
    printed again. An edit that only changes the formatting or the buttons of what stands there is
    not seen.
    """

    def __init__(  # noqa: PLR0913 (how it looks is named)
        self,
        out: TextIO,
        name: str,
        typing: str,
        deleted: str,
        *,
        colour: bool = False,
        size: Callable[[], os.terminal_size] = shutil.get_terminal_size,
    ) -> None:
        self._out = out
        self._name = name
        self._typing = typing
        self._deleted = deleted
        self._colour = colour
        self._size = size
        self._message_id: int | None = None
        self._lead = ""
        self._cells: Sequence[Cell] = ()
        self._left_over = ""
        self._is_typing = False
        self._texts: dict[int, str] = {}

    def print(self, event: Event) -> None:
        """Print what an event changes on the screen."""
        match event:
            case Shown(message):
                self._begin(message)
            case Edited(message):
                self._edit(message)
            case Deleted():
                self._line(self._deleted)
            case Reacted() | Answered():
                if remark := _remark(event):
                    self._line(f"({remark})")
            case Acting():
                self._is_typing = True
                self._write(_CLEAR + self._typing)

    def interrupt(self) -> None:
        """Count with it that a line was typed: nothing above it can be printed over any more."""
        self._message_id, self._cells, self._left_over = None, (), ""

    def end(self) -> None:
        """End the line of a message that has grown to its end."""
        if self._message_id is not None:
            self._write("\n")
        self.interrupt()

    def _begin(self, message: Message) -> None:
        shown = cells(message)
        if self._left_over and plain(shown).startswith(self._left_over):
            self._add(shown, len(self._left_over))
            self._lead = ""
        else:
            self._print(shown, f"{self._name}: ")
        self._message_id, self._cells, self._left_over = message.id, shown, ""
        self._texts[message.id] = plain(shown)

    def _edit(self, message: Message) -> None:
        shown = cells(message)
        if self._texts.get(message.id) == plain(shown):
            return
        self._texts[message.id] = plain(shown)
        old, new = plain(self._cells), plain(shown)
        if message.id == self._message_id and new.startswith(old):
            self._add(shown, len(old))
        elif message.id == self._message_id and old.startswith(new):
            self._left_over = old[len(new) :].lstrip()
        elif message.id == self._message_id and self._has_changed(shown, old, new):
            self._left_over = ""
        else:
            self._print(shown, f"{self._name} ✎ ")
            self._message_id = message.id
        self._cells = shown

    def _has_changed(self, shown: Sequence[Cell], old: str, new: str) -> bool:
        """Print the lines that differ in their old place, if they still stand on the screen."""
        differing = (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
        same = next(differing, min(len(old), len(new)))
        start = old.rfind("\n", 0, same) + 1
        lead = "" if start else self._lead
        columns, lines = self._size()
        rows = sum(_rows(line, columns) for line in (lead + old[start:]).split("\n"))
        if rows >= lines or not (start or self._lead) or self._left_over:
            return False
        up = f"\033[{rows - 1}A" if rows > 1 else ""
        self._write(f"\r{up}{_CLEAR_BELOW}{lead}")
        self._add(shown, start)
        return True

    def _print(self, shown: Sequence[Cell], lead: str) -> None:
        self.end()
        self._lead = lead
        self._write(lead)
        self._add(shown, 0)

    def _add(self, shown: Sequence[Cell], done: int) -> None:
        more = shown[done:]
        self._write(drawn(more, shown[:done]) if self._colour else plain(more))

    def _line(self, text: str) -> None:
        self.end()
        self._write(text + "\n")

    def _write(self, text: str) -> None:
        if self._is_typing and not text.startswith(_CLEAR):
            self._out.write(_CLEAR)
            self._is_typing = False
        self._out.write(text)
        self._out.flush()


def _remark(event: Event) -> str:
    """Return what a reaction or a toast says; nothing of other events."""
    match event:
        case Reacted(message):
            return message.reaction or ""
        case Answered(text=text):
            return text
        case _:
            return ""


def _whole(shown: Sequence[Cell], *, colour: bool) -> str:
    return drawn(shown) if colour else plain(shown)


def buttons_line(message: Message) -> str:
    """Return the buttons below a message, each with the number that presses it."""
    labels = (button["text"] for button in message.buttons)
    return " ".join(f"[{number} {label}]" for number, label in enumerate(labels, start=1))


class Terminal:
    """Lets a person chat. `settled` waits until the bot has dealt with all that was said.

    `no_button` is told to who presses a button that is not there.
    """

    def __init__(  # noqa: PLR0913 (who chats where, and how it looks)
        self,
        chat: PrivateChat | Group,
        person: User,
        settled: Callable[[], Awaitable[None]],
        out: TextIO,
        no_button: str,
        *,
        colour: bool = False,
    ) -> None:
        self._chat = chat
        self._person = person
        self._settled = settled
        self._out = out
        self._no_button = no_button
        self._colour = colour

    async def script(self, lines: AsyncIterator[str], name: str, feed: Feed) -> None:
        """Say line after line, each when the one before it is answered; print whole messages.

        Toasts and reactions are printed before them.
        """
        printed: dict[int, str] = {}
        async for line in lines:
            self._out.write(f"{self._person.first_name}: {line}\n")
            self._do(line)
            await self._settled()
            for remark in filter(None, map(_remark, feed.waiting())):
                self._out.write(f"({remark})\n")
            for message in self._chat.said_by_bot:
                text = _whole(cells(message), colour=self._colour)
                if printed.get(message.id) != text:
                    lead = f"{name} ✎" if message.id in printed else f"{name}:"
                    self._out.write(f"{lead} {text}\n")
                    printed[message.id] = text
            self._out.flush()

    async def converse(self, lines: AsyncIterator[str], printer: Printer, feed: Feed) -> None:
        """Say each line at once, and print what happens while it happens."""
        looking = asyncio.create_task(self._look(feed, printer))
        prompting = asyncio.create_task(self._prompt(printer))
        try:
            async for line in lines:
                prompting.cancel()
                printer.interrupt()
                self._do(line)
                prompting = asyncio.create_task(self._prompt(printer))
            await self._settled()
            self._out.write("\n")
        finally:
            looking.cancel()
            prompting.cancel()
            await asyncio.gather(looking, prompting, return_exceptions=True)

    def _do(self, line: str) -> None:
        mine = self._chat.said_by_bot
        theirs = [one for one in self._chat.messages if one.sender == self._person]
        if pressed := PRESS.fullmatch(line):
            self._press(int(pressed[1]))
        elif line.startswith(REPLY) and line != REPLY and mine:
            self._chat.say(self._person, line.removeprefix(REPLY).strip(), reply_to=mine[-1])
        elif line.startswith(EDIT) and line != EDIT and theirs:
            self._chat.edit(theirs[-1], line.removeprefix(EDIT).strip())
        else:
            self._chat.say(self._person, line)

    def _press(self, number: int) -> None:
        message = self._with_buttons()
        if message is None or not 1 <= number <= len(message.buttons):
            self._out.write(f"({self._no_button})\n")
            return
        data = message.buttons[number - 1]["callback_data"]
        self._chat.press(message, data, by=self._person)

    def _with_buttons(self) -> Message | None:
        return next((one for one in reversed(self._chat.said_by_bot) if one.buttons), None)

    async def _look(self, feed: Feed, printer: Printer) -> None:
        async for event in feed:
            match event:
                case Shown(message) | Edited(message) | Deleted(message) if (
                    message.sender == self._person
                ):
                    pass  # it stands there as it was typed
                case _:
                    printer.print(event)

    async def _prompt(self, printer: Printer) -> None:
        await self._settled()
        printer.end()
        last = self._chat.said_by_bot[-1:]
        if last and last[0].buttons:
            line = buttons_line(last[0])
            self._out.write(f"\033[2m{line}\033[m\n" if self._colour else f"{line}\n")
        self._out.write(f"{self._person.first_name}: ")
        self._out.flush()


async def read_lines(stream: TextIO = sys.stdin) -> AsyncIterator[str]:
    """Give the lines of a stream that are not empty, as they come.

    They are read in a daemon thread, which ends with the process: a read from a terminal cannot be
    broken off.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            for line in stream:
                loop.call_soon_threadsafe(lines.put_nowait, line.strip())
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="input", daemon=True).start()
    while (line := await lines.get()) is not None:
        if line:
            yield line
