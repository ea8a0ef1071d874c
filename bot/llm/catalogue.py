"""The models there are: whom to ask for their names, what of it is a name, how long it holds.

What holds:

- The configured model is first; no name comes twice; there are at most `MOST`.
- A name is text that can be shown and written: at most `LONGEST` characters, none of control.
- What was found holds for `LIFETIME` seconds; a failure is not remembered.
- Whoever asks while a look-up runs waits for that one; to be cancelled then ends only the waiting.
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from bot.llm import listing
from bot.llm.bridge import result
from bot.llm.classify import Failure
from bot.llm.errors import AnswerError, Kind
from bot.llm.gateway import Endpoint
from bot.llm.lanes import Lanes

MOST = 1000
LONGEST = 200
LIFETIME = 600.0

Names = tuple[str, ...]
LookUp = Callable[[], Coroutine[Any, Any, Names | Failure]]


class Catalogue:
    """Remembers what a look-up found."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._running: asyncio.Task[Names | Failure] | None = None
        self._found: Names = ()
        self._holds_until = 0.0

    async def names(self) -> Names:
        """Return the names; raise `AnswerError` for a look-up that failed."""
        loop = asyncio.get_running_loop()
        if self._found and loop.time() < self._holds_until:
            return self._found
        if self._running is None:
            self._running = loop.create_task(self._refresh())
        found = await asyncio.shield(self._running)
        if isinstance(found, Failure):
            raise AnswerError(found.kind, found.detail)
        return found

    async def _refresh(self) -> Names | Failure:
        try:
            found = await self._look_up()
        finally:
            self._running = None
        if not isinstance(found, Failure):
            self._found = found
            self._holds_until = asyncio.get_running_loop().time() + LIFETIME
        return found


async def look_up(endpoints: Sequence[Endpoint], lanes: Lanes, limit: float) -> Names | Failure:
    """Ask all endpoints at once, `limit` seconds at most, and unite in their order what they say.

    A named provider that does not say counts with what g4f knows of it. It is a failure, the last
    one's, where nobody told a list.
    """
    told = await asyncio.gather(*(_ask(endpoint, lanes, limit) for endpoint in endpoints))
    lists = [each for each in told if not isinstance(each, Failure)]
    failures = [each for each in told if isinstance(each, Failure)]
    if lists:
        return tuple(itertools.islice(_united(endpoints[0].model, lists), MOST))
    details = (
        f"{asked.name}: {each.detail}" for asked, each in zip(endpoints, failures, strict=True)
    )
    return Failure(failures[-1].kind, "; ".join(details))


async def _ask(endpoint: Endpoint, lanes: Lanes, limit: float) -> Sequence[str] | Failure:
    told = await result(lanes, partial(_listed, endpoint, limit), limit)
    if endpoint.base_url is not None or endpoint.chosen_by_g4f:
        return told
    failure = told if isinstance(told, Failure) else Failure(Kind.EMPTY, "no models")
    listed = () if isinstance(told, Failure) else told
    media = list(listing.media_models(endpoint))
    known = names(listing.known_models(endpoint))
    return [name for name in listed or known if name not in media] or failure


async def _listed(endpoint: Endpoint, limit: float) -> Sequence[str]:
    return list(itertools.islice(names(await listing.list_models(endpoint, limit)), MOST))


def _united(first: str, lists: Iterable[Iterable[str]]) -> Iterable[str]:
    return dict.fromkeys(itertools.chain((first,), *lists))


def names(listed: Iterable[object]) -> Iterator[str]:
    """Yield what is a name of what was listed."""
    for each in listed:
        if isinstance(each, str) and each.strip() and each.isprintable() and len(each) <= LONGEST:
            yield each
