"""What a place can choose for itself: its model and its system prompt."""

import logging
from collections.abc import Sequence
from typing import Final, Protocol

from bot.chat.store import Store
from bot.handlers.menus import cut_query, key_of, matching, model_menu, prompt_menu
from bot.handlers.scene import Scene
from bot.llm.errors import AnswerError

LONGEST_PROMPT: Final = 3900
"""Characters; a message that is longer may have been cut by the person's app."""

_log = logging.getLogger(__name__)


class Models(Protocol):
    """Which models can be asked."""

    async def models(self) -> Sequence[str]:
        """Give their names; raises `AnswerError`."""
        ...


class Choosing:
    """Shows what there is to choose, and keeps what was chosen."""

    def __init__(self, store: Store, models: Models, default_model: str) -> None:
        self._store = store
        self._models = models
        self._default_model = default_model

    async def prompt(self, text: str, scene: Scene) -> None:
        """Take a text as the place's own system prompt; without one, show which there is."""
        if len(text) > LONGEST_PROMPT:
            await scene.say(scene.words("prompt-too-long", count=LONGEST_PROMPT))
            return
        if text:
            await self._store.set_prompt(scene.place, text)
            await scene.say(scene.words("prompt-set"), prompt_menu(scene.words))
            return
        own = (await self._store.preferences(scene.place)).prompt
        if own is None:
            await scene.say(scene.words("prompt-default"))
        else:
            await scene.say(scene.words("prompt-own", prompt=own), prompt_menu(scene.words))

    async def reset_prompt(self, scene: Scene) -> None:
        """Go back to the prompt that is set for all."""
        async with scene.unless_memory_fails():
            await self._store.set_prompt(scene.place, None)
            await scene.say(scene.words("prompt-reset"))

    async def model(self, text: str, scene: Scene) -> None:
        """Take the model of this name, or offer those that match."""
        models = await self._known_models(scene)
        exact = [model for model in models if model.casefold() == text.casefold()]
        if models and exact:
            await self._choose(exact[0], scene)
        elif models:
            await self._offer(models, 0, cut_query(text), scene)

    async def turn_page(self, page: int, query: str, scene: Scene) -> None:
        """Offer another page of the models that match a search."""
        async with scene.unless_memory_fails():
            if models := await self._known_models(scene):
                await self._offer(models, page, query, scene)

    async def choose_model(self, matches: str | None, scene: Scene) -> None:
        """Take the model with this key (see `menus.key_of`); `None`: the one set for all."""
        async with scene.unless_memory_fails():
            if matches is None:
                await self._choose(None, scene)
            elif models := await self._known_models(scene):
                found = [model for model in models if key_of(model) == matches]
                if found:
                    await self._choose(found[0], scene)
                else:
                    await self._offer(models, 0, "", scene)

    async def _known_models(self, scene: Scene) -> Sequence[str]:
        try:
            return await self._models.models()
        except AnswerError as error:
            _log.warning("no list of models: %s (%s)", error.kind, error.detail)
            await scene.say(scene.words("models-unknown"))
            return ()

    async def _choose(self, model: str | None, scene: Scene) -> None:
        is_default = model is None or model == self._default_model
        await self._store.set_model(scene.place, None if is_default else model)
        await scene.say(scene.words("model-chosen", model=model or self._default_model))

    async def _offer(self, models: Sequence[str], page: int, query: str, scene: Scene) -> None:
        words, found = scene.words, matching(models, query)
        own = (await self._store.preferences(scene.place)).model
        current = own or self._default_model
        if not found:
            await scene.say(words("models-none", query=query, model=current))
            return
        key = "models-found" if query else "models-all"
        text = words(key, model=current, count=len(found), query=query)
        await scene.say(text, model_menu(found, current, page, query, words, own=own is not None))
