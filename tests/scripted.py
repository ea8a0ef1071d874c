"""A model that says what it is told to, for tests in virtual time."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.llm.delta import Delta, Reasoning, Text
from tests.virtual_time import now


@dataclass
class Model:
    """Gives one script after the other (the last one again and again); sleeps for the numbers."""

    scripts: list[Sequence[Delta | float | Exception]]
    asked: list[list[tuple[str, str]]] = field(default_factory=list)
    models: list[str | None] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)

    async def stream(
        self, messages: Sequence[Mapping[str, str]], model: str | None = None
    ) -> AsyncGenerator[Delta]:
        self.asked.append([(one["role"], one["content"]) for one in messages])
        self.models.append(model)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        try:
            for said in script:
                match said:
                    case Exception():
                        raise said
                    case Text() | Reasoning():
                        yield said
                    case seconds:
                        await asyncio.sleep(seconds)
        finally:
            self.closed.append(now())


def saying(*texts: str | float | Exception) -> list[Delta | float | Exception]:
    """Give a script of texts, of seconds to be silent, and of what goes wrong."""
    return [Text(one) if isinstance(one, str) else one for one in texts]
