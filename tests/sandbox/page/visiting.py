"""The whole bot and its page, and a browser that visits it.

async with sandbox() as s, visiting(s) as page:
    await page.locator("#text").fill("Hello")
"""

import contextlib
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from playwright.async_api import ConsoleMessage, async_playwright, expect
from playwright.async_api import Page as Tab

from bot.app import Running
from bot.sandbox.page import Page
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.telegram import Chat, LocalTelegram, Message
from tests.world import TOKEN, started

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or ""
needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="there is no chromium; Debian has it: apt-get install chromium"
)
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE: Final = 30_000
"""Milliseconds for what should come; a busy machine takes its time."""

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Sandbox:
    """A Telegram with its page, a model, and a bot between them."""

    telegram: LocalTelegram
    model: Rehearsal
    bot: Running

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.telegram.url

    def chat(self, title: str) -> Chat:
        """Find a chat by its title, or by the person in it."""
        return next(
            chat for chat in self.telegram.chats if title in (chat.card.title, chat.card.first_name)
        )

    @property
    def private(self) -> Chat:
        """Alice's chat with the bot, in which the page opens."""
        return self.chat("Alice")

    async def settled(self) -> None:
        """Wait until the bot has dealt with all that was said."""
        await self.telegram.updates_confirmed(timeout=30)
        await self.bot.idle()


@contextlib.asynccontextmanager
async def sandbox(
    language: str | None = "en", port: int = 0, **settings: Any
) -> AsyncIterator[Sandbox]:
    """Start it all."""
    telegram = LocalTelegram(TOKEN, privacy_mode=False, ports=(port,))
    async with Rehearsal() as model:
        page = Page(telegram, "rehearsal", model, language=language)
        async with telegram, page, started(telegram, model, **settings) as bot:
            yield Sandbox(telegram, model, bot)


@contextlib.asynccontextmanager
async def visiting(
    sandbox: Sandbox, *, may_complain: bool = False, **context: Any
) -> AsyncIterator[Tab]:
    """Open the page in a new browser; `context` is Playwright's.

    At its end, nothing may have been asked of another server, nor an error told on the console
    unless it `may_complain`.
    """
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            opened = await browser.new_context(**{"locale": "en-GB"} | context)
            opened.set_default_timeout(PATIENCE)
            tab = await opened.new_page()
            tab.on("pageerror", lambda error: problems.append(str(error)))
            tab.on("console", lambda line: problems.extend(_complaint(line)))
            tab.on("request", lambda one: problems.extend(_stray(one.url, sandbox.url)))
            await tab.goto(sandbox.url)
            await tab.wait_for_selector("#app[data-ready]")
            yield tab
        finally:
            await browser.close()
    assert may_complain or problems == []


def _complaint(line: ConsoleMessage) -> list[str]:
    return [line.text] if line.type == "error" else []


def _stray(asked: str, own: str) -> list[str]:
    return [] if asked.startswith(f"{own}/") else [f"asked for {asked}"]


async def say(tab: Tab, text: str) -> None:
    """Write a message and send it by the Enter key."""
    await tab.locator("#text").fill(text)
    await tab.locator("#text").press("Enter")


async def drawn(tab: Tab, message: Message) -> str:
    """Give the text of a message as it is drawn, as `condensed`; labels and buttons left out."""
    node = tab.locator(f"#m-{message.id} .text")
    text: str = await node.evaluate(
        """(node) => {
          const copy = node.cloneNode(true);
          for (const one of copy.querySelectorAll('.program-head, .more')) one.remove();
          return copy.textContent;
        }"""
    )
    return condensed(text)


def condensed(text: str) -> str:
    """Take the white space out of a text: blocks end their lines by themselves."""
    return re.sub(r"\s+", "", text)
