"""What is done once."""

from collections import OrderedDict
from collections.abc import Hashable


class Once:
    """Remembers the latest `most` things."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[Hashable, None] = OrderedDict()

    def is_new(self, thing: Hashable) -> bool:
        """Tell whether a thing comes for the first time, as far as it is remembered."""
        is_new = thing not in self._seen
        self._seen[thing] = None
        self._seen.move_to_end(thing)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return is_new
