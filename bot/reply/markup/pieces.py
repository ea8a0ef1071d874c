"""Paragraphs too long to be read at once, in pieces. Pure.

Where a piece ends depends on nothing that comes after it, so that those of a paragraph that grows
stay the same.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from bot.reply.cutting import best_cut

LONGEST: Final = 6000
"""Characters that are read at once."""
MOST_MARKS: Final = 500
MOST_BRACKETS: Final = 64
"""Marks that are read at once: what many may mean together takes ever longer to find out."""
MARKS: Final = re.compile(r"[*_`~|<\[\]$&\\!]")
_BRACKETS: Final = re.compile(r"\[")


def pieces(content: str) -> Iterator[tuple[int, int]]:
    """Cut a long content at the best places; each piece is read alone."""
    start = 0
    while (most := _readable(content, start)) < len(content) - start:
        stop = start + best_cut(content[start : start + most + 1], most)
        while stop < len(content) and content[stop].isspace():
            stop += 1
        yield start, stop
        start = stop
    yield start, len(content)


def _readable(content: str, start: int) -> int:
    """Give how many characters from a place on are read at once."""
    stop = min(start + LONGEST, len(content))
    for marks, most in ((MARKS, MOST_MARKS), (_BRACKETS, MOST_BRACKETS)):
        first = next(islice(marks.finditer(content, start, stop), most, None), None)
        stop = first.start() if first else stop
    return stop - start


def joint(content: str, start: int, newline: str) -> str:
    """Give what stands between a piece that begins here and the one before it."""
    before = content[start - 1]
    return newline if before == "\n" else " " if before.isspace() else ""
