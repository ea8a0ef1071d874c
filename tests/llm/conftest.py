"""What the tests of this room share: a model on a rehearsal server, and providers of one's own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.llm.model import Model
from bot.sandbox.rehearsal import Rehearsal
from tests.llm.providers import Register, registry

Build = Callable[..., Model]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
async def rehearsal() -> AsyncIterator[Rehearsal]:
    async with Rehearsal() as server:
        yield server


@pytest.fixture
async def build(data_dir: Path) -> AsyncIterator[Build]:
    """Build models, which are closed after the test."""
    async with AsyncExitStack() as stack:

        def make(**settings: Any) -> Model:
            model = Model(model="gpt-4", data_dir=data_dir, **settings)
            stack.push_async_callback(model.close)
            return model

        yield make


@pytest.fixture
async def model(rehearsal: Rehearsal, build: Build) -> Model:
    return build(base_url=rehearsal.url, first_chunk_timeout=5, chunk_timeout=5)


@pytest.fixture
def register(data_dir: Path) -> Iterator[Register]:
    """Let g4f know a provider by a name, for one test."""
    with registry(data_dir) as register:
        yield register
