"""A language model that is asked through g4f; the face of this room.

One `Model` serves the whole process:

    model = Model(model="gpt-4", base_url="http://localhost:11434/v1", data_dir=Path("data"))
    async with aclosing(model.stream([{"role": "user", "content": "Say hello there!"}])) as deltas:
        async for delta in deltas:
            ...
    await model.close()
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.llm import gateway
from bot.llm.attempts import Messages, Patience, answer
from bot.llm.bridge import Bell, Threaded
from bot.llm.catalogue import Catalogue, look_up
from bot.llm.delta import Delta
from bot.llm.errors import AnswerError, Kind
from bot.llm.lanes import Lanes
from bot.llm.listing import models_of_g4f

LOOK_UP_TIMEOUT = 10.0
"""Seconds for the names of the models, unless `first_chunk_timeout` is shorter."""


class Model:
    """Answers questions, many at a time, on the loop that first called `stream`.

    `providers` are tried in order; without any, and without `base_url`, g4f chooses. `api_key` goes
    to the endpoint at `base_url`, or to the one named provider, and nowhere else. The timeouts are
    seconds: for the first delta of each provider, and for each further one.

    Raises `ValueError` for a combination that has no meaning, `UnknownProviderError` (one of them)
    for a provider that g4f does not know.
    """

    def __init__(  # noqa: PLR0913 - one for each setting, all named
        self,
        *,
        model: str,
        providers: Sequence[str] = (),
        base_url: str | None = None,
        api_key: str | None = None,
        proxy: str | None = None,
        data_dir: Path,
        first_chunk_timeout: float = 60,
        chunk_timeout: float = 60,
    ) -> None:
        if providers and base_url:
            raise ValueError("either providers or a base URL")
        if api_key and not base_url and len(providers) != 1:
            raise ValueError("an API key is for a base URL or for one provider")
        self._data_dir = data_dir
        self._patience = Patience(first_chunk_timeout, chunk_timeout)
        self._endpoints = [
            gateway.Endpoint(model, provider, base_url, api_key, proxy)
            for provider in (providers or (None,))
        ]
        self._bell: Bell | None = None
        self._lanes = Lanes(gateway.close_connections)
        limit = min(LOOK_UP_TIMEOUT, first_chunk_timeout)
        self._catalogue = Catalogue(partial(look_up, self._endpoints, self._lanes, limit))
        if providers:
            self.preload()
            gateway.check_providers(providers)

    def preload(self) -> None:
        """Import g4f now (0.65 s) rather than with the first question."""
        gateway.load(self._data_dir)

    async def stream(
        self, messages: Messages, model: str | None = None
    ) -> AsyncGenerator[Delta, None]:
        """Yield the answer to `messages` (`role` and `content` each) as it comes.

        `model` is asked instead of the configured one, of the same endpoint or providers: one of
        those that `models` names. Text is never empty and its first character visible. Closing
        stops the answer upstream within a second. Raises `AnswerError`, after all that had come was
        yielded.
        """
        self.preload()
        if self._bell is None:
            self._bell = Bell()
        bell = self._bell
        endpoints = [replace(each, model=model or each.model) for each in self._endpoints]
        for asked, configured in zip(endpoints, self._endpoints, strict=True):
            _check(asked, configured)
        sources = [
            Threaded(endpoint.name, partial(gateway.ask, endpoint), self._lanes, bell)
            for endpoint in endpoints
        ]
        async with aclosing(answer(sources, messages, self._patience)) as deltas:
            async for delta in deltas:
                yield delta

    async def models(self) -> tuple[str, ...]:
        """Return the names of the models that can be asked, the configured one first.

        There are 1,000 at most, and none twice. Of an endpoint they are those that it lists, of
        named providers all theirs, in the order of the providers; where g4f chooses, those that it
        knows a provider for. They hold for ten minutes. Raises `AnswerError` if there is no list.
        """
        self.preload()
        return await self._catalogue.names()

    async def close(self) -> None:
        """Stop all answers and threads; return within a second, even if a provider blocks."""
        await self._lanes.close()


def _check(asked: gateway.Endpoint, configured: gateway.Endpoint) -> None:
    """Raise `AnswerError` for a name that must not reach g4f where it chooses by that name.

    It takes more than models there: names of providers, whatever they do, and agents that it lets
    run commands on this machine.
    """
    if asked.chosen_by_g4f and asked != configured and asked.model not in models_of_g4f():
        raise AnswerError(Kind.MISCONFIGURED, "not a model of g4f's")
