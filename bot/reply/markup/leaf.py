"""Blocks without blocks in them, as they are shown, and where they come from. Pure values."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.reply.markup.rich import Rich

Kind = Literal["text", "heading", "code", "table"]


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Where a part of the shown text comes from: from `shown` on it is the source from `at` on.

    `step` is how far the source goes on with each character; what stands for something else in the
    source, such as a line of a table for its row, is hardly any way in it.
    """

    shown: int
    at: float
    step: float = 1

    def source_of(self, place: int) -> float:
        """Give the place in the source of a place in the shown text."""
        return self.at + (place - self.shown) * self.step

    def place_of(self, source: float) -> int:
        """Give the place in the shown text of a place in the source."""
        return self.shown + round((source - self.at) / self.step)

    def moved(self, shown: int, at: int = 0) -> "Mark":
        """Give the mark for a text that has moved by so much, and its source too."""
        return replace(self, shown=self.shown + shown, at=self.at + at)


Marks = tuple[Mark, ...]
MADE: Final = 1e-6
"""The step of what is not in the source as it is shown."""
LITERAL: Final[Marks] = (Mark(0, 0),)
"""Of what is shown just as it is written."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A block without blocks in it, as it is shown.

    `first` and `end` are the source lines that it takes (the end is not included), `quote` the
    number of the quote in which it stands (0: none), `marks` tell where its characters come from,
    `joint` what stands before it where that is no line break of its own, `hrefs` where it links to,
    `defines` the address that it gives a name to.
    """

    rich: Rich
    first: int
    end: int
    kind: Kind = "text"
    quote: int = 0
    marks: Marks = LITERAL
    joint: str | None = None
    hrefs: frozenset[str] = frozenset()
    defines: str = ""

    def source_of(self, place: int) -> float:
        """Give where in the source a place of the text comes from."""
        mark = max((mark for mark in self.marks if mark.shown <= place), default=self.marks[0])
        return mark.source_of(place)

    def after(self, source: float) -> "Leaf":
        """Give what of this leaf comes from a place of the source and what follows it."""
        ends = [mark.shown for mark in self.marks[1:]] + [len(self.rich)]
        cut = 0
        for mark, end in zip(self.marks, ends, strict=True):
            if mark.at <= source:
                cut = min(mark.place_of(source), end)
        return self.rest(cut)

    def rest(self, place: int) -> "Leaf":
        """Give what of this leaf stands from a place of its text on."""
        begin = max((mark for mark in self.marks if mark.shown <= place), default=self.marks[0])
        later = [mark.moved(-place) for mark in self.marks if mark.shown > place]
        first = replace(begin, shown=0, at=begin.source_of(place))
        return replace(self, rich=self.rich[place:], marks=(first, *later), joint=None)
