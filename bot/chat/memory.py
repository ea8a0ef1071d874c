"""Conversations kept while the process runs."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from bot.chat.conversation import Exchange, Place, latest

BUDGET: Final = 60_000
"""Characters of one conversation, about 15,000 tokens: what models commonly take with room left."""
PLACES: Final = 1_000
"""Conversations kept at once; the one that was silent longest is forgotten first."""


class Memory:
    """The latest exchanges of each place, never those of another."""

    def __init__(self, budget: int = BUDGET, places: int = PLACES) -> None:
        self._budget = budget
        self._limit = places
        self._places: OrderedDict[Place, Sequence[Exchange]] = OrderedDict()

    def recall(self, place: Place) -> Sequence[Exchange]:
        """Give what was said in a place and still fits."""
        return self._places.get(place, ())

    def move(self, chat_id: int, to: int) -> None:
        """Keep what was said in a group that has become a supergroup, under its new id."""
        for place in [place for place in self._places if place.chat_id == chat_id]:
            self._places[Place(to, place.topic)] = self._places.pop(place)

    def record(self, place: Place, exchange: Exchange) -> None:
        """Keep an exchange; the oldest of the place give way to it."""
        self._places[place] = latest([*self.recall(place), exchange], self._budget)
        self._places.move_to_end(place)
        while len(self._places) > self._limit:
            self._places.popitem(last=False)
