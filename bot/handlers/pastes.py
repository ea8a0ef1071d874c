"""Texts that Telegram's apps have cut into several messages, made one again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.chat.conversation import Asked, Place
from bot.reply.surface import Surface

LONG: Final = 4000
"""Characters from which on a message may have been cut; the limit is 4096."""
FULL: Final = 4096
"""UTF-16 code units, in which apps count: a part so long was cut inside a line."""
LONGEST: Final = 200_000
"""Characters of all parts together; what follows is a question of its own."""
MOST_OPEN: Final = 1000
"""Questions that are held back; further ones are passed on as they are."""
PATIENCE: Final = 1.0
"""Seconds within which the next part comes."""

Pass = Callable[[Asked, Surface], None]


@dataclass(frozen=True, slots=True)
class Part:
    """A message with a further part of a text, and the update it came in."""

    text: str
    message_id: int
    update_id: int


@dataclass(slots=True)
class _Paste:
    asked: Asked
    surface: Surface
    tail: str
    replied: int | None
    timer: asyncio.TimerHandle


class Pastes:
    """Holds a long question back until it is sure that no part of it follows, then passes it on."""

    def __init__(self, pass_on: Pass) -> None:
        self._pass_on = pass_on
        self._open: dict[tuple[Place, int], _Paste] = {}
        self._none_open = asyncio.Event()
        self._none_open.set()

    def take(self, asked: Asked, surface: Surface, replied: int | None = None) -> None:
        """Take a question, and pass it on at once unless it may have been cut.

        `replied` is the message it replies to. A question of the same person that is still held
        goes before it.
        """
        key = asked.place, asked.person.id
        if key in self._open:
            self._open[key].timer.cancel()
            self._close(key)
        text = asked.question.text
        if len(text) < LONG or len(self._open) >= MOST_OPEN:
            self._pass_on(asked, surface)
            return
        self._open[key] = _Paste(asked, surface, text, replied, self._wait(key))
        self._none_open.clear()

    def is_open(self, place: Place, person: int, replied: int | None) -> bool:
        """Tell whether what this person writes there now may be a part of a question.

        Apps let every part reply to what the first one replies to, or that one alone.
        """
        paste = self._open.get((place, person))
        if paste is None or len(paste.asked.question.text) >= LONGEST:
            return False
        return replied in (None, paste.replied)

    def amend(self, asked: Asked) -> bool:
        """Take a question that was edited; false: it is not held here."""
        paste = self._open.get((asked.place, asked.person.id))
        if paste is None or paste.asked.message_id != asked.message_id or paste.asked.is_pasted:
            return False
        paste.asked = replace(asked, updates=(*paste.asked.updates, *asked.updates))
        return True

    def forget_person(self, person: int) -> list[int]:
        """Drop what a person has asked and is still held; give the updates it came in."""
        dropped: list[int] = []
        for key in [key for key in self._open if key[1] == person]:
            paste = self._open.pop(key)
            paste.timer.cancel()
            dropped += paste.asked.updates
        if not self._open:
            self._none_open.set()
        return dropped

    def add(self, place: Place, person: int, part: Part, surface: Surface) -> None:
        """Add a part; the answer replies to the last one."""
        paste = self._open[place, person]
        question = paste.asked.question
        is_full = len(paste.tail.encode("utf-16-le")) // 2 >= FULL
        text = question.text + ("" if is_full else "\n") + part.text
        paste.asked = replace(
            paste.asked,
            question=replace(question, text=text),
            message_id=part.message_id,
            is_pasted=True,
            updates=(*paste.asked.updates, part.update_id),
        )
        paste.surface, paste.tail = surface, part.text
        paste.timer.cancel()
        paste.timer = self._wait((place, person))

    async def idle(self) -> None:
        """Wait until nothing is held back."""
        await self._none_open.wait()

    def close(self, can_be_left: Callable[[Asked], bool]) -> None:
        """Drop what is held back and can be left to the next process; pass on the rest."""
        for key, paste in tuple(self._open.items()):
            paste.timer.cancel()
            if can_be_left(paste.asked):
                del self._open[key]
            else:
                self._close(key)
        if not self._open:
            self._none_open.set()

    def _wait(self, key: tuple[Place, int]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(PATIENCE, self._close, key)

    def _close(self, key: tuple[Place, int]) -> None:
        paste = self._open.pop(key)
        if not self._open:
            self._none_open.set()
        self._pass_on(paste.asked, paste.surface)
