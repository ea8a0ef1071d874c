"""Whatever a provider does: what came of the answer stands there, is marked, and is recorded.

One row for each fault; from it follow a cell where that provider is the only one, one where it is
the first of three, and one where it is the last of three and the two before it have failed. Where
nothing of an answer had been shown the next provider is asked, and only there. The next question
works in every cell. What takes seconds goes over HTTP, through the real g4f and the real
python-telegram-bot; what takes minutes in virtual time, with a scripted stream in the place of g4f.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from bot.assistant import Assistant
from bot.chat.conversation import Asked, Person, Place, Question
from bot.chat.kept import Entry
from bot.chat.store import Store
from bot.llm.attempts import Patience, answer
from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.errors import AnswerError, Kind
from bot.locales import in_language
from bot.reply.gate import Gate
from bot.reply.pacing import Pacer
from bot.reply.page import File, Page
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import BreakOff, ErrorEvent, Raw, Refuse, Say, Stall, Step, Think
from bot.sandbox.telegram import Message
from tests.llm.asking import Scripted
from tests.llm.providers import BLOCK, Served, registry
from tests.notebook import Notebook
from tests.reply.chat import Chat
from tests.virtual_time import run
from tests.world import world

Position = Literal["only", "first", "last"]
POSITIONS: tuple[Position, ...] = ("only", "first", "last")
LANGUAGES: Mapping[Position, str] = {"only": "ru", "first": "en", "last": "en"}
NAMES = ("First", "Second", "Third")
QUESTION = "What is it?"
HELLO = "Hello from the next one."
GOOD = "Here I am."
HISTORY = 60_000
NOBODY = "http://127.0.0.1:9/v1"


def row(place: Position) -> tuple[int, int]:
    """Give how many providers there are, and the place of the faulty one among them."""
    return {"only": (1, 0), "first": (3, 0), "last": (3, 2)}[place]


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be seen of a fault.

    `said` is the sentence that marks the answer ("": it is whole), `came` what had come of it and
    is recorded, `pages` how that is shown: as it is, if nothing else is said here. `is_long`:
    messages do not hold it, and a file follows that does.
    """

    said: str = ""
    came: str = ""
    pages: tuple[str, ...] = ()
    is_long: bool = False

    def moves_on(self, place: Position) -> bool:
        """Whether the next provider is asked, and answers."""
        return place == "first" and not self.came

    def screen(self, place: Position) -> list[tuple[str, list[str]]]:
        """Give the messages, each with the labels of its buttons; a file has no text."""
        words = in_language(LANGUAGES[place])
        again, carry_on = words("button-again"), words("button-continue")
        if self.moves_on(place):
            return [(HELLO, [again])]
        *before, last = self.pages or (self.came.strip(),)
        notes = [words("answer-in-file")] if self.is_long else []
        notes += [words(f"answer-{self.said}")] if self.said else []
        last = "\n\n".join(part for part in (last, *notes) if part)
        labels = [again, carry_on] if self.said and self.came else [again]
        files: list[tuple[str, list[str]]] = [("", [])] if self.is_long else []
        return [*((page, []) for page in before), (last, labels), *files]

    def record(self, place: Position) -> tuple[str, str]:
        """Give the outcome and the answer that are recorded."""
        if self.moves_on(place):
            return "complete", HELLO
        return ("failed", self.came) if self.said else ("complete", self.came.strip())

    def asked(self, place: Position) -> list[int]:
        """Give how often each provider is asked."""
        count, faulty = row(place)
        return [int(number <= faulty + self.moves_on(place)) for number in range(count)]

    def history(self, place: Position) -> list[str]:
        """Give what the model is told before the next question."""
        _, answer = self.record(place)
        return [QUESTION, answer.strip()] if 0 < len(answer) < HISTORY else []


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault over HTTP: what the provider's server does, or that there is none."""

    steps: Sequence[Step]
    told: Told
    is_there: bool = True
    patience: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slow:
    """A fault in virtual time: what the provider streams, and after how many seconds it is over."""

    steps: Sequence[Delta | float | AnswerError]
    told: Told
    seconds: float


def event(content: str) -> Raw:
    """Put this on the wire as a piece of an answer; each character as one byte."""
    return Raw(
        f'data: {{"choices": [{{"delta": {{"content": "{content}"}}}}]}}\n\n'.encode("latin-1")
    )


