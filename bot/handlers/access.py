"""Who may ask. Pure.

What is written in the name of a chat (by anonymous administrators of a group, by people who write
as a channel) is nobody's own: only where all may ask may they.
"""

from collections.abc import Iterable
from dataclasses import dataclass


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


def access(users: Iterable[int], chats: Iterable[int], admins: Iterable[int]) -> Access:
    """Give the access that these ids are named for."""
    return Access(frozenset(users), frozenset(chats), frozenset(admins))
