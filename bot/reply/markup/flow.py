"""The leaves of a text that grows: what is settled is not parsed again.

A block is settled as soon as another one has begun in a line that is complete; of a long list or
quote, each item or paragraph of it is. What is parsed again with each frame is the rest: the block
that is being written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.reply.markup.blocks import Reader, leaves
from bot.reply.markup.dialect import dialect
from bot.reply.markup.formulas import GROWING
from bot.reply.markup.healing import (
    complete_table,
    healing_dialect,
    without_half_line,
    without_half_marks,
)
from bot.reply.markup.inline import Inline, inline
from bot.reply.markup.leaf import Kind, Leaf
from bot.reply.markup.rich import Rich
from bot.reply.markup.settled import START, Point, settled

_FINAL: Final = dialect()
_HEALING: Final = healing_dialect()


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Settled blocks: where they begin, and their leaves."""

    start: Point
    leaves: tuple[Leaf, ...]


@dataclass(slots=True)
class Flow:
    """The leaves from a place in the text on, which moves on as pages are finished."""

    codes: dict[int, Leaf] = field(default_factory=dict)
    """All blocks of code so far, by their first line."""
    _chunks: list[_Chunk] = field(default_factory=list)
    _rest: Point = START
    _skipped: int = 0
    """So many leaves, counted from where the first chunk begins, are on finished pages."""
    _begun: tuple[Kind, float] | None = None
    """Of the leaf after them, of this kind, what comes before this place of its source is too."""
    _references: dict[str, Any] = field(default_factory=dict)
    _linked: set[str] = field(default_factory=set)
    _known: dict[tuple[str, str], Inline] = field(default_factory=dict)

    def leaves(self, source: str, *, growing: bool) -> list[Leaf]:
        """Give the leaves of the newest text which are not on finished pages.

        The source begins with the one given before; it is whole when it does not grow any more.
        Raises `TooDeep`, and whatever a parser may.
        """
        if not growing:
            self._rewind()
        rest = self._parse(source, growing=growing)
        found = [leaf for chunk in self._chunks for leaf in chunk.leaves] + rest
        self._note(found)
        linked = self._linked.union(*(leaf.hrefs for leaf in rest))
        shown = [
            replace(leaf, rich=Rich()) if leaf.defines and leaf.defines in linked else leaf
            for leaf in found[self._skipped :]
        ]
        if shown and self._begun:
            kind, place = self._begun
            # What has become a table since has no such place: better twice than not at all.
            same = shown[0].kind == kind or {shown[0].kind, kind} == {"text", "heading"}
            shown[0] = shown[0].after(place) if same else shown[0]
        return shown

    def finish(self, given: Sequence[Leaf], count: int, place: int | None) -> None:
        """Say that `count` of the leaves given are on finished pages, and of the next one a part.

        `place` is where in its text the rest of that one begins (`None`: it is untouched).
        """
        if count:
            self._begun = None
        if place is not None:
            self._begun = given[count].kind, given[count].source_of(place)
        self._skipped += count
        while self._chunks and self._skipped >= len(self._chunks[0].leaves):
            self._skipped -= len(self._chunks.pop(0).leaves)

    def unread(self) -> int:
        """Give the place in the source from which on the next frame is parsed."""
        return self._rest.offset

    def unfinished(self) -> int:
        """Give about the place in the source up to which it is on finished pages."""
        return self._chunks[0].start.offset if self._chunks else self._rest.offset

    def _note(self, found: Iterable[Leaf]) -> None:
        self.codes.update({leaf.first: leaf for leaf in found if leaf.kind == "code"})

    def _rewind(self) -> None:
        """Forget what is known of the unfinished page: names may have been defined since."""
        if self._chunks:
            self._rest = self._chunks[0].start
            self._chunks.clear()
        self._known.clear()

    def _parse(self, source: str, *, growing: bool) -> list[Leaf]:
        """Parse what is not settled, keep what of it is so now, and give the rest."""
        start = self._rest
        text = source[start.offset :]
        md = _HEALING if growing else _FINAL
        env: dict[str, Any] = {"references": dict(self._references), GROWING: growing}
        tokens = md.block.parse(without_half_line(text) if growing else text, md, env, []) or []
        point = settled(tokens, text, start) if growing else None
        if growing:
            complete_table(tokens, md, env)
        read = self._reader(env, growing=growing)
        found = leaves(tokens, start.line, start.context, read, growing=growing)
        if point is None:
            return found
        done = tuple(leaf for leaf in found if leaf.first < point.line)
        self._chunks.append(_Chunk(start, done))
        quotes = max([start.context.quotes, *(leaf.quote for leaf in done)])
        quote = quotes if point.context.quote else 0
        context = replace(point.context, quote=quote, quotes=quotes)
        self._rest = replace(point, context=context)
        self._linked.update(*(leaf.hrefs for leaf in done))
        if self._defined(env, done):
            self._rewind()
            return self._parse(source, growing=growing)
        return found[len(done) :]

    def _defined(self, env: dict[str, Any], done: Iterable[Leaf]) -> bool:
        """Tell whether settled lines have given names to addresses, and know them from now on."""
        hrefs = {leaf.defines for leaf in done if leaf.defines}
        new = {
            label: reference
            for label, reference in env["references"].items()
            if label not in self._references and reference["href"] in hrefs
        }
        self._references |= new
        return bool(new)

    def _reader(self, env: dict[str, Any], *, growing: bool) -> Reader:
        """Read paragraphs; those that have not changed since the last frame are known."""
        known, self._known = self._known, {}

        def read(content: str, newline: str, last: bool) -> Inline:  # noqa: FBT001
            if growing and last:
                return inline(without_half_marks(content), _HEALING, env, newline)
            key = (content, newline)
            self._known[key] = known.get(key) or inline(content, _FINAL, env, newline)
            return self._known[key]

        return read


@dataclass(slots=True)
class PlainFlow:
    """The same for a text that is shown as it is, from a place on: one leaf."""

    start: int

    codes: dict[int, Leaf] = field(default_factory=dict)

    def leaves(self, source: str, *, growing: bool) -> list[Leaf]:  # noqa: ARG002 (as `Flow`)
        """Give the rest of the text."""
        return [Leaf(Rich([(source[self.start :].replace("\t", " "), frozenset())]), 0, 0)]

    def finish(self, given: Sequence[Leaf], count: int, place: int | None) -> None:
        """Say how much of the leaf given is on finished pages."""
        self.start += place if place is not None else count * len(given[0].rich)

    def unread(self) -> int:
        """Give the place in the source from which on the next frame is read."""
        return self.start

    def unfinished(self) -> int:
        """Give the place in the source up to which it is on finished pages."""
        return self.start
