"""Server-sent events, as every open page receives them.

The format is https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Final

from aiohttp import web

from bot.sandbox.page.assets import HEADERS
from bot.sandbox.telegram.values import Json

HEARTBEAT: Final = 15.0
"""Seconds after which a stream says that it is alive; so it notices a browser that has gone."""


class Streams:
    """The streams to all pages. Each begins with a snapshot, and goes on with what is told."""

    def __init__(self) -> None:
        self._open: set[asyncio.Queue[Json | None]] = set()

    def tell(self, event: Json) -> None:
        """Tell all pages of an event."""
        for stream in self._open:
            stream.put_nowait(event)

    def close(self) -> None:
        """End all streams."""
        for stream in self._open:
            stream.put_nowait(None)

    async def serve(self, request: web.Request, snapshot: Callable[[], Json]) -> web.StreamResponse:
        """Send events until the page goes or the streams are closed."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        stream: asyncio.Queue[Json | None] = asyncio.Queue()
        await response.prepare(request)
        self._open.add(stream)
        stream.put_nowait(snapshot())
        try:
            with contextlib.suppress(ConnectionError):
                while (data := await _next(stream)) is not None:
                    await response.write(data)
        finally:
            self._open.discard(stream)
        return response


async def _next(stream: asyncio.Queue[Json | None]) -> bytes | None:
    try:
        async with asyncio.timeout(HEARTBEAT):
            event = await stream.get()
    except TimeoutError:
        return b": still here\n\n"
    return None if event is None else b"data: " + json.dumps(event).encode() + b"\n\n"
