"""Half an hour in which everything goes wrong, and an audit: `python -m tests.benchmarks.soak`.

Fifty people ask one question after the other. One call in twenty meets a fault; the bot is killed
(and now and then told to stop) at random moments, and started again; the model breaks off, refuses
or stalls now and then. For the last third the bot lives on, so that its memory can be seen. At the
end three texts are compared for every answer: what the model had to say, what stands in the chat,
and what is remembered. `--minutes N` changes how long it takes.

A message whose send was not heard, because its answer was lost or the bot was killed, is looked for
before it is sent again, but may be missed (see README, "Honest limits"). What stands there twice
near such a send is counted apart; of ten of them one may.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import random
import re
import signal
import sqlite3
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

from bot.locales import Words
from bot.sandbox.rehearsal import Rehearsal, Request
from bot.sandbox.steps import BreakOff, Refuse, Say, Stall, Step
from bot.sandbox.telegram import (
    Chat,
    Error,
    Fault,
    Flood,
    Html502,
    LocalTelegram,
    LostAnswer,
    Message,
    NoAnswer,
    Reset,
    Slow,
    User,
)
from tests.world import TOKEN

PEOPLE: Final = 50
GROUPS: Final = 5
"""So many of them ask in a group of their own."""
CHANCE: Final = 0.05
FAULTS: Final[tuple[Fault, ...]] = (
    Flood(1),
    Flood(4),
    Error(500, "Internal Server Error"),
    Html502(),
    Reset(),
    LostAnswer(),
    Slow(2.0),
    NoAnswer(10.0),
)
METHODS: Final = (
    "sendMessage",
    "sendDocument",
    "editMessageText",
    "editMessageReplyMarkup",
    "sendChatAction",
    "setMessageReaction",
    "deleteMessage",
    "getUpdates",
)
LIVES: Final = (20.0, 60.0)
"""Seconds, at random between, until the bot is killed."""
PATIENCE: Final = 240.0
"""Seconds after which a question that has no finished answer counts as lost."""
_WORDS: Final = Words()


def words_of(question: str) -> list[str]:
    """Give the words with which the model answers a question: always the same."""
    count = random.Random(question).choice([1, 5, 40, 150, 150, 400, 1200])
    return [f"{question}n{number}" for number in range(count)]


def numbers_of(text: str, question: str) -> list[int]:
    """Give the numbers of the words of this question's answer in a text."""
    return [int(number) for number in re.findall(rf"\b{question}n(\d+)\b", text)]


def script(request: Request) -> Iterable[Step]:
    """Answer the question, mostly to the end."""
    question = str(request.messages[-1]["content"]).split()[-1].removeprefix("Go")
    if not question.startswith("w"):  # "go on exactly where it ended"
        return [Say("…")]
    words, chance = words_of(question), random.random()
    pace = random.choice([15.0, 30.0, 60.0, 200.0])
    if chance < 0.03:
        return [Refuse(random.choice([429, 500]))]
    if chance < 0.08:
        cut = random.randrange(len(words) + 1)
        end: Step = BreakOff() if random.random() < 0.5 else Stall(30)
        return [Say("".join(f"{word} " for word in words[:cut]), pace), end]
    return [Say(" ".join(words), pace)]


@dataclass
class Asker:
    """A person who asks question after question in one place."""

    number: int
    telegram: LocalTelegram
    user: User
    chat: Chat
    asked: dict[str, int] = field(default_factory=dict)
    """The questions, with their messages."""
    unanswered: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    async def ask(self, until: float) -> None:
        """Ask until the time is up, each question when the one before it is answered."""
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(random.uniform(0, 6))
            question = f"w{self.number}q{len(self.asked)}"
            text = f"/ask {question}" if self.chat.card.type != "private" else question
            began = loop.time()
            self.asked[question] = self.chat.say(self.user, text).id
            try:
                await self.telegram.until(lambda: self._is_answered(), PATIENCE)  # noqa: PLW0108
            except TimeoutError:
                self.unanswered.append(question)
            else:
                self.waits.append(loop.time() - began)

    def _is_answered(self) -> bool:
        question = next(reversed(self.asked))
        return any(not is_alive(message) for message in self.answers(question))

    def answers(self, question: str) -> list[Message]:
        """Give the messages that answer a question, in the order of their ids."""
        mine: list[Message] = []
        thread = {self.asked[question]}
        for message in sorted(self.chat.said_by_bot, key=lambda message: message.id):
            # A page that holds a sentence alone is told by what it follows.
            if message.reply_to in thread or f"{question}n" in message.text:
                mine.append(message)
                thread.add(message.id)
        return mine


def is_alive(message: Message) -> bool:
    """Tell whether a message looks as if more were to come: a ⏹ below it, or nothing at all."""
    data = [button["callback_data"] for button in message.buttons]
    return "stop" in data or not data


