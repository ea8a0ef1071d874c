"""A chat that records what is shown in it, with the times, and refuses or waits on demand."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field, replace

from bot.reply.delivery import Delivery
from bot.reply.draft import Draft, Ending, Thought
from bot.reply.gate import Gate
from bot.reply.live import LiveReply, Piece
from bot.reply.pacing import Pacer, Peer
from bot.reply.page import Button, Buttons, Message, Page
from bot.reply.search import mark_of
from bot.reply.standing import Standing
from bot.reply.surface import Foreign, Gone, Refusal, Surface
from bot.reply.view import ShowReasoning, View
from tests.virtual_time import now

LOOK = ((Button("?", "look"),),)
PRIVATE = Peer(1, is_group=False)
GROUP = Peer(-1, is_group=True)


@dataclass
class Chat:
    """A `Surface`. `faults[n]` is what the n-th call (from 0, typing left out) meets."""

    peer: Peer = PRIVATE
    latency: float = 0.0
    faults: dict[int, Refusal] = field(default_factory=dict)
    unheard: set[int] = field(default_factory=set)
    """Calls that take effect although they meet a fault."""
    foreign: set[int] = field(default_factory=set)
    """The ids of messages that other people have written."""
    may_repeat: bool = False
    """Whether an edit may change nothing, as of a page whose text is not known any more."""
    messages: dict[int, str] = field(default_factory=dict)
    pages: dict[int, Message] = field(default_factory=dict)
    shown: list[Message] = field(default_factory=list)
    """All pages and files that were tried, in order."""
    after: dict[int, int | None] = field(default_factory=dict)
    calls: list[tuple[float, str, str]] = field(default_factory=list)
    typed: list[float] = field(default_factory=list)
    typing_answered: int = 0

    async def send(self, page: Message, after: int | None) -> int:
        self.shown.append(page)
        async with self._called("send", page.text):
            message_id = 10 + len(self.after) + len(self.foreign)
            self.messages[message_id] = page.text
            self.pages[message_id] = page
            self.after[message_id] = after
        return message_id

    async def edit(self, message_id: int, page: Page) -> None:
        self.shown.append(page)
        async with self._called("edit", page.text):
            assert self.may_repeat or self.pages[message_id] != page, "an edit that changes nothing"
            self.messages[message_id] = page.text
            self.pages[message_id] = page

    async def rebutton(self, message_id: int, buttons: Buttons) -> None:
        labels = " ".join(button.label for row in buttons for button in row)
        async with self._called("rebutton", labels):
            if message_id in self.foreign:
                raise Foreign
            if message_id not in self.messages:
                raise Gone
            page = self.pages[message_id]
            have = page.buttons if isinstance(page, Page) else ()
            assert self.may_repeat or have != buttons, "an edit that changes nothing"
            if isinstance(page, Page):
                self.pages[message_id] = replace(page, buttons=buttons)

    async def look(self, message_id: int) -> str:
        async with self._called("look", ""):
            if message_id in self.foreign:
                raise Foreign
            if message_id not in self.messages:
                raise Gone
            page = self.pages[message_id]
            if isinstance(page, Page):
                self.pages[message_id] = replace(page, buttons=LOOK)
            return mark_of(page)

    async def drop(self, message_id: int) -> None:
        async with self._called("drop", self.messages.get(message_id, "")):
            self.messages.pop(message_id, None)

    async def typing(self) -> None:
        self.typed.append(now())
        await asyncio.sleep(self.latency)
        self.typing_answered += 1

    @contextlib.asynccontextmanager
    async def _called(self, method: str, text: str) -> AsyncIterator[None]:
        """Make a call that does what stands inside, unless it meets a fault before that."""
        number = len(self.calls)
        fault = await self._call(method, text)
        if fault is None or number in self.unheard:
            yield
        if fault:
            raise fault

    async def _call(self, method: str, text: str) -> Refusal | None:
        fault = self.faults.get(len(self.calls))
        self.calls.append((now(), method, text))
        await asyncio.sleep(self.latency)
        return fault

    @property
    def screen(self) -> list[str]:
        """The messages as they stand there."""
        return list(self.messages.values())

    @property
    def times(self) -> list[float]:
        """When the calls were made."""
        return [at for at, _, _ in self.calls]

    def seen_after(self, text: str, generated: float) -> float:
        """Seconds from when a piece of text was generated until it could be read."""
        return next(at for at, _, shown in self.calls if text in shown) + self.latency - generated


async def stream(*steps: Piece | float | Exception) -> AsyncGenerator[Piece]:
    """Say the strings, sleep for the numbers, raise the exceptions."""
    for step in steps:
        match step:
            case Exception():
                raise step
            case str() | Thought() | Ending():
                yield step
            case seconds:
                await asyncio.sleep(seconds)


def reply_in(
    chat: Surface,
    gate: Gate | None = None,
    reasoning: ShowReasoning = "off",
) -> LiveReply:
    return LiveReply(Standing(chat, Delivery()), gate or Gate(Pacer()), View(reasoning))


async def show(
    chat: Chat,
    *steps: Piece | float | Exception,
    reasoning: ShowReasoning = "off",
) -> Draft:
    """Show one answer alone in the world."""
    return await reply_in(chat, reasoning=reasoning).show(stream(*steps))
