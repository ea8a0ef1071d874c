"""The process is killed at some moment, and the next one takes up what it has left.

Real processes are killed with SIGKILL; the next one runs within the test, on the same folder.
"""

import asyncio
import contextlib
import functools
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app import StartError
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say, Think, Wait
from bot.sandbox.telegram import (
    Error,
    Fault,
    Flood,
    LocalTelegram,
    LostAnswer,
    Message,
    NoAnswer,
    Reset,
)
from tests.test_command_line import at, start
from tests.test_control import AGAIN, CONTINUE, labels
from tests.test_ending import SOON
from tests.world import TOKEN, WORDS, World, started

MENDED = WORDS("answer-mended")
TEXT = "One two three four. "


def records() -> list[tuple[str, str, str]]:
    """Give what is kept, in order."""
    with contextlib.closing(sqlite3.connect("data/conversations.sqlite3")) as file:
        wanted = "SELECT question, answer, outcome FROM exchanges ORDER BY id"
        return [(asked, answer.strip(), end) for asked, answer, end in file.execute(wanted)]


def leftovers() -> int:
    """Count what is not finished, and what is not dealt with."""
    with contextlib.closing(sqlite3.connect("data/conversations.sqlite3")) as file:
        unfinished = file.execute("SELECT count(*) FROM unfinished").fetchone()[0]
        pending = "SELECT count(*) FROM updates WHERE body IS NOT NULL"
        return int(unfinished + file.execute(pending).fetchone()[0])


@dataclass
class Death:
    """A bot in a process of its own, that can be killed; then another one within the test."""

    telegram: LocalTelegram
    model: Rehearsal
    process: asyncio.subprocess.Process

    def __post_init__(self) -> None:
        self.alice = self.telegram.user("Alice", username="alice", language_code="en")
        self.chat = self.telegram.private(self.alice)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    def kill_at(
        self,
        method: str,
        fault: Fault,
        when: Callable[[Mapping[str, Any]], bool] = lambda _: True,
    ) -> None:
        """Kill the process at the moment when such a call arrives, which meets this fault."""

        def strikes(_: str, params: Mapping[str, Any]) -> bool:
            if not when(params):
                return False
            self.kill()
            return True

        self.telegram.faults.next(method, fault, when=strikes)

    async def noted(self) -> None:
        """Wait until it is written down in which messages the answers stand that grow."""
        await self._until("SELECT count(*) FROM unfinished WHERE messages <> '[]'", 1)

    async def settled(self) -> None:
        """Wait until nothing is left to do."""
        await self._until("SELECT count(*) FROM unfinished", 0)

    async def _until(self, wanted: str, number: int) -> None:
        async with asyncio.timeout(60):
            while True:
                with contextlib.closing(sqlite3.connect("data/conversations.sqlite3")) as file:
                    if file.execute(wanted).fetchone()[0] == number:
                        return
                await asyncio.sleep(0.05)

    async def dead(self) -> None:
        await self.process.communicate()
        assert self.process.returncode == -signal.SIGKILL
        self.telegram.faults.clear()

    @contextlib.asynccontextmanager
    async def next_life(self) -> AsyncIterator[World]:
        """Run the bot again until it has dealt with everything."""
        async with started(self.telegram, self.model) as bot:
            world = World(self.telegram, self.model, bot)
            world.alice, world.chat = self.alice, self.chat
            await bot.idle()
            yield world
            await bot.idle()

    @property
    def said(self) -> list[Message]:
        return list(self.chat.said_by_bot)

    @property
    def screen(self) -> list[str]:
        return [message.text for message in self.said]


@contextlib.asynccontextmanager
async def death() -> AsyncIterator[Death]:
    async with LocalTelegram(token=TOKEN) as telegram, Rehearsal() as model:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        process = await start(**settings, **at(model))
        scene = Death(telegram, model, process)
        try:
            yield scene
        finally:
            scene.kill()
            await scene.process.communicate()


async def test_killed_before_the_first_frame_the_question_is_answered_once() -> None:
    async with death() as d:
        d.model.script(Wait(asyncio.Event()))
        d.chat.say(d.alice, "Is it?")
        await d.telegram.until(lambda: len(d.model.requests) == 1, 60)
        d.kill()
        await d.dead()
        d.model.script(Say("Yes."))
        async with d.next_life():
            assert d.screen == ["Yes."]
        assert records() == [("Is it?", "Yes.", "complete")]
        async with d.next_life():
            assert d.screen == ["Yes."]
        assert leftovers() == 0