PIECE = "The answer is "
KILO = "x" * 998 + "\n\n"
LONG = (*((KILO * 4).strip(),) * 7, (KILO * 2).strip())
SOON = {"chunk_timeout": 0.5}
SLOW_START = {"first_chunk_timeout": 2.0}

FAULTS = {
    "refuses to connect": Fault([], Told("unreachable"), is_there=False),
    "401": Fault([Refuse(401)], Told("needs-auth")),
    "429": Fault([Refuse(429)], Told("rate-limited")),
    "500": Fault([Refuse(500)], Told("refused")),
    "breaks off before the first word": Fault([Raw(b": hi\n\n"), BreakOff()], Told("unreachable")),
    "breaks off mid-answer": Fault([Say(PIECE), BreakOff()], Told("broke-off", PIECE)),
    "reports an error at once": Fault([ErrorEvent()], Told("refused")),
    "reports an error mid-answer": Fault([Say(PIECE), ErrorEvent()], Told("broke-off", PIECE)),
    "falls silent mid-answer": Fault([Say(PIECE), Stall()], Told("stalled", PIECE), patience=SOON),
    "ends empty": Fault([], Told("empty")),
    "says white space": Fault([Say(" \n\n")], Told("empty")),
    "sends only reasoning": Fault([Think("Hm.")], Told("empty")),
    "reasons and fails": Fault([Think("Hm."), ErrorEvent()], Told("refused")),
    "streams 1 MB": Fault(
        [Say(KILO * 1000)],
        Told(came=KILO * 1000, pages=LONG, is_long=True),
    ),
    "one chunk of 200 kB": Fault(
        [Say("x" * 200_000)],
        Told(came="x" * 200_000, pages=(*("x" * 4096,) * 7, "x" * 1328), is_long=True),
    ),
    "invalid UTF-8 at once": Fault([event("caf\xe9")], Told("refused")),
    "invalid UTF-8 mid-answer": Fault([Say(PIECE), event("\xff")], Told("broke-off", PIECE)),
    "NUL and lone surrogates": Fault([Say("a\0b\ud800c\udc00 😀")], Told(came="a�b�c� 😀")),
    "right-to-left overrides": Fault(
        [Say("\u202eevil\u202c \u202dand\u202c \u202bgood\u202a")], Told(came="evil and good")
    ),
    "10,000 chunks in a second": Fault(
        [Say("x " * 10_000, pace=10_000)],
        Told(came="x " * 10_000, pages=(*(("x " * 2048).strip(),) * 4, ("x " * 1808).strip())),
    ),
    "blocks its thread at once": Fault([Say(BLOCK)], Told("timed-out"), patience=SLOW_START),
    "blocks its thread mid-answer": Fault(
        [Say(PIECE), Say(BLOCK)], Told("stalled", PIECE), patience=SOON
    ),
}


@dataclass
class Providers:
    """Providers that g4f knows by `NAMES`, each with a server of its own."""

    servers: list[Rehearsal]
    known: list[Served]

    def play(self, fault: Fault, place: Position) -> None:
        """Let the one in this place do that; those before it fail, those after it answer."""
        _, faulty = row(place)
        for server in self.servers[:faulty]:
            server.script(Refuse(500))
        if fault.is_there:
            self.servers[faulty].script(*fault.steps)
        else:
            self.known[faulty].move(NOBODY)
        for server in self.servers[faulty + 1 :]:
            server.script(Say(HELLO))

    def mend(self) -> None:
        """Let all of them answer from now on."""
        for server, provider in zip(self.servers, self.known, strict=True):
            provider.let_go.set()
            provider.move(server.url)
            server.answer_with(lambda _: [Say(GOOD)])


@asynccontextmanager
async def providers(count: int) -> AsyncIterator[Providers]:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(Rehearsal()) for _ in range(count)]
        register = stack.enter_context(registry(Path("data")))
        known = [Served(server.url) for server in servers]
        for name, provider in zip(NAMES, known, strict=False):
            register(name, provider)
            stack.callback(provider.let_go.set)
        yield Providers(servers, known)


async def recorded(place: Place, person: int) -> Entry:
    store = await Store.open("sqlite:///data/conversations.sqlite3")
    try:
        kept = await store.last(place, person)
    finally:
        await store.close()
    assert kept
    return kept.entry


def seen(message: Message) -> tuple[str, list[str]]:
    return message.text, [button["text"] for button in message.buttons]


