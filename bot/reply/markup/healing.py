"""Showing a text that is still being written as if what is open were closed already.

A frame then looks as the final text most likely will: bold from its first letter on, a link without
its half address, no mark that is about to vanish. Only the end of the text is treated so, and only
within bounds; the final text is read as it is.
"""

import re
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from bot.reply.markup.dialect import dialect

OPEN_MARKS: Final = 8
"""So many open marks are closed, the last ones; `**` is two."""
LONGEST_CODE: Final = 400
"""Characters of inline code or of a link's text that are believed to be open still."""
MOST_HIDDEN: Final = 80
"""No frame hides more characters than these of what has come."""

_MOST_LAST_MARKS: Final = 8
_LAST_MARKS: Final = re.compile(r"(?:[*_~|`\\$]{1,3}|!?\[|</?)$")
_LAST_LINE: Final = re.compile(
    r"(?:^|(?<=\n))(?P<indent>(?:[ \t]*>)*[ \t]*)"
    r"(?:#{1,6}|[-+*_=~`]{1,3}|-{3,40}|={3,40}"
    r"|(?:[-+*]|\d{1,9}[.)])[ \t]+(?:[*_~`|]{0,3}|\[[ xX]?\]?)"
    r"|>|[ \t:|-]{1,78}|\\\[|\\)[ \t]*$"
)
_HALF_LINK: Final = re.compile(
    r"(!?)\[((?:[^\[\]\n\\]|\\.){0,400})(?:\](?:\((<?[^()\s<>]*(?:\([^()\s<>]*(?:\)[^()\s<>]*)?)*>?"
    r"(?:\s+[\"'(]?[^\"'()\n]*[\"')]?)?)|\[[^\[\]\n]{0,80})?)?$"
)
_HALF_TAG: Final = re.compile(r"</?[a-zA-Z][a-zA-Z-]{0,12}(?:\s[^<>\n]{0,60})?$")
_HALF_AUTOLINK: Final = re.compile(r"<(?=https?:[^\s<>]*$)")
_TABLE_HEAD: Final = re.compile(r"(\|[^\n]*)(?:\n[|: \t-]*)?")
_PIPE: Final = re.compile(r"(?<!\\)\|")


def healing_dialect() -> MarkdownIt:
    """Make a parser which closes what is open at the end of each text."""
    md = dialect()
    md.inline.ruler.before("backticks", "half_code", _half_code)
    md.inline.ruler.before("footnote", "half_link", _half_link)
    md.inline.ruler.before("tag", "half_tag", _half_tag)
    md.inline.ruler2.after("balance_pairs", "open_marks", _open_marks)
    return md


def without_half_marks(content: str) -> str:
    """Leave out the marks at the very end of a paragraph: the next letter tells what they are."""
    for _ in range(_MOST_LAST_MARKS):
        match = _LAST_MARKS.search(content, max(len(content) - 3, 0))
        if not match:
            break
        content = content[: match.start()]
    return content


def without_half_line(source: str) -> str:
    """Leave out a last line of marks only, which may become a list, a rule, a heading or a fence.

    The head of a table is a table already, before the line below it says so.
    """
    start = source.rfind("\n") + 1
    if len(source) - start > MOST_HIDDEN:
        return source
    match = _LAST_LINE.search(source, start)
    return source[: match.end("indent")].rstrip(" \t>") if match else source


def complete_table(tokens: list[Token], md: MarkdownIt, env: dict[str, Any]) -> None:
    """Make a table of a last paragraph that is the head of one, as the next line will say."""
    index = max((i for i, token in enumerate(tokens) if token.type == "inline"), default=0)
    opening = tokens[index - 1] if index else None
    if opening is None or opening.type != "paragraph_open":
        return
    head = _table_head(tokens[index].content)
    if head is None:
        return
    table = md.block.parse(head, md, env, []) or []
    for token in table:
        token.level += opening.level
        token.map = opening.map if token.map else None
    tokens[index - 1 : index + 2] = table


def _table_head(content: str) -> str | None:
    """Complete the head of a table (the whole content of a paragraph); `None`: it is none."""
    match = _TABLE_HEAD.fullmatch(content)
    if not match or "|" not in match[1].strip(" |"):
        return None
    head = match[1].strip().removesuffix("\\")
    head = head if head.endswith("|") else head + "|"
    return f"{head}\n{'|-' * (len(_PIPE.findall(head)) - 1)}|"


def _half_code(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    """Take what follows a run of backticks without a counterpart as code."""
    src, start = state.src, state.pos
    if src[start] != "`" or silent or state.posMax != len(src):
        return False
    if len(src) - start > LONGEST_CODE or src[start - 1 : start] in ("`", "\\"):
        return False
    content = src[start:].lstrip("`")
    marker = src[start : len(src) - len(content)]
    if not content.strip() or "\n" in content or marker in re.findall("`+", content):
        return False
    token = state.push("code_inline", "code", 0)
    token.markup, token.content = marker, content.lstrip().rstrip("`")
    state.pos = state.posMax
    return True


def _half_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Show the text of a link whose address is not complete; of a long address its beginning."""
    src = state.src
    at = state.pos
    if src[at] not in "[!" or silent or state.posMax != len(src):
        return False
    match = _HALF_LINK.match(src, at)
    if not match or src[at + 1 : at + 2] == "^" or (src[at] == "[" and src[at - 1 : at].isalnum()):
        return False
    state.pos = at + len(match[1]) + 1
    state.posMax = state.pos + len(match[2])
    state.md.inline.tokenize(state)
    if state.pending:
        state.pushPending()
    state.posMax = len(src)
    url = match[3] or ""
    if len(url) > MOST_HIDDEN - 10:
        state.pos = match.start(3)
        state.push("text", "", 0).content = f" ({url}"
    state.pos = state.posMax
    return True


def _half_tag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Hide a tag that is not complete, and the sign before a half address."""
    if state.src[state.pos] != "<" or state.posMax != len(state.src):
        return False
    match = _HALF_TAG.match(state.src, state.pos) or _HALF_AUTOLINK.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        state.push("text_special", "", 0)
    state.pos = match.end()
    return True


def _open_marks(state: StateInline) -> None:
    """Give the last open marks a counterpart at the end of the text."""
    delimiters = state.delimiters
    enclosed = 0
    opened: list[int] = []
    for index, one in enumerate(delimiters):
        if one.end >= 0:
            enclosed = max(enclosed, one.end)
        elif one.open and index >= enclosed:
            opened.append(index)
    for index in reversed(opened[-OPEN_MARKS:]):
        opener = delimiters[index]
        state.push("text", "", 0)
        delimiters.append(
            Delimiter(opener.marker, opener.length, len(state.tokens) - 1, -1, False, True)
        )
        opener.end = len(delimiters) - 1
        opener.close = False
