"""The bot as people run it, a process of its own, and what the system says of it."""

import asyncio
import contextlib
import os
import resource
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.telegram import LocalTelegram

TOKEN = "42:TEST-secret-token"
FILES = 1024
"""What a process may have open on many systems, and so here."""
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _with_few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that runs."""

    pid: int
    until_poll: float
    """Seconds from the start of the process to its first question for updates."""

    def processor(self) -> float:
        """Give the seconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def resident(self) -> float:
        """Give the MiB in memory."""
        return int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]) * _PAGE / 2**20

    def descriptors(self) -> int:
        """Give how many files are open."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())


@contextlib.asynccontextmanager
async def bot(
    telegram: LocalTelegram,
    model_url: str,
    command: Sequence[str] = ("-m", "bot"),
    **variables: str,
) -> AsyncIterator[Bot]:
    """Start it, and stop it as a person would."""
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        began = loop.time()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            preexec_fn=_with_few_files,
            env={
                **os.environ,
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "TELEGRAM_API_URL": telegram.url,
                "G4F_BASE_URL": model_url,
                "ANSWERS_AT_ONCE": "1000",
                "DATA_DIR": folder,
                "LOG_LEVEL": "ERROR",
                **variables,
            },
        )
        try:
            await telegram.until(
                lambda: any(call.method == "getUpdates" for call in telegram.calls), timeout=60
            )
            yield Bot(process.pid, loop.time() - began)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            await process.wait()
