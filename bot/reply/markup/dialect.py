"""What counts as Markdown: CommonMark with tables and strikethrough, and what models add to it.

Added are `||spoilers||`, formulas, footnotes, a few HTML tags, and plain addresses, whose
underscores and asterisks are no marks. Raw HTML is text.
"""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock, paragraph, reference, table
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

NESTING: Final = 100
"""Blocks nested deeper are dropped by markdown-it-py without a word."""
GROWING: Final = "growing"
"""Key of `env` that says the text is still being written."""

_TAG: Final = re.compile(
    r"<(/?)(b|strong|i|em|u|ins|s|del|strike|code|kbd|samp|tt|var|cite|dfn|mark|small|big|sub|sup|q|"
    r"span|div|p|font|center|details|summary|br|hr|a|abbr|tg-spoiler)"
    r"((?:\s+[a-z-]+(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=]+))?)*)\s*/?>",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]:", re.DOTALL)
_FOOTNOTE: Final = re.compile(r"\[\^([^\[\]\s^]{1,40})\]")
_URL: Final = re.compile(r"://[^\s<>\[\]{}|\"`\\^\u3000-\u303f\uff00-\uff65]+")
_URL_ENDS: Final = "?!.,:;*_~'\""
_SCHEME: Final = re.compile(r"(?:^|[^a-z0-9])https?$", re.IGNORECASE)
_MATH: Final = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_FORMULA: Final = re.compile(r"[\\^_=+<>{}|/*−×·-]|^[\d.,]+$|^[^\W\d]\w{0,2}'*(?:\(.*\))?$")
_LONGEST_FORMULA: Final = 1000
"""Characters of a formula whose end has not come yet."""
_PIPE: Final = ord("|")


def dialect() -> MarkdownIt:
    """Make a parser."""
    md = MarkdownIt("commonmark", {"maxNesting": NESTING, "html": False})
    md.enable(["table", "strikethrough"])
    md.disable(["html_block", "html_inline"])
    md.inline.ruler2.disable(["fragments_join"])  # each text token knows where it stands
    setattr(md, "validateLink", _any_link)  # noqa: B010 (`links` decides, and loses nothing)
    md.inline.add_terminator_char("|")
    md.inline.ruler.before("escape", "math", _math)
    md.inline.ruler.before("strikethrough", "spoiler", _spoiler)
    md.inline.ruler2.after("balance_pairs", "spoiler", _spoilers)
    md.inline.ruler.before("link", "bracket", _bracket)
    md.inline.ruler.before("bracket", "footnote", _footnote)
    md.inline.ruler.before("autolink", "tag", _tag)
    md.inline.ruler.after("text", "url", _url)
    md.block.ruler.before(
        "fence", "math", _math_block, {"alt": ["paragraph", "blockquote", "list"]}
    )
    md.block.ruler.before("reference", "footnote", _footnote_text)
    md.block.ruler.at("reference", _definition)
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    return md


def _any_link(_url: str) -> bool:
    return True


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


def _spoiler(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if silent or not state.src.startswith("||", state.pos):
        return False
    scanned = state.scanDelims(state.pos, canSplitWord=False)
    state.push("text", "", 0).content = "|" * scanned.length
    if scanned.length == 2:
        state.delimiters.append(
            Delimiter(_PIPE, 0, len(state.tokens) - 1, -1, scanned.can_open, scanned.can_close)
        )
    state.pos += scanned.length
    return True


def _spoilers(state: StateInline) -> None:
    metas = [meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta]
    for delimiters in (state.delimiters, *metas):
        for opener in delimiters:
            if opener.marker == _PIPE and opener.end >= 0:
                closer = delimiters[opener.end]
                for place, kind in (
                    (opener.token, "spoiler_open"),
                    (closer.token, "spoiler_close"),
                ):
                    state.tokens[place].type = kind
                    state.tokens[place].content = ""


def _bracket(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Take a bracket that is never closed as one, before it is sought as a link in many ways."""
    if state.src[state.pos] != "[" or state.src.find("]", state.pos, state.posMax) >= 0:
        return False
    if not silent:
        state.append_pending("[")
    state.pos += 1
    return True


def _footnote(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    match = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("text_special", "", 0).content = f"[{match[1]}]"
    state.pos = match.end()
    return True


def _footnote_text(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Keep the text of a footnote where it is: `[^1]: word` is no definition of a link."""
    begin = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not _FOOTNOTE.match(state.src, begin):
        return False
    last = state.lineMax
    for line in range(start + 1, end):
        if state.src.startswith("[", state.bMarks[line] + state.tShift[line]):
            state.lineMax = line
            break
    try:
        return paragraph(state, start, end, silent)
    finally:
        state.lineMax = last


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Leave a token where a link is defined: what is not used as one is shown as text."""
    if not reference(state, start, end, silent):
        return False
    token = state.push("definition", "", 0)
    token.map = [start, state.line]
    token.content = state.getLines(start, state.line, state.blkIndent, keepLastLF=False).strip()
    if label := _LABEL.match(token.content):
        known = state.env["references"].get(normalizeReference(label[1]))
        token.info = known["href"] if known else ""
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Keep what a row holds beyond the head's last column, as `meta["beyond"]` of its token."""
    before = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    rows = [token for token in state.tokens[before:] if token.type == "tr_open" and token.map]
    columns = sum(token.type == "th_open" for token in state.tokens[before:])
    for row in rows[1:]:
        line = row.map[0] if row.map else start
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
        cells = escapedSplit(text.removeprefix("|").removesuffix("|"))
        row.meta["beyond"] = " | ".join(cell.strip() for cell in cells[columns:])
    return True


def _tag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    match = _TAG.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        token = state.push("html_tag", match[2].lower(), 0)
        token.content, token.info = match[0], match[3]
        token.meta["closes"] = bool(match[1])
    state.pos = match.end()
    return True


def _url(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Take a plain address as it is; Telegram's apps make a link of it."""
    if state.src[state.pos] != ":" or not _SCHEME.search(state.src[: state.pos][-8:]):
        return False
    match = _URL.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    url = match[0].rstrip(_URL_ENDS)
    while url.endswith(")") and url.count("(") < url.count(")"):
        url = url[:-1].rstrip(_URL_ENDS)
    if len(url) <= 3:
        return False
    if not silent:
        state.append_pending(url)
    state.pos += len(url)
    return True
