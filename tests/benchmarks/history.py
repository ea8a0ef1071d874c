"""What a long past costs.

The same question is asked in places with few and with many exchanges, in turns, through the real
python-telegram-bot and the real g4f, over HTTP. Measured is the time from when the person asks
until the model is asked, and the processor time of all of it, servers included, per answer.
"""

import asyncio
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field

from bot.chat.conversation import Place
from bot.chat.kept import Entry
from bot.chat.store import Store
from bot.sandbox.steps import Say
from bot.sandbox.telegram import PrivateChat
from tests.chat.keeping import add
from tests.world import World, world

ROUNDS = 40
BUDGET = 60_000


@dataclass
class Past:
    """A place with so many exchanges of so many characters each."""

    name: str
    exchanges: int
    size: int
    until_asked: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


async def remember(place: Place, past: Past) -> None:
    """Write a past down, as the bot would have."""
    store = await Store.open("sqlite:///data/conversations.sqlite3")
    half = "x" * (past.size // 2)
    for _ in range(past.exchanges):
        await add(store, Entry(place, place.chat_id, half, half))
    await store.close()


async def ask(w: World, chat: PrivateChat, past: Past) -> None:
    """Ask once, and note what it costs."""
    loop = asyncio.get_running_loop()
    asked, used = loop.time(), time.process_time()
    chat.say(chat.user, "And now?")
    await w.settled()
    past.until_asked.append(w.model.requests[-1].started - asked)
    past.processor.append(time.process_time() - used)
    w.model.requests.clear()


async def measure(pasts: list[Past]) -> None:
    """Ask in each place by turns."""
    async with world(history_characters=BUDGET) as w:
        w.model.answer_with(lambda _: [Say("As before.")])
        chats = [w.telegram.private(w.telegram.user(past.name)) for past in pasts]
        for past, chat in zip(pasts, chats, strict=True):
            await remember(Place(chat.id), past)
        for chat, past in zip(chats, pasts, strict=True):
            await ask(w, chat, Past(past.name, 0, 0))  # the first one loads and connects
        for _ in range(ROUNDS):
            for chat, past in zip(chats, pasts, strict=True):
                await ask(w, chat, past)


async def main() -> None:
    """Print the table."""
    pasts = [
        Past("10 exchanges of 6,000 characters", 10, 6_000),
        Past("1,000 exchanges of 6,000 characters", 1_000, 6_000),
        Past("1,000 exchanges of 60 characters, all of them sent", 1_000, 60),
    ]
    os.chdir(tempfile.mkdtemp())
    await measure(pasts)
    print("| milliseconds | until the model is asked | × 10 exchanges | processor | × |")
    print("|---|---|---|---|---|")
    few = pasts[0]
    for past in pasts:
        until, used = (statistics.median(one) for one in (past.until_asked, past.processor))
        least = [statistics.median(one) for one in (few.until_asked, few.processor)]
        print(
            f"| {past.name} | {until * 1000:.1f} | {until / least[0]:.2f}"
            f" | {used * 1000:.1f} | {used / least[1]:.2f} |"
        )
