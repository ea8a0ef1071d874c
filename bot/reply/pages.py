"""From leaves to pages: what fits into one message, and where it ends best. Pure.

Where a page ends depends on nothing but what would not fit any more, so that the pages of an answer
that grows end where those of the whole answer do.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.reply.cutting import best_cut
from bot.reply.markup.leaf import Leaf
from bot.reply.markup.rich import PLAIN, Rich, Style, weight
from bot.reply.page import ENTITY_LIMIT, PAGE_LIMIT, Page

WEIGHT_LIMIT: Final = 8000
"""Bytes of a page's entities; Telegram refuses a message with about 9,500."""
LONG_QUOTE: Final = 600
"""Characters from which on a quote is collapsed, once it is complete."""
_MOST_LEADS: Final = 3
_SHORTEST: Final = 64
"""Characters of a paragraph's first part; where there is less room it begins on the next page."""
_LONGEST_LEAD: Final = 300
"""Characters of a line that ends with a colon and goes with what follows it."""

_INVISIBLE: Final = re.compile(
    "[\\s\u00a0\u180e\u2000-\u200f\u202e\u202f\u205f\u2060\u2800\u3000\ufeff\ufffc\U000e0000-\U000e007f]*"
)
_QUOTE: Final = Style("blockquote")
_COLLAPSED: Final = Style("expandable_blockquote")


@dataclass(frozen=True, slots=True)
class Filled:
    """A page; `count` of the leaves are on it whole, and of the next one what is before `place`.

    `page` is `None` if nothing of it can be seen.
    """

    page: Page | None
    count: int
    place: int | None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A leaf on a page: its number among those given, and what stands before it."""

    index: int
    gap: str
    leaf: Leaf

    def __len__(self) -> int:
        return len(self.gap) + len(self.leaf.rich)


def fill(leaves: Sequence[Leaf], collapsed: int, *, growing: bool) -> Filled:
    """Give the first page of these leaves, or the last one if they all fit.

    `collapsed` is the number of a quote which is collapsed however short it is (0: none). A page
    that takes all leaves while the text is growing may change still; its last quote is open.
    """
    pieces: list[_Piece] = []
    length = entities = weights = 0
    for index, leaf in enumerate(leaves):
        if not leaf.rich.text:
            continue
        piece = _Piece(index, _gap(pieces[-1].leaf, leaf) if pieces else "", leaf)
        room = _room(leaf, ENTITY_LIMIT - 2 - entities, WEIGHT_LIMIT - weights)
        room = min(room, PAGE_LIMIT - length - len(piece.gap))
        if room < len(leaf.rich):
            return _full(pieces, piece, room, collapsed)
        pieces.append(piece)
        length += len(piece)
        entities += sum(len(styles) for _, styles in leaf.rich.runs) + bool(leaf.quote)
        weights += sum(weight(styles) for _, styles in leaf.rich.runs)
    return Filled(_page(pieces, collapsed, growing=growing), len(leaves), None)


def _gap(before: Leaf, leaf: Leaf) -> str:
    if leaf.joint is not None:
        return leaf.joint
    if before.kind == "heading":
        return "\n"  # it belongs to what follows
    return "\n\n" if leaf.first > before.end or leaf.kind == "heading" else "\n"


def _room(leaf: Leaf, entities: int, weights: int) -> int:
    """Give how many characters of a leaf stay within so many entities and bytes of them."""
    place = 0
    entities -= bool(leaf.quote)
    for text, styles in leaf.rich.runs:
        entities -= len(styles)
        weights -= weight(styles)
        if entities < 0 or weights < 0:
            return place
        place += len(text)
    return place


def _full(pieces: list[_Piece], piece: _Piece, room: int, collapsed: int) -> Filled:
    """End a page at the best place, where this piece does not fit."""
    leaf = piece.leaf
    used = sum(map(len, pieces))
    well_filled = used > PAGE_LIMIT // 2 and leaf.joint is None
    if pieces and (leaf.kind in ("code", "table") or well_filled or room < _SHORTEST):
        kept = len(pieces) - _leads(pieces, leaf)
        begin = [*pieces, piece][kept].index
        return Filled(_page(pieces[:kept], collapsed, growing=False), begin, None)
    cut = _cut(leaf, max(room, 1))
    head = replace(leaf, rich=leaf.rich[:cut])
    rest = leaf.rich.text[cut:]
    place = cut + len(rest) - len(rest.lstrip("\n" if leaf.kind == "code" else None))
    parts = [*pieces, replace(piece, leaf=head)]
    return Filled(_page(parts, collapsed, growing=False), piece.index, place)


def _cut(leaf: Leaf, room: int) -> int:
    """Give where the part of a leaf that fits ends; between two rows of a table, if it can be."""
    rows = [mark.shown for mark in leaf.marks if leaf.kind == "table" and 0 < mark.shown <= room]
    return rows[-1] if rows else best_cut(leaf.rich.text, room, code=leaf.kind == "code")


def _leads(pieces: Sequence[_Piece], leaf: Leaf) -> int:
    """Give how many of the last pieces go with what comes next: a heading, a line with a colon."""
    count = 0
    for piece in reversed(pieces[-_MOST_LEADS:] if len(pieces) > _MOST_LEADS else pieces[1:]):
        text = piece.leaf.rich.text
        leads = piece.leaf.kind == "heading" or (
            count == 0 and leaf.kind != "text" and text.endswith(":") and len(text) < _LONGEST_LEAD
        )
        if not leads:
            break
        count += 1
    return count


def _page(pieces: Sequence[_Piece], collapsed: int, *, growing: bool) -> Page | None:
    rich = Rich(run for part in _quoted(pieces, collapsed, growing=growing) for run in part.runs)
    rich = rich.trimmed()
    if _INVISIBLE.fullmatch(rich.text):
        return None
    return Page(rich.text, rich.entities())


def _quoted(pieces: Sequence[_Piece], collapsed: int, *, growing: bool) -> Iterator[Rich]:
    """Give the pieces and what is between them; what is of one quote becomes one."""
    start = 0
    while start < len(pieces):
        quote = pieces[start].leaf.quote
        end = start + 1
        while end < len(pieces) and pieces[end].leaf.quote == quote:
            end += 1
        runs = [
            run
            for piece in pieces[start:end]
            for run in ((piece.gap, PLAIN), *piece.leaf.rich.runs)
        ]
        lead, runs = runs[0], runs[1:]
        rich = Rich(runs)
        if quote:
            open_still = growing and end == len(pieces)
            long = len(rich) > LONG_QUOTE and not open_still
            rich = rich.with_style(_COLLAPSED if long or quote == collapsed else _QUOTE)
        yield Rich([lead])
        yield rich
        start = end
