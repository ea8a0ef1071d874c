"""Providers as g4f knows them, made for the tests; g4f asks for these attributes, no base class."""

import asyncio
import contextlib
import importlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from bot.llm import gateway

Register = Callable[[str, Any], None]

BLOCK = "(blocked)"


class Provider:
    """Answers what its `says` says, and remembers with what it was asked."""

    needs_auth = False
    says: ClassVar[list[Any]] = []
    asked: ClassVar[list[dict[str, Any]]] = []

    @classmethod
    def get_parent(cls) -> str:
        return cls.__name__

    @classmethod
    async def create_async_generator(cls, **asked: Any) -> AsyncIterator[Any]:
        cls.asked.append(asked)
        for chunk in cls.says:
            if isinstance(chunk, BaseException):
                raise chunk
            if isinstance(chunk, float):
                time.sleep(chunk)  # noqa: ASYNC251 - as some of g4f's do
            else:
                yield chunk


def saying(*says: Any, **attributes: Any) -> type[Provider]:
    """Make a provider; a number blocks its thread for so many seconds, an exception is raised."""
    return type("Made", (Provider,), {"says": list(says), "asked": [], **attributes})


class Endless:
    """A provider of g4f's older kind: it never awaits, so nothing can cancel it."""

    needs_auth = False
    ended: ClassVar[threading.Event]

    @classmethod
    def create_completion(cls, **_: Any) -> Iterator[str]:
        try:
            while True:
                time.sleep(0.005)
                yield "word "
        finally:
            cls.ended.set()


class Blocking:
    """A provider that blocks its thread until it is let go."""

    needs_auth = False
    let_go: ClassVar[threading.Event]

    @classmethod
    async def create_async_generator(cls, **_: Any) -> AsyncIterator[str]:
        yield "Hello "
        await asyncio.sleep(0)
        cls.let_go.wait(10)
        yield "at last"


@contextlib.contextmanager
def registry(data_dir: Path) -> Iterator[Register]:
    """Give what lets g4f know a provider by a name, for as long as the context lasts."""
    gateway.load(data_dir)
    loader = importlib.import_module("g4f.Provider").ProviderLoader
    before = dict(loader.loaded)
    try:
        yield loader.loaded.__setitem__
    finally:
        loader.loaded.clear()
        loader.loaded.update(before)


class Served:
    """A provider of g4f's own kind at an OpenAI-compatible URL, which can change.

    Where it is told to say `BLOCK` it blocks its thread instead, until it is let go.
    """

    needs_auth = False

    def __init__(self, url: str) -> None:
        self.asked = 0
        self.let_go = threading.Event()
        factory = importlib.import_module("g4f.client.factory")
        self._provider = factory.create_custom_provider(
            url, models=["rehearsal"], default_model="rehearsal"
        )

    def move(self, url: str) -> None:
        """Ask there from now on."""
        self._provider.base_url = url

    def get_parent(self) -> str:
        return "Served"

    async def create_async_generator(self, **asked: Any) -> AsyncIterator[Any]:
        self.asked += 1
        async for chunk in self._provider.create_async_generator(**asked):
            if chunk == BLOCK:
                self.let_go.wait(30)
            else:
                yield chunk
