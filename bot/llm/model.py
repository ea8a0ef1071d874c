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
from functools import partial
from pathlib import Path

from bot.llm import gateway
from bot.llm.attempts import Messages, Patience, answer
from bot.llm.bridge import Bell, Threaded
from bot.llm.delta import Delta
from bot.llm.lanes import Lanes


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
        self._sources: list[Threaded] | None = None
        self._lanes = Lanes(gateway.close_connections)
        if providers:
            self.preload()
            gateway.check_providers(providers)

    def preload(self) -> None:
        """Import g4f now (0.65 s) rather than with the first question."""
        gateway.load(self._data_dir)

    async def stream(self, messages: Messages) -> AsyncGenerator[Delta, None]:
        """Yield the answer to `messages` (`role` and `content` each) as it comes.

        Text is never empty and its first character visible. Closing stops the answer upstream
        within a second. Raises `AnswerError`, after all that had come was yielded.
        """
        if self._sources is None:
            self.preload()
            bell = Bell()
            self._sources = [
                Threaded(endpoint.name, partial(gateway.ask, endpoint), self._lanes, bell)
                for endpoint in self._endpoints
            ]
        async with aclosing(answer(self._sources, messages, self._patience)) as deltas:
            async for delta in deltas:
                yield delta

    async def close(self) -> None:
        """Stop all answers and threads; return within a second, even if a provider blocks."""
        await self._lanes.close()
