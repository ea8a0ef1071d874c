"""The live reply, in virtual time: what stands in the chat, when, and after how many calls."""

import asyncio
import itertools
import logging
import threading
from collections.abc import AsyncGenerator, Callable
from typing import ClassVar

import pytest

from bot.reply.delivery import Delivery
from bot.reply.draft import MOST_SHOWN, Draft, Ending, Outcome, Thought
from bot.reply.gate import Gate
from bot.reply.live import LiveReply
from bot.reply.pacing import Call, Pacer, Peer, Urgency
from bot.reply.page import File, Message, Page
from bot.reply.patience import LAST_RETRY, PERSISTENCE
from bot.reply.standing import Standing
from bot.reply.surface import (
    Gone,
    Moved,
    OutcomeUnknown,
    Rejected,
    TooFast,
    Unwelcome,
)
from bot.reply.view import View
from tests.reply.chat import GROUP, Chat, reply_in, show, stream
from tests.reply.notation import notation
from tests.virtual_time import in_virtual_time, now

DONE = Ending(Outcome.COMPLETE)
LATENCY = 0.1


def tokens(count: int, per_second: float) -> list[str | float]:
    """Give numbered words with pauses between them."""
    return [step for n in range(count) for step in (f"w{n} ", 1 / per_second)]


def generated(count: int, per_second: float, start: float = 0.0) -> dict[str, float]:
    """Tell when each of them is generated."""
    return {f"w{n}": start + n / per_second for n in range(count)}


@in_virtual_time
async def test_an_answer_of_300_tokens_is_one_message_seen_as_it_grows() -> None:
    chat = Chat(latency=LATENCY)
    draft = await show(chat, 2.0, *tokens(300, 30))
    end = 2.0 + 300 / 30
    assert draft == Draft(" ".join(f"w{n}" for n in range(300)) + " ", DONE)
    assert chat.screen == [draft.text.strip()]
    assert chat.calls[0][0] == 2.0  # the first text goes out with the first token
    lags = [chat.seen_after(f"{w} ", at) for w, at in generated(299, 30, 2.0).items()]
    assert sum(lags) / len(lags) <= 0.65
    assert max(lags) <= 1.2
    assert chat.times[-1] + LATENCY - end < 1.2


@in_virtual_time
async def test_typing_is_shown_until_there_is_text_and_not_after() -> None:
    chat = Chat(latency=LATENCY)
    await show(chat, 12.0, *tokens(60, 10))
    assert chat.typed[0] == 0.2
    assert len(chat.typed) == 3
    assert max(b - a for a, b in itertools.pairwise(chat.typed)) <= 5.0
    assert chat.times[0] == 12.0


@in_virtual_time
async def test_typing_is_not_shown_for_what_is_said_at_once() -> None:
    chat = Chat()
    await show(chat, "Hello!")
    assert (chat.typed, chat.screen) == ([], ["Hello!"])


@in_virtual_time
async def test_a_group_sees_typing_at_most_three_times() -> None:
    chat = Chat(peer=GROUP)
    await show(chat, 55.0, "Hello!")
    assert len(chat.typed) == 3


@in_virtual_time
async def test_a_call_for_typing_is_neither_waited_for_nor_broken_off_by_the_first_text() -> None:
    chat = Chat(latency=8.0)
    await show(chat, 1.0, "Hello!", 20.0)
    assert chat.times[0] == 1.0
    assert (len(chat.typed), chat.typing_answered) == (1, 1)


@in_virtual_time
async def test_typing_that_still_waits_is_given_up_when_the_first_text_comes() -> None:
    chat, gate = Chat(), Gate(Pacer())
    gate.hold(chat.peer, 2.0)
    await reply_in(chat, gate).show(stream(1.0, "Hello!", 20.0))
    assert (chat.times, chat.typed) == ([2.0], [])


@in_virtual_time
async def test_a_frame_that_waits_becomes_the_final_text_and_goes_at_once() -> None:
    chat = Chat()
    await show(chat, "Begin", 0.1, " and", 0.1, " end")
    assert chat.calls[1:] == [(0.2, "edit", "Begin and end")]


@in_virtual_time
async def test_text_from_before_a_pause_is_shown_while_the_model_pauses() -> None:
    chat = Chat(latency=LATENCY)
    await show(chat, *tokens(20, 30), "before", 6.0, " after")
    assert chat.seen_after("before", 20 / 30) < 1.5
    assert chat.screen[0].endswith("before after")


