"""The use case: a question comes in, a live reply goes out, both are remembered.

The story stands here; beside it how a model is asked (`asking`), how an answer is shown (`replies`)
and written down (`recording`), what one that grows is (`growing`), and what the room needs of
others (`parts`).
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from bot.assistant.asking import Asking
from bot.assistant.growing import Growing
from bot.assistant.parts import Memory, Model
from bot.assistant.recording import Recording
from bot.assistant.replies import Replies
from bot.chat.conversation import Asked, Person, Place
from bot.chat.kept import Kept, Unfinished
from bot.locales import Words
from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.gate import Gate
from bot.reply.live import Piece
from bot.reply.pacing import Peer
from bot.reply.page import Buttons, File
from bot.reply.surface import Surface
from bot.reply.tidying import Tidying
from bot.reply.view import ShowReasoning

__all__ = ["Assistant", "Growing"]

ARRIVAL: Final = 3.0
"""Seconds in which what was under way to Telegram when a process died arrives there, and what
people have written meanwhile arrives here, so that the one is found among the other."""


class Assistant:
    """Answers questions.

    Those of one person in one place must be answered one after the other: each is asked with what
    was said before it.
    """

    def __init__(  # noqa: PLR0913 (what is named is a setting)
        self,
        model: Model,
        memory: Memory,
        gate: Gate,
        *,
        system_prompt: str = "",
        show_reasoning: ShowReasoning = "off",
        history: int = 60_000,
    ) -> None:
        self._memory = memory
        self._gate = gate
        self._replies = Replies(gate, show_reasoning)
        self._tidying = Tidying(gate)
        self._asking = Asking(
            model, memory, system_prompt, history, reasons=show_reasoning != "off"
        )
        self._growing: set[Growing] = set()
        self._interrupted = False

    async def answer(self, asked: Asked, surface: Surface) -> bool:
        """Answer a question. What came of the answer is remembered, however it ended.

        Tells whether anything came: false if it failed before.
        """
        question_id = None if asked.is_pasted else asked.message_id
        reply = self._replies.answering(asked.person, surface)
        content = asked.question.content()
        growing = Growing(asked.place, asked.person, content, question_id, reply)
        growing.updates += asked.updates
        await self._grow(growing)
        entry = growing.before.entry if growing.before else None
        if entry and entry.place.chat_id == surface.peer.id:
            texts = [one.message_id for one in entry.messages if not one.is_file]
            for message_id in texts[-1:]:
                self._tidying.put(surface, message_id)
        return not growing.is_barren

    def amend(self, asked: Asked, may_begin: Callable[[], bool] = lambda: True) -> bool:
        """Let the answer to a question that was edited start over; False: it does not grow.

        `may_begin` is asked where the model would be.
        """
        content = asked.question.content()
        for growing in self.open_in(asked.place):
            if growing.question_id != asked.message_id or growing.person.id != asked.person.id:
                continue
            growing.updates += asked.updates
            if growing.question != content and may_begin():
                growing.question, growing.beginning = content, ""
                if growing.reply.is_growing:
                    growing.reply.restart(self._pieces(growing), self._replies.view(growing.words))
            return True
        return False

    async def answer_anew(
        self, asked: Asked, surface: Surface, may_begin: Callable[[], bool] = lambda: True
    ) -> bool:
        """Answer an edited question in the messages of its answer, if it is the person's last.

        `may_begin` is asked where the model would be. False: it failed before anything came.
        """
        kept = await self._memory.last(asked.place, asked.person.id)
        content, number = asked.question.content(), asked.message_id
        is_last = kept and kept.entry.question_id == number and kept.entry.question != content
        if not kept or not is_last or not may_begin():
            return True
        reply = self._replies.answering(asked.person, surface, kept)
        growing = Growing(asked.place, asked.person, content, number, reply, kept)
        growing.updates += asked.updates
        await self._grow(growing)
        return not growing.is_barren

    async def standing(self, place: Place, person: Person, message_id: int) -> Kept | None:
        """Give the exchange whose answer stands in a message, if it is the person's last."""
        kept = await self._memory.last(place, person.id)
        stands = kept and message_id in [one.message_id for one in kept.entry.messages]
        return kept if stands else None

    async def answer_again(
        self,
        kept: Kept,
        person: Person,
        surface: Surface,
        updates: Sequence[int] = (),
        *,
        carry_on: bool,
    ) -> bool:
        """Answer a question once more in its messages, or carry on with its answer.

        `updates` asked for that. False: it failed before anything came.
        """
        entry = kept.entry
        beginning = entry.answer if carry_on else ""
        fallback = Draft(entry.answer, Ending(Outcome(entry.outcome)))
        reply = self._replies.answering(
            person, surface, kept, fallback if entry.answer else None, is_pressed=True
        )
        growing = Growing(
            entry.place, person, entry.question, entry.question_id, reply, kept, beginning
        )
        growing.updates += updates
        await self._grow(growing)
        return not growing.is_barren

    async def unfinished(self) -> Sequence[Unfinished]:
        """Give the answers that the process before this one did not finish."""
        left = await self._memory.unfinished()
        for answer in left:
            for message in answer.entry.messages:  # so that none is taken for another one
                self._replies.ids.found(answer.entry.place.chat_id, message.message_id)
        return left

    async def mend(self, answer: Unfinished, surface: Surface) -> None:
        """Finish an answer of a process that died with what was written down of it.

        What somebody has deleted meanwhile stays deleted.
        """
        entry, person = answer.entry, Person(answer.entry.person, answer.language)
        reply = self._replies.mending(answer, surface)
        growing = Growing(entry.place, person, entry.question, entry.question_id, reply)
        await self._grow(growing, answer)

    async def say(
        self,
        text: str,
        surface: Surface,
        *,
        buttons: Buttons = (),
        instead_of: int | None = None,
    ) -> None:
        """Say something that needs no model, within the same budget and with the same care.

        `instead_of` is the bot's own message whose text and buttons make way for it.
        """
        await self._replies.say(text, surface, buttons, instead_of)

    async def hand_over(self, file: File, surface: Surface) -> None:
        """Send a file, within the same budget and with the same care."""
        await self._replies.hand_over(file, surface)

    @property
    def growing(self) -> int:
        """How many answers grow."""
        return len(self._growing)

    def open_in(self, place: Place) -> list[Growing]:
        """Give the answers that grow in a place."""
        return [one for one in self._growing if one.place == place and one.is_open]

    def stop(self, growing: Growing) -> None:
        """End an answer with what has come; that stays, and is remembered."""
        growing.reply.end(Ending(Outcome.STOPPED, growing.words("answer-stopped")))

    def hold(self, peer: Peer, seconds: float) -> None:
        """Say nothing in a chat for so long: Telegram has answered another call there with 429."""
        self._gate.hold(peer, seconds)

    def seen(self, chat_id: int, message_id: int, at: datetime) -> None:
        """Take note of a message that somebody has written (see `bot.reply.ids`)."""
        self._replies.ids.seen(chat_id, message_id, at)

    def interrupt(self) -> None:
        """End all answers with what has come, and begin none: the process is to stop."""
        self._interrupted = True
        for growing in self._growing:
            growing.reply.end(_interruption(growing.words))

    async def move(self, chat_id: int, to: int) -> None:
        """Remember what was said in a group that has become a supergroup."""
        for growing in self._growing:
            if growing.place.chat_id == chat_id:
                growing.place, growing.question_id = Place(to, growing.place.topic), None
        await self._memory.move(chat_id, to)

    async def forget(self, place: Place) -> int:
        """Forget what was said in a place; give how many exchanges.

        An answer that grows there is stopped and not remembered. None must begin meanwhile.
        """
        await self._let_go(one for one in self._growing if one.place == place)
        return await self._memory.forget(place)

    async def forget_person(self, person: int) -> int:
        """Forget what a person has asked anywhere, and their private chat; give how many."""
        await self._let_go(
            one for one in self._growing if person in (one.person.id, one.place.chat_id)
        )
        return await self._memory.forget_person(person)

    async def close(self) -> None:
        """End what goes on in the background."""
        await self._tidying.close()

    async def _let_go(self, answers: Iterable[Growing]) -> None:
        for growing in tuple(answers):
            growing.is_forgotten = True
            note = growing.words("answer-stopped")
            growing.reply.end(Ending(Outcome.STOPPED, note, is_forgotten=True))
            await growing.remembered.wait()
            if growing.updates:
                await self._memory.settle(growing.updates)

    async def _grow(
        self,
        growing: Growing,
        resumed: Unfinished | None = None,
    ) -> None:
        """Let an answer grow to its end; remember it as soon as no more of it is to come."""
        recording = Recording(self._memory, growing, resumed)
        self._growing.add(growing)
        chat_id = growing.reply.peer.id
        wait = ARRIVAL if resumed and resumed.sending else 0.0
        showing = asyncio.create_task(self._show(growing, recording, wait))
        try:
            await self._remember(growing, recording)
            draft = await showing
            if growing.reply.peer.id != chat_id:  # known here before the update has come
                await self.move(chat_id, growing.reply.peer.id)
            await recording.finish(draft, growing.reply.shown)
            if growing.updates:
                await self._memory.settle(growing.updates)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            growing.remembered.set()
            self._growing.remove(growing)

    async def _show(self, growing: Growing, recording: Recording, wait: float) -> Draft:
        """Show an answer after so many seconds, in which it may already be let go of."""
        if wait:
            await asyncio.sleep(wait)
        return await growing.reply.show(self._pieces(growing), recording)

    async def _remember(self, growing: Growing, recording: Recording) -> None:
        """Keep the exchange when its answer has ended; say so below it where that fails."""
        draft = await growing.reply.ended()
        if growing.kept is None and not growing.is_forgotten:
            growing.before = await self._memory.last(growing.place, growing.person.id)
        is_kept = await recording.conclude(draft, growing.reply.shown)
        if not is_kept or (self._memory.is_failing and not growing.is_forgotten):
            growing.reply.remark(growing.words("answer-not-remembered"))
        growing.remembered.set()

    async def _pieces(self, growing: Growing) -> AsyncGenerator[Piece]:
        if self._interrupted:
            yield _interruption(growing.words)
            return
        async with contextlib.aclosing(self._asking.pieces(growing)) as pieces:
            came = False
            async for piece in pieces:
                came = came or isinstance(piece, str)
                has_failed = isinstance(piece, Ending) and piece.outcome is Outcome.FAILED
                growing.is_barren = has_failed and not came
                yield piece


def _interruption(words: Words) -> Ending:
    return Ending(Outcome.INTERRUPTED, words("answer-interrupted"))
