"""From the tokens of blocks to leaves: paragraphs, headings, code, tables, rules, in order.

Lists and quotes are containers: they are gone here but for the bullets, the indentation and the
number of the quote that each leaf carries.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from markdown_it.token import Token

from bot.reply.markup.dialect import NESTING
from bot.reply.markup.inline import BOLD, ITALIC, UNDERLINE, Inline
from bot.reply.markup.leaf import LITERAL, Leaf, Marks
from bot.reply.markup.pieces import joint, pieces
from bot.reply.markup.rich import PLAIN, Rich, Run, Style
from bot.reply.markup.tables import Align, Table, table

_INDENT: Final = "    "
_BULLETS: Final = "•◦▪"
_QUOTED: Final = "│ "
_RULE: Final = "———————"
_HEADINGS: Final = {"h1": (BOLD, UNDERLINE), "h2": (BOLD,)}
_LOWER_HEADINGS: Final = (BOLD, ITALIC)
_UPRIGHT: Final = re.compile("[\u0590-\u1cff\u2e80-\ufdff\U00010000-\U0003ffff]")
"""Letters that no typeface slants (Hebrew to Vedic, CJK), and emoji."""
_LANGUAGE: Final = re.compile(r"[\w+#.-]{1,40}", re.ASCII)
_TASK: Final = re.compile(r"\[([ xX])\](?:\s+|$)")


class TooDeep(Exception):  # noqa: N818 (it names what the text is)
    """Blocks are nested so deeply that the parser drops what is in them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a text that begins inside a list or a quote has to know.

    `number` is that of the list item before it (`None`: it does not begin in a numbered list),
    `quote` the number of the quote it begins in, `quotes` how many there have been.
    """

    number: int | None = None
    quote: int = 0
    quotes: int = 0


def next_number(before: int, item: Token) -> int:
    """Give a list item's number: as written if it rises, else the next one."""
    written = int(item.info or 0)
    return written if written > before else before + 1


Reader = Callable[[str, str, bool], Inline]
"""Reads the content of a paragraph; given a line break's look and whether the text ends here."""


def leaves(
    tokens: Sequence[Token], first_line: int, context: Context, read: Reader, *, growing: bool
) -> list[Leaf]:
    """Give the leaves of a text whose first line has this number."""
    return list(_Walk(tokens, first_line, context, read, growing).leaves())


@dataclass(slots=True)
class _Container:
    """A list item (`bullet`: what its first line begins with) or a quote."""

    bullet: str
    later: str