async def test_killed_before_an_update_is_confirmed_it_is_dealt_with_once() -> None:
    async with death() as d:
        d.model.answer_with(lambda _: [Say("Yes.")])
        d.kill_at("getUpdates", Reset(), lambda params: bool(params.get("offset")))
        d.chat.say(d.alice, "Is it?")
        await d.dead()
        async with d.next_life() as w:
            await w.settled()
            assert d.screen == ["Yes."]
        assert records() == [("Is it?", "Yes.", "complete")]
        assert len(d.model.requests) <= 2  # the first one may just have begun to ask


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("sendMessage", Reset()),
        ("editMessageText", Reset()),
        ("editMessageText", LostAnswer()),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_killed_while_a_frame_is_shown_the_answer_is_mended_with_at_least_its_text(
    method: str, fault: Fault
) -> None:
    async with death() as d:
        d.model.script(Say(TEXT * 100, pace=20))
        shown: list[str] = []

        def takes(params: Mapping[str, Any]) -> bool:
            shown.append(str(params["text"]))
            return True

        d.kill_at(method, fault, takes)
        d.chat.say(d.alice, "Tell me")
        await d.dead()
        async with d.next_life():
            [answer] = d.said
            text = answer.text.removesuffix(f"\n\n{MENDED}")
            assert text != answer.text
            assert text.startswith(shown[0])
            assert labels(answer) == [AGAIN, CONTINUE]
        assert records() == [("Tell me", text, "interrupted")]
        assert leftovers() == 0


async def test_killed_when_the_first_send_took_effect_unheard_it_stands_there_once() -> None:
    async with death() as d:
        d.model.script(Say(TEXT * 100, pace=20))
        d.kill_at("sendMessage", LostAnswer())
        await d.telegram.until(lambda: _has_called(d, "getUpdates"), 60)
        d.chat.say(d.alice, "Tell me")
        await d.dead()
        d.chat.say(d.alice, "/privacy")
        [lost] = d.said
        async with d.next_life():
            answer, privacy = d.said
            assert (answer.id, privacy.text) == (lost.id, WORDS("privacy"))
            assert answer.text.startswith(lost.text)
            assert answer.text.endswith(MENDED)
        [(question, _, outcome)] = records()
        assert (question, outcome) == ("Tell me", "interrupted")


async def test_a_mended_answer_goes_on_and_begins_anew() -> None:
    async with death() as d:
        d.model.script(Say("Once upon a time"), Wait(asyncio.Event()))
        d.chat.say(d.alice, "Tell me")
        await d.telegram.until(lambda: d.screen == ["Once upon a time"], 60)
        await d.noted()
        d.kill()
        await d.dead()
        async with d.next_life() as w:
            d.model.script(Say("there was."))
            await w.press(d.said[0], CONTINUE, d.alice)
            await w.settled()
            assert d.screen == ["Once upon a time there was."]
            d.model.script(Say("Never."))
            await w.press(d.said[0], AGAIN, d.alice)
            await w.settled()
            assert d.screen == ["Never."]
        assert records() == [("Tell me", "Never.", "complete")]


async def test_killed_at_the_last_frame_the_answer_is_whole_and_not_called_broken() -> None:
    async with death() as d:
        end = asyncio.Event()
        d.model.script(Say("Half. "), Wait(end), Say("Whole."))
        d.chat.say(d.alice, "Tell me")
        await d.telegram.until(lambda: d.screen == ["Half."], 60)
        await d.noted()
        d.kill_at("editMessageText", Reset(), lambda params: "Whole." in params["text"])
        end.set()
        await d.dead()
        assert d.screen == ["Half."]
        async with d.next_life():
            assert d.screen == ["Half. Whole."]
            assert labels(d.said[0]) == [AGAIN]
        assert records() == [("Tell me", "Half. Whole.", "complete")]
        assert len(d.model.requests) == 1


