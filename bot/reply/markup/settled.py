"""Up to where the blocks of a growing text cannot change any more. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from re import compile as pattern
from typing import Final

from markdown_it.token import Token

from bot.reply.markup.blocks import Context, next_number

_QUOTED: Final = pattern(r" {0,3}>")
_ITEM: Final = pattern(r" {0,3}(?:[-+*]|\d{1,9}[.)])\s")
_LINE: Final = pattern("\n")


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the source where parsing can begin: the start of a line, and what it is in."""

    offset: int
    line: int
    context: Context


START: Final = Point(0, 0, Context())


def settled(tokens: Sequence[Token], text: str, start: Point) -> Point | None:
    """Give the last point before which all is settled; `None`: nothing more is.

    `tokens` are the blocks of `text`, which begins at `start`. The quote of the point's context
    says only whether it lies in one.
    """
    complete = text.count("\n")
    tops = [
        index
        for index, token in enumerate(tokens)
        if token.level == 0 and token.nesting >= 0 and token.map and token.map[0] < complete
    ]
    if not tops:
        return None
    last = tokens[tops[-1]]
    line, context = _line(last), Context()
    inside = tokens[tops[-1] + 1 :]
    lines = _line_starts(text)
    match last.type:
        case "bullet_list_open" | "ordered_list_open":
            line, context = _in_list(last, inside, text, lines, start if len(tops) == 1 else START)
        case "blockquote_open":
            line, context = _in_quote(last, inside, text, lines)
    if line == 0:
        return None
    return Point(start.offset + lines[line], start.line + line, context)


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _LINE.finditer(text))]


def _in_list(
    opening: Token, inside: Sequence[Token], text: str, lines: Sequence[int], start: Point
) -> tuple[int, Context]:
    """Give the first line of the list's last item that has begun, and the number before it."""
    line, complete = _line(opening), len(lines) - 1
    numbered = opening.type == "ordered_list_open"
    before = start.context.number
    if before is None:
        before = int(opening.attrs.get("start", 1)) - 1
    number = before
    for token in inside:
        if token.level == 0:
            break
        if token.type == "list_item_open" and token.level == 1 and _line(token) < complete:
            if _ITEM.match(text, lines[_line(token)]):
                line, number = _line(token), before
            before = next_number(before, token)
    return line, Context(number=number if numbered else None)


def _in_quote(
    opening: Token, inside: Sequence[Token], text: str, lines: Sequence[int]
) -> tuple[int, Context]:
    """Give the first line of the quote's last block that has begun."""
    line, complete = _line(opening), len(lines) - 1
    begun = line
    for token in inside:
        if token.level == 0:
            break
        begins = token.level == 1 and token.nesting >= 0 and token.map
        if begins and _line(token) < complete and _QUOTED.match(text, lines[_line(token)]):
            line = _line(token)
    return line, Context(quote=line > begun or 0)
