"""How many answers a person may have: any hour holds as many as are allowed, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.quota import HOUR, Quota

ALICE, BOB = 7, 8


def test_within_an_hour_a_person_gets_so_many_and_then_waits_for_the_first_to_be_an_hour_old() -> (
    None
):
    quota = Quota(2)
    assert [quota.take(ALICE, now) for now in (0, 600, 1200, 3599)] == [0, 0, 2400, 1]
    assert quota.take(ALICE, 3600) == 0
    assert quota.take(ALICE, 3600) == 600


def test_what_is_refused_does_not_count() -> None:
    quota = Quota(1)
    quota.take(ALICE, 0)
    for now in range(1, 3600, 600):
        assert quota.take(ALICE, now) > 0
    assert quota.take(ALICE, HOUR) == 0


def test_to_ask_when_does_not_count() -> None:
    quota = Quota(1)
    assert [quota.wait(ALICE, 0), quota.wait(ALICE, 0), quota.take(ALICE, 0)] == [0, 0, 0]
    assert quota.wait(ALICE, 1000) == 2600


def test_nobody_pays_for_another() -> None:
    quota = Quota(1)
    assert [quota.take(ALICE, 0), quota.take(BOB, 0), quota.take(ALICE, 0)] == [0, 0, HOUR]


def test_zero_is_no_limit_and_some_people_have_none() -> None:
    free, exempt = Quota(0), Quota(1, exempt=frozenset([ALICE]))
    assert [free.take(ALICE, 0) for _ in range(100)] == [0] * 100
    assert [exempt.take(ALICE, 0) for _ in range(100)] == [0] * 100
    assert [exempt.take(BOB, 0), exempt.take(BOB, 0)] == [0, HOUR]
    assert (len(free), len(exempt)) == (0, 1)


def test_an_answer_of_which_nothing_came_is_given_back() -> None:
    quota = Quota(2)
    quota.take(ALICE, 0)
    quota.take(ALICE, 100)
    quota.give_back(ALICE)
    assert [quota.take(ALICE, 200), quota.take(ALICE, 200)] == [0, 3400]
    quota.give_back(BOB)
    assert len(quota) == 2


def test_nobody_is_remembered_longer_than_an_hour_and_of_many_answers_only_the_latest() -> None:
    quota = Quota(1, remembered=3)
    for person in range(10):
        quota.take(person, 0)
    assert len(quota) == 3
    assert quota.take(9, 1) > 0
    assert quota.take(0, 1) == 0
    quota.wait(ALICE, HOUR + 1)
    assert len(quota) == 0


@given(st.lists(st.tuples(st.integers(0, 4000), st.sampled_from([ALICE, BOB]))), st.integers(1, 5))
def test_no_hour_holds_more_than_so_many(moments: list[tuple[int, int]], most: int) -> None:
    quota, now = Quota(most), 0.0
    answers: list[tuple[float, int]] = []
    for pause, person in moments:
        now += pause
        if not quota.take(person, now):
            answers.append((now, person))
    for then, person in answers:
        within = [one for one in answers if one[1] == person and then <= one[0] < then + HOUR]
        assert len(within) <= most
