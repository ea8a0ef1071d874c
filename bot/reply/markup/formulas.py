r"""Formulas as models write them: `\(…\)`, `\[…\]`, `$$…$$` and `$…$`; rules for markdown-it-py.

They are read before Markdown's escapes and emphasis, which would take their backslashes and
underscores.
"""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

GROWING: Final = "growing"
"""Key of `env` that says the text is still being written: a formula may end later."""

_MATH: Final = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_FORMULA: Final = re.compile(r"[\\^_=+<>{}|/*−×·-]|^[\d.,]+$|^[^\W\d]\w{0,2}'*(?:\(.*\))?$")
_LONGEST_FORMULA: Final = 1000
"""Characters of a formula whose end has not come yet."""


def with_formulas(md: MarkdownIt) -> None:
    """Let a parser read formulas."""
    md.inline.ruler.before("escape", "math", _math)
    md.block.ruler.before(
        "fence", "math", _math_block, {"alt": ["paragraph", "blockquote", "list"]}
    )


def _math(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    r"""Take `\(…\)`, `\[…\]`, `$$…$$` and `$…$`, but not `$5 and $10`."""
    opening = state.src[state.pos : state.pos + 2]
    closing = _MATH.get(opening) or ("$" if opening[0] == "$" else "")
    if not closing:
        return False
    if closing == "$":
        opening = "$"
    start = state.pos + len(opening)
    end = state.src.find(closing, start, state.posMax)
    open_still = state.env.get(GROWING) and state.posMax == len(state.src)
    if end < 0 and open_still and closing != "$" and state.posMax - start < _LONGEST_FORMULA:
        end = after = state.posMax
    else:
        after = end + len(closing)
    content = state.src[start:end] if end > start else ""
    if not content.strip() or "\n\n" in content or (closing == "$" and not _in_dollars(state, end)):
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = content, opening
    state.pos = after
    return True


def _in_dollars(state: StateInline, end: int) -> bool:
    """Tell whether what stands between two single dollars is a formula.

    Pandoc's rule, and it must look like one: a sign of mathematics, a number, or a short name.
    """
    content = state.src[state.pos + 1 : end]
    first, last = content[0], content[-1]
    before, after = state.src[: state.pos][-1:], state.src[end + 1 : end + 2]
    return not (
        first.isspace()
        or last.isspace()
        or last == "\\"
        or after.isalnum()
        or before.isalnum()
        or before in ("$", "\\")
        or "\n" in content
        or not _FORMULA.search(content)
    )


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    r"""Take the lines from `$$` or `\[` to its counterpart at a line's end, none of them blank."""
    begin, stop = state.bMarks[start] + state.tShift[start], state.eMarks[start]
    opening = state.src[begin : begin + 2]
    closing = _MATH.get(opening)
    if not closing or opening == "\\(" or state.is_code_block(start):
        return False
    line, rest = start, state.src[begin + 2 : stop]
    while not rest.rstrip().endswith(closing):
        line += 1
        if line >= end or state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            so_far = state.eMarks[min(line, end) - 1] - begin
            if line >= end and state.env.get(GROWING) and so_far < _LONGEST_FORMULA:
                break
            return False
        rest = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    if silent:
        return True
    content = state.getLines(start, min(line + 1, end), state.sCount[start], keepLastLF=False)
    token = state.push("math_block", "math", 0)
    token.content = content.strip()[2:].removesuffix(closing).strip("\n ")
    token.map = [start, min(line + 1, end)]
    token.block = True
    state.line = min(line + 1, end)
    return True
