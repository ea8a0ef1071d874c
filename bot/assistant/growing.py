"""An answer that grows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.chat.conversation import Person, Place
from bot.chat.kept import Kept
from bot.locales import Words, in_language
from bot.reply.live import LiveReply


@dataclass(slots=True, eq=False)
class Growing:
    """An answer that grows: to which question, and in the place of which answer (`kept`)."""

    place: Place
    person: Person
    question: str
    question_id: int | None
    reply: LiveReply
    kept: Kept | None = None
    beginning: str = ""
    """What stands there already and is continued."""
    updates: list[int] = field(default_factory=list)
    """The updates that ask for it and are not dealt with yet."""
    before: Kept | None = None
    """The person's exchange before it, once this one is remembered."""
    is_forgotten: bool = False
    is_barren: bool = False
    """Whether it failed before the model gave anything of it."""
    remembered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def words(self) -> Words:
        """The sentences in the language of whoever asked."""
        return in_language(self.person.language)

    @property
    def is_open(self) -> bool:
        """Whether more is to come."""
        return self.reply.draft.ending is None

    def dealt_with(self, updates: Sequence[int]) -> None:
        """Take note that these updates are dealt with."""
        self.updates = [one for one in self.updates if one not in updates]
