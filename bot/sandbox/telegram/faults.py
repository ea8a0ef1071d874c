"""Things that go wrong on demand.

`telegram.faults.next("sendMessage", Flood(5))` makes the next such call go wrong, and
`faults.next(ANY, Html502())` the next of whatever method. Faults wait in the order they were given;
each strikes the first call that fits it. `Html502`, `Reset` and
`NoAnswer` strike before the call reaches Telegram, so it costs no budget.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

ANY: Final = ""
"""In place of a method's name: whatever method it is."""


@dataclass(frozen=True, slots=True)
class Flood:
    """Flood control refuses the call, and every counted call to the chat for `retry_after`."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class Error:
    """The call is refused with this answer; `description` is complete, as on the wire."""

    code: int
    description: str
    parameters: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Html502:
    """A gateway answers in Telegram's place, with a page."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection closes before the call takes effect."""


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """The call takes effect, then the connection closes without an answer."""


@dataclass(frozen=True, slots=True)
class Slow:
    """The call waits this many seconds before it takes effect."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing happens for this many seconds, then the connection closes."""

    seconds: float


Fault = Flood | Error | Html502 | Reset | LostAnswer | Slow | NoAnswer
When = Callable[[str, Mapping[str, Any]], bool]
"""Whether a fault fits a call, given its method and parameters."""


@dataclass(slots=True, eq=False)
class Planned:
    """A fault that waits for its call."""

    method: str
    fault: Fault
    left: int
    when: When | None

    def fits(self, method: str, params: Mapping[str, Any]) -> bool:
        """Tell whether it is this call it waits for."""
        return self.method in {ANY, method} and (self.when is None or self.when(method, params))


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []
        self.delay = 0.0
        """Seconds that every call takes to arrive, polls aside: a slow network."""

    def next(self, method: str, fault: Fault, times: int = 1, when: When | None = None) -> Planned:
        """Let the next `times` calls of `method` go wrong, of those `when` accepts."""
        planned = Planned(method, fault, times, when)
        self._planned.append(planned)
        return planned

    def cancel(self, planned: Planned) -> None:
        """Forget what has not happened yet of one fault."""
        if planned in self._planned:
            self._planned.remove(planned)

    def waits(self, planned: Planned) -> bool:
        """Tell whether a fault still waits for its call."""
        return planned in self._planned

    def clear(self) -> None:
        """Forget what has not happened yet."""
        self._planned.clear()
        self.delay = 0.0

    def meant_for(self, method: str, params: Mapping[str, Any]) -> Planned | None:
        """Return what is planned for this call, without using it up."""
        return next((each for each in self._planned if each.fits(method, params)), None)

    def use(self, planned: Planned) -> Fault:
        """Return the fault, counted as having struck once."""
        planned.left -= 1
        if not planned.left:
            self._planned.remove(planned)
        return planned.fault
