"""From a draft to the pages that should stand in the chat. Pure.

A page is what one Telegram message holds. Pages are a function of the text alone, and where a page
ends depends on nothing that comes after it: a page that has a successor never changes again.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.reply.draft import Draft

PAGE_LIMIT = 4096
"""Characters (code points) of one message; Telegram counts them after trimming."""

_SENTENCE_END = re.compile(r"[.!?…]['\"»”)\]]*\s|[。！？]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_JOINER = "\N{ZERO WIDTH JOINER}"
_LONGEST_GRAPHEME = 64
"""Characters; longer runs of combining marks are not writing, and are cut."""


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one Telegram message, already trimmed as Telegram trims it."""

    text: str


def view(draft: Draft) -> tuple[Page, ...]:
    """Give the pages that should stand in the chat for this draft; none if there is nothing yet."""
    body = legible(draft.text).strip()
    if draft.ending and draft.ending.note:
        body = f"{body}\n\n{draft.ending.note}" if body else draft.ending.note
    return tuple(Page(text) for text in split(body))


def legible(text: str) -> str:
    r"""Replace what Telegram cannot carry: NUL, `\r` and halves of surrogate pairs.

    Providers cut JSON strings anywhere, so the two halves of an emoji may arrive as two chunks;
    next to each other in the text they are that emoji again.
    """
    text = text.replace("\r", "").replace("\0", "\N{REPLACEMENT CHARACTER}")
    if _SURROGATE.search(text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def split(text: str, limit: int = PAGE_LIMIT) -> Iterator[str]:
    """Cut a text into parts of at most `limit` characters that together hold all its words."""
    rest = text.strip()
    while len(rest) > limit:
        cut = _best_cut(rest, limit)
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _best_cut(text: str, limit: int) -> int:
    """Find where to end the first part: after a paragraph, a line, a sentence, a word, a grapheme.

    A better kind of place is taken only in the second half, so that pages are not left half empty.
    """
    head = text[: limit + 1]
    for separator in ("\n\n", "\n"):
        cut = head.rfind(separator)
        if cut > limit // 2:
            return cut
    sentences = [match.end() for match in _SENTENCE_END.finditer(head, limit // 2)]
    if sentences and (cut := max(end for end in sentences if end <= limit + 1)) > limit // 2:
        return min(cut, limit)
    for cut in range(limit, limit // 2, -1):
        if text[cut].isspace():
            return cut
    return _grapheme_start(text, limit)


def _grapheme_start(text: str, cut: int) -> int:
    """Move a cut to the left until it is between two graphemes (or give up on hostile text)."""
    for place in range(cut, max(cut - _LONGEST_GRAPHEME, 0), -1):
        if not _joined(text, place):
            return place
    return cut


def _joined(text: str, place: int) -> bool:
    """Tell whether the characters on both sides of a place belong to one grapheme."""
    before, after = text[place - 1], text[place]
    if _is_flag_letter(before) and _is_flag_letter(after):
        run = 0
        while run < place and _is_flag_letter(text[place - 1 - run]):
            run += 1
        return run % 2 == 1
    return (
        _JOINER in (before, after)
        or unicodedata.category(after).startswith("M")
        or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}"
        <= after
        <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
    )


def _is_flag_letter(char: str) -> bool:
    return (
        "\N{REGIONAL INDICATOR SYMBOL LETTER A}" <= char <= "\N{REGIONAL INDICATOR SYMBOL LETTER Z}"
    )
