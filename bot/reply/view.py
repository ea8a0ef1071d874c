"""From a draft to the pages that should stand in the chat.

A page is what one Telegram message holds. A page that has a successor is finished: it never changes
again, whatever comes. So the view remembers what is on finished pages and reads only what follows.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal

from bot.logs import where
from bot.reply.draft import Draft
from bot.reply.files import files
from bot.reply.markup.flow import Flow, PlainFlow
from bot.reply.markup.inert import inert
from bot.reply.markup.leaf import Leaf
from bot.reply.markup.pieces import MARKS
from bot.reply.markup.rich import PLAIN, Rich
from bot.reply.page import Buttons, File, Message, Page
from bot.reply.pages import fill

ShowReasoning = Literal["off", "live", "keep"]
"""Whether a model's reasoning is shown: not, until the answer begins, or above the answer."""
LIVE_REASONING: Final = 3000
"""Of reasoning that is dropped later, so many last characters are shown."""
_MARK_COST: Final = 24
_LINE_COST: Final = 70
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FIRST_HALF: Final = re.compile("[\ud800-\udbff]")
_REMOVED: Final = re.compile("[\u202a-\u202e\u0333\u033f\u030a]")
_SPACED: Final = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")
_ILLEGIBLE: Final = re.compile("[\0-\x08\x0b-\x1f\u0333\u033f\u030a\u2028-\u202e\ud800-\udfff]")
_ADDRESS: Final = re.compile(r"https?://\S+")

_log = logging.getLogger(__name__)


def _no_buttons(_: Draft) -> Buttons:
    return ()


class View:
    """The pages of one answer; without `markdown` the text is the bot's own, shown as it is.

    `buttons` gives those of a draft, which go below its last page.
    """

    def __init__(
        self,
        reasoning: ShowReasoning = "off",
        *,
        markdown: bool = True,
        buttons: Callable[[Draft], Buttons] = _no_buttons,
    ) -> None:
        self.buttons = buttons
        self._reasoning = reasoning
        self._finished: list[Page] = []
        self._is_written_by_model = markdown
        self._flow: Flow | PlainFlow = Flow() if markdown else PlainFlow(0)
        self._seen: tuple[Draft, tuple[Message, ...]] | None = None

    def load(self, draft: Draft) -> int:
        """Give about how much work the next pages are, in characters of plain text.

        Measured: 10,000 of them take about 5 ms.
        """
        source = self._source(draft)
        start = self._flow.unread() if draft.ending is None else self._flow.unfinished()
        marks, lines = len(MARKS.findall(source, start)), source.count("\n", start)
        return len(source) - start + _MARK_COST * marks + _LINE_COST * lines

    def pages(self, draft: Draft) -> tuple[Message, ...]:
        """Give what should stand in the chat for this draft; nothing if there is nothing yet.

        The draft has grown from the one given before.
        """
        if self._seen and self._seen[0] == draft:
            return self._seen[1]
        try:
            texts = list(self._texts(draft))
        except Exception as error:  # noqa: BLE001 (no text is lost because of how it is written)
            _log.error("an answer is shown as it is: %s", where(error))
            self._flow = PlainFlow(self._flow.unfinished())
            texts = list(self._texts(draft))
        if texts:
            texts[-1] = replace(texts[-1], buttons=self.buttons(draft))
        code = self._flow.codes.values() if draft.ending else ()
        pages: tuple[Message, ...] = (*texts, *files(code))
        self._seen = draft, pages
        return pages

    def _source(self, draft: Draft) -> str:
        """Give what is read: the answer, behind the reasoning where that is kept."""
        half = draft.ending is None and _FIRST_HALF.match(draft.text[-1:])
        answer = legible(draft.text[:-1] if half else draft.text)
        if self._reasoning != "keep" or not draft.reasoning.strip():
            return answer
        reasoning = _quote(legible(draft.reasoning).strip())
        return f"{reasoning}\n\n{answer}" if answer.strip() else reasoning

    def _texts(self, draft: Draft) -> Iterator[Page]:
        growing = draft.ending is None
        if self._reasoning == "live" and growing and not draft.text.strip():
            yield from _live_reasoning(draft.reasoning)
            return
        leaves = self._guarded(self._flow.leaves(self._source(draft), growing=growing))
        if draft.ending and draft.ending.note:
            after = leaves[-1].end + 1 if leaves else 0
            leaves.append(Leaf(Rich([(draft.ending.note, PLAIN)]), after, after))
        collapsed = 1 if self._reasoning == "keep" and draft.reasoning.strip() else 0
        unfinished = list(self._fill(leaves, collapsed, growing=growing))
        if not growing and len(unfinished) == 1 and not self._finished:
            unfinished = [replace(page, preview=_is_mostly_link(page)) for page in unfinished]
        yield from (*self._finished, *unfinished)

    def _fill(self, leaves: list[Leaf], collapsed: int, *, growing: bool) -> Iterator[Page]:
        """Give the pages of these leaves; while the text grows, all but the last are finished."""
        while leaves:
            filled = fill(leaves, collapsed, growing=growing)
            if growing and filled.count < len(leaves):
                self._flow.finish(leaves, filled.count, filled.place)
                self._finished += [filled.page] if filled.page else []
            elif filled.page:
                yield filled.page
            leaves = leaves[filled.count :]
            if filled.place is not None:
                leaves[:1] = self._guarded([leaves[0].rest(filled.place)])

    def _guarded(self, leaves: Sequence[Leaf]) -> list[Leaf]:
        """Let nothing that a model writes do anything; what the bot says itself may."""
        return inert(leaves) if self._is_written_by_model else list(leaves)


class Handout:
    """The view of a file that is handed over, whatever the draft."""

    def __init__(self, file: File) -> None:
        self._file = file

    def load(self, _: Draft) -> int:
        """Nothing is to be worked out."""
        return 0

    def pages(self, _: Draft) -> tuple[Message, ...]:
        """Give the file."""
        return (self._file,)

    def buttons(self, _: Draft) -> Buttons:
        """Give none: a file has no buttons."""
        return ()


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def _live_reasoning(reasoning: str) -> Iterator[Page]:
    text = legible(reasoning).strip()
    if len(text) > LIVE_REASONING:
        text = "…" + text[-LIVE_REASONING:].partition("\n" if "\n" in text[-500:] else " ")[2]
    leaves = inert(Flow().leaves(_quote(text), growing=True)) if text else []
    if leaves and (page := fill(leaves, collapsed=1, growing=True).page):
        yield page


def _is_mostly_link(page: Page) -> bool:
    linked = sum(len(match) for match in _ADDRESS.findall(page.text))
    linked += sum(entity.length for entity in page.entities if entity.type == "text_link")
    return linked * 2 > len(page.text)


def legible(text: str) -> str:
    r"""Replace what Telegram cannot carry, and leave out what it removes.

    Providers cut JSON strings anywhere, so the two halves of an emoji may arrive as two chunks;
    next to each other in the text they are that emoji again.
    """
    if not _ILLEGIBLE.search(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _REMOVED.sub("", text).replace("\0", "\N{REPLACEMENT CHARACTER}")
    text = _SPACED.sub(" ", text).replace("\u2028", "\n").replace("\u2029", "\n\n")
    if _SURROGATE.search(text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
