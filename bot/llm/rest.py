"""A selector for an event loop that need not hear of everything at once.

What comes on its connections while it rests is found there together, and costs one waking up.
"""

import selectors
import time
from collections.abc import Callable


class Rest(selectors.DefaultSelector):
    """Looks at connections, `seconds` apart (asked each time).

    A loop that has other things to do does not rest, nor does one oversleep what is due.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        super().__init__()
        self._seconds = seconds
        self._last = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait until there is something on a connection, or for so long."""
        if timeout is None or timeout > 0:
            rest = self._last + self._seconds() - time.monotonic()
            rest = rest if timeout is None else min(rest, timeout)
            if rest > 0:
                time.sleep(rest)
                timeout = timeout and timeout - rest
        ready = super().select(timeout)
        self._last = time.monotonic()
        return ready
