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

from bot.reply.markup.formulas import with_formulas

NESTING: Final = 100
"""Blocks nested deeper are dropped by markdown-it-py without a word."""

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
_PIPE: Final = ord("|")


def dialect() -> MarkdownIt:
    """Make a parser."""
    md = MarkdownIt("commonmark", {"maxNesting": NESTING, "html": False})
    md.enable(["table", "strikethrough"])
    md.disable(["html_block", "html_inline"])
    md.inline.ruler2.disable(["fragments_join"])  # each text token knows where it stands
    setattr(md, "validateLink", _any_link)  # noqa: B010 (`links` decides, and loses nothing)
    md.inline.add_terminator_char("|")
    with_formulas(md)
    md.inline.ruler.before("strikethrough", "spoiler", _spoiler)
    md.inline.ruler2.after("balance_pairs", "spoiler", _spoilers)
    md.inline.ruler.before("link", "bracket", _bracket)
    md.inline.ruler.before("bracket", "footnote", _footnote)
    md.inline.ruler.before("autolink", "tag", _tag)
    md.inline.ruler.after("text", "url", _url)
    md.block.ruler.before("reference", "footnote", _footnote_text)
    md.block.ruler.at("reference", _definition)
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    return md


def _any_link(_url: str) -> bool:
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
    match = _FOOTNOTE.match(state.src, begin)
    if state.is_code_block(start) or not match or not state.src.startswith(":", match.end()):
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
