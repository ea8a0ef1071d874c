"""What an answer costs the processor and memory, and for how long the event loop computes.

Processor time of the whole process, from what the system counts, by solving for the parts: answers
of one token, answers slow enough that each token is shown, and fast ones. The yardstick reads the
same stream, as many at a time, with bare g4f.
"""

import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.telegram import LocalTelegram
from tests.benchmarks.growth import typical
from tests.benchmarks.process import TOKEN, Bot, bot
from tests.benchmarks.tap import Tap

CHATS = 20
"""As many as bare g4f reads at a time from one host."""
SHORT, SLOW, FAST = (1, 30.0), (40, 2.0), (900, 45.0)
"""Tokens, and tokens a second."""
MANY = 100
_BARE = """
import asyncio, json, sys, time
from pathlib import Path
from bot.llm import gateway

gateway.load(Path(sys.argv[2]))
from g4f.client import AsyncClient
from g4f.client.factory import create_custom_provider

async def read():
    provider = create_custom_provider(sys.argv[1], None, models=["tap"], default_model="tap")
    client = AsyncClient(provider=provider)
    count = 0
    messages = [{"role": "user", "content": "?"}]
    async for _ in client.chat.completions.create(messages=messages, model="tap", stream=True):
        count += 1
    return count

async def main():
    await read()
    used = time.process_time()
    await asyncio.gather(*(read() for _ in range(int(sys.argv[3]))))
    return time.process_time() - used

print(asyncio.run(main()))
"""


@dataclass(frozen=True, slots=True)
class Used:
    """What a round of answers took: seconds of the processor, calls, and MiB at the most."""

    seconds: float
    calls: int
    resident: float


@dataclass(frozen=True, slots=True)
class Stage:
    """A bot that runs, and what is around it."""

    telegram: LocalTelegram
    process: Bot
    tap: Tap

    async def ask(self, chats: int, tokens: list[str], pace: float) -> Used:
        """Let so many people ask, until all answers have stood there whole for a second."""
        self.tap.pour_out(tokens, pace)
        people = [self.telegram.user("Somebody") for _ in range(chats)]
        used, before, resident = self.process.processor(), len(self.telegram.calls), 0.0
        for person in people:
            self.telegram.private(person).say(person, "?")
        end = tokens[-1].split()[-1]
        for _ in range(1200):
            await asyncio.sleep(0.25)
            resident = max(resident, self.process.resident())
            said = [self.telegram.private(person).said_by_bot for person in people]
            if all(one and one[-1].text.endswith(end) for one in said):
                break
        else:
            raise SystemExit("not all answers came to their end")
        await asyncio.sleep(1)
        calls = [call for call in self.telegram.calls[before:] if call.chat_id is not None]
        return Used(self.process.processor() - used, len(calls), resident)


async def bare(tap: Tap, tokens: list[str], pace: float) -> float:
    """Give the seconds that bare g4f takes to read as many answers."""
    tap.pour_out(tokens, pace)
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _BARE, tap.url, folder, str(CHATS)),
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await process.communicate()
    return float(told)


def _tokens(count: int) -> list[str]:
    return ["a "] * (count - 1) + ["end"]


async def parts() -> None:
    """Print what an answer, a token and an edit cost."""
    async with LocalTelegram(TOKEN) as telegram, Tap() as tap:
        async with bot(telegram, tap.url) as process:
            stage = Stage(telegram, process, tap)
            at_rest = process.resident()
            await stage.ask(CHATS, _tokens(1), 30)  # loads and connects
            short, slow, fast = [
                await stage.ask(CHATS, _tokens(count), pace) for count, pace in (SHORT, SLOW, FAST)
            ]
            warm = process.resident()
            many = await stage.ask(MANY, _tokens(300), 30)
        yardstick = await bare(tap, _tokens(FAST[0]), FAST[1]) / CHATS / FAST[0]
    # short = answer + its one call; slow and fast have more tokens and more calls.
    more = [
        (CHATS * (count - 1), used.calls - short.calls, used.seconds - short.seconds)
        for (count, _), used in ((SLOW, slow), (FAST, fast))
    ]
    (t1, c1, s1), (t2, c2, s2) = more
    token = (s2 * c1 - s1 * c2) / (t2 * c1 - t1 * c2)
    edit = (s1 - t1 * token) / c1
    print("| processor time | µs | × bare g4f reading a token |\n|---|---|---|")
    for name, seconds in {
        "bare g4f, a token": yardstick,
        "the bot, a token": token,
        "an edit": edit,
        "all else of an answer, its first text included": short.seconds / CHATS,
    }.items():
        print(f"| {name} | {seconds * 1e6:.0f} | {seconds / yardstick:.1f} |")
    print(
        f"\nMemory: {at_rest:.0f} MiB at rest, {warm:.0f} MiB after {4 * CHATS} answers,"
        f" {(many.resident - warm) / MANY * 1024:.0f} KiB more for each of {MANY} that grow."
    )


async def steps() -> None:
    """Print the longest steps of the event loop while long and formatted answers grow."""
    text = typical(30_000)
    tokens = [text[at : at + 20] for at in range(0, len(text), 20)]
    with tempfile.TemporaryDirectory() as folder:
        watched = Path(folder) / "steps"
        async with LocalTelegram(TOKEN) as telegram, Tap() as tap:
            command = ("-m", "tests.benchmarks.watched")
            async with bot(telegram, tap.url, command, WATCH=str(watched)) as process:
                stage = Stage(telegram, process, tap)
                await stage.ask(CHATS, _tokens(1), 30)
                os.kill(process.pid, signal.SIGUSR1)
                await stage.ask(CHATS, tokens, 50)
        longest = json.loads(watched.read_text("utf-8"))
    figures = [took for took, _ in longest]
    print(
        f"\nThe longest steps of the loop while {CHATS} answers grew to {len(text):,} characters at"
        f" 1,000 a second: {figures[0]:.1f} ms, then {figures[1]:.1f} ms"
        f" (of the {len(figures)} longest, {statistics.median(figures):.1f} ms is the median)."
    )
    if figures[0] > 20:
        print(f"The longest was {longest[0][1]}.")


async def main() -> None:
    """Print the table, and what is no table."""
    await parts()
    await steps()
