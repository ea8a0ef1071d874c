"""How the process comes to its end: by SIGINT or SIGTERM, in time, whatever hangs."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from typing import Final, TypeVar

LAST_RESORT: Final = 9.5
"""Seconds after which a process that is to end is ended, should a library hang in its own end."""

_T = TypeVar("_T")


async def until_signalled(
    work: Coroutine[None, None, _T], on_signal: Callable[[], None]
) -> _T | None:
    """Do the work to its end, or cancel it on SIGINT or SIGTERM (then give `None`).

    A second signal ends the process at once.
    """
    task = asyncio.create_task(work)
    signals = 0

    def take(number: int) -> None:
        nonlocal signals
        signals += 1
        if signals > 1:
            os._exit(128 + number)
        on_signal()
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt instead
            loop.add_signal_handler(number, take, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not signals:
            raise
        return None


def end_at_last() -> None:
    """See to it that a process that is to end does, should a library hang in its own end."""
    last = threading.Timer(LAST_RESORT, os._exit, (1,))
    last.daemon = True
    last.start()
