"""Where a text that is too long is cut. Pure.

Where the cut is depends on nothing that comes more than a character after it.
"""

import re
import unicodedata
from typing import Final

_SENTENCE_END: Final = re.compile(r"[.!?…]['\"»”)\]]*\s|[。！？]")
_JOINER: Final = "\N{ZERO WIDTH JOINER}"
_LONGEST_GRAPHEME: Final = 64
"""Characters; longer runs of combining marks are not writing, and are cut."""


def best_cut(text: str, limit: int, *, code: bool = False) -> int:
    """Find where to end the first part: after a paragraph, a line, a sentence, a word, a grapheme.

    A better kind of place is taken only in the second half, so that pages are not left half empty.
    """
    head = text[: limit + 1]
    for separator in ("\n\n", "\n"):
        cut = head.rfind(separator)
        if cut > limit // 2:
            return cut
    if code and (cut := head.rfind("\n")) > 0:
        return cut
    sentences = [match.end() for match in _SENTENCE_END.finditer(head, limit // 2)]
    if sentences and (cut := max(end for end in sentences if end <= limit + 1)) > limit // 2:
        return min(cut, limit)
    for cut in range(min(limit, len(text) - 1), limit // 2, -1):
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
