"""How far the shown text is behind the written one. Pure over a given `now`.

What a model writes is Markdown, what stands in a chat is not: marks vanish, tables are laid out
anew. So both are reduced to their letters and digits, and the end of what is shown is looked for in
what was written.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.playback import Written

_TAILS: Final = (40, 20, 10)
"""Characters of the end of a shown text that are looked for, the surest first."""

PATIENCE: Final = 90.0
"""Seconds for which a text that has ended is waited for on the screen."""


def letters(text: str) -> str:
    """Return what a text has in common with its Markdown."""
    return "".join(character for character in _folded(text) if character.isalnum())


def _folded(text: str) -> Iterator[str]:
    yield from unicodedata.normalize("NFC", text).casefold()


@dataclass(slots=True)
class Answer:
    """One answer: what was written of it, and how much of that has been seen.

    `ended` tells whether nothing more will be written; `chat` is where it was seen.
    """

    written: Sequence[Written]
    ended: Callable[[], bool]
    chat: int | None = None
    _read: int = 0
    _letters: str = ""
    _times: list[tuple[int, float]] = field(default_factory=list)
    _shown: int = 0
    _ended_at: float | None = None

    def read(self, now: float) -> None:
        """Take in what has been written since."""
        for token in self.written[self._read :]:
            self._letters += letters(token.text)
            self._times.append((len(self._letters), token.time))
        self._read = len(self.written)
        if self._ended_at is None and self.ended():
            self._ended_at = now

    @property
    def has_ended(self) -> bool:
        """Whether it had ended when it was read last."""
        return self._ended_at is not None

    def see(self, text: str) -> bool:
        """Take a text that is shown; tell whether it is of this answer."""
        seen = letters(text)
        for length in _TAILS:
            tail = seen[-length:]
            start = max(0, self._shown - len(tail))
            if tail and (place := self._letters.find(tail, start)) >= 0:
                self._shown = max(self._shown, place + len(tail))
                return True
        return False

    def give_up(self) -> None:
        """Take everything as shown: what stands there now is how the answer ends."""
        self._shown = len(self._letters)

    def lag(self, now: float) -> float:
        """Return for how many seconds the first character that is not shown has been there."""
        while self._times and self._times[0][0] <= self._shown:
            self._times.pop(0)
        return now - self._times[0][1] if self._times else 0.0

    def is_over(self, now: float) -> bool:
        """Tell whether nothing more is to be seen of it."""
        if self._ended_at is None:
            return False
        return self._shown >= len(self._letters) or now - self._ended_at > PATIENCE


class Lag:
    """The answers that are being written, or are not seen whole yet."""

    def __init__(self) -> None:
        self._answers: list[Answer] = []

    def begin(self, answer: Answer) -> None:
        """Watch an answer."""
        self._answers.append(answer)

    def see(self, chat: int, text: str) -> None:
        """Take a text that the bot shows in a chat.

        A sentence of the bot's own below an answer that has ended says that no more will come.
        """
        for answer in reversed(self._answers):
            if answer.see(text):
                answer.chat = chat
                return
        for answer in self._answers:
            if answer.chat == chat and answer.has_ended:
                answer.give_up()

    def drop(self, chat: int) -> None:
        """Wait for nothing more in a chat: what was seen there is deleted."""
        self._answers = [answer for answer in self._answers if answer.chat != chat]

    def seconds(self, now: float) -> float | None:
        """Return the greatest lag of all answers, or None when there is nothing to wait for."""
        self._answers = [answer for answer in self._answers if not answer.is_over(now)]
        return max((answer.lag(now) for answer in self._answers), default=None)

    def read(self, now: float) -> None:
        """Take in what has been written since."""
        for answer in self._answers:
            answer.read(now)
