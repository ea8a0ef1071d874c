"""A conversation as a Markdown file. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.chat.kept import Kept
from bot.locales import Words
from bot.reply.page import File

MOST: Final = 5_000_000
"""Characters of the latest exchanges that are handed over; Telegram takes files of 50 MB."""


def history(kept: Sequence[Kept], now: datetime, words: Words) -> File:
    """Give the exchanges, oldest first, with their times (UTC)."""
    parts = [f"# {words('history-title')}"]
    for one in kept:
        parts += [
            f"## {one.asked_at:%Y-%m-%d %H:%M} UTC",
            f"**{words('history-question')}**",
            one.entry.question,
            f"**{words('history-answer')}**",
            one.entry.answer.strip(),
        ]
    return File(f"conversation-{now:%Y-%m-%d}.md", "\n\n".join(parts) + "\n")
