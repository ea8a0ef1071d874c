"""How long a flood of text holds up the event loop: `python -m tests.benchmarks.floods` (a minute).

One answer at a time, through the real python-telegram-bot and the real g4f, over HTTP; the model
runs in a process of its own, Telegram's side in this one, where its work counts as the bot's.
Something that is due every millisecond tells by how much it is late, which is how long another chat
would have waited, and how much of the processor the loop itself has taken meanwhile. The rest is
waiting for other threads and, where the machine has other work, for other processes.
"""

import asyncio
import gc
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say
from tests.world import world

FLOODS: dict[str, Sequence[Say]] = {
    "30 tokens a second, to compare with": [Say("word " * 200, pace=30)],
    "10,000 chunks in a second": [Say("word " * 10_000, pace=10_000)],
    "one chunk of 200 kB": [Say("x" * 200_000)],
    "1 MB in a second, 1 kB at a time": [Say(("x" * 999 + " ") * 1000, pace=1000)],
    "1 MB as fast as it goes": [Say(("x" * 999 + " ") * 1000)],
}
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Late:
    """Milliseconds by which what is due is late (99th percentile, worst), and of the processor."""

    p99: float
    worst: float
    held: float


def serve(line: Connection, steps: Sequence[Say]) -> None:
    """Run a model that answers everything by these steps, until the other end is closed."""

    async def forever() -> None:
        async with Rehearsal() as model:
            model.answer_with(lambda _: steps)
            line.send(model.url)
            await asyncio.to_thread(line.poll, None)

    asyncio.run(forever())


async def lateness(is_over: Callable[[], bool]) -> Late:
    """Measure until it is over."""
    loop = asyncio.get_running_loop()
    late, held = [0.0], [0.0]
    while not is_over():
        due, used = loop.time() + 0.001, time.thread_time()
        await asyncio.sleep(0.001)
        late.append((loop.time() - due) * 1000)
        held.append((time.thread_time() - used) * 1000)
    late.sort()
    return Late(late[int(len(late) * 0.99)], late[-1], max(held))


async def measure(url: str) -> Late:
    """Ask once, and measure until the answer stands there whole."""
    async with world(g4f_base_url=url) as w:
        gc.collect()
        w.chat.say(w.alice, "Go")
        answered = asyncio.create_task(w.settled())
        return await lateness(answered.done)


def main() -> None:
    """Print the table."""
    os.chdir(tempfile.mkdtemp())
    spawned = multiprocessing.get_context("spawn")
    print("| milliseconds | late: p99 | worst | of the loop's own work at most |")
    print("|---|---|---|---|")
    for name, steps in FLOODS.items():
        ours, theirs = spawned.Pipe()
        process = spawned.Process(target=serve, args=(theirs, steps), daemon=True)
        process.start()
        url = ours.recv()
        found = [asyncio.run(measure(url)) for _ in range(ROUNDS)]
        found.sort(key=lambda late: late.worst)
        median = found[ROUNDS // 2]
        figures = (f"{value:.1f}" for value in (median.p99, median.worst, median.held))
        print(f"| {name} | {' | '.join(figures)} |", flush=True)
        process.kill()
        process.join()


if __name__ == "__main__":
    main()
