"""How an answer gets into the memory: frame by frame while it grows, and as a whole at its end."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.assistant.growing import Growing
from bot.assistant.parts import Memory
from bot.chat.kept import Entry, Posted, Sent, Unfinished
from bot.reply.draft import Draft, Outcome
from bot.reply.search import Sending
from bot.reply.step import Shown
from bot.reply.view import legible

PATIENCE: Final = 2.0
"""Seconds that the last frame waits until the answer is kept, for what is to be said about that."""


class Recording:
    """Writes down one answer. What is forgotten is not written any more.

    Until its first frame, the updates that ask for it are not dealt with: if the process dies
    before that, the next one answers; after that, it ends the answer with what was shown
    (`resumed` is what it finds of it).
    """

    def __init__(self, memory: Memory, growing: Growing, resumed: Unfinished | None = None) -> None:
        self._memory = memory
        self._growing = growing
        self._key = resumed.key if resumed else uuid.uuid4().hex
        replaced = growing.kept.id if growing.kept else None
        self._exchange = resumed.exchange if resumed else replaced
        self._written: Unfinished | None = resumed
        self._is_begun = resumed is not None
        self._writing = asyncio.Lock()

    async def note(
        self, draft: Draft, shown: Sequence[Shown], sending: Sending | None = None
    ) -> None:
        """Write down a frame that is about to be shown; of an answer that has ended, after it.

        A memory that is slow does not hold up the end for long.
        """
        if draft.ending:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._growing.remembered.wait()
            except TimeoutError:
                return
        elif not self._is_worth_it(draft):
            return
        async with self._writing:
            sent = Sent(sending.after, sending.mark) if sending else None
            answer = self._unfinished(draft, shown, sent)
            if answer != self._written and not self._growing.is_forgotten:
                self._written, self._is_begun = answer, True
                updates = tuple(self._growing.updates)
                if await self._memory.keep(answer, updates):
                    self._growing.dealt_with(updates)

    async def conclude(self, draft: Draft, shown: Sequence[Shown]) -> bool:
        """Keep the exchange of an answer that has ended; false: that failed."""
        async with self._writing:
            if self._growing.is_forgotten:
                return True
            before = self._written  # in which what is being sent meanwhile was noted
            stays = before is not None and before.entry.place == self._growing.place
            answer = self._unfinished(draft, shown, before.sending if before and stays else None)
            self._is_begun = True
            updates = tuple(self._growing.updates)
            number = await self._memory.conclude(answer, _answer(draft), updates)
            if number is None:
                return False
            self._exchange = number
            self._written = replace(answer, exchange=number)
            self._growing.dealt_with(updates)
            return True

    async def finish(self, draft: Draft, shown: Sequence[Shown]) -> None:
        """Let go of an answer that stands in the chat."""
        async with self._writing:
            if self._is_begun and self._growing.is_forgotten:
                await self._memory.drop(self._unfinished(draft, ()))
            elif self._is_begun:
                await self._memory.finish(self._unfinished(draft, shown))

    def _is_worth_it(self, draft: Draft) -> bool:
        """Tell whether a frame has something that a process after this one could show.

        Mere thoughts are less than the answer whose place they would take.
        """
        kept = self._growing.kept
        has_thoughts = bool(draft.reasoning.strip()) and not (kept and kept.entry.answer)
        return bool(draft.text.strip()) or has_thoughts

    def _unfinished(
        self, draft: Draft, shown: Sequence[Shown], sent: Sent | None = None
    ) -> Unfinished:
        growing, ending = self._growing, draft.ending
        has_moved = growing.place.chat_id != growing.reply.peer.id
        entry = Entry(
            growing.place,
            growing.person.id,
            growing.question,
            legible(draft.text),
            ending.outcome.value if ending else "",
            growing.question_id,
            _posted(shown),
        )
        return Unfinished(
            self._key,
            entry,
            growing.person.language,
            legible(draft.reasoning),
            ending.note if ending else "",
            self._exchange,
            None if has_moved else sent,
        )


def _answer(draft: Draft) -> str:
    """Give what is remembered of an answer: its source, as far as it can be shown.

    White space at the end tells where to go on, if it is not whole.
    """
    text = legible(draft.text)
    is_whole = draft.ending is not None and draft.ending.outcome is Outcome.COMPLETE
    return text.strip() if is_whole or not text.strip() else text.lstrip()


def _posted(shown: Sequence[Shown]) -> tuple[Posted, ...]:
    return tuple(Posted(one.message_id, one.is_file) for one in shown if one.message_id is not None)
