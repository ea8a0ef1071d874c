"""What Telegram's clients find in a text on their own: mentions, commands, links, tags.

Pure. The patterns follow the comments in TDLib's `MessageEntity.cpp` (`match_mentions`,
`match_bot_commands`, `match_hashtags`), shortened where a sandbox needs no more: a link without a
scheme counts only under a few well-known top-level domains. All offsets are in UTF-16 code units.
"""

import re
from collections.abc import Sequence

from bot.sandbox.telegram.nesting import fixed, merged
from bot.sandbox.telegram.values import Entity

_PATTERNS = (
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,:;!?)\]]", re.IGNORECASE)),
    (
        "email",
        re.compile(
            r"(?<![\w.+-])[a-z0-9_.+-]{1,64}@(?:[a-z0-9](?:[a-z0-9_-]{0,28}[a-z0-9])?\.){1,6}"
            r"[a-z]{2,8}(?![\w@])",
            re.IGNORECASE,
        ),
    ),
    (
        "url",
        re.compile(
            r"(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|app|me|ai|info|edu|gov|ru|de|uk)"
            r"(?:/[^\s<>\"]*[^\s<>\".,:;!?)\]])?(?![\w@-])",
            re.IGNORECASE,
        ),
    ),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{4,32}(?!\w)")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
    ),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d])\w{1,256}(?![\w#])")),
)
"""Earlier patterns win where two would cover the same text."""

_DETECTED = frozenset({kind for kind, _ in _PATTERNS} | {"cashtag", "phone_number"})


def utf16_length(text: str) -> int:
    """Return the length of the text in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def detect(text: str) -> list[Entity]:
    """Return what is found in the text, by offset, nothing overlapping."""
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= other_start or start >= other_end for other_start, other_end, _ in found):
                found.append((start, end, kind))
    return [
        Entity(kind, utf16_length(text[:start]), utf16_length(text[start:end]))
        for start, end, kind in sorted(found)
    ]


def complete(text: str, given: Sequence[Entity]) -> tuple[Entity, ...]:
    """Return what stands of the given entities and those detected around them, in Telegram's order.

    What can be detected counts only where it is: given entities of these types are dropped.
    """
    return tuple(
        merged(fixed([each for each in given if each.type not in _DETECTED]), detect(text))
    )
