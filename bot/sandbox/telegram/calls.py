"""The log of what the bot has called."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A call, from its arrival on.

    `params` are of their types, `chat_id` is the chat they name, if there is one. `ok` is None
    while the call is under way, and for a poll that the client gave up on; False when it was
    refused or, without an `error_code`, came to nothing with its connection. A call that took
    effect is ok, even if the answer was lost.
    """

    time: float
    method: str
    params: Mapping[str, Any]
    chat_id: int | None = None
    ok: bool | None = None
    error_code: int | None = None
    description: str | None = None


class CallLog:
    """All calls in the order of their arrival."""

    def __init__(self) -> None:
        self._calls: list[Call] = []

    def all(self) -> list[Call]:
        """Return the calls as they stand now."""
        return list(self._calls)

    def arrived(self, call: Call) -> int:
        """Note a call and return its number."""
        self._calls.append(call)
        return len(self._calls) - 1

    def understood(self, number: int, params: Mapping[str, Any], chat_id: int | None) -> None:
        """Note what a call asks for."""
        self._calls[number] = replace(self._calls[number], params=params, chat_id=chat_id)

    def ended(
        self, number: int, *, ok: bool, code: int | None = None, description: str | None = None
    ) -> None:
        """Note how a call ended."""
        self._calls[number] = replace(
            self._calls[number], ok=ok, error_code=code, description=description
        )
