"""The HTTP side: `{url}/bot{token}/{method}`, as at api.telegram.org.

On the same port other routes may be served, such as those of a page to chat in.
"""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.telegram.api import Answer, BotApi, refused
from bot.sandbox.telegram.counter import DroppedError
from bot.sandbox.telegram.loopback import is_welcome
from bot.sandbox.telegram.refusal import Refusal, bad_request
from bot.sandbox.telegram.values import Document

_LARGEST_REQUEST = 50 * 2**20
"""Bytes; what Telegram takes from a bot."""

_PATIENCE = 0.05
"""Seconds that calls under way get when the server stops."""


class Server:
    """Speaks HTTP on 127.0.0.1 and hands each call to the Bot API.

    Pages of other sites are refused, whatever they ask for (`loopback`).

    While `down` is set, every connection is closed as soon as it says something.
    """

    def __init__(self, api: BotApi, ports: Sequence[int]) -> None:
        self._api = api
        self._ports = ports
        self._down = False
        self._app = web.Application(client_max_size=_LARGEST_REQUEST, middlewares=[_guard])
        self._app.router.add_route("*", "/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=_PATIENCE)

    @property
    def port(self) -> int:
        """The port it listens on; the one preferred before it is open."""
        addresses = self._runner.addresses
        return int(addresses[0][1]) if addresses else self._ports[0]

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

    def add_routes(self, routes: Iterable[web.AbstractRouteDef]) -> None:
        """Serve these too; before it is open."""
        self._app.add_routes(routes)

    async def open(self) -> None:
        """Listen on the first port that is free. Raises `OSError` when none is."""
        self._app.router.add_route("*", "/{path:.*}", self._nothing)
        await self._runner.setup()
        for port in self._ports:
            try:
                await web.TCPSite(self._runner, "127.0.0.1", port).start()
            except OSError:
                if port == self._ports[-1]:
                    await self._runner.cleanup()
                    raise
            else:
                return

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
        except (DroppedError, ConnectionError):  # the latter: the bot has hung up meanwhile
            return _cut(request)
        return _response(answer)

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        return _cut(request) if self._down else _response(refused(Refusal(404, "Not Found")))


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not is_welcome(request.method, request.path, request.headers):
        return web.Response(status=HTTPStatus.FORBIDDEN, text="This is not for other sites.\n")
    return await handler(request)


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
