"""Who may ask: one table; and who was told that they may not."""

import pytest

from bot.handlers.access import Access, access

ALICE, BOB, ADMIN = 7, 8, 9
FRIENDS, OTHERS = -1001, -1002
NOBODY = None
"""Who writes in the name of a chat."""

EVERYBODY = access((), (), ())
ONLY_AN_ADMIN = access((), (), [ADMIN])
PEOPLE = access([ALICE], (), [ADMIN])
GROUPS = access((), [FRIENDS], [ADMIN])
BOTH = access([ALICE], [FRIENDS], [ADMIN])
BOBS_CHAT = access((), [BOB], ())


@pytest.mark.parametrize(
    ("who", "user", "chat", "allowed"),
    [
        (EVERYBODY, ALICE, ALICE, True),
        (EVERYBODY, BOB, FRIENDS, True),
        (EVERYBODY, NOBODY, FRIENDS, True),
        (ONLY_AN_ADMIN, ADMIN, ADMIN, True),
        (ONLY_AN_ADMIN, BOB, BOB, True),
        (ONLY_AN_ADMIN, NOBODY, FRIENDS, True),
        (PEOPLE, ALICE, ALICE, True),
        (PEOPLE, ALICE, FRIENDS, True),
        (PEOPLE, ADMIN, FRIENDS, True),
        (PEOPLE, BOB, BOB, False),
        (PEOPLE, BOB, FRIENDS, False),
        (PEOPLE, NOBODY, FRIENDS, False),
        (GROUPS, BOB, FRIENDS, True),
        (GROUPS, NOBODY, FRIENDS, True),
        (GROUPS, BOB, OTHERS, False),
        (GROUPS, BOB, BOB, False),
        (GROUPS, NOBODY, OTHERS, False),
        (GROUPS, ADMIN, ADMIN, True),
        (GROUPS, ADMIN, OTHERS, True),
        (BOTH, ALICE, OTHERS, True),
        (BOTH, BOB, FRIENDS, True),
        (BOTH, BOB, OTHERS, False),
        (BOTH, BOB, BOB, False),
        (BOBS_CHAT, BOB, BOB, True),
        (BOBS_CHAT, BOB, FRIENDS, False),
        (BOBS_CHAT, ALICE, ALICE, False),
    ],
)
def test_who_may_ask_where(who: Access, user: int | None, chat: int, *, allowed: bool) -> None:
    assert who.allows(user, chat) is allowed


def test_a_group_that_becomes_a_supergroup_keeps_its_right_and_gives_none_to_others() -> None:
    assert GROUPS.moved(FRIENDS, -2001).allows(BOB, -2001)
    assert not GROUPS.moved(OTHERS, -2002).allows(BOB, -2002)
    assert EVERYBODY.moved(FRIENDS, -2001) == EVERYBODY
