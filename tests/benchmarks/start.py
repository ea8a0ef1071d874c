"""What the bot takes before anybody has asked it anything.

The yardstick is what cannot be left out: an interpreter that imports python-telegram-bot and g4f.
Processor time, as the machine may be busy; the database is there already but for the first start.
"""

import asyncio
import statistics
import sys
import tempfile

from bot.sandbox.telegram import LocalTelegram
from tests.benchmarks.process import TOKEN, bot

STARTS = 5
LIBRARIES = {
    "python alone": "",
    "… and python-telegram-bot": "import telegram.ext",
    "… and g4f, as the bot loads it": "from pathlib import Path; from bot.llm import gateway;"
    "gateway.load(Path('data'))",
    "… and SQLAlchemy with aiosqlite": "import sqlalchemy.ext.asyncio, aiosqlite",
}
_MEASURE = """
import os, time
{}
size = int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
print(time.process_time(), size / 2**20)
"""


async def importing(*imports: str) -> tuple[float, float]:
    """Give the seconds and MiB of an interpreter with these imports."""
    found = []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as folder:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _MEASURE.format("\n".join(imports))),
                stdout=asyncio.subprocess.PIPE,
                cwd=folder,
            )
            told, _ = await process.communicate()
        seconds, size = map(float, told.split())
        found.append((seconds, size))
    return statistics.median(one for one, _ in found), statistics.median(s for _, s in found)


async def starting(folder: str) -> tuple[float, float, float]:
    """Give the seconds until the first poll, those of the processor, and the MiB at rest."""
    async with (
        LocalTelegram(TOKEN) as telegram,
        bot(telegram, "http://127.0.0.1:9/v1", DATA_DIR=folder) as process,
    ):
        await telegram.until(lambda: any(c.method == "setMyCommands" for c in telegram.calls))
        used = process.processor()
        await asyncio.sleep(0.5)
        return process.until_poll, used, process.resident()


async def main() -> None:
    """Print the table."""
    print("| | processor, s | MiB | × yardstick | MiB × yardstick |\n|---|---|---|---|---|")
    rows, imports = {}, []
    for name, line in LIBRARIES.items():
        imports.append(line)
        rows[name] = await importing(*imports)
    least = rows["… and g4f, as the bot loads it"]
    with tempfile.TemporaryDirectory() as folder:
        first = await starting(folder)
        later = [await starting(folder) for _ in range(STARTS)]
    rows["the bot's first start, until it has polled"] = first[1:]
    medians = [statistics.median(figures) for figures in zip(*later, strict=True)]
    rows["a later one"] = medians[1], medians[2]
    for name, (seconds, size) in rows.items():
        ratios = f"{seconds / least[0]:.2f} | {size / least[1]:.2f}"
        print(f"| {name} | {seconds:.2f} | {size:.0f} | {ratios} |", flush=True)
    print(f"\nFrom the start to the first poll: {first[0]:.2f} s, later {medians[0]:.2f} s.")