@pytest.mark.parametrize("fault", [Reset(), LostAnswer()], ids=lambda fault: type(fault).__name__)
async def test_killed_while_a_further_message_is_sent_no_page_is_lost_or_doubled(
    fault: Fault,
) -> None:
    text = "".join(f"word{number} " for number in range(1200))
    async with death() as d:
        d.model.script(Say(text, pace=5000), Wait(asyncio.Event()))
        d.kill_at("sendMessage", fault, lambda _: len(d.said) == 1)
        d.chat.say(d.alice, "Tell me")
        await d.dead()
        async with d.next_life():
            standing = " ".join(d.screen).removesuffix(MENDED).split()
            assert len(d.said) == len({message.id for message in d.said}) > 1
            assert standing == text.split()[: len(standing)]
            assert [bool(message.buttons) for message in d.said[:-1]] == [False] * (len(d.said) - 1)
        [(_, answer, outcome)] = records()
        assert (answer.split(), outcome) == (standing, "interrupted")


async def test_killed_between_reasoning_and_answer_the_message_looks_alive_no_more() -> None:
    async with death() as d:
        d.model.script(Think("Hm. "), Wait(asyncio.Event()))
        d.kill()  # reasoning is not shown by default
        await d.dead()
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": d.telegram.url}
        d.process = await start(**settings, **at(d.model), SHOW_REASONING="live")
        d.chat.say(d.alice, "Tell me")
        await d.telegram.until(lambda: d.screen == ["Hm."], 60)
        await d.noted()
        d.kill()
        await d.dead()
        async with d.next_life():
            assert d.screen == [MENDED]
            assert labels(d.said[0]) == [AGAIN]
        assert records() == [("Tell me", "", "interrupted")]


async def test_what_somebody_has_deleted_meanwhile_is_not_mended() -> None:
    async with death() as d:
        d.model.script(Say("Half."), Wait(asyncio.Event()))
        d.chat.say(d.alice, "Tell me")
        await d.telegram.until(lambda: d.screen == ["Half."], 60)
        await d.noted()
        d.kill()
        await d.dead()
        d.chat.delete(d.said[0])
        async with d.next_life():
            assert d.screen == []
        assert records() == [("Tell me", "Half.", "interrupted")]
        assert leftovers() == 0


async def test_what_waited_is_answered_in_its_order_and_once() -> None:
    async with death() as d:
        d.model.script(Say("0"), Wait(asyncio.Event()))
        for text in ("0?", "1?", "2?"):
            d.chat.say(d.alice, text)
        await d.telegram.until(lambda: d.screen == ["0"], 60)
        await d.telegram.updates_confirmed()
        await d.noted()
        d.kill()
        await d.dead()
        d.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        async with d.next_life():
            assert d.screen == [f"0\n\n{MENDED}", "Re: 1?", "Re: 2?"]
        assert [question for question, _, _ in records()] == ["0?", "1?", "2?"]
        assert leftovers() == 0


async def test_a_press_that_was_not_carried_out_is() -> None:
    async with death() as d:
        d.model.script(Say("Old."))
        d.chat.say(d.alice, "Tell me")
        await d.telegram.until(lambda: bool(d.said and d.said[0].buttons), 60)
        await d.telegram.until(lambda: labels(d.said[0]) == [AGAIN])
        await d.settled()
        d.model.script(Wait(asyncio.Event()))
        d.chat.press(d.said[0], "again", by=d.alice)
        await d.telegram.until(lambda: len(d.model.requests) == 2)
        d.kill()
        await d.dead()
        d.model.script(Say("New."))
        async with d.next_life():
            assert d.screen == ["New."]
            assert labels(d.said[0]) == [AGAIN]
        assert records() == [("Tell me", "New.", "complete")]


async def test_what_was_forwarded_and_a_command_outlive_the_process() -> None:
    async with death() as d:
        bob = d.telegram.user("Bob")
        d.chat.say(d.alice, "Fire is cold.", forward_origin=bob)
        await d.telegram.until(lambda: d.screen == [WORDS("passed-on")], 60)
        d.kill_at("sendMessage", Reset())
        d.chat.say(d.alice, "/privacy")
        await d.dead()
        d.model.script(Say("No."))
        async with d.next_life() as w:
            assert d.screen == [WORDS("passed-on"), WORDS("privacy")]
            d.chat.say(d.alice, "Is it?")
            await w.settled()
            assert w.asked[-1][-1]["content"].startswith("A message forwarded from Bob")
        assert leftovers() == 0


