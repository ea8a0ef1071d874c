"""The use case: a question comes in, a live reply goes out, both are remembered.

The story stands here; beside it how a model is asked (`asking`), what an answer that grows is
(`growing`), and what the room needs of others (`parts`).
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable, Sequence

from bot.assistant.asking import Asking
from bot.assistant.growing import Growing
from bot.assistant.parts import Memory, Model
from bot.chat.conversation import Asked, Person, Place
from bot.chat.kept import Entry, Kept, Posted
from bot.locales import Words, in_language
from bot.reply.controls import Controls
from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.gate import Gate
from bot.reply.live import LiveReply, Piece
from bot.reply.page import Buttons, File
from bot.reply.step import Relic, Shown
from bot.reply.surface import Surface
from bot.reply.tidying import Tidying
from bot.reply.view import Handout, ShowReasoning, View, legible

__all__ = ["Assistant", "Growing"]


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
        self._tidying = Tidying(gate)
        self._show_reasoning = show_reasoning
        self._asking = Asking(
            model, memory, system_prompt, history, reasons=show_reasoning != "off"
        )
        self._growing: set[Growing] = set()
        self._interrupted = False

    async def answer(self, asked: Asked, surface: Surface) -> None:
        """Answer a question. What came of the answer is remembered, however it ended."""
        question_id = None if asked.is_pasted else asked.message_id
        reply = self._reply(asked.person, surface)
        content = asked.question.content()
        growing = Growing(asked.place, asked.person, content, question_id, reply)
        await self._grow(growing)
        entry = growing.before.entry if growing.before else None
        if entry and entry.place.chat_id == surface.peer.id:
            texts = [one.message_id for one in entry.messages if not one.is_file]
            for message_id in texts[-1:]:
                self._tidying.put(surface, message_id)

    def amend(self, asked: Asked) -> bool:
        """Let the answer to a question that was edited start over; False: it does not grow."""
        content = asked.question.content()
        for growing in self.open_in(asked.place):
            if growing.question_id != asked.message_id or growing.person.id != asked.person.id:
                continue
            if growing.question != content:
                growing.question, growing.beginning = content, ""
                if growing.reply.is_growing:
                    growing.reply.restart(self._pieces(growing), self._view(growing.words))
            return True
        return False

    async def answer_anew(self, asked: Asked, surface: Surface) -> None:
        """Answer an edited question in the messages of its answer, if it is the person's last."""
        kept = await self._memory.last(asked.place, asked.person.id)
        content, number = asked.question.content(), asked.message_id
        if kept and kept.entry.question_id == number and kept.entry.question != content:
            reply = self._reply(asked.person, surface, kept)
            await self._grow(Growing(asked.place, asked.person, content, number, reply, kept))

    async def standing(self, place: Place, person: Person, message_id: int) -> Kept | None:
        """Give the exchange whose answer stands in a message, if it is the person's last."""
        kept = await self._memory.last(place, person.id)
        stands = kept and message_id in [one.message_id for one in kept.entry.messages]
        return kept if stands else None

    async def answer_again(
        self, kept: Kept, person: Person, surface: Surface, *, carry_on: bool
    ) -> None:
        """Answer a question once more in its messages, or carry on with its answer."""
        entry = kept.entry
        beginning = entry.answer if carry_on else ""
        fallback = Draft(entry.answer, Ending(Outcome(entry.outcome)))
        reply = self._reply(person, surface, kept, fallback if entry.answer else None)
        await self._grow(
            Growing(entry.place, person, entry.question, entry.question_id, reply, kept, beginning)
        )

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
        shown = [] if instead_of is None else [Shown(instead_of, Relic())]
        view = View(markdown=False, buttons=lambda _: buttons)
        await LiveReply(surface, self._gate, view, shown).show(_at_once(text))

    async def hand_over(self, file: File, surface: Surface) -> None:
        """Send a file, within the same budget and with the same care."""
        await LiveReply(surface, self._gate, Handout(file)).show(_at_once())

    @property
    def gate(self) -> Gate:
        """Where all calls wait for their turn."""
        return self._gate

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

    def _view(self, words: Words) -> View:
        controls = Controls(words("button-stop"), words("button-again"), words("button-continue"))
        return View(self._show_reasoning, buttons=controls.under)

    def _reply(
        self,
        person: Person,
        surface: Surface,
        kept: Kept | None = None,
        fallback: Draft | None = None,
    ) -> LiveReply:
        shown = [
            Shown(one.message_id, File("", "") if one.is_file else Relic())
            for one in (kept.entry.messages if kept else ())
        ]
        view = self._view(in_language(person.language))
        return LiveReply(surface, self._gate, view, shown, fallback)

    async def _grow(self, growing: Growing) -> None:
        """Let an answer grow to its end; remember it as soon as no more of it is to come."""
        self._growing.add(growing)
        showing = asyncio.create_task(growing.reply.show(self._pieces(growing)))
        try:
            number = await self._remember(growing)
            growing.remembered.set()
            try:
                await showing
            finally:
                if number is not None:
                    await self._memory.post(number, _posted(growing.reply.shown))
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            growing.remembered.set()
            self._growing.remove(growing)

    async def _remember(self, growing: Growing) -> int | None:
        """Keep the exchange when its answer has ended; give its number."""
        draft = await growing.reply.ended()
        if growing.is_forgotten:
            return None
        entry = Entry(
            growing.place,
            growing.person.id,
            growing.question,
            _answer(draft),
            draft.ending.outcome.value if draft.ending else "",
            growing.question_id,
            _posted(growing.reply.shown),
        )
        if growing.kept is None:
            growing.before = await self._memory.last(growing.place, growing.person.id)
            return await self._memory.add(entry)
        await self._memory.replace(growing.kept.id, entry)
        return growing.kept.id

    async def _pieces(self, growing: Growing) -> AsyncGenerator[Piece]:
        if self._interrupted:
            yield _interruption(growing.words)
            return
        async with contextlib.aclosing(self._asking.pieces(growing)) as pieces:
            async for piece in pieces:
                yield piece


def _interruption(words: Words) -> Ending:
    return Ending(Outcome.INTERRUPTED, words("answer-interrupted"))


def _answer(draft: Draft) -> str:
    """Give what is remembered of an answer: its source, as far as it can be shown.

    White space at the end tells where to go on, if it is not whole.
    """
    text = legible(draft.text)
    is_whole = draft.ending is not None and draft.ending.outcome is Outcome.COMPLETE
    return text.strip() if is_whole or not text.strip() else text.lstrip()


def _posted(shown: Sequence[Shown]) -> tuple[Posted, ...]:
    return tuple(
        Posted(one.message_id, isinstance(one.page, File))
        for one in shown
        if one.message_id is not None
    )


async def _at_once(*texts: str) -> AsyncGenerator[Piece]:
    for text in texts:
        yield text
