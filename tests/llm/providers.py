"""Providers as g4f knows them, made for the tests; g4f asks for these attributes, no base class."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar


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
