"""Puts the steps of an answer on the wire, as OpenAI's chat completions do."""

import asyncio
import json
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from aiohttp import web

from bot.sandbox import rulebook
from bot.sandbox.steps import (
    BreakOff,
    Conversation,
    ErrorEvent,
    Pause,
    Raw,
    Refuse,
    Say,
    Stall,
    Step,
    Think,
    Wait,
    tokens,
)

_BEFORE_A_BREAK: Final = 8
"""Tokens that an answer has when it is told to break off."""


class Written(NamedTuple):
    """A token of an answer, and when it was sent, in seconds on the server's loop."""

    time: float
    text: str


@dataclass(slots=True)
class Tempo:
    """What holds for all answers, and may change while they are written.

    `pace` is tokens per second, 0 or infinity for at once. Once `breaks_off` is set, the connection
    drops within an answer that is long enough, else at its end.
    """

    pace: float
    breaks_off: bool = False

    @property
    def gap(self) -> float:
        """Seconds from one token to the next."""
        return 1 / self.pace if self.pace and not math.isinf(self.pace) else 0.0


class BrokenOffError(Exception):
    """The connection is to be dropped here."""


class Playback:
    """Plays the steps; what of it reaches the wire, and when, is the subclasses'.

    Tokens of the answer are noted in `written`.
    """

    def __init__(
        self,
        http: web.Request,
        asked: Mapping[str, Any],
        tempo: Tempo,
        name: str,
        written: list[Written] | None = None,
    ) -> None:
        self._http = http
        self._asked = asked
        self._tempo = tempo
        self._name = name
        self._written = [] if written is None else written
        self._count = 0

    async def play(self, steps: Iterable[Step]) -> web.StreamResponse:
        """Do the steps in order, and end; the response is on the wire by then."""
        try:
            for step in steps:
                response = await self._ending(step)
                if response is not None:
                    return response
                await self._do(step)
            self._break_off_if_told()
        except BrokenOffError:
            return await self._drop()
        return await self._end()

    async def _ending(self, step: Step) -> web.StreamResponse | None:
        match step:
            case Refuse(status, message, code):
                error = {"message": message, "type": "rehearsal", "code": code or status}
                return web.json_response({"error": error}, status=status)
            case ErrorEvent(message):
                return await self._fail(message)
            case BreakOff():
                return await self._drop()
            case _:
                return None

    async def _do(self, step: Step) -> None:
        match step:
            case Say(text, pace):
                await self._speak("content", text, pace)
            case Think(text, pace):
                await self._speak("reasoning_content", text, pace)
            case Pause(seconds) | Stall(seconds):
                await asyncio.sleep(seconds)
            case Wait(event):
                await event.wait()
            case Conversation(value):
                await self._send({"conversation": dict(value)})
            case Raw(data):
                await self._write(data)

    async def _speak(self, part: str, text: str, pace: float | None) -> None:
        tempo = self._tempo if pace is None else Tempo(pace)
        loop = asyncio.get_running_loop()
        due = loop.time()
        for token in tokens(text):
            self._count += 1
            if part == "content":
                self._written.append(Written(loop.time(), token))
            await self._send(self._choice({part: token}))
            if self._count >= _BEFORE_A_BREAK:
                self._break_off_if_told()
            if gap := tempo.gap:
                due += gap
                await asyncio.sleep(due - loop.time())
            else:
                due = loop.time()

    def _break_off_if_told(self) -> None:
        if self._tempo.breaks_off:
            self._tempo.breaks_off = False
            raise BrokenOffError

    def _choice(self, delta: Mapping[str, str], finish: str | None = None) -> dict[str, Any]:
        return {"choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}]}

    def _usage(self) -> dict[str, int]:
        asked = sum(
            len(tokens(rulebook.spoken(message))) for message in self._asked.get("messages", ())
        )
        return {
            "prompt_tokens": asked,
            "completion_tokens": self._count,
            "total_tokens": asked + self._count,
        }

    def _frame(self, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
        head = {"id": self._name, "object": kind, "created": int(time.time())}
        return {**head, "model": self._asked.get("model") or "rehearsal", **content}

    async def _drop(self) -> web.StreamResponse:
        if self._http.transport is not None:
            self._http.transport.abort()
        return web.Response()

    async def _send(self, content: Mapping[str, Any]) -> None:
        raise NotImplementedError

    async def _write(self, data: bytes) -> None:
        raise NotImplementedError

    async def _fail(self, message: str) -> web.StreamResponse:
        raise NotImplementedError

    async def _end(self) -> web.StreamResponse:
        raise NotImplementedError


class EventStream(Playback):
    """Server-sent events, each as soon as it is due."""

    _response: web.StreamResponse | None = None

    async def _opened(self) -> web.StreamResponse:
        if self._response is None:
            headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
            self._response = web.StreamResponse(headers=headers)
            await self._response.prepare(self._http)
        return self._response

    async def _send(self, content: Mapping[str, Any]) -> None:
        frame = self._frame("chat.completion.chunk", content)
        await self._write(b"data: " + json.dumps(frame).encode() + b"\n\n")

    async def _write(self, data: bytes) -> None:
        await (await self._opened()).write(data)

    async def _fail(self, message: str) -> web.StreamResponse:
        await self._write(
            b"data: " + json.dumps({"error": {"message": message}}).encode() + b"\n\n"
        )
        return await self._opened()

    async def _drop(self) -> web.StreamResponse:
        response = await super()._drop()
        return self._response or response

    async def _end(self) -> web.StreamResponse:
        await self._send(self._choice({}, "stop"))
        await self._send({"choices": [], "usage": self._usage()})
        await self._write(b"data: [DONE]\n\n")
        return await self._opened()


class Document(Playback):
    """One JSON document at the end."""

    def __init__(
        self,
        http: web.Request,
        asked: Mapping[str, Any],
        tempo: Tempo,
        name: str,
        written: list[Written] | None = None,
    ) -> None:
        super().__init__(http, asked, tempo, name, written)
        self._said = {"content": "", "reasoning_content": ""}
        self._more: dict[str, Any] = {}

    async def _send(self, content: Mapping[str, Any]) -> None:
        for choice in content.get("choices", ()):
            for part, token in choice["delta"].items():
                self._said[part] += token
        self._more |= {name: value for name, value in content.items() if name != "choices"}

    async def _write(self, data: bytes) -> None:
        self._said["content"] += data.decode(errors="replace")

    async def _fail(self, message: str) -> web.StreamResponse:
        return web.json_response({"error": {"message": message}}, status=500)

    async def _end(self) -> web.StreamResponse:
        message = {"role": "assistant", **{part: text for part, text in self._said.items() if text}}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        content = {"choices": choices, "usage": self._usage(), **self._more}
        return web.json_response(self._frame("chat.completion", content))


class ModelList(Playback):
    """The list of the models, after the steps; raw bytes take its place."""

    _raw = b""

    async def _send(self, content: Mapping[str, Any]) -> None:
        """Leave out what is said: a list has no answer in it."""

    async def _write(self, data: bytes) -> None:
        self._raw += data

    async def _fail(self, message: str) -> web.StreamResponse:
        return web.json_response({"error": {"message": message}}, status=500)

    async def _end(self) -> web.StreamResponse:
        if self._raw:
            return web.Response(body=self._raw, content_type="application/json")
        listed = [{"id": name, "object": "model"} for name in self._asked["models"]]
        return web.json_response({"object": "list", "data": listed})
