"""How entities may lie in one another, and what Telegram makes of those that lie otherwise.

Pure. After TDLib's `fix_entities` and what it is made of (`MessageEntity.cpp`). There are three
kinds: quotes, blocks (code, links, mentions) and styles. Quotes do not overlap, nor do blocks; of
two that do, the first stays. A block lies within a quote or outside of all. Styles of one kind that
touch become one; a style is split where it meets a border, and code has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.telegram.values import Entity

STYLES: Final = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES: Final = frozenset({"blockquote", "expandable_blockquote"})
CODE: Final = frozenset({"code", "pre"})
_RANK: Final = {"blockquote": 0, "expandable_blockquote": 0, "code": 20, "text_link": 49} | {
    style: 90 + place for place, style in enumerate(STYLES)
}
"""The order of entities that cover the same text; all others stand at 50."""


def fixed(entities: Sequence[Entity]) -> list[Entity]:
    """Return what stands of the entities, in Telegram's order."""
    ordered = _ordered(entities)
    return ordered if _are_well_nested(ordered) else _resplit(ordered, _standing(ordered))


def merged(entities: Sequence[Entity], found: Sequence[Entity]) -> list[Entity]:
    """Return fixed entities and those found in the text where the former leave room."""
    if not found:
        return list(entities)
    blocks = [each for each in entities if _is_block(each)]
    quotes = [each for each in entities if each.type in QUOTES]
    room = [
        each
        for each in found
        if not any(_overlap(each, block) for block in blocks) and _fits(each, quotes)
    ]
    return _resplit(entities, _ordered(quotes + blocks + room))


def limited(entities: Sequence[Entity], most: int) -> list[Entity]:
    """Return as many fixed entities as Telegram takes: quotes and blocks first, then styles.

    Styles count as they are without the borders of others. Custom emoji do not count.
    """
    emoji = [each for each in entities if each.type == "custom_emoji"]
    others = [each for each in entities if each.type not in STYLES and each.type != "custom_emoji"][
        :most
    ]
    styles = _split([each for each in entities if each.type in STYLES], [])
    return fixed([*emoji, *others, *styles[: most - len(others)]])


def _ordered(entities: Sequence[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda each: (each.offset, -each.length, _rank(each)))


def _rank(entity: Entity) -> int:
    if entity.type == "pre":
        return 10 if entity.language else 11
    return _RANK.get(entity.type, 50)


def _is_block(entity: Entity) -> bool:
    return entity.type not in STYLES and entity.type not in QUOTES


def _overlap(one: Entity, other: Entity) -> bool:
    return one.offset < other.end and other.offset < one.end


def _fits(block: Entity, quotes: Sequence[Entity]) -> bool:
    return all(
        not _overlap(block, quote) or (quote.offset <= block.offset and block.end <= quote.end)
        for quote in quotes
    )


def _standing(ordered: Sequence[Entity]) -> list[Entity]:
    """Return the quotes and blocks that stand."""
    quotes = _apart([each for each in ordered if each.type in QUOTES])
    blocks = _apart([each for each in ordered if _is_block(each)])
    return _ordered(quotes + [block for block in blocks if _fits(block, quotes)])


def _apart(ordered: Sequence[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in ordered:
        if not kept or entity.offset >= kept[-1].end:
            kept.append(entity)
    return kept


def _resplit(entities: Sequence[Entity], standing: Sequence[Entity]) -> list[Entity]:
    styles = [each for each in entities if each.type in STYLES]
    return _ordered([*standing, *_split(_ordered(styles), standing)])


def _are_well_nested(ordered: Sequence[Entity]) -> bool:
    around: list[Entity] = []
    ends: dict[str, int] = {}
    for entity in ordered:
        while around and entity.offset >= around[-1].end:
            around.pop()
        if around and not _may_hold(around, entity):
            return False
        if entity.type in STYLES:
            if ends.get(entity.type, -1) >= entity.offset:
                return False
            ends[entity.type] = entity.end
        around.append(entity)
    return True


def _may_hold(around: Sequence[Entity], entity: Entity) -> bool:
    inner = around[-1]
    if entity.end > inner.end or inner.type in CODE:
        return False
    if entity.type in STYLES:
        return inner.type not in STYLES or entity.offset == inner.offset
    return all(outer.type in QUOTES for outer in around) and entity.type not in QUOTES


@dataclass(slots=True)
class _Splitter:
    """Goes through the styles from left to right; `open` are those under way: start and end."""

    styles: Sequence[Entity]
    place: int = 0
    open: dict[str, tuple[int, int]] = field(default_factory=dict)
    pieces: list[Entity] = field(default_factory=list)

    def go_to(self, end: int) -> None:
        """Add the pieces that lie before `end`."""
        while self.place < len(self.styles) and self.styles[self.place].offset < end:
            style = self.styles[self.place]
            start, until = self.open.get(style.type, (style.offset, -1))
            if style.offset <= until:
                self.open[style.type] = start, max(until, style.end)
            else:
                self.cut(style.offset)
                self.open[style.type] = style.offset, style.end
            self.place += 1
        self.cut(end)

    def cut(self, at: int) -> None:
        """End here what is under way; what goes on begins anew."""
        for kind in STYLES:
            start, end = self.open.get(kind, (at, at))
            if start >= at:
                continue
            self.pieces.append(Entity(kind, start, min(end, at) - start))
            if end <= at:
                del self.open[kind]
            else:
                self.open[kind] = at, end


def _split(styles: Sequence[Entity], borders: Sequence[Entity]) -> list[Entity]:
    splitter = _Splitter(styles)
    around: list[Entity] = []
    far = max((each.end for each in (*styles, *borders)), default=0) + 1
    for border in (*borders, Entity("", far, 0)):
        while around and border.offset >= around[-1].end:
            inner, before = around.pop(), len(splitter.pieces)
            splitter.go_to(inner.end)
            if inner.type in CODE:
                del splitter.pieces[before:]
        splitter.go_to(border.offset)
        around.append(border)
    return _ordered(splitter.pieces)
