"""What an edit costs as a text grows, and what a frame of it costs.

An edit is all that the event loop which serves Telegram has to do for it: two frames, one to see
that there is something new and one to show the newest, the step between them and what stands there,
and the call by python-telegram-bot over HTTP. Its yardstick is that call alone, of the same page.
The yardstick of a frame is markdown-it-py rendering the same page as HTML: about what it costs at
least to format with that parser, each frame anew. Milliseconds of processor time.
"""

import asyncio
import gc
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from markdown_it import MarkdownIt
from telegram import Bot

from bot.garbage import RARELY
from bot.reply.delivery import Delivery
from bot.reply.draft import Draft
from bot.reply.live import HEAVY
from bot.reply.pacing import Peer
from bot.reply.page import Message
from bot.reply.standing import Standing
from bot.reply.step import Edit
from bot.reply.telegram_surface import TelegramSurface
from bot.reply.view import View
from bot.sandbox.rulebook import MARKDOWN
from bot.sandbox.telegram import LocalTelegram
from tests.benchmarks.process import TOKEN
from tests.reply.answers import answers
from tests.reply.notation import COMPLETE

EDITS = 40
GROWS = 15
"""Characters from one frame to the next."""
HOSTILE = {
    "[ without end": "[",
    "[a][": "[a][",
    "![": "![",
    "[*": "[*",
    "*a **a": "*a **a ",
    "`a": "`a",
    "> deeper and deeper": "> ",
    "a list of letters": "- a\n",
    "||": "||",
    r"\[": r"\[",
    "<b>": "<b>",
    "$a": "$a ",
    "table rows": "|a|b|\n|-|-|\n",
    "headings": "a\n---\n",
    "accents": "\u0301",
}


def typical(length: int) -> str:
    """Give so many characters of typical answers, one after the other."""
    texts = [text for name, text in answers().items() if "hostile" not in name]
    whole = "\n\n".join(texts)
    return (whole * (length // len(whole) + 1))[:length]


def milliseconds(work: Callable[[], object]) -> float:
    """Time one piece of work."""
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000


def anew(text: str) -> list[float]:
    """Time the first frame of a text, as after a long wait, several times."""
    return [milliseconds(lambda: View().pages(Draft(text))) for _ in range(20)]


def whole(text: str) -> list[float]:
    """Time the whole text read at once."""
    return [milliseconds(lambda: View().pages(Draft(text, COMPLETE))) for _ in range(5)]


def growing(text: str, step: int = 30) -> list[float]:
    """Time each frame of an answer that grows by so many characters."""
    view = View()
    return [
        milliseconds(lambda end=end: view.pages(Draft(text[:end])))  # type: ignore[misc]
        for end in range(step, len(text), step)
    ]


def yardstick(text: str) -> list[float]:
    """Time markdown-it-py alone."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [milliseconds(lambda: parser.render(text)) for _ in range(20)]


def row(name: str, times: Iterable[float], unit: float) -> None:
    """Print a line of the table."""
    ordered = sorted(times)
    mean = statistics.fmean(ordered)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(
        f"| {name} | {mean:.2f} | {p95:.2f} | {ordered[-1]:.2f} | {mean / unit:.2f} |", flush=True
    )


class Elsewhere:
    """A local Telegram in a thread of its own, so that what it costs is not the bot's."""

    def __enter__(self) -> tuple[str, int]:
        """Give where it is reached, and the chat of somebody there."""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._ready.wait()
        return self._found

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with LocalTelegram(TOKEN, budgets=None) as telegram:
            alice = telegram.user("Alice")
            chat = telegram.private(alice)
            chat.say(alice, "Hello")
            self._found = telegram.url, chat.id
            self._ready.set()
            await self._over.wait()


async def pages(view: View, text: str) -> Sequence[Message]:
    """Give the pages, worked out where `LiveReply` would have them worked out."""
    draft = Draft(text)
    if view.load(draft) < HEAVY:
        return view.pages(draft)
    return await asyncio.get_running_loop().run_in_executor(None, view.pages, draft)


async def edits(url: str, chat: int, size: int) -> tuple[list[float], list[float]]:
    """Give the milliseconds of the edits of a text of so many characters, and of bare ones."""
    length = size + 2 * EDITS * GROWS
    text = (MARKDOWN * (length // len(MARKDOWN) + 1))[:length]
    ours, bare = [], []
    async with Bot(TOKEN, base_url=f"{url}/bot") as bot:
        standing = Standing(
            TelegramSurface(bot, Peer(chat, is_group=False), None, None), Delivery()
        )
        view = View()
        for end in range(0, size, 500):  # as it has grown so far
            view.pages(Draft(text[:end]))
        while step := standing.step_to(view.pages(Draft(text[:size])), is_last=False):
            await standing.take(step)
        for number in range(EDITS):
            began, end = time.thread_time(), size + 2 * GROWS * number
            standing.step_to(await pages(view, text[: end + GROWS]), is_last=False)
            step = standing.step_to(await pages(view, text[: end + 2 * GROWS]), is_last=False)
            if step:
                await standing.take(step)
            if isinstance(step, Edit):
                ours.append((time.thread_time() - began) * 1000)
            message, page = standing.shown[-1].message_id, standing.shown[-1].page
            plain = "x" * len(getattr(page, "text", "")) + str(number)
            began = time.thread_time()
            await bot.edit_message_text(plain[-4096:], chat, message)
            bare.append((time.thread_time() - began) * 1000)
    return ours, bare


async def edit_table() -> None:
    """Print what an edit costs."""
    print("| an edit, in milliseconds of the event loop | mean | worst | × yardstick |")
    print("|---|---|---|---|")
    with Elsewhere() as (url, chat):
        await edits(url, chat, 100)  # the first ones load and connect
        for size in (1_000, 10_000, 30_000):
            ours, bare = await edits(url, chat, size)
            mean, least = statistics.fmean(ours), statistics.fmean(bare)
            print(
                f"| of a text of {size:,} characters | {mean:.2f} | {max(ours):.2f}"
                f" | {mean / least:.2f} |",
                flush=True,
            )


async def main() -> None:
    """Print three tables."""
    gc.freeze()  # as the bot does
    gc.set_threshold(*gc.get_threshold()[:2], RARELY)
    await edit_table()
    print()
    page = typical(4000)
    bare = yardstick(page)
    unit = statistics.fmean(bare)
    print("| milliseconds | mean | p95 | worst | × yardstick |\n|---|---|---|---|---|")
    row("yardstick: markdown-it-py, a page of 4,000 characters, as HTML", bare, unit)
    row("a frame of that page, read anew", anew(page), unit)
    row("each frame while it grows", growing(page), unit)
    row("each frame of an answer growing to 40,000 characters", growing(typical(40_000)), unit)
    row("the whole of that answer at once (away from the event loop)", whole(typical(40_000)), unit)
    print("\n| a hostile page of 4,000 characters | milliseconds |\n|---|---|")
    for name, part in HOSTILE.items():
        text = "x" + part * (4000 // len(part))
        print(f"| `{name}` | {min(anew(text)[:3]):.1f} |", flush=True)
