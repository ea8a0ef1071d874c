"""Who may ask. Pure.

What is written in the name of a chat (by anonymous administrators of a group, by people who write
as a channel) is nobody's own: only where all may ask may they.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MOST_TOLD: Final = 10_000
"""Strangers of whom it is remembered that they were told so; then those told first are forgotten,
and may be told again."""


@dataclass(frozen=True, slots=True)
class Access:
    """The people who may ask anywhere, and the chats in which everybody may, by their ids.

    Where neither people nor chats are named, everybody may ask everywhere. `admins` always may;
    that there are any keeps nobody out.
    """

    users: frozenset[int] = frozenset()
    chats: frozenset[int] = frozenset()
    admins: frozenset[int] = frozenset()

    def allows(self, user: int | None, chat: int) -> bool:
        """Tell whether somebody may ask in a chat; `None`: who writes in the name of a chat.

        A private chat has the id of its person, so those may be named as a chat, too.
        """
        if not (self.users or self.chats) or chat in self.chats:
            return True
        return user in self.users or user in self.admins

    def moved(self, chat: int, to: int) -> "Access":
        """Give what holds when a group has become a supergroup, with an id of its own."""
        if chat not in self.chats:
            return self
        return Access(self.users, self.chats | {to}, self.admins)


class Strangers:
    """Who was told that they may not ask: each is told once in the life of the process."""

    def __init__(self, most: int = MOST_TOLD) -> None:
        self._most = most
        self._told: OrderedDict[int, None] = OrderedDict()

    def are_new(self, stranger: int) -> bool:
        """Tell whether a stranger, a person or a group, was not told yet; they are from now on."""
        is_new = stranger not in self._told
        self._told[stranger] = None
        while len(self._told) > self._most:
            self._told.popitem(last=False)
        return is_new


def access(users: Iterable[int], chats: Iterable[int], admins: Iterable[int]) -> Access:
    """Give the access that these ids are named for."""
    return Access(frozenset(users), frozenset(chats), frozenset(admins))
