"""From the content of a paragraph to styled text. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

from bot.reply.markup.leaf import MADE, Mark, Marks
from bot.reply.markup.links import is_link, poses
from bot.reply.markup.rich import PLAIN, Rich, Run, Style, Styles, compatible

BOLD: Final = Style("bold")
ITALIC: Final = Style("italic")
UNDERLINE: Final = Style("underline")
CODE: Final = Style("code")
_STYLES: Final = {
    "strong": BOLD,
    "em": ITALIC,
    "s": Style("strikethrough"),
    "spoiler": Style("spoiler"),
}
_TAG_STYLES: Final = {
    **dict.fromkeys(("b", "strong", "summary", "mark"), BOLD),
    **dict.fromkeys(("i", "em", "var", "cite", "dfn"), ITALIC),
    **dict.fromkeys(("u", "ins"), UNDERLINE),
    **dict.fromkeys(("s", "del", "strike"), Style("strikethrough")),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), CODE),
    "tg-spoiler": Style("spoiler"),
}
_VOID: Final = {"br": "\n", "hr": "\n———\n"}
_RAISED: Final = (
    str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"),
    str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
)
_CJK: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
_HREF: Final = re.compile(r"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inline:
    """A styled text, where it comes from, and the addresses that it links to."""

    rich: Rich
    marks: Marks
    hrefs: frozenset[str] = frozenset()


class _State(StateInline):
    """Knows where in the source each token stands: `meta["at"]`."""

    _begun = 0

    def append_pending(self, text: str) -> None:
        if not self.pending:
            self._begun = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:  # noqa: N802 (markdown-it's name)
        token = super().pushPending()
        token.meta["at"] = self._begun
        return token

    def push(self, ttype: str, tag: str, nesting: Any) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta["at"] = self.pos
        return token

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: FBT001, N802, N803
        """Let `**` begin and end at punctuation, too, and `*` beside CJK, which has no spaces.

        CommonMark leaves the asterisks of `**注意：**这` and `**Note:**text` to be seen.
        """
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if self.src[start] != "*" or (scanned.length == 1 and not _CJK.search(before + after)):
            return scanned
        can_open = scanned.can_open or not after.isspace()
        can_close = scanned.can_close or not before.isspace()
        return Scanned(can_open, can_close, scanned.length)


def parse(content: str, md: MarkdownIt, env: dict[str, Any]) -> list[Token]:
    """Give the tokens of a paragraph's content."""
    state = _State(content, md, env, [])
    md.inline.tokenize(state)
    for rule in md.inline.ruler2.getRules(""):
        rule(state)
    return state.tokens


def inline(content: str, md: MarkdownIt, env: dict[str, Any], newline: str = "\n") -> Inline:
    """Give the styled text of a paragraph's content; `newline` is what a line break becomes."""
    writer = _Writer(newline)
    writer.write_all(parse(content, md, env))
    return Inline(Rich(writer.runs), tuple(writer.marks), frozenset(writer.hrefs))