@in_virtual_time
async def test_an_answer_of_40_seconds_in_a_group_keeps_its_budget_and_ends_soon() -> None:
    chat = Chat(peer=GROUP, latency=LATENCY)
    await show(chat, 3.0, *tokens(400, 10))
    calls = sorted(chat.times + chat.typed)
    assert all(b - a >= 1 for a, b in itertools.pairwise(calls))
    assert len(calls) <= 20
    assert chat.times[-1] + LATENCY - 43.0 < 4.5
    assert chat.screen[0].endswith("w399")


@in_virtual_time
async def test_long_answers_continue_in_further_messages_and_lose_nothing() -> None:
    chat = Chat()
    text = " ".join(f"word{n}" for n in range(2000))
    await show(chat, *[step for n in range(0, len(text), 500) for step in (text[n : n + 500], 0.5)])
    assert " ".join(chat.screen) == text
    assert list(chat.after.values()) == [None, *list(chat.after)[:-1]]
    sent_at = [index for index, call in enumerate(chat.calls) if call[1] == "send"]
    for page, successor in zip(chat.screen, sent_at[1:], strict=False):
        later = [shown for _, method, shown in chat.calls[successor:] if method == "edit"]
        assert page not in later  # a finished page is left alone


@in_virtual_time
async def test_a_slow_chat_slows_no_reading_and_sees_the_newest_text() -> None:
    chat = Chat(latency=5.0)
    reply = reply_in(chat)
    showing = asyncio.create_task(reply.show(stream(*tokens(100, 30))))
    await asyncio.sleep(100 / 30 + 0.01)
    assert reply.draft.ending == DONE
    assert len(chat.calls) == 1
    await showing
    assert [shown.split()[-1] for _, _, shown in chat.calls] == ["w0", "w99"]


@in_virtual_time
async def test_a_flood_wait_is_honoured_in_full_and_ends_with_the_newest_text() -> None:
    chat = Chat(faults={1: TooFast(30)})
    await show(chat, *tokens(100, 10))
    refused = chat.times[1]
    assert chat.times[2] - refused >= 30
    assert chat.calls[2][2].endswith("w99")
    assert len(chat.calls) == 3


@in_virtual_time
async def test_a_429_on_the_last_edit_does_not_lose_the_end() -> None:
    chat = Chat(faults={2: TooFast(17), 3: TooFast(5)})
    await show(chat, "Begin", 2.0, " middle", 2.0, " end")
    assert chat.screen == ["Begin middle end"]


@in_virtual_time
async def test_one_flooded_chat_delays_no_other() -> None:
    gate = Gate(Pacer())
    flooded, fine = Chat(faults={0: TooFast(30)}), Chat(peer=Peer(2, is_group=False))
    alone = Chat(peer=Peer(3, is_group=False))
    await asyncio.gather(
        reply_in(flooded, gate).show(stream(*tokens(50, 10))),
        reply_in(fine, gate).show(stream(*tokens(50, 10))),
    )
    offset = now()
    await show(alone, *tokens(50, 10))
    assert fine.times == pytest.approx([at - offset for at in alone.times], abs=0.1)
    assert flooded.screen == fine.screen


@pytest.mark.parametrize("call", [0, 1, 2], ids=["first", "interim", "final"])
@in_virtual_time
async def test_a_call_whose_outcome_is_unknown_is_made_again_with_the_newest_text(
    call: int,
) -> None:
    chat = Chat(faults={call: OutcomeUnknown()})
    await show(chat, "Begin", 2.0, " middle", 2.0, " end")
    assert chat.screen == ["Begin middle end"]


@in_virtual_time
async def test_while_telegram_is_down_the_attempts_become_rarer() -> None:
    chat = Chat(faults=dict.fromkeys(range(8), OutcomeUnknown()))
    await show(chat, "Hello")
    gaps = [b - a for a, b in itertools.pairwise(chat.times)]
    assert gaps == pytest.approx([1, 2, 4, 8, 16, 30, 30, 30])
    assert chat.screen == ["Hello"]


