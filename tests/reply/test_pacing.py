"""The laws of pacing, checked against budgets written a second time, in another way."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.pacing import REMEMBERED_CHATS, Pacer, Peer, Urgency

PRIVATE = Peer(1, is_group=False)
GROUP = Peer(-1, is_group=True)
FINAL, FIRST, INTERIM, TYPING, _ = Urgency


@dataclass
class Chat:
    """Somebody who calls as soon as the pacer allows it."""

    pacer: Pacer = field(default_factory=Pacer)
    peer: Peer = PRIVATE
    now: float = 1000.0
    calls: list[tuple[float, Urgency]] = field(default_factory=list)

    def call(self, urgency: Urgency, latency: float = 0.0) -> float:
        """Wait, call, be answered; give the time of the call."""
        wait = self.pacer.wait(self.peer, urgency, self.now)
        self.now += max(wait, self.pacer.bot_wait(self.now))
        call = self.pacer.spend(self.peer, urgency, self.now)
        self.calls.append((self.now, urgency))
        made = self.now
        self.now += latency
        self.pacer.settle(call, self.now)
        return made


def worst_window(times: list[float], window: float) -> int:
    """Count the most calls in any window of that length, its beginning included, its end not."""
    return max(sum(a <= b < a + window for b in times) for a in times)


def test_a_private_chat_takes_a_burst_of_three_and_then_one_a_second() -> None:
    chat = Chat()
    times = [chat.call(FINAL) for _ in range(6)]
    assert times == pytest.approx([1000, 1000, 1000, 1001, 1002, 1003], abs=0.2)


def test_frames_leave_room_for_the_final_text() -> None:
    chat = Chat()
    chat.call(TYPING)
    chat.call(FIRST)
    for _ in range(20):
        chat.call(INTERIM)
        assert chat.pacer.wait(PRIVATE, FINAL, chat.now) < 0.2


def test_frames_of_a_private_chat_come_once_a_second() -> None:
    chat = Chat()
    chat.call(FIRST)
    times = [chat.call(INTERIM) for _ in range(30)]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert gaps[2:] == pytest.approx([1.0] * 27)


def test_a_burst_is_not_spent_on_two_frames_at_once() -> None:
    chat = Chat()
    chat.call(FIRST)
    assert chat.call(INTERIM) == pytest.approx(1000.5)


def test_a_group_sees_early_frames_quickly_and_late_ones_slowly() -> None:
    chat = Chat(peer=GROUP)
    chat.call(FIRST)
    times = [chat.call(INTERIM) for _ in range(60)]
    gaps = [b - a for a, b in itertools.pairwise([1000.0, *times])]
    assert gaps[:3] == pytest.approx([1, 2, 3])
    assert max(gaps) <= 5.0  # it never runs dry
    assert worst_window(times, 60) <= 14


def test_a_group_has_room_for_the_end_of_this_answer_and_the_next_ones() -> None:
    chat = Chat(peer=GROUP)
    chat.call(FIRST)
    for _ in range(30):
        chat.call(INTERIM)
    for urgency in (FINAL, FIRST, FINAL):
        before = chat.now
        assert chat.call(urgency) - before <= 1.0


@pytest.mark.parametrize("urgency", [INTERIM, TYPING])
def test_frames_and_typing_wait_where_first_and_final_texts_need_the_room(
    urgency: Urgency,
) -> None:
    chat = Chat(peer=GROUP)
    for _ in range(18):
        chat.call(FINAL)
    assert chat.pacer.wait(GROUP, FINAL, chat.now) <= 1.0
    assert chat.pacer.wait(GROUP, urgency, chat.now) > 40.0


def test_a_429_silences_its_chat_for_the_whole_time_and_no_other() -> None:
    chat, other = Chat(), Peer(2, is_group=False)
    chat.pacer.hold(PRIVATE, 30, chat.now)
    assert chat.pacer.wait(PRIVATE, FINAL, chat.now) == 30
    assert chat.pacer.wait(PRIVATE, FINAL, chat.now + 29) == pytest.approx(1)
    assert chat.pacer.wait(other, INTERIM, chat.now) == 0


@pytest.mark.parametrize("peer", [PRIVATE, GROUP], ids=["private", "group"])
def test_after_a_429_the_pace_is_slower_and_recovers_slowly(peer: Peer) -> None:
    def frame_gap(quiet: float) -> float:
        chat = Chat(peer=peer)
        chat.pacer.hold(peer, 3, chat.now)
        chat.now += 3 + quiet
        for _ in range(4):
            chat.call(FINAL)
        return chat.call(FINAL) - chat.calls[-2][0]

    gaps = [frame_gap(quiet) for quiet in (0, 60, 120, 600)]
    assert gaps == pytest.approx([2, 1.5, 1.25, 1], rel=0.05)


def test_each_further_429_slows_down_more_up_to_a_limit() -> None:
    chat = Chat()
    for _ in range(10):
        chat.pacer.hold(PRIVATE, 1, chat.now)
        chat.now += 1
    for _ in range(3):
        chat.call(FINAL)
    assert chat.pacer.wait(PRIVATE, FINAL, chat.now) == pytest.approx(8, rel=0.05)


def test_the_bot_as_a_whole_stays_below_thirty_a_second() -> None:
    pacer, now, times = Pacer(), 1000.0, []
    for chat in range(200):
        peer = Peer(chat, is_group=False)
        assert pacer.wait(peer, FIRST, now) == 0
        now += pacer.bot_wait(now)
        pacer.settle(pacer.spend(peer, FIRST, now), now)
        times.append(now)
    assert worst_window(times, 1.0) <= 29
    assert times[-1] - times[0] < 200 / 25


def test_a_call_counts_from_when_it_was_answered() -> None:
    chat = Chat()
    for _ in range(3):
        chat.call(FINAL, latency=0.4)  # Telegram may count them at 0.4, 0.8 and 1.2 s
    assert chat.now + chat.pacer.wait(PRIVATE, FINAL, chat.now) == pytest.approx(1001.4)


@pytest.mark.parametrize("peer", [PRIVATE, GROUP], ids=["private", "group"])
def test_a_call_under_way_counts_as_made_now_for_as_long_as_it_takes(peer: Peer) -> None:
    pacer = Pacer()
    calls = [pacer.spend(peer, FINAL, 0) for _ in range(3 if peer == PRIVATE else 1)]
    for now in (0, 5, 500):
        assert pacer.wait(peer, FINAL, now) == 1
    for call in calls:
        pacer.settle(call, 500)
    assert pacer.wait(peer, FINAL, 500) == 1
    assert pacer.wait(peer, FINAL, 501) == 0


def test_three_chats_flooded_at_once_silence_and_slow_down_the_whole_bot() -> None:
    pacer = Pacer()
    for number in range(3):
        assert pacer.bot_wait(0.3 * number) == 0
        pacer.hold(Peer(number, is_group=False), 5, 0.3 * number)
    assert pacer.bot_wait(0.6) == 5
    for _ in range(3):
        pacer.settle(pacer.spend(Peer(98, is_group=False), FINAL, 5.6), 5.6)
    assert pacer.bot_wait(5.6) == pytest.approx(2 / 29)


def test_three_chats_flooded_one_after_the_other_are_their_own_business() -> None:
    pacer = Pacer()
    for number in range(9):
        pacer.hold(Peer(number, is_group=False), 5, 0.6 * number)
    assert pacer.bot_wait(6) == 0


def test_chats_that_are_at_rest_are_forgotten_and_others_are_not() -> None:
    pacer = Pacer()
    pacer.hold(PRIVATE, 1e6, 0)
    for number in range(2, 3 * REMEMBERED_CHATS):
        call = pacer.spend(Peer(number, is_group=False), FINAL, number * 10.0)
        pacer.settle(call, number * 10.0)
    assert pacer.chats <= REMEMBERED_CHATS
    assert pacer.wait(PRIVATE, FINAL, 0) == 1e6


def private_budget() -> Callable[[float], bool]:
    """Telegram's side of the private law: three tokens, one more each second."""
    tokens, last = 3.0, float("-inf")

    def accepts(now: float) -> bool:
        nonlocal tokens, last
        tokens, last = min(3.0, tokens + (now - last)), now
        tokens -= 1
        return tokens >= -1e-6

    return accepts


def group_budget() -> Callable[[float], bool]:
    """Telegram's side of the group law: twenty in sixty seconds, a second apart."""
    times: list[float] = []

    def accepts(now: float) -> bool:
        recent = sum(time > now - 60 + 1e-6 for time in times)
        is_apart = not times or now - times[-1] >= 1 - 1e-6
        times.append(now)
        return recent < 20 and is_apart

    return accepts


latencies = st.floats(0, 3)
plans = st.lists(st.tuples(st.sampled_from(Urgency), st.floats(0, 8), latencies), max_size=80)


@given(plans, st.randoms(use_true_random=False), st.sampled_from([PRIVATE, GROUP]))
def test_no_budget_is_exceeded_whenever_telegram_counts_a_call(
    plan: list[tuple[Urgency, float, float]], random: "Iterator[float]", peer: Peer
) -> None:
    """Telegram counts a call at some moment between its sending and its answer."""
    chat = Chat(peer=peer)
    accepts = group_budget() if peer.is_group else private_budget()
    for urgency, pause, latency in plan:
        chat.now += pause
        made = chat.call(urgency, latency)
        assert accepts(made + latency * random.random())  # type: ignore[attr-defined]
