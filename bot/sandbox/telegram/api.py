"""The Bot API without a wire: a token, a method and its parameters come in, an answer goes out.

The HTTP server hands its requests over here. A test may do the same in process, without sockets and
on a clock of its own.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.sandbox.telegram.counter import BadGatewayError, Counter
from bot.sandbox.telegram.methods import METHODS, Method
from bot.sandbox.telegram.refusal import Refusal

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_GATEWAY_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body></html>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire: an HTTP status, and a body."""

    status: int
    body: str
    content_type: str = "application/json"


class BotApi:
    """Answers the calls of the bot that has this token."""

    def __init__(self, token: str, counter: Counter) -> None:
        self._token = token
        self._counter = counter

    async def answer(
        self,
        token: str,
        method: str,
        params: Mapping[str, object],
        gone: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """Carry a call out, and give the answer to it.

        `gone` tells whether nobody waits for the answer any more. Raises `DroppedError` where the
        connection is to be closed without one.
        """
        try:
            result = await self._counter.serve(self._method(token, method), params, gone)
        except Refusal as refusal:
            return refused(refusal)
        except BadGatewayError:
            return Answer(502, _GATEWAY_PAGE, "text/html")
        return _json(200, {"ok": True, "result": result})

    def _method(self, token: str, name: str) -> Method:
        method = METHODS.get(name.lower())
        if token != self._token and _TOKEN.fullmatch(token):
            raise Refusal(401, "Unauthorized")
        if token != self._token or method is None:
            raise Refusal(404, "Not Found")
        return method


def refused(refusal: Refusal) -> Answer:
    """Give a refusal as Telegram words it."""
    body: dict[str, object] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    if refusal.parameters:
        body["parameters"] = dict(refusal.parameters)
    return _json(refusal.code, body)


def _json(status: int, body: Mapping[str, object]) -> Answer:
    return Answer(status, json.dumps(body))
