"""What people want of the bot itself, and what it says of its own: one after the other."""

import functools
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Final

from bot.assistant import Assistant
from bot.chat.conversation import Place
from bot.handlers.inbox import Inbox
from bot.handlers.lines import Lines
from bot.reply.surface import Surface

MOST: Final = 5
"""What one person may want in a place before the first of it is done."""
MOST_IN_ALL: Final = 10_000
"""And what all people may; further wishes are lost, for to say so would be one more."""

Errand = Callable[[], Awaitable[object]]
"""Gives something true where somebody else goes on with it."""
Tell = Callable[[str], None]
"""Tells whoever wanted something that a bug prevents it, and the id under which that is logged."""


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    errand: Errand
    tell: Tell
    updates: tuple[int, ...]


class Errands:
    """Runs errands in lines, and settles the updates that want them."""

    def __init__(self, assistant: Assistant, inbox: Inbox) -> None:
        self._assistant = assistant
        self._inbox = inbox
        self._lines: Lines[_Wanted] = Lines(self._run, on_bug=_tell_of)

    def put(
        self, line: Hashable, errand: Errand, *updates: int, tell: Tell = lambda _bug: None
    ) -> None:
        """Run an errand when its line has come to it; `tell` is called if a bug prevents that."""
        if len(self._lines.waiting(line)) < MOST and len(self._lines) < MOST_IN_ALL:
            self._lines.put(line, _Wanted(errand, tell, updates))
        else:
            self._inbox.settle(*updates)

    def say(self, place: Place, person: int, text: str, surface: Surface, *updates: int) -> None:
        """Say something to a person in a place. A bug in that is told nobody."""
        say = functools.partial(self._assistant.say, text, surface)
        self.put((place, person), say, *updates)

    async def _run(self, wanted: _Wanted) -> None:
        with self._inbox.dealing_with(*wanted.updates) as dealing:
            dealing.goes_on = bool(await wanted.errand())

    async def idle(self) -> None:
        """Wait until all errands are done."""
        await self._lines.idle()

    async def close(self, grace: float) -> None:
        """Let all errands end within `grace` seconds, or end them."""
        await self._lines.close(grace)


def _tell_of(wanted: _Wanted, bug: str) -> None:
    wanted.tell(bug)
