"""What a 429 leaves behind, for a chat and for all."""

import pytest

from bot.reply.pacing import Pacer, Peer, Urgency
from bot.reply.penance import Floods, Penance

FINAL = Urgency.FINAL


def chat(number: int) -> Peer:
    return Peer(number, is_group=False)


def flood(pacer: Pacer, chats: range, seconds: float, now: float) -> None:
    for number in chats:
        pacer.hold(chat(number), seconds, now)


def second_of(pacer: Pacer, peer: Peer, now: float) -> float:
    """Give how long a chat's second is: the wait after a whole burst."""
    for _ in range(3):
        pacer.settle(pacer.spend(peer, FINAL, now), now)
    return pacer.wait(peer, FINAL, now)


def test_a_429_that_comes_during_the_silence_makes_it_longer_and_nothing_slower() -> None:
    penance = Penance()
    penance.begin(5, 0)
    penance.begin(5, 0.3)
    assert (penance.until, penance.stretch(5.3)) == (5.3, 2.0)
    penance.begin(5, 5.3)
    assert penance.stretch(10.3) == 4.0


def test_a_flood_of_the_whole_bot_slows_down_all_and_no_chat_of_its_own() -> None:
    pacer = Pacer()
    flood(pacer, range(1, 4), 5, 0)
    flood(pacer, range(4, 9), 5, 0.1)  # what was under way
    assert pacer.bot_wait(0.1) == pytest.approx(5)
    assert pacer.wait(chat(8), FINAL, 0.1) == pytest.approx(5)
    assert [second_of(pacer, chat(number), 5.1) for number in (1, 3, 4, 8, 9)] == [1] * 5
    assert pacer.bot_wait(5.1 + 1e-9) > 0.4  # fifteen calls within a moment, at half the pace


def test_two_chats_that_hear_429_at_once_are_their_own_business() -> None:
    pacer = Pacer()
    flood(pacer, range(1, 3), 5, 0)
    assert pacer.bot_wait(0.1) == 0
    assert second_of(pacer, chat(1), 5.0) == 2


@pytest.mark.parametrize("order", [(300, 4, 5), (4, 300, 5), (4, 5, 300)])
def test_one_chat_that_has_to_wait_much_longer_does_not_hold_up_all(
    order: tuple[float, float, float],
) -> None:
    pacer = Pacer()
    for number, seconds in enumerate(order):
        pacer.hold(chat(number), seconds, 0)
    pacer.hold(chat(9), 300, 0.5)
    assert pacer.bot_wait(1.0) == pytest.approx(4.5)
    assert pacer.wait(chat(9), FINAL, 1.0) == pytest.approx(299.5)


def test_the_stretch_that_a_chat_has_of_its_own_outlives_a_flood_of_all() -> None:
    floods, own = Floods(), Penance()
    floods.note("a", own, 1, 0)
    for name in ("a", "b", "c"):
        floods.note(name, own if name == "a" else Penance(), 5, 2)
    assert own.stretch(7) == pytest.approx(2.0, rel=0.02)
    assert floods.bot.stretch(7) == 2.0
