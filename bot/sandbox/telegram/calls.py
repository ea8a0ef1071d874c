"""The log of what the bot has called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A call, from its arrival on.

    `params` are of their types, `chat_id` is the chat they name, if there is one. `ok` is None
    while the call is under way, and for a poll that the client gave up on; False when it was
    refused or, without an `error_code`, came to nothing with its connection. A call that took
    effect is ok, even if the answer was lost. `ended` is when it did; `left` how many calls more
    its chat would take then (`Toll.left`), where it counts for one.
    """

    time: float
    method: str
    params: Mapping[str, Any]
    chat_id: int | None = None
    ok: bool | None = None
    error_code: int | None = None
    description: str | None = None
    ended: float | None = None
    left: int | None = None


class CallLog:
    """All calls in the order of their arrival. `told` hears of each change, by number."""

    def __init__(self, told: Callable[[int, Call], None] = lambda _number, _call: None) -> None:
        self._calls: list[Call] = []
        self._told = told

    def all(self) -> list[Call]:
        """Return the calls as they stand now."""
        return list(self._calls)

    def arrived(self, call: Call) -> int:
        """Note a call and return its number."""
        self._calls.append(call)
        number = len(self._calls) - 1
        self._told(number, call)
        return number

    def understood(self, number: int, params: Mapping[str, Any], chat_id: int | None) -> None:
        """Note what a call asks for."""
        self._calls[number] = replace(self._calls[number], params=params, chat_id=chat_id)
        self._told(number, self._calls[number])

    def ended(
        self, number: int, *, ok: bool, code: int | None = None, description: str | None = None
    ) -> None:
        """Note how a call ended; `closed` follows."""
        self._calls[number] = replace(
            self._calls[number], ok=ok, error_code=code, description=description
        )

    def closed(self, number: int, now: float, left: int | None) -> None:
        """Note when a call ended, and how many more its chat would take."""
        self._calls[number] = replace(self._calls[number], ended=now, left=left)
        self._told(number, self._calls[number])