@dataclass(slots=True)
class _Writer:
    newline: str
    runs: list[Run] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    hrefs: set[str] = field(default_factory=set)
    _length: int = 0
    _open: list[Style] = field(default_factory=list)
    _styles: Styles = PLAIN
    _raise: dict[int, int] | None = None
    _alone: bool = False
    """Whether the line so far is one tag that shows nothing."""

    def write(self, text: str, at: int | None = None, style: Style | None = None) -> None:
        """Add a text in the styles that are open; `at` is where it stands in the source."""
        if self._raise:
            text = text.translate(self._raise)
        if at is not None:
            self.marks.append(Mark(self._length, at))
        else:
            before = self.marks[-1].source_of(self._length) if self.marks else 0
            self.marks.append(Mark(self._length, before, MADE))
        self._length += len(text)
        self.runs.append((text, compatible({*self._open, style}) if style else self._styles))

    def write_all(self, tokens: Sequence[Token]) -> None:
        """Add what all the tokens say."""
        counterparts = dict(_matched_tags(tokens))
        links: list[tuple[int, Token]] = []
        for index, token in enumerate(tokens):
            kind, _, edge = token.type.rpartition("_")
            if kind in _STYLES:
                self._style(_STYLES[kind], opens=edge == "open")
            elif token.type == "link_open":
                links.append((len(self.runs), token))
            elif token.type == "link_close":
                self._link(*links.pop())
            elif token.type == "html_tag":
                self._tag(tokens, index, counterparts)
            else:
                self._leaf(token)

    def _leaf(self, token: Token) -> None:
        at = token.meta.get("at")
        match token.type:
            case "text" | "text_special":
                self.write(token.content.replace("\t", " "), at)
            case "softbreak" | "hardbreak":
                self.write("" if self._alone else self.newline)
                self._alone = False
            case "code_inline":
                content = token.content.replace("\t", " ")
                self.write(content, None if at is None else at + len(token.markup), CODE)
            case "math_inline":
                self._math(token, at)
            case "image":
                label = _text(token)
                url = str(token.attrs.get("src", ""))
                start = len(self.runs)
                self.write(f"🖼 {label or url}")
                self._address(start, url)
            case _:
                self.write(token.content, at)

    def _math(self, token: Token, at: int | None) -> None:
        content = token.content
        lead = len(content) - len(content.lstrip())
        place = None if at is None else at + len(token.markup) + lead
        self.write(content.strip().replace("\t", " "), place, CODE)

    def _style(self, style: Style, *, opens: bool) -> None:
        if opens:
            self._open.append(style)
        elif style in self._open:
            self._open.reverse()
            self._open.remove(style)
            self._open.reverse()
        self._styles = compatible(self._open)

    def _link(self, start: int, token: Token) -> None:
        self._address(start, str(token.attrs.get("href", "")))

    def _address(self, start: int, url: str) -> None:
        """Make what was written from run `start` on a link, or show the address beside it."""
        shown = "".join(text for text, _ in self.runs[start:])
        if is_link(url):
            self.hrefs.add(url)
        if not shown.strip():
            apart = bool(self.runs) and not self.runs[-1][0][-1:].isspace()
            self.write(f" {url}" if apart else url)
            return
        if not url or url.removeprefix("mailto:") == shown:
            return
        if not is_link(url) or poses(shown, url):
            if url not in shown:
                self.write(f" ({url})")
            return
        link = Style("text_link", url)
        self.runs[start:] = [
            (text, compatible((link, *(style for style in styles if style.type != link.type))))
            for text, styles in self.runs[start:]
        ]

    def _tag(self, tokens: Sequence[Token], index: int, counterparts: dict[int, int]) -> None:
        token = tokens[index]
        if token.tag in _VOID:
            self.write(_VOID[token.tag])
        elif token.tag == "details" and not index:
            self._alone = True
        elif index not in counterparts:
            self.write(token.content, token.meta["at"])
        elif token.tag in ("sub", "sup"):
            self._raised(tokens[index + 1 : counterparts[index]], token)
        elif token.tag in _TAG_STYLES:
            self._style(_TAG_STYLES[token.tag], opens=not token.meta["closes"])
        elif token.tag == "a" and token.meta["closes"]:
            href = _HREF.search(tokens[counterparts[index]].info)
            if href and is_link(url := next(filter(None, href.groups()), "")):
                self.write(f" ({url})")
        elif token.tag == "q":
            self.write('"')

    def _raised(self, inside: Sequence[Token], token: Token) -> None:
        """Write digits raised or lowered, where there are such; else a caret or underscore."""
        if token.meta["closes"]:
            if self._raise is None:
                self.write(")")
            self._raise = None
            return
        table = _RAISED[token.tag == "sub"]
        text = "".join(one.content for one in inside)
        if (
            text
            and all(one.type == "text" for one in inside)
            and all(ord(c) in table for c in text)
        ):
            self._raise = table
        else:
            self.write("^(" if token.tag == "sup" else "_(")


def _text(image: Token) -> str:
    """Give what an image shows, as text."""
    return "".join(
        _text(child) if child.children else "\n" if child.type == "softbreak" else child.content
        for child in image.children or ()
    ).replace("\n", " ")


def _matched_tags(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Give pairs of places of HTML tags that belong together, both ways."""
    open_tags: list[int] = []
    for index, token in enumerate(tokens):
        if token.type != "html_tag" or token.tag in _VOID:
            continue
        if not token.meta["closes"]:
            open_tags.append(index)
            continue
        for place in reversed(open_tags[-8:]):
            if tokens[place].tag == token.tag:
                del open_tags[open_tags.index(place) :]
                yield place, index
                yield index, place
                break
