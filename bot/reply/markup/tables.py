"""Tables: in columns where the screen is wide enough, else a record for each row. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from wcwidth import wcswidth

from bot.reply.markup.inline import BOLD
from bot.reply.markup.leaf import MADE, Mark, Marks
from bot.reply.markup.rich import PLAIN, Rich, Run, Style

WIDEST: Final = 44
"""Columns of a phone's screen in the font of code; a wide character takes two."""
Align = Literal["left", "center", "right"]
_GAP: Final = " │ "
_NOTHING: Final = Rich([("–", PLAIN)])
_SAYS_ENOUGH: Final = ":?!…"
"""After these a head needs no colon."""
_PRE: Final = frozenset({Style("pre")})


@dataclass(frozen=True, slots=True)
class Table:
    """The cells, row by row; the first row is the head, which `aligns` is as long as.

    `growing`: whether the last row is still being written.
    """

    rows: tuple[tuple[Rich, ...], ...]
    aligns: tuple[Align, ...]
    growing: bool = False


def table(cells: Table) -> tuple[Rich, Marks]:
    """Give a table as text, and where in it each row begins (as "source": the row's number)."""
    lines = None if _has_links(cells) else list(_columns(cells))
    if lines and max(_width(one) for line in lines for one in line.split("\n")) <= WIDEST:
        return _joined([[(line, _PRE)] for line in lines], [("\n", _PRE)], first=0)
    return _joined(list(_records(cells)), [("\n\n", PLAIN)], first=len(cells.rows) > 1)


def _joined(
    parts: Sequence[Sequence[Run]], gap: Sequence[Run], *, first: int
) -> tuple[Rich, Marks]:
    """Put the rows, the first of which has this number, one below the other."""
    runs: list[Run] = []
    marks: list[Mark] = []
    place = 0
    for number, part in enumerate(parts):
        marks.append(Mark(place, number + first, MADE))
        piece = [*part, *(gap if number + 1 < len(parts) else ())]
        place += sum(len(text) for text, _ in piece)
        runs += piece
    return Rich(runs), tuple(marks)


def _has_links(cells: Table) -> bool:
    return any(
        style.type == "text_link"
        for row in cells.rows
        for cell in row
        for _, styles in cell.runs
        for style in styles
    )


def _width(text: str) -> int:
    width = wcswidth(text)
    return len(text) if width < 0 else width


def _columns(cells: Table) -> Iterator[str]:
    rows = [[cell.text.strip() for cell in row] for row in cells.rows]
    widths = [max(1, *(_width(row[column]) for row in rows)) for column in range(len(cells.aligns))]
    for number, row in enumerate(rows):
        line = _GAP.join(map(_padded, row, widths, cells.aligns)).rstrip()
        if number == 0:
            line += "\n" + "─┼─".join("─" * width for width in widths)
        yield line


def _padded(text: str, width: int, align: Align) -> str:
    space = width - _width(text)
    match align:
        case "right":
            return " " * space + text
        case "center":
            return " " * (space // 2) + text + " " * (space - space // 2)
        case _:
            return text + " " * space


def _records(cells: Table) -> Iterator[list[Run]]:
    """Give each row as lines "head: value", the first one bold; without the empty cells.

    Of a column that is empty in all rows, the head is told once.
    """
    head = [cell.text.strip() for cell in cells.rows[0]]
    if len(cells.rows) == 1:
        yield [(" · ".join(head), frozenset({BOLD}))]
    empty = {
        column
        for column in range(len(head))
        if not cells.growing and not any(row[column].text.strip() for row in cells.rows[1:])
    }
    for number, row in enumerate(cells.rows[1:]):
        told = empty if number == 0 else set()
        lines = [
            _line(name, cell.trimmed() if cell.text.strip() else _NOTHING)
            for column, (name, cell) in enumerate(zip(head, row, strict=True))
            if cell.text.strip() or column in told
        ]
        title, *others = lines or [_NOTHING]
        runs = list(title.with_style(BOLD).runs)
        for line in others:
            runs += [("\n", PLAIN), *line.runs]
        yield runs


def _line(name: str, value: Rich) -> Rich:
    lead = name if not name or name[-1] in _SAYS_ENOUGH else f"{name}:"
    return Rich([(f"{lead} " if lead else "", PLAIN), *value.runs])
