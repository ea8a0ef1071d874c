"""A chat that records what is shown in it, with the times, and refuses or waits on demand."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from bot.reply.draft import Draft, Ending, Thought
from bot.reply.gate import Gate
from bot.reply.live import LiveReply, Piece
from bot.reply.pacing import Pacer, Peer
from bot.reply.page import Buttons, Message, Page
from bot.reply.surface import Refusal, Surface
from bot.reply.view import ShowReasoning, View
from tests.virtual_time import now

PRIVATE = Peer(1, is_group=False)
GROUP = Peer(-1, is_group=True)


@dataclass
class Chat:
    """A `Surface`. `faults[n]` is what the n-th call (from 0, typing left out) meets."""

    peer: Peer = PRIVATE
    latency: float = 0.0
    faults: dict[int, Refusal] = field(default_factory=dict)
    takes_effect: bool = False
    """Whether a call that is refused has been carried out all the same."""
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
        message_id = 10 + len(self.after)
        self.shown.append(page)
        fault = await self._call("send", page.text)
        if fault is None or self.takes_effect:
            self.messages[message_id] = page.text
            self.pages[message_id] = page
            self.after[message_id] = after
        if fault:
            raise fault
        return message_id

    async def edit(self, message_id: int, page: Page) -> None:
        self.shown.append(page)
        if fault := await self._call("edit", page.text):
            raise fault
        assert self.may_repeat or self.pages[message_id] != page, "an edit that changes nothing"
        self.messages[message_id] = page.text
        self.pages[message_id] = page

    async def rebutton(self, message_id: int, buttons: Buttons) -> None:
        labels = " ".join(button.label for row in buttons for button in row)
        if fault := await self._call("rebutton", labels):
            raise fault
        page = self.pages[message_id]
        assert isinstance(page, Page)
        assert self.may_repeat or page.buttons != buttons, "an edit that changes nothing"
        self.pages[message_id] = replace(page, buttons=buttons)

    async def drop(self, message_id: int) -> None:
        fault = await self._call("drop", self.messages.get(message_id, ""))
        if fault is None or self.takes_effect:
            self.messages.pop(message_id, None)
        if fault:
            raise fault

    async def typing(self) -> None:
        self.typed.append(now())
        await asyncio.sleep(self.latency)
        self.typing_answered += 1

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
    return LiveReply(chat, gate or Gate(Pacer()), View(reasoning))


async def show(
    chat: Chat,
    *steps: Piece | float | Exception,
    reasoning: ShowReasoning = "off",
) -> Draft:
    """Show one answer alone in the world."""
    return await reply_in(chat, reasoning=reasoning).show(stream(*steps))
