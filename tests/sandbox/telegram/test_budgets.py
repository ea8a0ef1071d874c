"""The limits of Telegram, over a clock that the test moves."""

from bot.sandbox.telegram.budgets import Budgets, Toll

STRICT = Budgets(tolerance=0)


def private(toll: Toll, *times: float, chat: int = 1) -> list[int | None]:
    return [toll.charge(now, chat, private=True) for now in times]


def group(toll: Toll, *times: float) -> list[int | None]:
    return [toll.charge(now, -1, private=False) for now in times]


def test_in_private_three_calls_may_come_at_once_and_then_one_a_second() -> None:
    assert private(Toll(STRICT), 0, 0, 0, 1, 2, 3) == [None] * 6
    assert private(Toll(STRICT), 0, 0, 0, 0.9) == [None, None, None, 1]


def test_a_pause_gives_the_burst_back_but_no_more() -> None:
    assert private(Toll(STRICT), 0, 0, 0, 100, 100, 100, 100) == [*[None] * 6, 1]


def test_steady_calls_slightly_too_fast_are_refused_in_the_end() -> None:
    answers = private(Toll(STRICT), *(0.9 * number for number in range(40)))
    assert answers.index(1) == 21


def test_it_is_told_how_many_calls_a_chat_would_take() -> None:
    toll = Toll(STRICT)
    assert toll.left(0, 1, private=True) == 3
    private(toll, 0, 0)
    assert [toll.left(now, 1, private=True) for now in (0, 1, 2, 9)] == [1, 2, 3, 3]
    toll.hold(10, 1, 5)
    assert [toll.left(now, 1, private=True) for now in (10, 15)] == [0, 3]
    assert [toll.penalty_left(now, 1) for now in (10, 13, 15)] == [5, 2, 0]
    group(toll, 0, 1, 2)
    assert [toll.left(now, -1, private=False) for now in (2, 60, 99)] == [17, 18, 20]
    assert Toll(None).left(0, 1, private=True) is None


def test_in_a_group_calls_are_a_second_apart() -> None:
    assert group(Toll(STRICT), 0, 1, 1.5) == [None, None, 1]


def test_in_a_group_twenty_calls_pass_in_any_minute() -> None:
    answers = group(Toll(STRICT), *range(20), 20)
    assert answers == [*[None] * 20, 40]
    assert group(Toll(STRICT), *range(20), 60, 61) == [None] * 22


def test_the_whole_bot_may_call_thirty_times_a_second() -> None:
    toll = Toll(STRICT)
    assert [toll.charge(0, chat, private=True) for chat in range(1, 32)] == [*[None] * 30, 1]
    assert toll.charge(0.5, 99, private=True) == 1
    assert toll.charge(1.5, 99, private=True) is None


def test_a_call_in_a_penalty_starts_it_anew() -> None:
    toll = Toll(STRICT)
    assert private(toll, 0, 0, 0, 0, 0.9, 1.8) == [None, None, None, 1, 1, 1]
    assert private(toll, 2.8) == [None]


def test_a_penalty_of_one_chat_leaves_the_others_alone() -> None:
    toll = Toll(STRICT)
    toll.hold(0, 1, 5)
    assert private(toll, 1) == [5]
    assert private(toll, 1, chat=2) == [None]


def test_a_penalty_holds_without_budgets_too() -> None:
    toll = Toll(None)
    toll.hold(0, 1, 5)
    assert private(toll, *[0] * 3, 5, *[5] * 50) == [5, 5, 5, *[None] * 51]


def test_what_the_network_shifts_by_is_forgiven() -> None:
    assert group(Toll(Budgets(tolerance=0.05)), 0, 0.96, 1.9) == [None, None, 1]
