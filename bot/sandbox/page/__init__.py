"""A page to chat in: what a browser needs to look and behave like Telegram, on the server's port.

    telegram = LocalTelegram(ports=(8642, 0))
    page = Page(telegram, "rehearsal", model)
    async with telegram, page:
        ... a browser opens `telegram.url` ...

The page loads once everything that stands in the chats (`views`), and then hears what happens as
server-sent events. What a person does there arrives as posts (`deeds`). What is served to browsers
is plain HTML, CSS and JavaScript in `static`; texts of people and models are never made HTML.
"""

from bot.sandbox.page.languages import LANGUAGES, texts
from bot.sandbox.page.page import Page

__all__ = ["LANGUAGES", "Page", "texts"]
