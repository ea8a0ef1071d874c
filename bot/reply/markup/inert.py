r"""What Telegram would make something of by itself is shown as code, where it does not. Pure.

Telegram's servers find `@names` in whatever a bot writes, and notify the people of the group who
bear them; and apps let `/commands` in it be sent by a tap, in the name of whoever taps. A model
must be able to do neither. Code is how people write both anyhow; it can be copied as it is, which
is not so of a name with an invisible character inside.

What is found follows TDLib's `find_mentions` and `find_bot_commands`, whose word characters are
those of Python's `\\w`. What touches code or a link is found no more.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.reply.markup.leaf import Leaf
from bot.reply.markup.rich import Rich, Run, Style, compatible

_CODE: Final = Style("code")
_DEAD: Final = ("code", "pre", "text_link")
_URL: Final = (
    r"(?<!\S)\(?(?:https?://(?:[a-z0-9]{1,60}[.-]){1,8}[a-z]{2,24}|(?:www\.)?[a-z0-9]{2,60}\.com)"
    r"/[A-Za-z0-9._~/@-]*"
)
"""Addresses that Telegram is sure to make links of: in these there is nothing else to be found."""
_FOUND: Final = re.compile(
    rf"(?P<url>{_URL})"
    r"|(?<!\w)@[A-Za-z0-9_]{2,}"
    r"|(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]*)?(?![\w/<>])"
)
_BEGUN: Final = re.compile(_FOUND.pattern + r"|(?<!\w)@[A-Za-z0-9_]?\Z|(?<![\w/<>])/\Z")
"""The same in a text that another one follows without a gap."""


def inert(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Give the leaves with their mentions and commands as code."""
    followed = [leaf.joint == "" for leaf in leaves[1:]]
    return [
        _inert(leaf, _BEGUN if is_followed else _FOUND)
        for leaf, is_followed in zip(leaves, [*followed, False], strict=False)
    ]


def _inert(leaf: Leaf, pattern: re.Pattern[str]) -> Leaf:
    matches = pattern.finditer(leaf.rich.text)
    found = [match.span() for match in matches if match["url"] is None]
    return replace(leaf, rich=Rich(_with_code(leaf.rich, found))) if found else leaf


def _with_code(rich: Rich, places: Sequence[tuple[int, int]]) -> Iterator[Run]:
    done = 0
    for start, end in places:
        yield from rich[done:start].runs
        for text, styles in rich[start:end].runs:
            is_dead = any(style.type in _DEAD for style in styles)
            yield text, styles if is_dead else compatible((*styles, _CODE))
        done = end
    yield from rich[done:].runs
