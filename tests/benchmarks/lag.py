"""How long a token waits until it is seen, for one chat and for many at once.

The bot is a process of its own; Telegram, which keeps its budgets here as well, and the model are
another one. Everybody asks at the same moment. A token's lag runs from when the model sends it
until the message that holds it has arrived at Telegram's side. The yardstick is the optimum that
the budgets allow in the long run: of edits that come evenly, a token waits half an interval on
average. Bursts, of which short answers have most, go below it.

One row alone: `python -m tests.benchmarks.lag 100 30 300 private`.
"""

import asyncio
import bisect
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.sandbox.telegram import LocalTelegram
from bot.sandbox.telegram.chat import Chat
from tests.benchmarks.process import TOKEN, Bot, bot
from tests.benchmarks.tap import Tap, words

TOTAL: Final = 30
"""Calls a second that Telegram takes of a bot."""


@dataclass(frozen=True, slots=True)
class Scene:
    """So many chats, each with one answer of so many tokens at so many a second."""

    chats: int
    pace: float
    tokens: int
    is_group: bool = False

    @property
    def optimum(self) -> float:
        """The least mean lag that the budgets allow in the long run, in seconds."""
        own = 60 / 20 if self.is_group else 1.0
        return max(own, self.chats / TOTAL) / 2


@dataclass(frozen=True, slots=True)
class Answer:
    """Seconds of one answer."""

    begun: float
    """From the question until the model was asked."""
    first: float
    lags: list[float]
    final: float

    @property
    def mean(self) -> float:
        return statistics.fmean(self.lags)


@dataclass(frozen=True, slots=True)
class Figures:
    answers: list[Answer]
    calls: int
    refused: int
    cores: float
    """Processor time of the bot against time."""
    resident: float
    descriptors: int


async def measure(scene: Scene) -> Figures:
    """Let everybody ask, and watch until the last answer stands there whole."""
    async with (
        LocalTelegram(TOKEN) as telegram,
        Tap() as tap,
        bot(telegram, tap.url) as process,
    ):
        tap.pour_out(words(scene.tokens), scene.pace)
        return await watch(scene, telegram, tap, process)


async def watch(scene: Scene, telegram: LocalTelegram, tap: Tap, process: Bot) -> Figures:
    """Do so with a bot that runs."""
    loop = asyncio.get_running_loop()
    people = [telegram.user(f"Person{n}") for n in range(scene.chats)]
    chats: list[Chat] = []
    for number, person in enumerate(people):
        group = telegram.group(f"Group{number}", [person]) if scene.is_group else None
        chats.append(group or telegram.private(person))
    before, used, began = len(telegram.calls), process.processor(), loop.time()
    peak = files = 0.0
    for number, (chat, person) in enumerate(zip(chats, people, strict=True)):
        chat.say(person, f"/ask q{number}q" if scene.is_group else f"q{number}q")
    last = f"token{scene.tokens - 1}"

    def is_whole(chat: Chat) -> bool:
        said = chat.said_by_bot
        return bool(said) and said[-1].text.endswith(last)

    due = loop.time() + scene.tokens / scene.pace + 90
    open_ = set(range(scene.chats))
    while open_ and loop.time() < due:
        await asyncio.sleep(0.1)
        peak, files = max(peak, process.resident()), max(files, process.descriptors())
        if len(tap.pours) >= scene.chats:
            open_ = {n for n in open_ if not is_whole(chats[n])}
    cores = (process.processor() - used) / (loop.time() - began)
    if open_:
        raise SystemExit(f"{len(open_)} answers were not whole in time")
    calls = [c for c in telegram.calls[before:] if c.chat_id is not None]
    return Figures(
        [_answer(telegram, tap, chat, number, began) for number, chat in enumerate(chats)],
        len(calls),
        sum(call.ok is False for call in calls),
        cores,
        peak,
        int(files),
    )


def _answer(telegram: LocalTelegram, tap: Tap, chat: Chat, number: int, began: float) -> Answer:
    pour = next(one for one in tap.pours if f"q{number}q" in one.question)
    [message] = chat.said_by_bot
    frames = telegram.frames(message.id, chat)
    seen = [len(frame.text.split()) for frame in frames]
    lags = [
        frames[bisect.bisect_right(seen, token)].time - at for token, at in enumerate(pour.sent)
    ]
    return Answer(pour.asked - began, lags[0], lags, lags[-1])


def _row(scene: Scene, f: Figures) -> str:
    means = [one.mean for one in f.answers]
    finals = [one.final for one in f.answers]
    every = sorted(lag for one in f.answers for lag in one.lags)
    median = statistics.median(means)
    figures = (
        max(one.begun for one in f.answers),
        max(one.first for one in f.answers),
        median,
        median / scene.optimum,
        max(means),
        max(means) / median,
        every[int(len(every) * 0.95)],
        every[-1],
        statistics.median(finals),
        max(finals),
    )
    kind = "group" if scene.is_group else "private"
    name = f"{scene.chats} {kind}, {scene.tokens} tokens at {scene.pace:g}/s"
    cells = " | ".join(f"{value:.2f}" for value in figures)
    cost = f"{f.cores:.2f} | {f.resident:.0f} | {f.descriptors}"
    return f"| {name} | {cells} | {f.calls} | {f.refused} | {cost} |"


HEAD = (
    "| seconds | stream begins, worst | first text, worst | mean lag, median of the chats |"
    " × optimum | worst chat | × median | p95 | worst | final, median | worst |"
    " calls | refused | cores | MiB | files |"
)


def scenes() -> list[Scene]:
    """All that is measured."""
    return [
        *(
            Scene(chats, pace, tokens, is_group)
            for is_group in (False, True)
            for chats in (1, 10, 100)
            for pace, tokens in ((5, 100), (30, 300), (100, 300))
        ),
        Scene(500, 5, 300),
        Scene(500, 5, 300, is_group=True),
    ]


async def table(wanted: Sequence[Scene]) -> None:
    """Print what is measured of these."""
    print(HEAD)
    print("|---" * HEAD.count(" | ") + "|---|")
    for scene in wanted:
        print(_row(scene, await measure(scene)), flush=True)


async def main() -> None:
    """Print the table."""
    await table(scenes())


if __name__ == "__main__":
    chats, pace, tokens, kind = sys.argv[1:]
    asyncio.run(table([Scene(int(chats), float(pace), int(tokens), kind == "group")]))
