"""From a draft to the pages that should stand in the chat.

A page is what one Telegram message holds. A page that has a successor is finished: it never changes
again, whatever comes. So the view remembers what is on finished pages and reads only what follows.

Of an answer of more than `MOST_SHOWN` characters, or of more than `MOST_PAGES` pages, only the
beginning is shown as pages, cut at a good place. From then on nothing more is read: the last page
says that the rest is still being written, and once the answer has ended, however it did, that all
of it, its Markdown as the model wrote it, is in the file that follows.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.logs import where
from bot.reply.cutting import best_cut
from bot.reply.draft import MOST_SHOWN, Draft
from bot.reply.files import files, whole
from bot.reply.markup.flow import Flow, PlainFlow
from bot.reply.markup.inert import inert
from bot.reply.markup.leaf import Leaf
from bot.reply.markup.pieces import MARKS
from bot.reply.page import PAGE_LIMIT, Buttons, File, Message, Page
from bot.reply.pages import fill

ShowReasoning = Literal["off", "live", "keep"]
"""Whether a model's reasoning is shown: not, until the answer begins, or above the answer."""
LIVE_REASONING: Final = 3000
"""Of reasoning that is dropped later, so many last characters are shown."""
KEPT_REASONING: Final = 12_000
"""Of reasoning that is kept above the answer, so many first characters are shown."""
MOST_PAGES: Final = 15
"""So many an answer of `MOST_SHOWN` characters fills if each page is half full; only one of
thousands of styles or blocks fills more."""
_LAST: Final = 1000
"""Of the characters that are shown of a longer answer, so many last ones may be left out: to have
seen them and see them go is worse than a page that ends within a paragraph."""
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


@dataclass(frozen=True, slots=True)
class Overlong:
    """What is said below the beginning of an answer that messages do not hold.

    `growing`: that it goes on, and will come as a file. `ended`: that the file follows.
    """

    growing: str = ""
    ended: str = ""


class View:
    """The pages of one answer; without `markdown` the text is the bot's own, shown as it is.

    `buttons` gives those of a draft, which go below its last page; `overlong` is said of an answer
    that messages do not hold.
    """

    def __init__(
        self,
        reasoning: ShowReasoning = "off",
        *,
        markdown: bool = True,
        buttons: Callable[[Draft], Buttons] = _no_buttons,
        overlong: Overlong = Overlong(),
    ) -> None:
        self.buttons = buttons
        self._overlong = overlong
        self._reasoning = reasoning
        self._finished: list[Page] = []
        self._is_written_by_model = markdown
        self._beginning: tuple[Page, ...] | None = None
        """What is shown of an answer that messages do not hold, once that is known."""
        self._flow: Flow | PlainFlow = Flow() if markdown else PlainFlow(0)
        self._seen: tuple[Draft, tuple[Message, ...]] | None = None

    def load(self, draft: Draft) -> int:
        """Give about how much work the next pages are, in characters of plain text.

        Measured: 10,000 of them take about 5 ms.
        """
        if draft.ending and _is_overlong(draft):  # a file is to be written
            return len(draft.text)
        if self._beginning is not None:
            return 0
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
        texts = self._texts(draft)
        if texts:
            texts[-1] = replace(texts[-1], buttons=self.buttons(draft))
        pages: tuple[Message, ...] = (*texts, *self._files(draft))
        self._seen = draft, pages
        return pages

    def _texts(self, draft: Draft) -> list[Page]:
        """Give the pages, with what is said below the answer."""
        try:
            answer = self._answer(draft)
        except Exception as error:  # noqa: BLE001 (no text is lost because of how it is written)
            _log.error("an answer is shown as it is: %s", where(error))
            self._flow = PlainFlow(self._flow.unfinished())
            answer = self._answer(draft)
        pages = _with_note(answer, self._note(draft))
        if draft.ending and len(pages) == 1:
            pages = [replace(pages[0], preview=_is_mostly_link(pages[0]))]
        return pages

    def _note(self, draft: Draft) -> str:
        overlong = self._overlong.ended if draft.ending else self._overlong.growing
        notes = [overlong] if self._beginning is not None else []
        notes += [draft.ending.note] if draft.ending else []
        return "\n\n".join(note for note in notes if note)

    def _files(self, draft: Draft) -> Iterator[File]:
        if draft.ending is None:
            return
        if self._beginning is None:
            yield from files(self._flow.codes.values())
        elif draft.text.strip():
            yield whole(legible(draft.text))

    def _source(self, draft: Draft) -> str:
        """Give what is read: the answer, behind the reasoning where that is kept."""
        is_cut = _is_overlong(draft)
        text = _beginning(draft.text) if is_cut else draft.text
        is_open = draft.ending is None or is_cut
        answer = legible(text[:-1] if is_open and _FIRST_HALF.match(text[-1:]) else text)
        reasoning = self._kept_reasoning(draft)
        if not reasoning:
            return answer
        return f"{reasoning}\n\n{answer}" if answer.strip() else reasoning

    def _kept_reasoning(self, draft: Draft) -> str:
        if self._reasoning != "keep":
            return ""
        reasoning = draft.reasoning[:KEPT_REASONING]
        if len(draft.reasoning) > KEPT_REASONING:
            reasoning += "…"
        reasoning = legible(reasoning).strip()
        return _quote(reasoning) if reasoning else ""

    def _answer(self, draft: Draft) -> tuple[Page, ...]:
        """Give the pages of the answer itself, as far as it is shown."""
        if self._beginning is not None:
            return self._beginning
        if self._reasoning == "live" and draft.ending is None and not draft.text.strip():
            return tuple(_live_reasoning(draft.reasoning))
        is_cut = _is_overlong(draft)
        growing = draft.ending is None and not is_cut
        leaves = self._guarded(self._flow.leaves(self._source(draft), growing=growing))
        collapsed = 1 if self._kept_reasoning(draft) else 0
        unfinished = tuple(self._fill(leaves, collapsed, growing=growing))
        pages = (*self._finished, *unfinished)
        if not is_cut and len(pages) <= MOST_PAGES:
            return pages
        self._beginning = pages[:MOST_PAGES]
        return self._beginning

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


def _is_overlong(draft: Draft) -> bool:
    return len(draft.text) > MOST_SHOWN


def _beginning(text: str) -> str:
    """Give of a text that is too long what is shown: up to a good place near the end of that."""
    place = MOST_SHOWN - _LAST
    return text[: place + best_cut(text[place : MOST_SHOWN + 1], _LAST)]


def _with_note(pages: Sequence[Page], note: str) -> list[Page]:
    """Give the pages with a note below, on the last one where it fits."""
    if not note:
        return [*pages]
    *before, last = pages or [Page("")]
    text = f"{last.text}\n\n{note}" if last.text else note
    if len(text) > PAGE_LIMIT:
        return [*pages, Page(note)]
    return [*before, replace(last, text=text)]


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
    text = legible(reasoning[-2 * LIVE_REASONING :]).strip()
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
