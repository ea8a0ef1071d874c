"""What is done once."""

from bot.handlers.once import Once


def test_a_thing_is_new_once() -> None:
    seen = Once(10)
    assert [seen.is_new(one) for one in (1, 1, 2, 1)] == [True, False, True, False]


def test_of_things_beyond_the_limit_those_seen_longest_ago_are_forgotten() -> None:
    seen = Once(2)
    assert [seen.is_new(one) for one in (1, 2, 1, 3, 1, 2)] == [
        True,
        True,
        False,
        True,
        False,
        True,
    ]
