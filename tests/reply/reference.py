"""What markdown-it-py itself makes of a text: the yardstick for words and styles."""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.reply.page import File, Message, Page
from bot.reply.view import legible

Styled = tuple[str, frozenset[str]]
_WORD = re.compile(r"[^\W\d_]+|\d+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_TASK = re.compile(r"\[[ xX]\]\s")
_EXTENDED = re.compile(r"\$|\\[(\[]|<[a-zA-Z/]|\|\||\[\^|!\[|\[[ xX]\]|://|\]\(|\]:|<\w+@")
"""What we read otherwise than markdown-it-py, or show otherwise: formulas, tags, links …"""
_STYLES = {"strong": "bold", "em": "italic", "s": "strikethrough"}
_COMPARED = {"bold", "italic", "strikethrough", "code", "pre", "quote"}
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable(
    ["table", "strikethrough"]
)


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph in pieces of one style each; `styles` is empty where they cannot be compared."""

    pieces: tuple[str, ...]
    styles: tuple[frozenset[str], ...]


def words(text: str) -> list[str]:
    """Give the words of a text, as compatible characters read (`₂` as `2`)."""
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def lost_words(text: str, pages: Sequence[Message]) -> Counter[str]:
    """Count the words that markdown-it-py finds in a source and that are on no page.

    HTML tags and the boxes of tasks are no words. Where a style begins inside a word there are
    several ways to read it; if one of them loses nothing, nothing is lost.
    """
    shown = _shown_words(pages)
    parts = [part.pieces for part in _parts(text)]
    wholes = ["".join(pieces) for pieces in parts]
    ways = (
        [_without_tags(whole, " ") for whole in wholes],
        [_without_tags(whole, "") for whole in wholes],
        [_without_tags(piece, " ") for pieces in parts for piece in pieces],
    )
    lost = [Counter(words("\n".join(way))) - shown for way in ways]
    return lost[0] if all(lost) else Counter()


def lost_characters(text: str, pages: Sequence[Message]) -> Counter[str]:
    """Count the letters and digits of a source that are on no page, wherever words begin."""
    source = "".join(_without_tags("".join(part.pieces), " ") for part in _parts(text))
    return _characters(source) - _characters("\n".join(_shown_texts(pages)))


def _characters(text: str) -> Counter[str]:
    return Counter("".join(words(text)))


def _shown_texts(pages: Iterable[Message]) -> Iterator[str]:
    """Give what is on the pages, and the addresses and languages of their entities."""
    for page in pages:
        if isinstance(page, Page):
            yield page.text
            yield from (extra for one in page.entities for extra in (one.url, one.language))


def _without_tags(text: str, stead: str) -> str:
    return _TAG.sub(stead, _TASK.sub(" ", text))


def _shown_words(pages: Iterable[Message]) -> Counter[str]:
    """Count the words on pages, those of addresses and languages included."""
    texts = [page for page in pages if isinstance(page, Page)]
    apart = Counter(words("\n".join(_shown_texts(pages))))
    together = Counter(words("".join(page.text for page in texts)))
    pieces = Counter(word for page in texts for word, _ in _styled(page))
    return apart | together | pieces


def source_styles(text: str) -> Counter[Styled]:
    """Count the pieces of words with their styles where they can be compared."""
    return Counter(
        (word, styles)
        for part in _parts(text)
        for piece, styles in zip(part.pieces, part.styles, strict=False)
        for word in words(piece)
    )


def shown_styles(pages: Iterable[Message]) -> Counter[Styled]:
    """Count the pieces of words on pages with their styles."""
    return Counter(found for page in pages if not isinstance(page, File) for found in _styled(page))


def _styled(page: Page) -> Iterator[Styled]:
    units = page.text.encode("utf-16-le")
    borders = {0, len(units) // 2}
    for one in page.entities:
        borders |= {one.offset, one.offset + one.length}
    places = sorted(borders)
    for start, end in itertools.pairwise(places):
        types = {e.type for e in page.entities if e.offset <= start < e.offset + e.length}
        styles = {"quote" if one.endswith("blockquote") else one for one in types} & _COMPARED
        for word in words(units[2 * start : 2 * end].decode("utf-16-le")):
            yield word, frozenset(styles)


def _parts(text: str) -> Iterator[Part]:
    quotes = 0
    heading: set[str] = set()
    cell = False
    for token in _PARSER.parse(legible(text)):
        quote = {"quote"} if quotes else set()
        match token.type:
            case "blockquote_open":
                quotes += 1
            case "blockquote_close":
                quotes -= 1
            case "heading_open":
                heading = {"bold"} if token.tag in ("h1", "h2") else {"bold", "italic"}
            case "heading_close":
                heading = set()
            case "th_open" | "td_open":
                cell = True
            case "th_close" | "td_close":
                cell = False
            case "fence" | "code_block":
                yield Part((token.content,), (frozenset({"pre"} | quote),))
            case "inline":
                found = list(_inline(token.children or [], heading | quote))
                comparable = not cell and not _EXTENDED.search(token.content)
                styles = tuple(styles for _, styles in found if comparable)
                yield Part(tuple(text for text, _ in found), styles)


def _inline(tokens: Iterable[Token], around: set[str]) -> Iterator[Styled]:
    open_styles: list[str] = []
    for token in tokens:
        kind, _, edge = token.type.rpartition("_")
        if kind in _STYLES:
            if edge == "open":
                open_styles.append(_STYLES[kind])
            else:
                open_styles.remove(_STYLES[kind])
            continue
        styles = {*open_styles, *around}
        if token.type == "code_inline":
            styles = {"code"} | (styles & {"quote"})
        yield _text(token), frozenset(styles)


def _text(token: Token) -> str:
    if token.type == "image":
        return "".join(map(_text, token.children or ()))
    return "\n" if token.type.endswith("break") else token.content
