"""Takes `<think>…</think>` out of a model's content, wherever the chunks cut the tags. Pure.

Models that reason put their thoughts into the content, between these tags, when the server before
them does not separate the two. What holds:

- However a text is cut into chunks, the joined result is the same.
- What merely looks like the beginning of a tag is held back until that is clear, never longer, and
  never lost.
- A tag that is talked *about* is text: directly after a backtick, or inside a fenced code block.
- Thoughts that are never closed, behind text that stands already, are taken for text after all when
  the answer has ended (`finish`): a model that writes of the tag shall not lose its answer.
"""

import re
from collections.abc import Iterator

from bot.llm.delta import Delta, Reasoning, Text

_OPEN = "<think>"
_CLOSE = "</think>"
_RUNS = re.compile(r"`+|[^`]+")
_FENCE = 3  # backticks


class ThinkSplitter:
    """Splits one answer; feed it chunk by chunk, then finish."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._spoke = False  # visible text stands before
        self._doubtful: list[str] | None = None  # thoughts that may turn out to be text
        self._ticks = 0  # the run of backticks that the text ends with so far
        self._fenced = False

    def feed(self, chunk: str) -> Iterator[Delta]:
        """Take the next piece of content; yield what is clear by now."""
        text = self._held + chunk
        self._held = ""
        start = 0
        while start < len(text):
            tag = _CLOSE if self._thinking else _OPEN
            found = text.find(tag, start)
            if found < 0:
                end = _begun(text, start, tag)
                self._held = text[end:]
                yield from self._pass(text[start:end])
                return
            yield from self._pass(text[start:found])
            if self._thinking:
                self._thinking, self._doubtful = False, None
            elif self._ticks or self._fenced:
                yield from self._pass(tag)
            else:
                self._thinking = True
                self._doubtful = [] if self._spoke else None
            start = found + len(tag)

    def finish(self) -> Iterator[Delta]:
        """Yield what was still held: the answer has ended normally."""
        yield from self.flush()
        if self._doubtful is not None:
            yield Text(_OPEN + "".join(self._doubtful))
            self._doubtful = None

    def flush(self) -> Iterator[Delta]:
        """Yield what was still held: the answer broke off."""
        held, self._held = self._held, ""
        yield from self._pass(held)

    def _pass(self, piece: str) -> Iterator[Delta]:
        if not piece:
            return
        if self._thinking:
            if self._doubtful is not None:
                self._doubtful.append(piece)
            yield Reasoning(piece)
            return
        self._spoke = self._spoke or not piece.isspace()
        self._follow_fences(piece)
        yield Text(piece)

    def _follow_fences(self, piece: str) -> None:
        for run in _RUNS.findall(piece):
            if run[0] == "`":
                self._ticks += len(run)
            else:
                if self._ticks >= _FENCE:
                    self._fenced = not self._fenced
                self._ticks = 0


def _begun(text: str, start: int, tag: str) -> int:
    """Return the place from `start` on where what may be the beginning of `tag` begins."""
    place = text.rfind("<", max(start, len(text) - len(tag) + 1))
    return place if place >= 0 and tag.startswith(text[place:]) else len(text)
