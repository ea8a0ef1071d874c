"""The bot, and how long its event loop computes at a stretch: `python -m tests.benchmarks.watched`.

Run by the benchmarks in place of `python -m bot`. At its end it writes to the file that `WATCH`
names: the milliseconds of the longest steps of the loop that serves Telegram, and what they were,
since it last got SIGUSR1.
Processor time of that thread is what counts, so that other processes and threads do not.
"""

import asyncio
import gc
import heapq
import itertools
import json
import os
import signal
import threading
import time
from asyncio.events import Handle
from pathlib import Path
from typing import Any

from bot.__main__ import main

KEPT = 20


def watch() -> list[tuple[float, int, str]]:
    """Time every step from now on; give the list of the longest that is kept."""
    longest: list[tuple[float, int, str]] = []
    numbers = itertools.count()
    plain = Handle._run
    loop_thread = threading.get_ident()

    def note(took: float, name: str) -> None:
        heapq.heappush(longest, (took, next(numbers), name))
        if len(longest) > KEPT:
            heapq.heappop(longest)

    def run(handle: Handle) -> None:
        if threading.get_ident() != loop_thread:
            plain(handle)
            return
        began = time.thread_time()
        plain(handle)
        took = time.thread_time() - began
        if len(longest) < KEPT or took > longest[0][0]:
            note(took, _name(handle))

    def collected(phase: str, told: dict[str, int]) -> None:
        """Keep collections of garbage apart: all threads wait for one, in whichever it happens."""
        if phase == "start":
            began[0] = time.thread_time()
        else:
            note(time.thread_time() - began[0], f"garbage, generation {told['generation']}")

    began = [0.0]
    gc.callbacks.append(collected)
    Handle._run = run  # type: ignore[method-assign, assignment]
    signal.signal(signal.SIGUSR1, lambda *_: longest.clear())
    return longest


def _name(handle: Handle) -> str:
    callback: Any = handle._callback  # type: ignore[attr-defined]
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return f"task {task.get_name()} {task.get_coro()}"
    return repr(callback)


if __name__ == "__main__":
    steps = watch()
    try:
        main()
    finally:
        told = [(round(took * 1000, 2), name) for took, _, name in sorted(steps, reverse=True)]
        Path(os.environ["WATCH"]).write_text(json.dumps(told), "utf-8")
