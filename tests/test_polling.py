"""Who takes updates where two processes poll with one token. Pure, over a given time."""

import pytest

from bot.polling import GIVE_WAY, LISTEN, UNDISTURBED, Turn


def test_a_process_alone_takes_updates_from_its_first_call_on() -> None:
    turn = Turn()
    assert turn.wait(0) == 0
    assert turn.answered(0.1)


def test_one_that_was_just_started_gives_way_and_listens_before_it_takes_any() -> None:
    turn = Turn()
    assert turn.answered(0.1)
    turn.disturbed(1, jitter=0)
    assert turn.wait(1) == GIVE_WAY
    back = 1 + GIVE_WAY
    assert turn.wait(back) == 0
    assert not turn.answered(back + LISTEN - 0.1)
    assert turn.answered(back + LISTEN)


def test_one_that_listens_and_hears_the_other_gives_way_again() -> None:
    turn = Turn()
    turn.disturbed(0, jitter=0)
    turn.disturbed(GIVE_WAY + 1, jitter=1)
    assert turn.wait(GIVE_WAY + 1) == 1.5 * GIVE_WAY


@pytest.mark.parametrize(
    ("polled_for", "gives_way"), [(UNDISTURBED - 1, True), (UNDISTURBED, False)]
)
def test_one_that_has_polled_undisturbed_goes_on(polled_for: float, *, gives_way: bool) -> None:
    turn = Turn()
    turn.answered(0)
    turn.disturbed(polled_for, jitter=0)
    assert (turn.wait(polled_for) > 0) == gives_way
    assert turn.answered(polled_for + 1) != gives_way


def test_who_has_given_way_has_to_be_undisturbed_anew() -> None:
    turn = Turn()
    turn.answered(0)
    turn.disturbed(10, jitter=0)
    turn.answered(30)
    turn.disturbed(30 + UNDISTURBED - 1, jitter=0)
    assert turn.wait(30 + UNDISTURBED - 1) > 0
