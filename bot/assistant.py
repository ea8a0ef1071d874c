"""The use case on one page: a question comes in, a live reply goes out, both are remembered."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from bot.chat.conversation import Asked, Exchange, Person, Place, Role, Turn, joint, prompt
from bot.chat.kept import Entry, Kept, Posted, Preferences
from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.errors import AnswerError, Kind
from bot.locales import Words, in_language
from bot.logs import where
from bot.reply.controls import Controls
from bot.reply.draft import Draft, Ending, Outcome, Thought
from bot.reply.gate import Gate
from bot.reply.live import LiveReply, Piece
from bot.reply.page import Buttons, File
from bot.reply.step import Relic, Shown
from bot.reply.surface import Surface
from bot.reply.tidying import Tidying
from bot.reply.view import Handout, ShowReasoning, View, legible

OWN_MODEL_FAILS: Final = (Kind.MISCONFIGURED, Kind.REFUSED)
"""What a model that was chosen in the chat may be the reason of."""

_log = logging.getLogger(__name__)


class Model(Protocol):
    """What answers."""

    def stream(
        self, messages: Sequence[Mapping[str, str]], model: str | None = None
    ) -> AsyncGenerator[Delta]:
        """Give the answer piece by piece until closed; raises `AnswerError`."""
        ...


class Memory(Protocol):
    """What was said before (see `bot.chat.store`)."""

    async def recall(
        self, place: Place, budget: int, before: int | None = None
    ) -> Sequence[Exchange]:
        """Give the latest exchanges that fit so many characters."""
        ...

    async def last(self, place: Place, person: int) -> Kept | None:
        """Give the latest exchange of a person in a place."""
        ...

    async def add(self, entry: Entry) -> int | None:
        """Keep an exchange, and give its number; `None`: it could not be kept."""
        ...

    async def replace(self, number: int, entry: Entry) -> None:
        """Keep another exchange in the place of one."""
        ...

    async def post(self, number: int, messages: Sequence[Posted]) -> None:
        """Keep which messages show the answer."""
        ...

    async def forget(self, place: Place) -> int:
        """Erase the exchanges of a place, and tell how many."""
        ...

    async def forget_person(self, person: int) -> int:
        """Erase what a person has asked anywhere, and tell how many exchanges."""
        ...

    async def move(self, chat_id: int, to: int) -> None:
        """Keep the exchanges of a chat under its new id."""
        ...

    async def preferences(self, place: Place) -> Preferences:
        """Give what a place has chosen."""
        ...


@dataclass(slots=True, eq=False)
class Growing:
    """An answer that grows: to which question, and in the place of which answer (`kept`)."""

    place: Place
    person: Person
    question: str
    question_id: int | None
    reply: LiveReply
    kept: Kept | None = None
    beginning: str = ""
    """What stands there already and is continued."""
    is_forgotten: bool = False
    remembered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def words(self) -> Words:
        """The sentences in the language of whoever asked."""
        return in_language(self.person.language)

    @property
    def is_open(self) -> bool:
        """Whether more is to come."""
        return self.reply.draft.ending is None


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
        self._model = model
        self._memory = memory
        self._gate = gate
        self._tidying = Tidying(gate)
        self._system_prompt = system_prompt
        self._show_reasoning = show_reasoning
        self._history = history
        self._growing: set[Growing] = set()
        self._interrupted = False

    async def answer(self, asked: Asked, surface: Surface) -> None:
        """Answer a question. What came of the answer is remembered, however it ended."""
        before = await self._memory.last(asked.place, asked.person.id)
        question_id = None if asked.is_pasted else asked.message_id
        reply = self._reply(asked.person, surface)
        await self._grow(
            Growing(asked.place, asked.person, asked.question.content(), question_id, reply)
        )
        if before and (texts := [one for one in before.entry.messages if not one.is_file]):
            self._tidying.put(surface, texts[-1].message_id)

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
        reply = self._reply(person, surface, kept, fallback=entry.answer)
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

        An answer that grows there is stopped and not remembered.
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
            self.stop(growing)
            await growing.remembered.wait()

    def _view(self, words: Words) -> View:
        controls = Controls(words("button-stop"), words("button-again"), words("button-continue"))
        return View(self._show_reasoning, buttons=controls.under)

    def _reply(
        self, person: Person, surface: Surface, kept: Kept | None = None, fallback: str = ""
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
            await showing
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
            return await self._memory.add(entry)
        await self._memory.replace(growing.kept.id, entry)
        return growing.kept.id

    async def _pieces(self, growing: Growing) -> AsyncGenerator[Piece]:
        if self._interrupted:
            yield _interruption(growing.words)
            return
        preferences = Preferences()
        try:
            preferences = await self._memory.preferences(growing.place)
            async with contextlib.aclosing(self._ask(growing, preferences)) as pieces:
                async for piece in pieces:
                    yield piece
        except AnswerError as error:
            _log.warning("no whole answer: %s (%s)", error.kind, error.detail)
            yield Ending(Outcome.FAILED, _sentence(growing.words, error.kind, preferences.model))
        except Exception as error:  # noqa: BLE001 (a bug must not take what had come with it)
            _log.error("a bug ended an answer: %s", where(error))
            yield Ending(Outcome.FAILED, growing.words("answer-bug"))

    async def _ask(self, growing: Growing, preferences: Preferences) -> AsyncGenerator[Piece]:
        """Ask with as much of what was said before as fits; with less where that is too much."""
        question, beginning = growing.question, growing.beginning
        before = growing.kept.id if growing.kept else None
        system = self._system_prompt if preferences.prompt is None else preferences.prompt
        room = self._history - len(question) - len(beginning)
        while True:
            said = await self._memory.recall(growing.place, room, before)
            messages = prompt(system, said, question)
            if beginning:
                messages += _to_be_continued(beginning, growing.words)
            try:
                deltas = self._model.stream(messages, preferences.model)
                async with contextlib.aclosing(self._shown(deltas, beginning)) as pieces:
                    async for piece in pieces:
                        yield piece
            except AnswerError as error:
                if error.kind is not Kind.TOO_LONG or not said:
                    raise
                room = sum(one.size for one in said) // 2
            else:
                return

    async def _shown(self, deltas: AsyncGenerator[Delta], beginning: str) -> AsyncGenerator[Piece]:
        """Give what is shown of an answer, behind what stands there already."""
        async with contextlib.aclosing(deltas):
            async for delta in deltas:
                match delta:
                    case Text(text):
                        if beginning:
                            yield beginning + joint(beginning, text)
                            beginning = ""
                        yield text
                    case Reasoning(text) if self._show_reasoning != "off":
                        yield Thought(text)


def _sentence(words: Words, kind: Kind, own_model: str | None) -> str:
    """Say why there is no (whole) answer, and what to do."""
    if own_model and kind in OWN_MODEL_FAILS:
        return words("answer-own-model", model=own_model)
    return words(f"answer-{kind}")


def _interruption(words: Words) -> Ending:
    return Ending(Outcome.INTERRUPTED, words("answer-interrupted"))


def _to_be_continued(beginning: str, words: Words) -> list[dict[str, str]]:
    turns = (Turn(Role.ASSISTANT, beginning.strip()), Turn(Role.USER, words("ask-to-continue")))
    return [turn.as_message() for turn in turns]


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
