"""A local Telegram, and three ways to call it: plain HTTP, python-telegram-bot, and by hand."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any, Protocol

import pytest
from aiohttp import ClientSession
from telegram import Bot, Update

from bot.sandbox.telegram import LocalTelegram, User

TOKEN = "42:TEST"


class Calls(Protocol):
    """Calls a method with form fields and returns the answer, whatever it is."""

    def __call__(self, method: str, **params: object) -> Awaitable[dict[str, Any]]: ...


class Fetch(Protocol):
    """Fetches and confirms all updates, each as the real library reads it."""

    def __call__(self) -> Awaitable[list[Update]]: ...


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram(TOKEN, budgets=None) as telegram:
        yield telegram


@pytest.fixture
def alice(telegram: LocalTelegram) -> User:
    return telegram.user("Alice", username="alice", language_code="en")


@pytest.fixture
def bob(telegram: LocalTelegram) -> User:
    return telegram.user("Bob")


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def call(telegram: LocalTelegram, http: ClientSession) -> Calls:
    async def call(method: str, **params: object) -> dict[str, Any]:
        url = f"{telegram.url}/bot{TOKEN}/{method}"
        async with http.post(url, json=params) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status == answer.get("error_code", 200)
            return answer

    return call


@pytest.fixture
async def bot(telegram: LocalTelegram) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot:
        yield bot


@pytest.fixture
def fetch(call: Calls) -> Fetch:
    async def fetch() -> list[Update]:
        answer = await call("getUpdates")
        updates = [Update.de_json(each, None) for each in answer["result"]]
        if updates:
            await call("getUpdates", offset=updates[-1].update_id + 1)
        assert not any(update.api_kwargs for update in updates)
        return updates

    return fetch
