"""How soon people see what a model writes: `python -m tests.benchmarks` (takes two minutes).

One answer at a time, through the real python-telegram-bot and the real g4f, over HTTP. A token's
lag runs from when the model sends it until the message that holds it has arrived at Telegram's
side; the optimum of one edit a second is 0.5 s on average.
"""

import asyncio
import os
import signal
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say, Step, Wait
from bot.sandbox.telegram import Chat, LocalTelegram
from tests.world import TOKEN, World, world


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of one answer; `refused` counts calls that Telegram did not take."""

    first: float
    mean: float
    worst: float
    final: float
    calls: int
    refused: int


async def answer(w: World, chat: Chat, question: str, pauses: list[float]) -> Figures:
    """Let the model send a numbered token after each pause, and see when each can be read."""
    loop = asyncio.get_running_loop()
    sent = [asyncio.Event() for _ in pauses]
    tokens = [f"token{number} " for number in range(len(pauses))]
    steps: list[Step] = []
    for token, event in zip(tokens, sent, strict=True):
        steps += [Wait(event), Say(token, pace=0)]
    w.model.script(*steps)
    chat.say(w.alice, question)
    await w.model.until(lambda: len(w.model.requests) == 1)
    times = []
    for event, pause in zip(sent, pauses, strict=True):
        await asyncio.sleep(pause)
        times.append(loop.time())
        event.set()
    await w.settled()
    frames = [
        frame for message in chat.said_by_bot for frame in w.telegram.frames(message.id, chat)
    ]
    lags = [
        min(frame.time for frame in frames if token.strip() in frame.text.split()) - at
        for token, at in zip(tokens, times, strict=True)
    ]
    return Figures(
        first=lags[0],
        mean=statistics.fmean(lags),
        worst=max(lags),
        final=max(frame.time for frame in frames) - times[-1],
        calls=len(w.methods()),
        refused=len(w.refused),
    )


async def private() -> Figures:
    """Measure an answer of 300 tokens at 30 a second."""
    async with world() as w:
        return await answer(w, w.chat, "Go", [2.0] + [1 / 30] * 299)


async def pausing() -> Figures:
    """Measure what is written one second and pauses six, three times."""
    async with world() as w:
        return await answer(w, w.chat, "Go", ([6.0] + [1 / 30] * 29) * 3)


async def group() -> Figures:
    """Measure an answer of 40 s at 10 tokens a second in a group."""
    async with world() as w:
        friends = w.telegram.group("Friends", [w.alice])
        return await answer(w, friends, "/ask Go", [3.0] + [0.1] * 399)


async def start() -> tuple[float, float]:
    """Give the seconds from start to first poll, and the MiB resident after an answer."""
    async with LocalTelegram(TOKEN) as telegram, Rehearsal() as model:
        loop = asyncio.get_running_loop()
        with tempfile.TemporaryDirectory() as folder:
            began = loop.time()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot"),
                env={
                    **os.environ,
                    "TELEGRAM_BOT_TOKEN": TOKEN,
                    "TELEGRAM_API_URL": telegram.url,
                    "G4F_BASE_URL": model.url,
                    "DATA_DIR": folder,
                    "LOG_LEVEL": "ERROR",
                },
            )
            await telegram.until(lambda: any(c.method == "getUpdates" for c in telegram.calls))
            polled = loop.time() - began
            alice = telegram.user("Alice")
            chat = telegram.private(alice)
            chat.say(alice, "say hello")
            await telegram.until(lambda: chat.said_by_bot)
            pages = int(Path(f"/proc/{process.pid}/statm").read_text("ascii").split()[1])
            process.send_signal(signal.SIGTERM)
            await process.wait()
            return polled, pages * os.sysconf("SC_PAGE_SIZE") / 2**20


MEASURES = {
    "private: 300 tokens at 30 a second": private,
    "private: 1 s of writing, 6 s of pause, three times": pausing,
    "group: 40 s at 10 tokens a second": group,
}


async def main() -> None:
    """Print one table."""
    print("| seconds | first text | mean lag | worst lag | final text | calls | refused |")
    print("|---|---|---|---|---|---|---|")
    for name, measure in MEASURES.items():
        f = await measure()
        figures = (f"{value:.2f}" for value in (f.first, f.mean, f.worst, f.final))
        print(f"| {name} | {' | '.join(figures)} | {f.calls} | {f.refused} |", flush=True)
    polled, resident = await start()
    print(
        f"\nFrom start to first poll: {polled:.2f} s. After an answer: {resident:.0f} MiB resident."
    )


if __name__ == "__main__":
    asyncio.run(main())
