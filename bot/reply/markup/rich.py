"""Styled text: runs of characters that share their styles. Pure values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bot.reply.page import Entity, EntityType


@dataclass(frozen=True, slots=True)
class Style:
    """One entity's kind, without its place."""

    type: EntityType
    url: str = ""
    language: str = ""


Styles = frozenset[Style]
Run = tuple[str, Styles]
PLAIN: Final[Styles] = frozenset()
_QUOTES: Final = ("blockquote", "expandable_blockquote")


class Rich:
    """A text and its styles; never changes."""

    __slots__ = ("runs", "text")

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self.runs: Final = tuple(_joined(runs))
        self.text: Final = "".join([text for text, _ in self.runs])

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, part: slice) -> "Rich":
        return Rich(self._cut(*part.indices(len(self))[:2]))

    def _cut(self, start: int, stop: int) -> Iterator[Run]:
        place = 0
        for text, styles in self.runs:
            if place >= stop:
                return
            yield text[max(start - place, 0) : stop - place], styles
            place += len(text)

    def trimmed(self) -> "Rich":
        """Give the text without what Telegram trims, which is never the start of an entity.

        Its first line stays indented: by spaces that are not trimmed.
        """
        kept = self[: len(self.text.rstrip())]
        blank = len(kept.text) - len(kept.text.lstrip(" \n"))
        blank = min(blank, kept.unstyled())
        if not blank:
            return kept
        indent = blank - kept.text.rfind("\n", 0, blank) - 1
        return Rich([("\N{NO-BREAK SPACE}" * indent, PLAIN), *kept[blank:].runs])

    def unstyled(self) -> int:
        """Give how many characters at the start have no style."""
        text, styles = self.runs[0] if self.runs else ("", PLAIN)
        return 0 if styles else len(text)

    def with_style(self, style: Style) -> "Rich":
        """Give the same text, all of it in one style more."""
        return Rich((text, compatible((*styles, style))) for text, styles in self.runs)

    def entities(self) -> tuple[Entity, ...]:
        """Give the styles as Telegram takes them: merged where they adjoin, in order."""
        done: list[Entity] = []
        begun: dict[Style, int] = {}
        place = 0
        for text, styles in (*self.runs, ("", PLAIN)):
            for style in [style for style in begun if style not in styles]:
                start = begun.pop(style)
                done.append(Entity(style.type, start, place - start, style.url, style.language))
            for style in styles:
                begun.setdefault(style, place)
            place += len(text) + sum(char > "\uffff" for char in text)
        return tuple(sorted(done, key=_order))


def _order(entity: Entity) -> tuple[int, int, bool, str]:
    return entity.offset, -entity.length, entity.type not in _QUOTES, entity.type


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Leave out what is empty and join neighbours of the same style."""
    parts: list[str] = []
    before = PLAIN
    for text, styles in runs:
        if not text:
            continue
        if styles != before and parts:
            yield "".join(parts), before
            parts = []
        parts.append(text)
        before = styles
    if parts:
        yield "".join(parts), before


def compatible(styles: Iterable[Style]) -> Styles:
    """Leave out what Telegram does not take together.

    Code shares its characters with nothing but a quote; where code is a link the link stays, for
    it holds what the text does not.
    """
    kept = frozenset(styles)
    types = {style.type for style in kept}
    if "pre" in types:
        return frozenset(style for style in kept if style.type in ("pre", *_QUOTES))
    if "code" in types and "text_link" in types:
        return frozenset(style for style in kept if style.type != "code")
    if "code" in types:
        return frozenset(style for style in kept if style.type in ("code", *_QUOTES))
    return kept


def weight(styles: Styles) -> int:
    """Give about how many bytes a run's entities take on the wire."""
    return sum(20 + len(style.url.encode()) + len(style.language) for style in styles)
