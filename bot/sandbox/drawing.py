"""How a message looks in a terminal: its text, drawn with escape codes, a file as one line.

Pure. A text is drawn character by character, so that of a message that grows only the addition is
written. Control characters are taken out first: what a model says must not steer the terminal.
"""

import itertools
import re
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from bot.sandbox.telegram import Message

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_IN_LINK: Final = "%/:?#[]@!$&'()*+,;=~"
_OFF: Final = "\033[m"
_QUOTED: Final = f"\033[2m▏{_OFF}"
_STYLES: Final = {
    "bold": "1",
    "italic": "3",
    "underline": "4",
    "strikethrough": "9",
    "spoiler": "2;7",
    "code": "36",
    "pre": "36",
    "text_link": "4",
    "url": "4",
}
"""Numbers of ECMA-48's "select graphic rendition"."""


class Cell(NamedTuple):
    """A character with its style, its address if it is part of a link, and whether it is quoted."""

    character: str
    style: str = ""
    link: str = ""
    quoted: bool = False


def cells(message: Message) -> list[Cell]:
    """Return what is to be seen of a message."""
    shown = _text_cells(message)
    if message.document is None:
        return shown
    name, size = _harmless(message.document.file_name), len(message.document.content)
    line = [Cell(character) for character in f"📎 {name} ({_size(size)})"]
    return [*line, Cell("\n"), *shown] if shown else line


def plain(shown: Sequence[Cell]) -> str:
    """Return the bare characters."""
    return "".join(cell.character for cell in shown)


def drawn(shown: Sequence[Cell], after: Sequence[Cell] = ()) -> str:
    """Return the characters with escape codes; `after` is what has been drawn before them."""
    parts: list[str] = []
    at_start = not after or after[-1].character == "\n"
    for (style, link, quoted, ends), run in itertools.groupby(shown, _looks):
        text = plain(list(run))
        for piece in text if ends else [text]:
            parts += [_QUOTED if at_start and quoted else "", _ink(piece, style, link)]
            at_start = ends
    return "".join(parts)


def _looks(cell: Cell) -> tuple[str, str, bool, bool]:
    """Return what holds an unbroken run together; the end of a line is never styled."""
    if cell.character == "\n":
        return "", "", cell.quoted, True
    return cell.style, cell.link, cell.quoted, False


def _ink(text: str, style: str, link: str) -> str:
    if style:
        text = f"\033[{style}m{text}{_OFF}"
    return f"\033]8;;{link}\033\\{text}\033]8;;\033\\" if link else text


def _text_cells(message: Message) -> list[Cell]:
    places = [0]
    for character in message.text:
        places.append(places[-1] + (2 if character > "\uffff" else 1))
    return [
        _cell(message, character, place)
        for character, place in zip(message.text, places, strict=False)
        if not _CONTROL.match(character)
    ]


def _cell(message: Message, character: str, place: int) -> Cell:
    around = [each for each in message.entities if each.offset <= place < each.end]
    kinds = {each.type for each in around}
    styles = dict.fromkeys(number for kind, number in _STYLES.items() if kind in kinds)
    links = (each.url for each in around if each.type == "text_link" and each.url)
    return Cell(
        character,
        ";".join(styles),
        quote(next(links, ""), safe=_IN_LINK, errors="replace"),
        quoted=bool(kinds & {"blockquote", "expandable_blockquote"}),
    )


def _harmless(text: str) -> str:
    return " ".join(_CONTROL.sub("", text).split())


def _size(count: int) -> str:
    for unit in ("B", "kB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count = round(count / 1000)
    return f"{count} MB"
