"""What people want of the bot itself, and what it says of its own: one after the other."""

import functools
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Final

from bot.assistant import Assistant
from bot.chat.conversation import Place
from bot.handlers.lines import Lines
from bot.reply.surface import Surface

MOST: Final = 5
"""What one person may want in a place before the first of it is done."""
MOST_IN_ALL: Final = 10_000
"""And what all people may; further wishes are lost, for to say so would be one more."""

Errand = Callable[[], Awaitable[None]]
Tell = Callable[[str], None]
"""Tells whoever wanted something that a bug prevents it, and the id under which that is logged."""


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    errand: Errand
    tell: Tell


class Errands:
    """Runs errands in lines."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lines: Lines[_Wanted] = Lines(_run, on_bug=_tell_of)

    def put(self, line: Hashable, errand: Errand, tell: Tell = lambda _bug: None) -> None:
        """Run an errand when its line has come to it; `tell` is called if a bug prevents that."""
        if len(self._lines.waiting(line)) < MOST and len(self._lines) < MOST_IN_ALL:
            self._lines.put(line, _Wanted(errand, tell))

    def say(self, place: Place, person: int, text: str, surface: Surface) -> None:
        """Say something to a person in a place. A bug in that is told nobody."""
        self.put((place, person), functools.partial(self._assistant.say, text, surface))

    async def idle(self) -> None:
        """Wait until all errands are done."""
        await self._lines.idle()

    async def close(self, grace: float) -> None:
        """Let all errands end within `grace` seconds, or end them."""
        await self._lines.close(grace)


async def _run(wanted: _Wanted) -> None:
    await wanted.errand()


def _tell_of(wanted: _Wanted, bug: str) -> None:
    wanted.tell(bug)