@dataclass(slots=True)
class _Walk:
    tokens: Sequence[Token]
    first_line: int
    context: Context
    read: Reader
    growing: bool
    _stack: list[_Container] = field(default_factory=list)
    _lists: list[int | None] = field(default_factory=list)
    _depth: int = 0
    _quote: int = 0

    def leaves(self) -> Iterator[Leaf]:
        """Give the leaves in order; those of the last paragraph are read as the end of the text."""
        last = max((i for i, t in enumerate(self.tokens) if t.nesting >= 0), default=-1)
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.level >= NESTING - 1:
                raise TooDeep
            match token.type:
                case "inline":
                    yield from self._paragraph(token, self.tokens[index - 1], last=index == last)
                case "fence" | "code_block" | "math_block":
                    yield from self._code(token)
                case "hr":
                    yield self._leaf(Rich([(_RULE, PLAIN)]), token)
                case "definition":
                    leaf = self._leaf(Rich([(token.content, PLAIN)]), token)
                    yield replace(leaf, defines=token.info)
                case "table_open":
                    yield from self._bullet(token)
                    rows, index = self._rows(index, last)
                    yield self._table(token, rows)
                case _:
                    self._container(token)
            index += 1

    def _rows(self, index: int, last: int) -> tuple[Table, int]:
        """Read the table that begins at this token; give where it ends, too.

        If the text ends in it, the cells of its last row are read as the end of the text.
        """
        end = next(i for i in range(index, len(self.tokens)) if _closes_table(self.tokens[i]))
        growing = max((i for i in range(index, end) if self.tokens[i].type == "tr_open"), default=0)
        rows: list[list[Rich]] = []
        aligns: list[Align] = []
        beyond = ""
        for place in range(index, end):
            token, before = self.tokens[place], self.tokens[place - 1]
            beyond = token.meta.get("beyond", beyond)
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "tr_close" and beyond:
                rows[-1][-1] = Rich(
                    (*rows[-1][-1].runs, (" | ", PLAIN), *self.read(beyond, " ", False).rich.runs)
                )
            elif token.type == "inline":
                read_as_end = last < end and place > growing
                rows[-1].append(self.read(token.content, " ", read_as_end).rich)
                if before.type == "th_open":
                    aligns.append(_align(before))
        is_open = self.growing and last < end
        return Table(tuple(map(tuple, rows)), tuple(aligns), is_open), end

    def _container(self, token: Token) -> None:
        match token.type:
            case "blockquote_open":
                self._enter_quote()
            case "blockquote_close":
                self._depth -= 1
                self._stack.pop()
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                resumes = token.level == 0 and self.context.number is not None
                start = int(token.attrs.get("start", 1))
                self._lists.append(self.context.number if resumes else start - 1)
                self.context = replace(self.context, number=None)
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._enter_item(token)
            case "list_item_close":
                self._stack.pop()

    def _enter_quote(self) -> None:
        self._depth += 1
        if self._depth > 1:
            self._stack.append(_Container(_QUOTED, _QUOTED))
            return
        self._stack.append(_Container("", ""))
        if self.context.quote:
            self._quote = self.context.quote
        else:
            self.context = replace(self.context, quotes=self.context.quotes + 1)
            self._quote = self.context.quotes
        self.context = replace(self.context, quote=0)

    def _enter_item(self, token: Token) -> None:
        before = self._lists[-1]
        if before is None:
            bullet = _BULLETS[sum(one is None for one in self._lists[:-1]) % len(_BULLETS)]
        else:
            self._lists[-1] = number = next_number(before, token)
            bullet = f"{number}."
        self._stack.append(_Container(f"{bullet} ", _INDENT))

    def _prefix(self) -> tuple[str, str]:
        """Give what the next line begins with, and what the lines after it do."""
        first, later = "", ""
        for one in self._stack:
            first += one.bullet
            later += one.later
            one.bullet = one.later
        return first, later

    def _bullet(self, token: Token) -> Iterator[Leaf]:
        """Give bullets that wait for a text a line of their own."""
        if any(one.bullet != one.later for one in self._stack):
            leaf = self._leaf(Rich(), token)
            yield replace(leaf, rich=Rich([(leaf.rich.text.rstrip(), PLAIN)]))

    def _leaf(self, rich: Rich, token: Token, marks: Marks = LITERAL) -> Leaf:
        """Make a leaf of what has no lines of its own to indent."""
        first, later = self._prefix()
        if first != later or token.type in ("hr", "definition"):
            rich = Rich([(first, PLAIN), *rich.runs])
            marks = tuple(mark.moved(len(first)) for mark in marks)
        begin, end = token.map or (0, 0)
        return Leaf(
            rich, self.first_line + begin, self.first_line + end, quote=self._quoted(), marks=marks
        )

    def _quoted(self) -> int:
        return self._quote if self._depth else 0

    def _paragraph(self, token: Token, opening: Token, *, last: bool) -> Iterator[Leaf]:
        content, prefix_only = self._task(token.content, opening)
        skipped = len(token.content) - len(content)
        first, later = self._prefix()
        if prefix_only:
            first = first[: -len(prefix_only[0])] + prefix_only[1]
        heading = opening.type == "heading_open"
        newline = " " if heading else "\n" + later
        begin, end = opening.map or (0, 0)
        start = 0
        for start, stop in pieces(content):
            piece = self.read(content[start:stop].rstrip(), newline, last and stop == len(content))
            rich = piece.rich
            if heading:
                rich = _heading(rich, opening.tag)
            lead = first if start == 0 else ""
            offset = start + skipped
            yield Leaf(
                Rich([(lead, PLAIN), *rich.runs]),
                self.first_line + begin,
                self.first_line + end,
                kind="heading" if heading else "text",
                quote=self._quoted(),
                marks=tuple(mark.moved(len(lead), offset) for mark in piece.marks) or LITERAL,
                joint=None if start == 0 else joint(content, start, newline),
                hrefs=piece.hrefs,
            )

    def _task(self, content: str, opening: Token) -> tuple[str, tuple[str, str] | None]:
        """Take the box of a task off the content, and give by what the bullet is replaced."""
        top = self._stack[-1] if self._stack else None
        if opening.type != "paragraph_open" or top is None or top.bullet == top.later:
            return content, None
        match = _TASK.match(content)
        if not match or top.bullet == "":
            return content, None
        box = "☐ " if match[1] == " " else "☑ "
        shown = box if top.bullet[0] in _BULLETS else top.bullet + box
        return content[match.end() :], (top.bullet, shown)

    def _code(self, token: Token) -> Iterator[Leaf]:
        content = token.content.expandtabs(4).strip("\n").rstrip()
        info = token.info.strip()
        language = ""
        if token.type == "math_block":
            language = "latex"
        elif info:
            word = info.split()[0]
            language = word if _LANGUAGE.fullmatch(word) else ""
            info = info[len(language) :].strip()
        if info and content:
            yield self._leaf(Rich([(info, frozenset({ITALIC}))]), token)
        else:
            yield from self._bullet(token)
        if content:
            run: Run = (content, frozenset({Style("pre", language=language)}))
            yield replace(self._leaf(Rich([run]), token), kind="code")

    def _table(self, opening: Token, cells: Table) -> Leaf:
        rich, marks = table(cells)
        return replace(self._leaf(rich, opening, marks), kind="table")


def _heading(rich: Rich, tag: str) -> Rich:
    upright = any(char.isalpha() for char in _UPRIGHT.findall(rich.text))
    for style in _HEADINGS.get(tag, (BOLD,) if upright else _LOWER_HEADINGS):
        rich = rich.with_style(style)
    return rich


def _closes_table(token: Token) -> bool:
    return token.type == "table_close"


def _align(token: Token) -> Align:
    style = str(token.attrs.get("style", ""))
    return "right" if "right" in style else "center" if "center" in style else "left"
