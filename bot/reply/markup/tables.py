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
_EMPTY: Final = "–"
_PRE: Final = frozenset({Style("pre")})


@dataclass(frozen=True, slots=True)
class Table:
    """The cells, row by row; the first row is the head, which `aligns` is as long as."""

    rows: tuple[tuple[Rich, ...], ...]
    aligns: tuple[Align, ...]


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
    """Give each row as lines "head: value", the first value bold."""
    head = [cell.text.strip() for cell in cells.rows[0]]
    if len(cells.rows) == 1:
        yield [(" · ".join(head), frozenset({BOLD}))]
    for row in cells.rows[1:]:
        runs: list[Run] = []
        for column, (name, cell) in enumerate(zip(head, row, strict=True)):
            value = cell.trimmed() if cell.text.strip() else Rich([(_EMPTY, PLAIN)])
            if runs:
                runs.append(("\n", PLAIN))
            if name:
                runs.append((f"{name}: ", PLAIN))
            runs += (value if column else value.with_style(BOLD)).runs
        yield runs
