"""What a provider that blocks its thread does to the answers of others.

Fifty people ask at the same moment, in turns with and without somebody whose provider sleeps for
five seconds in the middle of the answer, as some of g4f's do. (Run by itself, this module is the
bot with such a provider.)
"""

import importlib
import os
import statistics
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bot.__main__ import main as run_bot
from bot.llm import gateway
from bot.sandbox.telegram import LocalTelegram
from tests.benchmarks.lag import Scene, watch
from tests.benchmarks.process import TOKEN, bot
from tests.benchmarks.tap import Tap, words

ROUNDS: Final = 3
ASKS_FOR_IT: Final = "and block"
SLEEP: Final = 5.0
SCENE: Final = Scene(50, 30, 300)


class Sleeper:
    """Reads the stream of `TAP`, and blocks its thread where the question asks for it."""

    needs_auth = False

    @classmethod
    async def create_async_generator(
        cls, messages: Sequence[Mapping[str, str]], **_: object
    ) -> AsyncIterator[Any]:
        """Yield what comes."""
        endpoint = gateway.Endpoint("tap", base_url=os.environ["TAP"])
        method = importlib.import_module("g4f.providers.base_provider").get_async_provider_method
        chunks = method(gateway.provider_of(endpoint))(
            model="tap", messages=list(messages), stream=True, base_url=endpoint.base_url
        )
        count = 0
        async for chunk in chunks:
            yield chunk
            count += 1
            if count == 90 and ASKS_FOR_IT in messages[-1]["content"]:
                time.sleep(SLEEP)  # noqa: ASYNC251 - that is the point


async def worst(*, blocked: bool) -> float:
    """Give how long a token of the others waited at most until it was seen."""
    async with (
        LocalTelegram(TOKEN) as telegram,
        Tap() as tap,
        bot(
            telegram,
            "",
            ("-m", "tests.benchmarks.blocking"),
            G4F_PROVIDER="Sleeper",
            TAP=tap.url,
        ) as process,
    ):
        tap.pour_out(words(SCENE.tokens), SCENE.pace)
        if blocked:
            person = telegram.user("Bad luck")
            telegram.private(person).say(person, f"Say something {ASKS_FOR_IT}")
        figures = await watch(SCENE, telegram, tap, process)
        return max(max(one.lags) for one in figures.answers)


async def main() -> None:
    """Print the table."""
    calm, struck = [], []
    for _ in range(ROUNDS):
        calm.append(await worst(blocked=False))
        struck.append(await worst(blocked=True))
    print(f"| worst wait of a token, in seconds | median of {ROUNDS} | all |\n|---|---|---|")
    for name, figures in (
        (f"{SCENE.chats} chats", calm),
        ("… beside a provider that blocks its thread for 5 s", struck),
    ):
        told = ", ".join(f"{one:.2f}" for one in figures)
        print(f"| {name} | {statistics.median(figures):.2f} | {told} |")


if __name__ == "__main__":
    gateway.load(Path(os.environ["DATA_DIR"]))
    loader = importlib.import_module("g4f.Provider").ProviderLoader
    loader.loaded["Sleeper"] = Sleeper
    run_bot()