@pytest.mark.parametrize("refusal", [Gone(), Unwelcome()], ids=["deleted", "blocked"])
@in_virtual_time
async def test_a_reply_that_cannot_be_shown_any_more_ends_the_generation(
    refusal: Gone | Unwelcome,
) -> None:
    closed = []

    async def endless() -> AsyncGenerator[str | Ending]:
        try:
            while True:
                yield "more "
                await asyncio.sleep(0.1)
        finally:
            closed.append(now())

    chat = Chat(faults={2: refusal})
    draft = await reply_in(chat).show(endless())
    assert draft.ending == Ending(Outcome.STOPPED)
    assert closed == [chat.times[2]]
    assert len(chat.calls) == 3


@in_virtual_time
async def test_a_rejected_page_is_not_sent_again_but_a_longer_one_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    chat = Chat(faults={0: Rejected("message text is empty")})
    await show(chat, "\u2063", 3.0, "Hello")
    assert [shown for _, _, shown in chat.calls] == ["\u2063", "\u2063Hello"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@in_virtual_time
async def test_an_answer_that_is_rejected_for_good_ends_all_the_same() -> None:
    chat = Chat(faults={0: Rejected("no"), 1: Rejected("no")})
    draft = await show(chat, "Hello")
    assert (draft.ending, chat.screen) == (DONE, [])
    assert chat.shown == [Page("Hello"), File("answer.txt", "Hello")]


@in_virtual_time
async def test_a_page_whose_styles_are_rejected_is_shown_without_them() -> None:
    chat = Chat(faults={1: Rejected("can't parse entities")})
    await show(chat, "**a**", 3.0, " `b`", 3.0, " *c*")
    assert [notation(page) for page in chat.shown] == [
        "<b>a</b>",
        "<b>a</b> <code>b</code>",
        "a b",
        "<b>a</b> <code>b</code> <i>c</i>",
    ]
    assert chat.screen == ["a b c"]


@in_virtual_time
async def test_a_text_that_no_message_takes_ends_as_a_file() -> None:
    chat = Chat(faults={1: Rejected("no"), 2: Rejected("no")})
    await show(chat, "**a**", 3.0, " b")
    assert [call[1:] for call in chat.calls] == [
        ("send", "a"),
        ("edit", "a b"),
        ("edit", "a b"),
        ("drop", "a"),
        ("send", "a b"),
    ]
    assert list(chat.pages.values())[-1] == File("answer.txt", "a b")
    assert chat.screen == ["a b"]


@in_virtual_time
async def test_frames_that_are_rejected_are_not_tried_for_ever_but_the_end_is() -> None:
    chat = Chat(faults=dict.fromkeys(range(1, 4), Rejected("no")))
    await show(chat, *tokens(300, 10))
    assert [method for _, method, _ in chat.calls] == ["send", "edit", "edit", "edit", "edit"]
    assert chat.times[-1] == pytest.approx(30.0)
    assert chat.screen[0].endswith("w299")


@in_virtual_time
async def test_styles_that_are_rejected_are_not_tried_for_ever() -> None:
    chat = Chat(faults=dict.fromkeys((1, 3, 5), Rejected("no")))
    more: list[str | float] = [step for n in range(9) for step in (3.0, f" `{n}`")]
    await show(chat, "**a**", *more)
    assert [notation(page) for page in chat.shown[5:8]] == [
        "<b>a</b> <code>0</code> <code>1</code> <code>2</code>",
        "a 0 1 2",
        "a 0 1 2 3",
    ]
    assert chat.screen == ["a 0 1 2 3 4 5 6 7 8"]


@in_virtual_time
async def test_the_end_of_an_answer_is_not_tried_for_ever() -> None:
    chat = Chat(faults=dict.fromkeys(range(1, 99), OutcomeUnknown("500")))
    draft = await show(chat, "Begin", 2.0, " and end.")
    assert (draft.ending, chat.screen) == (DONE, ["Begin"])
    assert now() - 2.0 == pytest.approx(PERSISTENCE, abs=LAST_RETRY)


@in_virtual_time
async def test_an_answer_that_grows_is_tried_for_as_long_as_it_grows() -> None:
    chat = Chat(faults=dict.fromkeys(range(1, 100), OutcomeUnknown("500")))
    minutes: list[str | float] = [60.0, " more"] * 60
    await show(chat, "Begin", *minutes, " and end.")
    assert chat.screen[0].endswith("and end.")


@in_virtual_time
async def test_a_page_whose_predecessor_was_deleted_is_not_sent() -> None:
    chat = Chat(faults={1: Gone("message to be replied not found")})
    reply = reply_in(chat)
    await reply.show(stream("a" * 4000, 2.0, "\n\n" + "b" * 4000, 9.0, "c"))
    assert [method for _, method, _ in chat.calls] == ["send", "send"]
    assert (reply.draft.ending, reply.shown) == (Ending(Outcome.STOPPED), ())


@in_virtual_time
async def test_long_code_is_also_sent_as_a_file_once_the_answer_is_whole() -> None:
    chat = Chat()
    code = "\n".join(f"line_{n} = {n}" for n in range(400))
    await show(chat, f"Here:\n\n```python\n{code}", 3.0, "\n```\n\nEnjoy!")
    *_, last, file = chat.pages.values()
    assert isinstance(last, Page)
    assert last.text.endswith("Enjoy!")
    assert file == File("code.py", code + "\n")
    assert [type(page) for page in chat.shown].count(File) == 1
    assert list(chat.after.values()) == [None, *list(chat.after)[:-1]]


@in_virtual_time
async def test_live_reasoning_becomes_the_answer_in_the_same_message() -> None:
    chat = Chat()
    thoughts = (Thought("Two "), 2.0, Thought("and two"), 2.0)
    await show(chat, *thoughts, "4", Thought("late"), reasoning="live")
    assert [notation(page) for page in chat.shown] == [
        "<long-quote>Two</long-quote>",
        "<long-quote>Two and two</long-quote>",
        "4",
    ]
    assert chat.screen == ["4"]


@in_virtual_time
async def test_kept_reasoning_stands_above_the_answer_and_later_thoughts_do_not_change_it() -> None:
    chat = Chat()
    draft = await show(chat, Thought("Hm"), "4", 2.0, Thought("late"), "!", reasoning="keep")
    assert chat.screen == ["Hm\n\n4!"]
    assert draft == Draft("4!", DONE, "Hm")


@in_virtual_time
async def test_what_takes_long_to_read_is_not_read_on_the_event_loop() -> None:
    class Watched(View):
        threads: ClassVar[list[bool]] = []

        def pages(self, draft: Draft) -> tuple[Message, ...]:
            self.threads.append(threading.current_thread() is threading.main_thread())
            return super().pages(draft)

    chat = Chat()
    await LiveReply(Standing(chat, Delivery()), Gate(Pacer()), Watched()).show(
        stream("short", 2.0, " **x** `y`" * 600)
    )
    assert Watched.threads[0]
    assert not Watched.threads[-1]
    assert " ".join(chat.screen) == "short" + " x y" * 600


@in_virtual_time
async def test_a_long_answer_costs_no_more_while_it_grows_and_is_whole_when_it_has_ended() -> None:
    chat = Chat()
    reply = reply_in(chat)
    words = [step for number in range(40) for step in (f"{number:03} " * 500, 1.0)]
    showing = asyncio.create_task(reply.show(stream(*words)))
    await asyncio.sleep(30)
    calls = len(chat.calls)
    assert len(reply.draft.text) == MOST_SHOWN + 1
    await asyncio.sleep(9)
    assert len(chat.calls) == calls
    assert (await showing).text == "".join(f"{number:03} " * 500 for number in range(40))
    assert chat.screen[-1].split() == (await showing).text.split()


@in_virtual_time
async def test_white_space_alone_is_no_message() -> None:
    chat = Chat()
    await show(chat, " \n", 2.0, "Hi", 2.0, "\n\n", 2.0)
    assert [shown for _, _, shown in chat.calls] == ["Hi"]


@in_virtual_time
async def test_the_ending_stands_below_what_had_come_and_nothing_comes_after_it() -> None:
    chat = Chat()
    failed = Ending(Outcome.FAILED, "It broke.")
    draft = await show(chat, "Half", 2.0, failed, " more")
    assert draft == Draft("Half", failed)
    assert chat.screen == ["Half\n\nIt broke."]


@in_virtual_time
async def test_an_answer_ended_from_outside_stands_there_with_what_had_come() -> None:
    chat = Chat(latency=LATENCY)
    reply = reply_in(chat)
    showing = asyncio.create_task(reply.show(stream(*tokens(300, 30))))
    await asyncio.sleep(5.01)
    ending = Ending(Outcome.INTERRUPTED, "Restarted.")
    reply.end(ending)
    reply.end(Ending(Outcome.STOPPED, "twice"))
    draft = await showing
    assert draft == Draft("".join(f"w{n} " for n in range(151)), ending)
    assert chat.screen == [draft.text.strip() + "\n\nRestarted."]
    assert now() < 6.5


@in_virtual_time
async def test_a_bug_in_the_source_is_raised_when_what_had_come_is_shown() -> None:
    chat = Chat()
    with pytest.raises(ZeroDivisionError):
        await show(chat, "Half", 2.0, " more", ZeroDivisionError())
    assert chat.screen == ["Half more"]


@in_virtual_time
async def test_cancelling_leaves_nothing_behind() -> None:
    chat = Chat(latency=1.0)
    showing = asyncio.create_task(reply_in(chat).show(stream(10.0, "late")))
    await asyncio.sleep(0.5)
    showing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await showing
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_virtual_time
async def test_the_end_of_an_answer_does_not_sleep_through_a_back_off() -> None:
    chat = Chat(faults={n: OutcomeUnknown("down") for n in range(1, 7)})
    reply = reply_in(chat)
    showing = asyncio.create_task(reply.show(stream("Begin", 2.0, " more", 1000.0)))
    await asyncio.sleep(36)
    assert len(chat.calls) == 7  # Telegram is back, but the next attempt is 30 s away
    reply.end(Ending(Outcome.INTERRUPTED, "Restarted."))
    await showing
    assert now() < 37
    assert chat.screen == ["Begin more\n\nRestarted."]


@in_virtual_time
async def test_a_chat_that_has_moved_gets_the_whole_answer_anew() -> None:
    chat = Chat(faults={1: Moved()})
    await show(chat, "Begin", 2.0, " and end.")
    assert [method for _, method, _ in chat.calls] == ["send", "edit", "send"]
    assert chat.screen[-1] == "Begin and end."


@in_virtual_time
async def test_a_page_that_follows_one_that_shrank_does_not_wait_like_a_frame() -> None:
    chat = Chat(peer=GROUP)
    paragraphs = [f"[{n}] " + "word " * 100 + "\n\n" for n in range(30)]
    await show(chat, *(step for text in paragraphs for step in (text, 2.0)))
    gaps = [b[0] - a[0] for a, b in itertools.pairwise(chat.calls) if b[1] == "send"]
    assert gaps
    assert max(gaps) < 2.0  # frames are 4.6 s apart by then


@in_virtual_time
async def test_typing_that_is_cancelled_before_it_began_does_not_count_for_ever() -> None:
    class Hasty(Gate):
        async def enter(
            self, peer: Peer, urgency: Callable[[], Urgency], unseen_since: float | None = None
        ) -> Call:
            call = await super().enter(peer, urgency, unseen_since)
            asyncio.get_running_loop().call_soon(reply.end, DONE)
            return call

    chat, gate = Chat(peer=GROUP), Hasty(Pacer())
    reply = reply_in(chat, gate)
    await reply.show(stream(100.0))
    assert chat.typed == []
    await asyncio.sleep(2.0)
    async with asyncio.timeout(0.1), gate.turn(GROUP, lambda: Urgency.FINAL):
        pass


@in_virtual_time
async def test_text_that_a_lost_call_has_left_unseen_goes_before_younger_text_of_others() -> None:
    pacer = Pacer()
    gate, order = Gate(pacer), []

    class Ordered(Chat):
        async def edit(self, message_id: int, page: Page) -> None:
            await super().edit(message_id, page)
            order.append((self.peer.id, now()))

    async def flood() -> None:
        await asyncio.sleep(1.2)
        for number in range(100, 103):
            gate.hold(Peer(number, is_group=False), 10)

    unlucky = Ordered(Peer(1, is_group=False), faults={1: OutcomeUnknown()})
    other = Ordered(Peer(2, is_group=False))
    await asyncio.gather(
        reply_in(other, gate).show(stream("One", 1.5, " two", 30.0)),
        reply_in(unlucky, gate).show(stream("One", 1.0, " two", 30.0)),
        flood(),
    )
    assert order == [(1, 11.2), (2, 11.2)]
