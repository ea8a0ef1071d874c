"""Messages as a terminal shows them: styles by escape sequences (ECMA-48), links by OSC 8. Pure.

Texts come from the local Telegram, which has made spaces of control characters: what a model writes
cannot steer the terminal.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from bot.sandbox.telegram import Entity, Message

_ON: Final = {
    "bold": "1",
    "italic": "3",
    "underline": "4",
    "strikethrough": "9",
    "spoiler": "2;7",
    "code": "36",
    "pre": "36",
    "text_link": "4;34",
    "blockquote": "2",
    "expandable_blockquote": "2",
}
_OFF: Final = "\033[0m"


def contents(message: Message) -> str:
    """Give what a message says; of a file its name and size."""
    match message.content:
        case {"file_name": name, "file_size": size}:
            return f"📎 {name} ({max(round(size / 1000), 1)} kB)"
        case _:
            return message.text


def drawn(message: Message, start: int = 0) -> str:
    """Give what a message says from a place (in characters) on, with its styles."""
    text = contents(message)
    if message.kind != "text":
        return text[start:]
    return "".join(_parts(text, message.entities, _units(text[:start])))


def _parts(text: str, entities: tuple[Entity, ...], start: int) -> Iterator[str]:
    units = text.encode("utf-16-le")
    styled = [entity for entity in entities if entity.type in _ON]
    ends = {place for one in styled for place in (one.offset, one.end) if place > start}
    for begin, end in pairwise(sorted({start, *ends, len(units) // 2})):
        part = units[2 * begin : 2 * end].decode("utf-16-le", "replace")
        worn = [one for one in styled if one.offset <= begin < one.end]
        url = next((one.url for one in worn if one.url), None)
        if url:
            part = f"\033]8;;{url}\033\\{part}\033]8;;\033\\"
        codes = ";".join(dict.fromkeys(_ON[one.type] for one in worn))
        yield f"\033[{codes}m{part}{_OFF}" if codes else part


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
