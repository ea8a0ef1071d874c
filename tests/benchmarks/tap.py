"""A model that costs next to nothing and knows when each token left it.

Ten thousand tokens a second are more than `bot.sandbox.rehearsal` can stream beside what is to be
measured. This server speaks just as much of HTTP and of OpenAI's protocol as an answer takes: each
question is answered by the same tokens, one after the other, `pace` a second.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


def words(count: int) -> list[str]:
    """Give so many tokens; the words of a text tell how many of them it shows."""
    return [f"token{number} " for number in range(count)]


def _event(data: str) -> bytes:
    body = f"data: {data}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(body), body)


def _piece(delta: str, finish: str = "null") -> bytes:
    choice = f'{{"index":0,"delta":{delta},"finish_reason":{finish}}}'
    return _event(
        f'{{"id":"x","object":"chat.completion.chunk","created":1,"model":"tap","choices":[{choice}]}}'
    )


@dataclass(slots=True)
class Pour:
    """One answer; times are those of the loop."""

    question: str
    asked: float
    sent: list[float] = field(default_factory=list)


class Tap:
    """The server, from `async with` on."""

    def __init__(self) -> None:
        self.pours: list[Pour] = []
        self.pour_out(["…"], 30)
        self._end = _piece("{}", '"stop"') + _event("[DONE]") + b"0\r\n\r\n"
        self._server: asyncio.Server | None = None

    def pour_out(self, tokens: Sequence[str], pace: float) -> None:
        """Answer questions by these tokens from now on, so many a second."""
        self._pieces = [_piece(json.dumps({"content": token})) for token in tokens]
        self._pace = pace

    @property
    def url(self) -> str:
        """What `G4F_BASE_URL` is set to."""
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self._pour), "127.0.0.1", 0, backlog=2048
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()

    def _pour(self, body: bytes, transport: asyncio.WriteTransport) -> None:
        loop = asyncio.get_running_loop()
        pour = Pour(body.decode(), loop.time())
        self.pours.append(pour)
        transport.write(HEAD)
        pieces, pace = self._pieces, self._pace

        def step(number: int) -> None:
            if transport.is_closing():
                return
            if number == len(pieces):
                transport.write(self._end)
                transport.close()
                return
            transport.write(pieces[number])
            pour.sent.append(loop.time())
            loop.call_at(pour.asked + (number + 1) / pace, step, number + 1)

        step(0)


class _Connection(asyncio.Protocol):
    """Reads one request and has it answered."""

    def __init__(self, answer: Callable[[bytes, asyncio.WriteTransport], None]) -> None:
        self._answer = answer
        self._read = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found or not self._transport:
            return
        lines = head.lower().split(b"\r\n")
        length = next(int(one[15:]) for one in lines if one.startswith(b"content-length:"))
        if len(body) >= length:
            self._read = b""
            self._answer(body, self._transport)