@dataclass
class Lives:
    """The processes of the bot, one after the other."""

    environment: Mapping[str, str]
    file: TextIO | None = None
    process: asyncio.subprocess.Process | None = None
    kills: list[float] = field(default_factory=list)
    stops: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds of the last process's life, and MiB."""
    log: Counter[str] = field(default_factory=Counter)
    _reading: asyncio.Task[None] | None = None

    async def live(self, until: float, calm: float) -> None:
        """Begin a life after the other until `until`; from `calm` on none is ended."""
        loop = asyncio.get_running_loop()
        while True:
            await self._begin()
            life = random.uniform(*LIVES)
            if loop.time() + life > calm:
                break
            await asyncio.sleep(life)
            await self._end()
        assert self.process
        began = loop.time()
        while loop.time() < until:
            await asyncio.sleep(5)
            self.memory.append((loop.time() - began, _resident(self.process.pid)))

    async def _begin(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot"), env=self.environment, stderr=asyncio.subprocess.PIPE
        )
        self._reading = asyncio.create_task(self._read(self.process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr
        while line := await process.stderr.readline():
            text = line.decode(errors="replace")
            if self.file:
                self.file.write(text)
            if " ERROR " in text or "Traceback" in text or " CRITICAL " in text:
                self.log[re.sub(r"^\S+ \S+ |\d+", "", text).strip()[:100]] += 1

    async def _end(self) -> None:
        assert self.process
        is_kill = random.random() < 0.8
        self.kills.append(asyncio.get_running_loop().time())
        self.stops += not is_kill
        self.process.send_signal(signal.SIGKILL if is_kill else signal.SIGTERM)
        await self.process.wait()

    async def finish(self) -> None:
        """Let the last one end."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        await self.process.wait()
        assert self._reading
        await self._reading


def _resident(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass
class Unheard:
    """The sends that took effect although their answer was lost."""

    telegram: LocalTelegram
    faults: int = 0
    lost: list[tuple[float, int]] = field(default_factory=list)

    def strike(self) -> None:
        """Let one call in twenty meet a fault."""
        for method in METHODS:
            for fault in FAULTS:
                self.telegram.faults.next(method, fault, 10**9, self._when(method, fault))

    def _when(self, method: str, fault: Fault) -> Callable[[str, Mapping[str, Any]], bool]:
        def strikes(_: str, params: Mapping[str, Any]) -> bool:
            hit = random.random() < CHANCE / len(FAULTS)
            self.faults += hit
            if hit and isinstance(fault, LostAnswer) and method.startswith("send"):
                now = asyncio.get_running_loop().time()
                self.lost.append((now, int(params.get("chat_id", 0))))
            return hit

        return strikes


@dataclass
class Findings:
    """What the audit has found."""

    answers: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    explained: int = 0
    alive: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)


@dataclass
class World:
    """What is remembered in the end, and when something could not be heard."""

    records: Mapping[str, list[tuple[str, str]]]
    unheard: list[tuple[float, int]]
    kills: list[float]

    def explains(self, at: float, chat_id: int) -> bool:
        """Tell whether the answer to a send at that time cannot have been heard."""
        is_lost = any(chat == chat_id and abs(at - when) < 3 for when, chat in self.unheard)
        return is_lost or any(abs(at - when) < 3 for when in self.kills)


def audit(askers: Iterable[Asker], world: World) -> Findings:
    """Compare generated, shown and recorded text of every answer."""
    found = Findings()
    for asker in askers:
        for question in asker.unanswered:
            messages = [(one.text[-60:], one.buttons) for one in asker.answers(question)]
            found.lost.append(f"{question}: no answer in time, now {messages}")
        for question in asker.asked:
            found.answers += 1
            _judge(question, asker, world, found)
    return found


def _judge(question: str, asker: Asker, world: "World", found: Findings) -> None:
    said, records = words_of(question), world.records.get(question, [])
    answers = asker.answers(question)
    numbers = {message.id: numbers_of(message.text, question) for message in answers}
    shown: list[int] = []
    most = 0
    for message in answers:
        frames = asker.telegram.frames(message.id, asker.chat)
        most = max([most, *(n + 1 for f in frames for n in numbers_of(f.text, question)[-1:])])
        begins = numbers[message.id][:1]
        others = [n for one in answers if one.id > message.id for n in numbers[one.id]]
        if begins and (begins[0] in shown or begins[0] in others):  # it stands there once more
            if world.explains(frames[0].time, asker.chat.id):
                found.explained += 1
            else:
                found.doubled.append(f"{question}: message {message.id}")
            continue
        shown += numbers[message.id]
        if "stop" in [button["callback_data"] for button in message.buttons]:
            found.alive.append(f"{question}: message {message.id}")
    if len(records) != 1:
        found.differs.append(f"{question}: {len(records)} records")
        return
    [(answer, outcome)] = records
    found.outcomes[outcome] += 1
    if shown != list(range(len(shown))) or len(shown) < most:
        found.lost.append(f"{question}: {len(shown)} of {most} words that were shown")
    if outcome == "complete" and len(shown) != len(said):
        found.lost.append(f"{question}: {len(shown)} of {len(said)} words")
    if numbers_of(answer, question) != shown:
        found.differs.append(f"{question}: shown {len(shown)} words, recorded others")


def recorded(database: Path) -> tuple[dict[str, list[tuple[str, str]]], list[str]]:
    """Give what is remembered: answers and outcomes, by question; and what nobody finished."""
    with contextlib.closing(sqlite3.connect(database)) as file:
        rows = file.execute("SELECT question, answer, outcome FROM exchanges").fetchall()
        left = file.execute("SELECT question, outcome, messages FROM unfinished").fetchall()
    kept: dict[str, list[tuple[str, str]]] = {}
    for question, answer, outcome in rows:
        kept.setdefault(question.split()[-1], []).append((answer, outcome))
    return kept, [f"{question.split()[-1]}: {outcome}, {ids}" for question, outcome, ids in left]


async def main(minutes: float, seed: int, log: TextIO | None) -> int:
    """Soak, print the findings, and give the exit status."""
    random.seed(seed)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a killed bot hangs up
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        async with LocalTelegram(TOKEN, privacy_mode=False) as telegram, Rehearsal() as model:
            model.answer_with(script)
            unheard = Unheard(telegram)
            unheard.strike()
            lives = Lives(
                {
                    **os.environ,
                    "TELEGRAM_BOT_TOKEN": TOKEN,
                    "TELEGRAM_API_URL": telegram.url,
                    "G4F_BASE_URL": model.url,
                    "G4F_MODEL": "rehearsal",
                    "CHUNK_TIMEOUT": "10",
                    "FIRST_CHUNK_TIMEOUT": "20",
                    "HISTORY_CHARACTERS": "2000",
                    "DATA_DIR": folder,
                },
                log,
            )
            askers = [_asker(number, telegram) for number in range(PEOPLE)]
            began = loop.time()
            end, calm = began + 60 * minutes, began + 40 * minutes
            living = asyncio.create_task(lives.live(end, calm))
            await asyncio.gather(*(asker.ask(end) for asker in askers))
            await living
            telegram.faults.clear()
            await asyncio.sleep(30)  # what is still to be tidied
            await lives.finish()
            records, left = recorded(Path(folder) / "conversations.sqlite3")
            found = audit(askers, World(records, unheard.lost, lives.kills))
            found.alive += left
            _report(found, lives, unheard, len(telegram.calls), askers)
            has_missed = found.explained > len(unheard.lost) / 10
            wrong = found.lost or found.doubled or found.alive or found.differs or has_missed
            return int(bool(wrong))


def _asker(number: int, telegram: LocalTelegram) -> Asker:
    user = telegram.user(f"Person {number}", language_code="en")
    if number < GROUPS:
        return Asker(number, telegram, user, telegram.group(f"Group {number}", [user]))
    return Asker(number, telegram, user, telegram.private(user))


def _report(
    found: Findings, lives: Lives, unheard: Unheard, calls: int, askers: list[Asker]
) -> None:
    minutes = {int(age // 60): size for age, size in lives.memory}
    memory = ", ".join(f"{size:.0f}" for size in minutes.values())
    waits = sorted(wait for asker in askers for wait in asker.waits)
    print("| answers | lost | doubled | still alive | differ from the record |")
    print("|---|---|---|---|---|")
    counts = (len(found.lost), len(found.doubled), len(found.alive), len(found.differs))
    print(f"| {found.answers} | {' | '.join(map(str, counts))} |\n")
    ends = ", ".join(f"{count} {name}" for name, count in found.outcomes.most_common())
    print(f"Outcomes: {ends}.")
    print(f"{calls} calls, {unheard.faults} faults; {len(lives.kills)} lives ended early,")
    print(f"{lives.stops} of them by SIGTERM; {len(unheard.lost)} sends whose answer was lost;")
    print(f"{found.explained} messages stand twice near a send that was not heard.")
    print(f"Until answered: median {statistics.median(waits):.1f} s, worst {waits[-1]:.0f} s.")
    print(f"Memory of the last process, minute by minute: {memory} MiB.")
    for text, count in lives.log.most_common(12):
        print(f"log: {count} x {text}")
    for kind in ("lost", "doubled", "alive", "differs"):
        for line in getattr(found, kind)[:20]:
            print(f"{kind}: {line}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=argparse.FileType("w"), help="where the bot's log goes")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.minutes, given.seed, given.log)))
