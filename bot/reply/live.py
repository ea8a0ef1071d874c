"""The live reply: one answer that grows in the chat until it stands there whole.

Two tasks and one slot between them. The *reader* keeps the draft current and waits for nobody. The
*painter* takes the next step from what is shown to what the newest draft wants, whenever the gate
lets it, until nothing differs and the draft has ended. A frame that was not sent in time is not
sent late: it has been overwritten in the slot. That the text of a moment ago is shown although the
model pauses, that a flood wait ends with the newest text, that stop, failure and success end in the
same last paint, all follow from this loop.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Sequence
from dataclasses import replace
from typing import Protocol

from bot.reply.draft import Draft, Ending, Outcome, Thought
from bot.reply.gate import Gate
from bot.reply.gathered import Gathered
from bot.reply.pacing import Peer, Urgency
from bot.reply.page import Buttons, Message
from bot.reply.patience import Patience
from bot.reply.search import Sending
from bot.reply.standing import Standing
from bot.reply.step import Look, Rebutton, Send, Shown, Step
from bot.reply.surface import Gone, Moved, OutcomeUnknown, TooFast, Unwelcome
from bot.reply.typing import Typing

HEAVY = 6_000
"""Work (see `View.load`), about 3 ms, that is not done on the event loop, which it would hold up:
an edit may look at its text twice and call Telegram within one step of the loop."""

Piece = str | Thought | Ending
"""What a source gives: text, reasoning before it, and at last how it ended."""

_log = logging.getLogger(__name__)


class View(Protocol):
    """What should stand in the chat for a draft that grows (see `bot.reply.view`)."""

    def load(self, draft: Draft) -> int:
        """Give about how much work the next pages are."""
        ...

    def pages(self, draft: Draft) -> Sequence[Message]:
        """Give the pages; nothing if there is nothing yet."""
        ...

    def buttons(self, draft: Draft) -> Buttons:
        """Give the buttons below the last page."""
        ...


class Notes(Protocol):
    """Where each frame is written down before it is shown, and which messages show it."""

    async def note(
        self, draft: Draft, shown: Sequence[Shown], sending: Sending | None = None
    ) -> None:
        """Write down a draft that is about to be shown, and what stands in the chat now.

        `sending` may stand there, too, if nothing more is noted. What has ended is still to be held
        back while something is to be said below it.
        """
        ...


class _NoNotes:
    async def note(
        self, draft: Draft, shown: Sequence[Shown], sending: Sending | None = None
    ) -> None:
        """Write nothing."""


class LiveReply:
    """One answer in the making. Shown once, by `show`.

    What stands there already is from an answer before, whose place this one takes. `fallback` is
    that answer, if it is to come back where no other one comes; it then counts as having ended as
    it did.
    """

    def __init__(
        self, standing: Standing, gate: Gate, view: View, fallback: Draft | None = None
    ) -> None:
        self._standing = standing
        self._surface = standing.surface
        self._gate = gate
        self._view = view
        self._text = Gathered()
        self._reasoning = Gathered()
        self._ending: Ending | None = None
        self._fallback = fallback
        self._reader: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._begins_message = False
        self._notes: Notes = _NoNotes()
        self._typing = Typing(standing.surface, gate)
        self._changed = asyncio.Event()
        self._unseen_since: float | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def draft(self) -> Draft:
        """The newest state of the answer; of a long text that grows, its beginning."""
        text = self._text.whole() if self._ending else self._text.beginning
        return Draft(text, self._ending, self._reasoning.whole())

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What stands in the chat now."""
        return self._standing.shown

    @property
    def peer(self) -> Peer:
        """The chat in which it is shown; another one once that has moved."""
        return self._surface.peer

    @property
    def is_growing(self) -> bool:
        """Whether it has begun to be read and not ended."""
        return self._reader is not None and self._ending is None

    async def ended(self) -> Draft:
        """Wait until nothing more is written, be it shown or not yet; give the final draft."""
        await self._ended.wait()
        return self.draft

    async def show(self, source: AsyncGenerator[Piece], notes: Notes | None = None) -> Draft:
        """Show what comes from the source until it stands there whole; give the final draft.

        The source yields pieces and at last, or by its end, how the answer ended. It is always
        closed, also when the reply is deleted in the chat and nobody is left to read it. An
        exception from it is raised once what had come is shown.
        """
        self._notes = notes or self._notes
        if self._ending is None:
            self._begin(source)
        else:
            await source.aclose()
        typing = self._own(self._typing.show(), "reply typing")
        try:
            await self._paint(typing)
        finally:
            await self._typing.close()
            self._conclude(Ending(Outcome.FAILED))
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._reader and not self._reader.cancelled():
            self._reader.result()
        return self.draft

    def restart(self, source: AsyncGenerator[Piece], view: View) -> None:
        """Begin anew in the same messages, which keep their text until there is another one.

        The source so far is closed, and what had come from it is dropped. Only before the end.
        """
        if not self.is_growing or not self._reader:
            raise RuntimeError("nothing grows that could begin anew")
        self._reader.cancel()
        self._text, self._reasoning = Gathered(), Gathered()
        self._fallback = None
        self._standing.begin_anew()
        self._view = view
        self._begin(source)
        self._changed.set()

    def _begin(self, source: AsyncGenerator[Piece]) -> None:
        self._reader = self._own(self._read(source), "reply reader")

    def end(self, ending: Ending) -> None:
        """End the answer now, with what has come; that is still shown."""
        if not self._ending:
            self._conclude(ending)
            self._typing.break_off()
            for task in self._tasks:
                task.cancel()

    def take_over(self, draft: Draft) -> None:
        """Take over an answer that has ended already; to be shown as it is."""
        self._text.write(draft.text)
        self._reasoning.write(draft.reasoning)
        if draft.ending:
            self._conclude(draft.ending)

    def remark(self, text: str) -> None:
        """Say something more below an answer that has ended."""
        if self._ending:
            notes = (self._ending.note, text)
            self._ending = replace(self._ending, note="\n\n".join(filter(None, notes)))
            self._changed.set()

    def _own(self, coroutine: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine, name=name)
        self._tasks.append(task)
        return task

    def _conclude(self, ending: Ending) -> None:
        if self._ending is None:
            old = self._fallback
            if old and old.ending and self._text.is_blank():
                self._text.write(old.text)
                ending = replace(ending, outcome=old.ending.outcome)
            self._ending = ending
        self._ended.set()
        self._changed.set()
        self._gate.reconsider(self._surface.peer)

    async def _read(self, source: AsyncGenerator[Piece]) -> None:
        reader = asyncio.current_task()
        ending = Ending(Outcome.FAILED)
        try:
            async with contextlib.aclosing(source):
                async for piece in source:
                    if self._ending:
                        return
                    match piece:
                        case Ending():
                            ending = piece
                            return
                        case Thought(text):
                            self._think(text)
                        case _:
                            self._text.write(piece)
                    self._note_change()
            ending = Ending(Outcome.COMPLETE)
        finally:
            if reader is self._reader:  # else the answer has begun anew
                self._conclude(ending)

    def _note_change(self) -> None:
        if self._unseen_since is None:
            self._unseen_since = asyncio.get_running_loop().time()
        self._changed.set()

    def _think(self, text: str) -> None:
        """Keep reasoning only where it comes before the text: what stands above it is finished."""
        if self._text.is_blank():
            self._reasoning.write(text)

    async def _paint(self, typing: asyncio.Task[None]) -> None:
        patience = Patience()
        while step := await self._step_to_take():
            if not isinstance(step, Rebutton):
                typing.cancel()
            self._begins_message = isinstance(step, Send | Look)
            try:
                async with self._turn(patience):
                    draft, step = await self._noted()
                    if step:
                        await self._standing.take(step)
                await self._notes.note(draft, self.shown, self._standing.unheard(None))
            except TooFast as refusal:
                _log.info("flood control: %s", refusal)
                self._gate.hold(self._surface.peer, refusal.retry_after)
            except OutcomeUnknown as refusal:
                if not await self._back_off(patience, refusal):
                    return
            except Moved:
                self._standing.leave_behind()
            except (Gone, Unwelcome) as refusal:
                if isinstance(refusal, Gone) and self._standing.lose(step):
                    continue
                _log.info("the reply cannot be shown any more: %s", refusal)
                self.end(Ending(Outcome.STOPPED))
                return

    @contextlib.asynccontextmanager
    async def _turn(self, patience: Patience) -> AsyncIterator[None]:
        """Wait for the turn to make a call; what has come by then is seen, if that shows it."""
        async with self._gate.turn(self._surface.peer, self._urgency, self._unseen_since):
            unseen_since, self._unseen_since = self._unseen_since, None
            try:
                yield
            except BaseException:
                self._unseen_since = unseen_since
                raise
            if self._standing.is_searching:  # it was in vain so far
                self._unseen_since = unseen_since
            else:
                patience.renew()

    async def _noted(self) -> tuple[Draft, Step | None]:
        """Have the newest draft written down, and give it and the next step towards it.

        If it ends or begins anew meanwhile, that is written down, too.
        """
        while True:
            draft, view = self.draft, self._view
            step = await self._next_step(draft)
            await self._notes.note(draft, self.shown, self._standing.unheard(step))
            if draft.ending == self._ending and view is self._view:
                return draft, step

    async def _back_off(self, patience: Patience, refusal: OutcomeUnknown) -> bool:
        """Wait before the next attempt; false: there is none.

        The end of the answer does not sleep through a long wait of the frames before it.
        """
        now = asyncio.get_running_loop().time()
        seconds = patience.wait(now, is_end=self._ending is not None)
        if seconds is None:
            _log.error("the end of an answer is given up: %s", refusal)
            return False
        _log.warning("Telegram did not answer (%s); again in %g s", refusal, seconds)
        if self._ending:
            await asyncio.sleep(seconds)
        else:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._ended.wait()
                patience.renew()
        return True

    async def _step_to_take(self) -> Step | None:
        """Wait until there is something to do; `None`: nothing ever again."""
        while True:
            self._changed.clear()
            if step := await self._next_step(self.draft):
                return step
            if self._ending and not self._changed.is_set():
                return None
            await self._changed.wait()

    async def _next_step(self, draft: Draft) -> Step | None:
        view = self._view
        wanted = await self._pages(view, draft)
        if not wanted and draft.ending is None:
            return self._standing.step_to_buttons(view.buttons(draft))
        return self._standing.step_to(wanted, is_last=draft.ending is not None)

    async def _pages(self, view: View, draft: Draft) -> Sequence[Message]:
        if view.load(draft) < HEAVY:
            return view.pages(draft)
        return await asyncio.get_running_loop().run_in_executor(None, view.pages, draft)

    def _urgency(self) -> Urgency:
        if self._ending:
            return Urgency.FINAL
        # A further message counts as a first one: what it begins with has left the one before it.
        return Urgency.FIRST if self._begins_message else Urgency.INTERIM
