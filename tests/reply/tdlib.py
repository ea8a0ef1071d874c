"""What Telegram makes of a page, told offline by TDLib, the library its bot server is built on.

TDLib checks a text and its entities in `fix_formatted_text`. `parseMarkdown` is the way to it that
needs no account; as it also reads Markdown marks in the text, these go in as other characters and
come back. It leaves out the trimming, which is done here as `fix_formatted_text` does it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import NotRequired, TypedDict, cast

import tdjson

from bot.reply.page import ENTITY_LIMIT, PAGE_LIMIT, Entity, EntityType, Page

MARKS = "*_~|`["
"""The characters with which the marks of `parseMarkdown` begin."""
PRIVATE_USE = range(0xE000, 0xF900)
"""Code points without a meaning for TDLib, one UTF-16 code unit each."""
BYTES_LIMIT = 32768
"""TDLib silently cuts what is longer than 35,000; nothing near it fits a message."""
BLANK = " \n"
"""What is trimmed; TDLib has made spaces of tabs and control characters before."""
UNSEEN = frozenset(
    "\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u200c\u200d\u200e\u200f\u202f\u205f\u2800\u3000\ufeff\ufffc",
) | frozenset(map(chr, range(0xE0000, 0xE0080)))
"""What makes no message alone or with `BLANK`: TDLib's `is_empty_string`."""
TYPES: Mapping[EntityType, str] = {
    "bold": "textEntityTypeBold",
    "italic": "textEntityTypeItalic",
    "underline": "textEntityTypeUnderline",
    "strikethrough": "textEntityTypeStrikethrough",
    "spoiler": "textEntityTypeSpoiler",
    "code": "textEntityTypeCode",
    "pre": "textEntityTypePre",
    "text_link": "textEntityTypeTextUrl",
    "blockquote": "textEntityTypeBlockQuote",
    "expandable_blockquote": "textEntityTypeExpandableBlockQuote",
}
PRE_WITH_LANGUAGE = "textEntityTypePreCode"
NAMES: Mapping[str, EntityType] = {
    **{type_: name for name, type_ in TYPES.items()},
    PRE_WITH_LANGUAGE: "pre",
}
FUSING: frozenset[EntityType] = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler"},
)
"""The styles of which two that touch are one."""

Style = tuple[EntityType, str]
"""A style, and the URL or the language that belongs to it."""


class Refused(Exception):  # noqa: N818 (it is an answer, not a fault)
    """Telegram would not take this message; says why."""


class _TextEntity(TypedDict):
    offset: int
    length: int
    type: dict[str, str]


class _Answer(TypedDict):
    message: NotRequired[str]
    text: NotRequired[str]
    entities: NotRequired[list[_TextEntity]]


def accepted(page: Page) -> Page:
    """Give what Telegram would show, or raise `Refused`.

    Stricter than Telegram: an entity beyond `ENTITY_LIMIT`, counted as given and as TDLib splits
    them at each other's borders, is refused, where Telegram would silently drop it. A link to
    `tg://user?id=…` is dropped: it becomes a mention, which a page cannot express. Links, mentions
    and commands that Telegram finds by itself are not shown.
    """
    if len(page.text.encode(errors="surrogatepass")) > BYTES_LIMIT:
        raise Refused("Text is too long")
    shown = _trimmed(_fixed(page))
    if all(character in UNSEEN or character in BLANK for character in shown.text):
        raise Refused("Text must be non-empty")
    if len(shown.text) > PAGE_LIMIT:
        raise Refused("Message is too long")
    if max(len(page.entities), len(shown.entities)) > ENTITY_LIMIT:
        raise Refused("Too many entities")
    return shown


def found(text: str) -> list[tuple[str, int, int]]:
    """Give what Telegram finds in a text by itself: its kind, and where it begins and ends.

    Links, mentions, commands and more; in UTF-16 code units.
    """
    _be_quiet()
    answer = tdjson.td_execute(json.dumps({"@type": "getTextEntities", "text": text}).encode())
    assert answer is not None
    entities = cast("list[_TextEntity]", json.loads(answer)["entities"])
    return [
        (one["type"]["@type"], one["offset"], one["offset"] + one["length"]) for one in entities
    ]


def normal(page: Page) -> Page:
    """Write the entities in the one way that all equal ones share.

    They are sorted, touching or nested ones of a style become one (but for code, links and quotes,
    which Telegram keeps apart), and URLs are written as TDLib writes them.
    """
    entities = [replace(entity, url=canonical(entity.url)) for entity in page.entities]
    alone = [entity for entity in entities if entity.type not in FUSING]
    fused = _fused(entity for entity in entities if entity.type in FUSING)
    return replace(page, entities=tuple(sorted([*alone, *fused], key=_order)))


