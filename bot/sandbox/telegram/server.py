"""The HTTP side: `{url}/bot{token}/{method}`, as at api.telegram.org."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.telegram.api import Answer, BotApi, refused
from bot.sandbox.telegram.counter import DroppedError
from bot.sandbox.telegram.refusal import Refusal, bad_request
from bot.sandbox.telegram.values import Document

_LARGEST_REQUEST = 50 * 2**20
"""Bytes; what Telegram takes from a bot."""

_PATIENCE = 0.05
"""Seconds that calls under way get when the server stops."""


class Server:
    """Speaks HTTP on 127.0.0.1 and hands each call to the Bot API.

    While `down` is set, every connection is closed as soon as it says something.
    """

    def __init__(self, api: BotApi, port: int) -> None:
        self._api = api
        self._port = port
        self._down = False
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_route("*", "/{path:.*}", self._nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_PATIENCE)

    @property
    def port(self) -> int:
        """The port it listens on; the one asked for before it is open."""
        addresses = self._runner.addresses
        return int(addresses[0][1]) if addresses else self._port

    @property
    def down(self) -> bool:
        """Whether it is out of reach."""
        return self._down

    @down.setter
    def down(self, down: bool) -> None:
        self._down = down
        if down and self._runner.server:
            for connection in self._runner.server.connections:
                connection.force_close()
                if connection.transport:
                    connection.transport.abort()

    async def open(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def close(self) -> None:
        """Stop listening; what is still under way is cut off."""
        await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if self._down:
            return _cut(request)
        token, method = request.match_info["token"], request.match_info["method"]
        try:
            params = await _parameters(request)
            answer = await self._api.answer(token, method, params, lambda: _is_gone(request))
        except Refusal as refusal:
            return _response(refused(refusal))
        except DroppedError:
            return _cut(request)
        return _response(answer)

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        return _cut(request) if self._down else _response(refused(Refusal(404, "Not Found")))


async def _parameters(request: web.Request) -> Mapping[str, Any]:
    params: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            params |= await request.json()
        except (ValueError, TypeError):
            raise bad_request("can't parse JSON object") from None
    else:
        form = await request.post()
        params |= {name: _value(field) for name, field in form.items()}
    return params


def _value(field: str | bytes | bytearray | web.FileField) -> object:
    if not isinstance(field, web.FileField):
        return field
    return Document(
        file_name=field.filename, mime_type=field.content_type, content=field.file.read()
    )


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, text=answer.body, content_type=answer.content_type)


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _cut(request: web.Request) -> web.Response:
    """Close the connection; what is returned reaches nobody."""
    if request.transport:
        request.transport.abort()
    return web.Response()
