"""Who goes next: any workload at all, and thousands of chats, in virtual time."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.gate import Gate
from bot.reply.pacing import Pacer, Peer, Urgency
from bot.reply.turns import Turn, Turns
from tests.reply.town import Town, WatchedGate, group, private
from tests.virtual_time import in_virtual_time, run

FINAL, FIRST, INTERIM, TYPING, IDLE = Urgency

answers = st.lists(
    st.tuples(
        st.one_of(st.integers(1, 40).map(private), st.integers(1, 3).map(group)),
        st.sampled_from([0.0, 0.5, 5.0]),
        st.floats(0, 15) | st.just(120.0),
    ),
    min_size=1,
    max_size=45,
)
floods = st.lists(
    st.tuples(
        st.sampled_from([0.01, 0.3, 0.7, 5.1, 9.0]),
        st.lists(st.integers(1, 40), max_size=4),
        st.floats(1, 20),
    ),
    max_size=3,
)


async def live(
    town: Town,
    plan: Sequence[tuple[Peer, float, float]],
    disasters: Sequence[tuple[float, Sequence[int], float]] = (),
) -> None:
    """Let all answers grow to their ends; Telegram says 429 to some chats at some times."""

    async def strike(at: float, chats: Sequence[int], seconds: float) -> None:
        await asyncio.sleep(at)
        for chat in chats:
            town.gate.hold(private(chat), seconds)

    await asyncio.gather(*(town.answer(*one) for one in plan), *(strike(*one) for one in disasters))


@given(answers, st.floats(0, 2), st.integers())
def test_whatever_is_asked_no_budget_is_exceeded_and_all_is_shown_in_order(
    plan: list[tuple[Peer, float, float]], latency: float, seed: int
) -> None:
    """Each decision is judged on the way, see `Watched`."""
    town = Town(WatchedGate(Pacer()), latency, seed)
    run(live(town, plan))
    assert town.refused == 0
    assert len(town.waits(FINAL)) == len(plan)


@given(answers, floods, st.floats(0, 2), st.integers())
def test_whatever_is_refused_the_best_of_those_who_may_goes_next_and_all_end(
    plan: list[tuple[Peer, float, float]],
    disasters: list[tuple[float, list[int], float]],
    latency: float,
    seed: int,
) -> None:
    town = Town(WatchedGate(Pacer()), latency, seed)
    run(live(town, plan, disasters))
    assert town.refused == 0
    assert len(town.waits(FINAL)) == len(plan)


@given(st.integers(1, 60), st.lists(st.floats(0, 15), min_size=60, max_size=60), st.floats(0, 2))
def test_a_final_text_waits_for_its_chats_second_and_for_other_finals_only(
    chats: int, lasts: list[float], latency: float
) -> None:
    town = Town(Gate(Pacer()), latency)
    run(live(town, [(private(n), 0.0, lasts[n]) for n in range(chats)]))
    ends = sorted(one.wanted for one in town.made if one.urgency is FINAL)
    for one in (one for one in town.made if one.urgency is FINAL):
        rivals = sum(end <= one.at for end in ends) - sum(end < one.wanted - 20 for end in ends)
        # Its own call under way, the second after it, and 29 of the others in each second.
        assert one.at - one.wanted <= (1 + latency) * (2 + rivals / 29) + 1e-6


@given(st.sampled_from([private(1), group(1)]), st.lists(st.floats(0, 3), max_size=30), st.data())
def test_a_chat_allows_to_what_is_more_urgent_what_it_allows_to_what_is_less(
    peer: Peer, pauses: list[float], data: st.DataObject
) -> None:
    pacer, now = Pacer(), 0.0
    for pause in pauses:
        now += pause
        waits = [pacer.wait(peer, urgency, now) for urgency in Urgency]
        assert waits == sorted(waits)
        urgency = data.draw(st.sampled_from(Urgency))
        call = pacer.spend(peer, urgency, now + pacer.wait(peer, urgency, now))
        if data.draw(st.booleans()):
            pacer.settle(call, now)


@in_virtual_time
async def test_three_thousand_chats_see_their_frames_in_turn() -> None:
    """Nobody is shown a third frame before everybody else has been shown a second one."""
    town = Town(Gate(Pacer()), latency=0.05)
    chats = 3000
    await live(town, [(private(n), 0.0, 400.0) for n in range(chats)])
    assert town.refused == 0
    frames: Counter[Peer] = Counter()
    for one in itertools.takewhile(lambda one: one.urgency is not FINAL, town.made):
        frames[one.peer] += 1
        if frames[one.peer] > 1:
            assert frames[one.peer] <= min(frames.values()) + 1
            assert len(frames) == chats
    assert max(town.waits(FIRST)) < chats / 27
    assert max(town.waits(INTERIM)) < chats / 27 + 1
    assert max(town.waits(FINAL)) < chats / 27


class Sluggish(Pacer):
    """Always says to wait a little longer, so little that no clock can tell."""

    asked = 0

    def wait(self, peer: Peer, urgency: Urgency, now: float) -> float:
        self.asked += 1
        assert self.asked < 100
        return 1e-12


def test_a_wait_too_short_for_the_clock_is_waited_for() -> None:
    turns = Turns(Sluggish())
    turns.add(Turn(private(1), lambda: INTERIM, 0.0), 1e6)
    for _ in range(5):
        wait = turns.take(1e6)
        assert isinstance(wait, float)
        assert wait > 0


class CountingPacer(Pacer):
    """Counts how often it is asked of a chat."""

    asked = 0

    def wait(self, peer: Peer, urgency: Urgency, now: float) -> float:
        self.asked += 1
        return super().wait(peer, urgency, now)


@pytest.mark.parametrize("chats", [30, 300, 3000])
def test_a_decision_asks_of_few_chats_however_many_wait(chats: int) -> None:
    pacer = CountingPacer()
    town = Town(Gate(pacer))
    run(live(town, [(private(n), 0.0, 10.0) for n in range(chats)]))
    assert pacer.asked / len(town.made) < 6


@in_virtual_time
async def test_first_texts_go_before_frames_and_finals_before_both() -> None:
    town = Town(Gate(Pacer()), latency=0.05)
    growing = [(private(n), 0.0, 30.0) for n in range(200)]
    newcomers = [(private(200 + n), 15.0, 20.0) for n in range(20)]
    endings = [(private(300 + n), 0.0, 15.2) for n in range(20)]
    await live(town, [*growing, *newcomers, *endings])
    firsts = [one.at - 15 for one in town.made if one.urgency is FIRST and one.wanted == 15]
    finals = [one.at - 15.2 for one in town.made if one.urgency is FINAL and one.wanted == 15.2]
    assert (len(firsts), len(finals)) == (20, 20)
    assert max(finals) <= 20 / 27
    assert max(firsts) <= 40 / 27