def styles(page: Page) -> list[frozenset[Style]]:
    """Give the styles of each character that is not white space, in the order of the text."""
    borders = defaultdict[int, list[Entity]](list)
    for entity in page.entities:
        borders[entity.offset].append(entity)
        borders[entity.offset + entity.length].append(entity)
    worn: list[frozenset[Style]] = []
    current = frozenset[Style]()
    unit = 0
    for character in page.text:
        if unit in borders:
            current = _styles_at(unit, page.entities)
        if not character.isspace():
            worn.append(current)
        unit += 1 + (character > "\uffff")
    return worn


def same(page: Page, other: Page) -> bool:
    """Tell whether both have one text, and each of its seen characters the same styles."""
    return page.text == other.text and (
        page.entities == other.entities or styles(page) == styles(other)
    )


@lru_cache(maxsize=4096)
def canonical(url: str) -> str:
    """Write a URL as TDLib does (host in small letters, a path, no spaces), if it takes it."""
    if not url:
        return url
    try:
        (entity,) = _fixed(Page("x", (Entity("text_link", 0, 1, url=url),))).entities
    except (Refused, ValueError):
        return url
    return entity.url


def _fixed(page: Page) -> Page:
    """Give the page after TDLib's `fix_formatted_text`, yet untrimmed."""
    free = (chr(code) for code in PRIVATE_USE if chr(code) not in page.text)
    disguise = dict(zip(MARKS, free, strict=False))
    text = _replaced(page.text, disguise.items())
    answer = _parse_markdown(text, [_told(entity) for entity in page.entities])
    if "text" not in answer:
        raise Refused(answer.get("message", ""))
    marks = ((stand_in, mark) for mark, stand_in in disguise.items())
    entities = tuple(_heard(answer.get("entities", [])))
    return replace(page, text=_replaced(answer["text"], marks), entities=entities)


def _replaced(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _trimmed(page: Page) -> Page:
    """Cut white space off both ends; at the start, only what stands before any entity."""
    text = page.text.rstrip(BLANK)
    end = _units(text)
    left = [entity for entity in page.entities if entity.offset < end]
    begin = min([len(text) - len(text.lstrip(BLANK)), *(entity.offset for entity in left)])
    entities = (
        replace(one, offset=one.offset - begin, length=min(one.length, end - one.offset))
        for one in left
    )
    return replace(page, text=text[begin:], entities=tuple(entities))


def _parse_markdown(text: str, entities: list[_TextEntity]) -> _Answer:
    _be_quiet()
    request = {"@type": "parseMarkdown", "text": {"text": text, "entities": entities}}
    answer = tdjson.td_execute(json.dumps(request).encode())
    assert answer is not None
    return cast("_Answer", json.loads(answer))


@cache
def _be_quiet() -> None:
    tdjson.td_execute(b'{"@type":"setLogVerbosityLevel","new_verbosity_level":0}')


def _told(entity: Entity) -> _TextEntity:
    kind = {"@type": TYPES[entity.type]}
    if entity.type == "text_link":
        kind["url"] = entity.url
    elif entity.language:
        kind = {"@type": PRE_WITH_LANGUAGE, "language": entity.language}
    return {"offset": entity.offset, "length": entity.length, "type": kind}


def _heard(entities: Iterable[_TextEntity]) -> Iterator[Entity]:
    for entity in entities:
        kind = entity["type"]
        if name := NAMES.get(kind["@type"]):
            url, language = kind.get("url", ""), kind.get("language", "")
            yield Entity(name, entity["offset"], entity["length"], url=url, language=language)


def _fused(entities: Iterable[Entity]) -> Iterator[Entity]:
    last: Entity | None = None
    for entity in sorted(entities, key=lambda one: (one.type, one.offset)):
        if last and last.type == entity.type and entity.offset <= last.offset + last.length:
            end = max(last.offset + last.length, entity.offset + entity.length)
            last = replace(last, length=end - last.offset)
            continue
        if last:
            yield last
        last = entity
    if last:
        yield last


def _order(entity: Entity) -> tuple[int, int, str, str]:
    return entity.offset, -entity.length, entity.type, entity.url + entity.language


def _styles_at(unit: int, entities: Iterable[Entity]) -> frozenset[Style]:
    return frozenset(
        (one.type, canonical(one.url) or one.language)
        for one in entities
        if one.offset <= unit < one.offset + one.length
    )


def _units(text: str) -> int:
    """Count UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
