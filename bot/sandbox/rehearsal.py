"""A local model to rehearse with: an OpenAI-compatible server that answers as it was told.

    async with Rehearsal(pace=30) as model:
        model.script(Say("Hello "), Pause(2), Say("there!"))
        ... ask `model.url` ...
        assert model.requests[0].messages[-1]["content"] == "Say hello there!"

Requests are answered by the scripts in the order they were queued, then by `answer_with`, else by
the rule book that people meet (`rulebook`). The server listens on 127.0.0.1 only and keeps what it
was asked, for tests to look at.

    model.models = ("small", "large")   # what /v1/models lists
    model.list_with(Refuse(503))        # what it does before, or instead
    model.limit = 1000                  # characters of a question that it takes
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from bot.sandbox import rulebook
from bot.sandbox.playback import Document, EventStream, ModelList, Playback, Tempo, Written
from bot.sandbox.steps import Refuse, Step


@dataclass(frozen=True, slots=True)
class Request:
    """A question, or a look-up of the models, as it arrived, and what became of it."""

    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    started: float
    """Seconds on the server's loop."""
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the asking side went away before the end."""
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when all was sent that was to be sent, a refusal or a break included."""
    written: list[Written] = field(default_factory=list, repr=False)
    """What was sent of the answer itself, token by token; thoughts are not among it."""

    @property
    def messages(self) -> Sequence[Mapping[str, Any]]:
        """The messages, as received."""
        messages: Sequence[Mapping[str, Any]] = self.body.get("messages", ())
        return messages

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return str(self.body.get("model", ""))

    @property
    def authorization(self) -> str | None:
        """The `Authorization` header."""
        return self.headers.get("authorization")


Script = Callable[[Request], Iterable[Step]]


class Rehearsal:
    """The server; `pace` is tokens per second, 0 or infinity for at once."""

    def __init__(self, pace: float = 0.0, models: Sequence[str] = ("rehearsal",)) -> None:
        self.requests: list[Request] = []
        """The questions."""
        self.lookups: list[Request] = []
        """The requests for the list of the models."""
        self.models = models
        """What is listed; any other model answers too."""
        self.limit: int | None = None
        """Characters of all messages together; what is longer is refused, as OpenAI does."""
        self._tempo = Tempo(pace)
        self._scripts: deque[tuple[Step, ...]] = deque()
        self._listing: tuple[Step, ...] = ()
        self._answer: Script = lambda request: rulebook.answer(request.messages, request.model)
        self._changed = asyncio.Condition()
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def pace(self) -> float:
        """Tokens per second, 0 for at once. It can be changed at any time."""
        return self._tempo.pace

    @pace.setter
    def pace(self, pace: float) -> None:
        self._tempo.pace = pace

    @property
    def breaks_off(self) -> bool:
        """Whether the answer that is being written, or else the next one, is to break off."""
        return self._tempo.breaks_off

    @breaks_off.setter
    def breaks_off(self, breaks: bool) -> None:
        self._tempo.breaks_off = breaks

    @property
    def url(self) -> str:
        """What `G4F_BASE_URL` is set to, while the server runs."""
        return f"http://127.0.0.1:{self._port}/v1"

    def script(self, *steps: Step) -> None:
        """Answer one of the next requests by these steps; scripts are used in order, once each."""
        self._scripts.append(steps)

    def answer_with(self, script: Script) -> None:
        """Answer every request without a script by what this returns."""
        self._answer = script

    def list_with(self, *steps: Step) -> None:
        """Do these steps, from now on, before the models are listed; `Raw` is listed instead."""
        self._listing = steps

    async def until(self, holds: Callable[[], bool], *, within: float = 5.0) -> None:
        """Wait until it holds; looked at when a request arrives, ends or goes away.

        Raises `TimeoutError` after `within` seconds.
        """
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(holds)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _models(self, http: web.Request) -> web.StreamResponse:
        request = await self._arrived(http, {}, self.lookups)
        playback = ModelList(http, {"models": self.models}, self._tempo, "")
        return await self._played(request, playback, self._listing)

    async def _complete(self, http: web.Request) -> web.StreamResponse:
        request = await self._arrived(http, await http.json(), self.requests)
        steps = self._refusal(request) or self._steps(request)
        kind = EventStream if request.body.get("stream") else Document
        name = f"chatcmpl-{next(self._numbers)}"
        playback = kind(http, request.body, self._tempo, name, request.written)
        return await self._played(request, playback, steps)

    async def _arrived(
        self, http: web.Request, body: Mapping[str, Any], among: list[Request]
    ) -> Request:
        request = Request(
            body=body,
            headers={name.lower(): value for name, value in http.headers.items()},
            started=asyncio.get_running_loop().time(),
        )
        among.append(request)
        await self._tell()
        return request

    def _refusal(self, request: Request) -> Sequence[Step]:
        length = sum(len(rulebook.spoken(message)) for message in request.messages)
        if self.limit is None or length <= self.limit:
            return ()
        told = (
            f"This model's maximum context length is {self.limit} tokens. However, your messages "
            f"resulted in {length} tokens. Please reduce the length of the messages."
        )
        return (Refuse(400, told, "context_length_exceeded"),)

    def _steps(self, request: Request) -> Iterable[Step]:
        return self._scripts.popleft() if self._scripts else self._answer(request)

    async def _played(
        self, request: Request, playback: Playback, steps: Iterable[Step]
    ) -> web.StreamResponse:
        try:
            response = await playback.play(steps)
        except (asyncio.CancelledError, ConnectionError):
            request.disconnected.set()
            raise
        else:
            request.finished.set()
            return response
        finally:
            await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
