"""Where a message may be whose sending seemed lost."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.reply.ids import COUNTS, FIRST_SUPERGROUP, REMEMBERED, MessageIds

START = datetime(2026, 1, 2, 3, 4, 5, 600_000, UTC)
PRIVATE, OTHER, BASIC_GROUP = 1, 2, -3
GROUP, OTHER_GROUP = FIRST_SUPERGROUP - 1, FIRST_SUPERGROUP - 2


@pytest.fixture
def ids() -> MessageIds:
    return MessageIds(START)


def test_nothing_is_known_before_the_first_message_that_no_other_process_can_have_sent(
    ids: MessageIds,
) -> None:
    assert ids.newest(PRIVATE) is None
    ids.seen(PRIVATE, 7, START - timedelta(seconds=1))
    ids.found(PRIVATE, 8)
    assert ids.newest(PRIVATE) is None
    ids.seen(PRIVATE, 9, START.replace(microsecond=0))
    assert ids.newest(PRIVATE) == 9


def test_a_message_of_our_own_is_fresh_whenever_what_is_above_it_was_seen(ids: MessageIds) -> None:
    ids.seen(PRIVATE, 9, START - timedelta(seconds=1))
    ids.sent(PRIVATE, 8)
    assert ids.newest(PRIVATE) == 9


def test_a_message_that_seemed_lost_is_the_next_one_that_is_not_known(ids: MessageIds) -> None:
    ids.sent(PRIVATE, 10)
    assert ids.unknown(PRIVATE, 10, set()) == 11
    assert ids.unknown(PRIVATE, 10, {11}) is None
    ids.seen(PRIVATE, 13, START)
    assert ids.unknown(PRIVATE, 10, {11}) == 12
    assert ids.unknown(PRIVATE, 10, {11, 12}) == 14
    assert ids.unknown(PRIVATE, 10, {11, 12, 14}) is None


def test_messages_of_other_people_are_passed_over_once_they_are_known(ids: MessageIds) -> None:
    ids.sent(GROUP, 10)
    ids.found(GROUP, 11)
    assert ids.unknown(GROUP, 10, set()) == 12
    assert ids.newest(GROUP) == 11


def test_a_message_that_somebody_else_looks_for_is_no_bound(ids: MessageIds) -> None:
    ids.sent(GROUP, 10)
    ids.reaches(GROUP, 11)
    assert ids.unknown(GROUP, 10, {11}) == 12
    assert ids.unknown(GROUP, 10, set()) == 11


def test_private_chats_and_basic_groups_share_one_count_and_supergroups_none(
    ids: MessageIds,
) -> None:
    ids.sent(PRIVATE, 10)
    assert (ids.newest(OTHER), ids.newest(BASIC_GROUP)) == (10, 10)
    ids.sent(GROUP, 5)
    assert (ids.newest(PRIVATE), ids.newest(GROUP), ids.newest(OTHER_GROUP)) == (10, 5, None)


def test_what_is_remembered_is_bounded(ids: MessageIds) -> None:
    for number in range(1, 2 * REMEMBERED):
        ids.sent(PRIVATE, number)
    assert ids.newest(PRIVATE) == 2 * REMEMBERED - 1
    assert ids.unknown(PRIVATE, REMEMBERED - 2, set()) is None
    assert ids.unknown(PRIVATE, REMEMBERED - 1, set()) == 2 * REMEMBERED
    for number in range(COUNTS + 1):
        ids.sent(FIRST_SUPERGROUP - number - 1, 5)
    assert ids.newest(PRIVATE) is None
