"""Asks g4f what models there are; the half of `gateway` that has to do with names.

What comes out is as foreign as it came in: `catalogue` makes a list of it.
"""

import asyncio
import importlib
import inspect
from collections.abc import Awaitable, Iterable, Sequence

from bot.llm.gateway import Endpoint, key_for, provider_of

Listed = Iterable[object]

_MEDIA = ("image", "audio", "video", "embedding", "moderation", "rerank", "transcribe")
"""What a server may say is the `type` of a model that does not answer with text."""

_WRITERS = ("Local",)
"""Providers that write their list into g4f's own folder."""

_asked: set[str] = set()
"""Providers that are listing their models right now."""


async def list_models(endpoint: Endpoint, limit: float) -> Listed:
    """Return the models that the endpoint itself names; raise anything.

    It runs on a loop that may be blocked, and is cancelled after `limit` seconds; providers that
    can are told of it.
    """
    if endpoint.base_url is not None:
        return await _at_url(endpoint)
    if endpoint.chosen_by_g4f:
        return models_of_g4f()
    listed = await asyncio.to_thread(_of_provider, endpoint, limit)
    return await listed if inspect.isawaitable(listed) else listed


async def _at_url(endpoint: Endpoint) -> Listed:
    """Ask as g4f's `OpenaiTemplate.get_models` does, but through g4f's asynchronous session.

    That function blocks, knows no proxy, keeps back a key that begins like one of g4f's, and fails
    where an entry has no `id` or the list is null (an Ollama without models).
    """
    provider = provider_of(endpoint)
    requests = importlib.import_module("g4f.requests")
    headers = provider.get_headers(stream=False, api_key=endpoint.api_key)
    async with (
        requests.StreamSession(proxy=endpoint.proxy, headers=headers) as session,
        session.get(f"{provider.base_url}/models") as response,
    ):
        await requests.raise_for_status(response)
        match await response.json():
            case {"data": list(entries)} | {"models": list(entries)} | list(entries):
                return [_name(entry) for entry in entries if not _is_of_media(entry)]
            case {"data": None} | {"models": None}:
                return ()
    raise ValueError("no list of models")


def _name(entry: object) -> object:
    match entry:
        case {"id": name} | {"name": name}:
            return name
        case _:
            return entry


def _is_of_media(entry: object) -> bool:
    return isinstance(entry, dict) and entry.get("type") in _MEDIA


def _of_provider(endpoint: Endpoint, limit: float) -> Listed | Awaitable[Listed]:
    """Ask a named provider, which may block as long as it likes: in a thread of its own.

    It is not asked while an earlier thread still hangs in it, nor past a proxy that it would not
    use for this.
    """
    if endpoint.name in _asked:
        raise TimeoutError
    _asked.add(endpoint.name)
    try:
        provider = provider_of(endpoint)
        get_models = getattr(provider, "get_models", None)
        if get_models is None or endpoint.provider in _WRITERS:
            raise NotImplementedError
        parameters = inspect.signature(get_models).parameters
        if endpoint.proxy and "proxy" not in parameters:
            raise NotImplementedError
        takes_all = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
        key = key_for(endpoint, provider)
        given = {"proxy": endpoint.proxy, "api_key": key, "timeout": limit}
        listed: Listed | Awaitable[Listed] = get_models(
            **{
                name: value
                for name, value in given.items()
                if value is not None and (takes_all or name in parameters)
            }
        )
        return listed
    finally:
        _asked.discard(endpoint.name)


def models_of_g4f() -> Sequence[str]:
    """Return the models for which g4f itself finds a provider: of its map, what answers with text.

    Those in `g4f.models`, chosen by hand, come first. `agent-tools` is left out: it works with
    tools on this machine, for whoever asks. Needs `gateway.load` before; never blocks.
    """
    models = importlib.import_module("g4f.models")
    found = importlib.import_module("g4f.providers.any_model_map")
    loadable = importlib.import_module("g4f.Provider").ProviderLoader.names
    chosen = models.ModelRegistry.all_models()
    not_text = (models.ImageModel, models.AudioModel, models.VideoModel)
    others = {name for name, model in chosen.items() if isinstance(model, not_text)}
    others.update(found.image_models, found.audio_models, found.video_models)
    others.update(("default", "agent-tools"))
    return [
        name
        for name in sorted(found.model_map, key=lambda name: name not in chosen)
        if name not in others and any(each in loadable for each in found.model_map[name])
    ]


def known_models(endpoint: Endpoint) -> Listed:
    """Return what a named provider's class says, without asking; empty where it is not loaded."""
    return _attributes(endpoint, "models", "fallback_models")


def media_models(endpoint: Endpoint) -> Listed:
    """Return what a named provider answers to with pictures, sound or films."""
    return _attributes(endpoint, "image_models", "audio_models", "video_models")


def _attributes(endpoint: Endpoint, *names: str) -> Sequence[object]:
    loaded = importlib.import_module("g4f.Provider").ProviderLoader.loaded
    values = (getattr(loaded.get(endpoint.provider), name, None) for name in names)
    return [each for value in values if isinstance(value, list | tuple | dict) for each in value]