async def test_a_question_that_is_too_old_by_then_gets_one_sentence() -> None:
    async with death() as d:
        d.kill()
        await d.dead()
        hours_ago = int(time.time()) - 3700
        d.chat.say(d.alice, "1?", date=hours_ago)
        d.chat.say(d.alice, "2?", date=hours_ago + 1)
        d.chat.say(d.alice, "3?", date=hours_ago + 3000)
        d.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        async with d.next_life() as w:
            await w.settled()
            assert sorted(d.screen) == sorted([WORDS("too-late"), "Re: 3?"])


def _has_asked(d: Death, times: int) -> bool:
    return len(d.model.requests) == times


def _has_called(d: Death, method: str) -> bool:
    return any(call.method == method for call in d.telegram.calls)


async def test_an_update_that_kills_each_process_is_given_up_with_a_word() -> None:
    async with death() as d:
        d.model.answer_with(lambda _: [Wait(asyncio.Event())])
        d.chat.say(d.alice, "Poison")
        for number in range(1, 4):
            await d.telegram.until(functools.partial(_has_asked, d, number), 60)
            d.kill()
            await d.dead()
            settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": d.telegram.url}
            d.process = await start(**settings, **at(d.model))
        await d.telegram.until(lambda: d.screen == [WORDS("given-up")], 60)
        d.model.answer_with(lambda _: [Say("Fine.")])
        d.chat.say(d.alice, "Is all well?")
        await d.telegram.until(lambda: d.screen[1:] == ["Fine."], 60)
        assert len(d.model.requests) == 4


async def test_a_second_process_does_not_touch_the_answers_of_the_first() -> None:
    async with death() as d:
        d.model.script(Say("Half."), Wait(asyncio.Event()))
        d.chat.say(d.alice, "Tell me")
        await d.telegram.until(lambda: d.screen == ["Half."], 60)
        with pytest.raises(StartError) as raised:
            async with d.next_life():
                pass
        assert str(raised.value) == WORDS("run-database-claimed")
        assert d.screen == ["Half."]


async def test_two_instances_with_one_token_give_no_answer_twice(tmp_path: Path) -> None:
    async with death() as d:
        d.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        people = [d.telegram.user(f"Person {number}") for number in range(10)]
        chats = [d.telegram.private(person) for person in people]
        await d.telegram.until(lambda: _has_called(d, "getUpdates"), 60)
        async with started(d.telegram, d.model, data_dir=tmp_path / "other"):
            await d.telegram.until(lambda: any(call.error_code == 409 for call in d.telegram.calls))
            for round_ in range(3):
                for chat, person in zip(chats, people, strict=True):
                    chat.say(person, f"{round_}?")
                    await asyncio.sleep(0.05)
            wanted = [[f"Re: {round_}?" for round_ in range(3)]] * len(chats)
            await d.telegram.until(
                lambda: [[one.text for one in chat.said_by_bot] for chat in chats] == wanted, 30
            )
        assert len(d.model.requests) == 30


@pytest.mark.parametrize(
    "fault",
    [Error(502, "Bad Gateway"), Flood(12), NoAnswer(200), Reset()],
    ids=lambda fault: type(fault).__name__,
)
async def test_ended_while_telegram_does_not_listen_the_next_process_finishes_the_answer(
    fault: Fault,
) -> None:
    async with death() as d:
        d.model.script(Say("Half."), Wait(asyncio.Event()))
        d.chat.say(d.alice, "Tell me")
        await d.telegram.until(lambda: d.screen == ["Half."], 60)
        await d.noted()
        d.chat.say(d.alice, "And then?")
        await d.telegram.updates_confirmed()
        d.telegram.faults.next("editMessageText", fault, times=1000)
        d.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SOON):
            await d.process.communicate()
        assert d.process.returncode == 0
        assert d.screen == ["Half."]
        assert len(d.model.requests) == 1
        d.telegram.faults.clear()
        d.model.script(Say("The end."))
        async with d.next_life():
            assert d.screen == ["Half.\n\n" + WORDS("answer-interrupted"), "The end."]
            assert labels(d.said[1]) == [AGAIN]
        assert records() == [
            ("Tell me", "Half.", "interrupted"),
            ("And then?", "The end.", "complete"),
        ]
        assert leftovers() == 0