@pytest.mark.parametrize("place", POSITIONS)
@pytest.mark.parametrize("name", FAULTS)
async def test_whatever_a_provider_does_is_shown_told_and_recorded(
    name: str, place: Position
) -> None:
    fault = FAULTS[name]
    told, (count, _) = fault.told, row(place)
    async with (
        providers(count) as asked,
        world(g4f_base_url=None, g4f_provider=NAMES[:count], **fault.patience) as w,
    ):
        anna = w.telegram.user("Anna", language_code=LANGUAGES[place])
        chat = w.telegram.private(anna)
        asked.play(fault, place)
        chat.say(anna, QUESTION)
        await w.settled()
        answer = chat.said_by_bot
        assert [seen(one) for one in answer] == told.screen(place)
        files = [one.document.content.decode() for one in answer if one.document]
        assert files == [told.came.strip() + "\n"] * told.is_long
        assert [provider.asked for provider in asked.known] == told.asked(place)
        entry = await recorded(Place(chat.id), anna.id)
        assert (entry.outcome, entry.answer) == told.record(place)
        assert [one.message_id for one in entry.messages] == [one.id for one in answer]

        asked.mend()
        chat.say(anna, "And now?")
        await w.settled()
        assert [one.text for one in chat.said_by_bot[len(answer) :]] == [GOOD]
        messages = asked.servers[0].requests[-1].messages
        assert [one["content"] for one in messages] == [*told.history(place), "And now?"]
        assert w.refused == []


HOUR: Sequence[Delta | float] = [50.0, Reasoning("Hm. ")] * 72
SLOW = {
    "answers after 50 s": Slow([50.0, Text("At last.")], Told(came="At last."), 50),
    "reasons for an hour": Slow([*HOUR, Text("Yes.")], Told(came="Yes."), 3600),
    "never answers": Slow([3600.0, Text("Too late.")], Told("timed-out"), 60),
    "stalls for ever after its reasoning": Slow([Reasoning("Hm."), 3600.0], Told("timed-out"), 60),
    "stalls for ever mid-answer": Slow([Text(PIECE), 3600.0], Told("stalled", PIECE), 60),
    "writes for ever": Slow(
        [Text(KILO * 100)] * 21, Told("endless", KILO * 2000, LONG, is_long=True), 0
    ),
    "reasons for ever": Slow([Reasoning(KILO * 100)] * 21, Told("endless"), 0),
}


@dataclass(frozen=True)
class Chain:
    """Asks scripted sources in the place of g4f's, as `bot.llm.model.Model` does."""

    sources: Sequence[Scripted]

    async def stream(
        self, messages: Sequence[Mapping[str, str]], model: str | None = None
    ) -> AsyncGenerator[Delta]:
        async with aclosing(answer(self.sources, messages, Patience(60, 60))) as deltas:
            async for delta in deltas:
                yield delta


@pytest.mark.parametrize("place", POSITIONS)
@pytest.mark.parametrize("name", SLOW)
def test_however_long_a_provider_takes_what_came_is_shown_told_and_recorded(
    name: str, place: Position
) -> None:
    slow = SLOW[name]
    told, (count, faulty) = slow.told, row(place)
    before = [Scripted([AnswerError(Kind.REFUSED)]) for _ in range(faulty)]
    after = [Scripted([Text(HELLO)]) for _ in range(count - faulty - 1)]
    sources = [*before, Scripted(slow.steps), *after]
    chat, memory = Chat(), Notebook()
    assistant = Assistant(Chain(sources), memory, Gate(Pacer()))
    anna = Person(7, LANGUAGES[place])

    async def story() -> None:
        await assistant.answer(Asked(Question(QUESTION), Place(1), anna, 5), chat)
        pages = list(chat.pages.values())
        shown = [(one.text, seen_below(one)) for one in pages if isinstance(one, Page)]
        files = [one for one in pages if isinstance(one, File)]
        assert shown + [("", [])] * len(files) == told.screen(place)
        assert files == [File("answer.md", told.came.strip() + "\n")] * told.is_long
        assert [len(source.asked) for source in sources] == told.asked(place)
        assert sources[faulty].closed == [slow.seconds]
        (entry,) = memory.entries
        assert (entry.outcome, entry.answer) == told.record(place)

        sources[0].steps = [Text(GOOD)]
        await assistant.answer(Asked(Question("And now?"), Place(1), anna, 6), chat)
        assert chat.screen[len(pages) :] == [GOOD]
        asked = [one["content"] for one in sources[0].asked[-1]]
        assert asked == [*told.history(place), "And now?"]
        await assistant.close()

    run(story())


def seen_below(page: Page) -> list[str]:
    return [button.label for line in page.buttons for button in line]
