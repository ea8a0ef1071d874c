"""The one place that touches g4f: how it is loaded, which provider is meant, how one is asked.

(`listing`, which asks it for the names of models, is the other half of this place.)

g4f is imported as late as possible (it takes 0.65 s and 38 MiB) and only after it was told where
its files go: it reads `G4F_CONFIG_DIR` while it is imported, so the first data folder of a process
holds.
"""

import difflib
import importlib
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from bot.llm.attempts import Messages
from bot.llm.delta import Delta
from bot.llm.errors import UnknownProviderError
from bot.llm.shield import DECOY, Envelope, Shield, reader


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who is asked: a provider of g4f's by name, an OpenAI-compatible URL, or whom g4f chooses."""

    model: str
    provider: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    """Goes to this provider or URL, and nowhere else."""
    proxy: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.provider or ("base URL" if self.base_url else "g4f's choice")

    @property
    def chosen_by_g4f(self) -> bool:
        """Whether g4f looks for a provider, by the name of the model."""
        return self.base_url is None and self.provider in _CHOOSERS


_CHOOSERS = (None, "AnyProvider", "Default")


def load(data_dir: Path) -> None:
    """Import g4f, with its files below `data_dir/g4f` and silent; again does nothing."""
    if _loaded:
        return
    home = data_dir.resolve() / "g4f"
    os.environ["G4F_CONFIG_DIR"] = str(home)
    os.environ["G4F_CACHE_DIR"] = str(home / "cache")
    logging.getLogger().addFilter(_not_from_g4f)
    debug: Any = importlib.import_module("g4f.debug")
    debug.version_check = False
    debug.logging = False
    # It would take ./har_and_cookies, where that happens to exist.
    importlib.import_module("g4f.cookies").set_cookies_dir(str(home / "cookies"))
    g4f_logger = logging.getLogger("g4f")
    for handler in list(g4f_logger.handlers):
        g4f_logger.removeHandler(handler)  # it prints errors, which may hold anything
    g4f_logger.propagate = False
    for name in ("client", "client.factory", "providers.response", "tools.auth"):
        _loaded[name] = importlib.import_module(f"g4f.{name}")


_loaded: dict[str, ModuleType] = {}


def _not_from_g4f(record: logging.LogRecord) -> bool:
    """Tell whether to keep a record of the root logger: g4f writes foreign messages there."""
    return "g4f" not in Path(record.pathname).parts


def check_providers(names: Iterable[str]) -> None:
    """Raise `UnknownProviderError` if g4f knows any of the names not. Needs `load` before."""
    package = importlib.import_module("g4f.Provider")
    known = [*package.ProviderLoader.names, *package.ProviderLoader.extra]
    unknown = [
        name
        for name in names
        if name not in known  # some of them reach for the network when they are loaded
        and name not in package.ProviderUtils.convert
    ]
    if unknown:
        raise UnknownProviderError({name: _similar(name, known) for name in unknown})


def _similar(name: str, known: Iterable[str]) -> tuple[str, ...]:
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.6)
    return tuple(by_folded[folded] for folded in found)


async def ask(endpoint: Endpoint, messages: Messages) -> AsyncGenerator[Delta, None]:
    """Yield what the endpoint answers; block the loop where the provider does, raise anything."""
    provider = provider_of(endpoint)
    shield = Shield(
        lambda: _stream(provider, endpoint, messages), reader(_loaded["providers.response"])
    )
    client = _loaded["client"].AsyncClient(provider=shield)
    stream = client.chat.completions.create(
        messages=[dict(message) for message in DECOY], model=endpoint.model, stream=True
    )
    try:
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                match chunk.choices[0].delta.content:
                    case Envelope(delta):
                        yield delta
    except Exception:
        if not shield.completed:
            raise


def provider_of(endpoint: Endpoint) -> Any:
    """Return g4f's provider, loading it; that may block."""
    if endpoint.base_url is not None:
        return _loaded["client.factory"].create_custom_provider(
            endpoint.base_url,
            endpoint.api_key,
            models=[endpoint.model],  # spares it a look-up that blocks
            default_model=endpoint.model,
        )
    named = importlib.import_module("g4f.Provider").ProviderUtils.convert
    return named[endpoint.provider or "AnyProvider"]  # the latter chooses among the others


def _stream(provider: Any, endpoint: Endpoint, messages: Messages) -> AsyncIterator[Any]:
    """Begin the real provider's stream with what g4f's client would hand it, and nothing else."""
    # A base URL is said here again, or g4f drops a key that begins like one of its own.
    given = {
        "proxy": endpoint.proxy,
        "api_key": key_for(endpoint, provider),
        "base_url": endpoint.base_url,
    }
    method = importlib.import_module("g4f.providers.base_provider").get_async_provider_method
    stream: AsyncIterator[Any] = method(provider)(
        model=endpoint.model,
        messages=[dict(message) for message in messages],
        stream=True,
        **{name: value for name, value in given.items() if value is not None},
    )
    return stream


def key_for(endpoint: Endpoint, provider: Any) -> str | None:
    """Return the key for the endpoint: the one that was set, or the provider's own."""
    key: str | None = endpoint.api_key or _loaded["tools.auth"].AuthManager.load_api_key(provider)
    return key


async def close_connections() -> None:
    """Close the connections that g4f keeps open on the running loop."""
    connector = importlib.import_module("g4f.requests.aiohttp").get_shared_connector()
    if connector is not None:
        await connector.close()
