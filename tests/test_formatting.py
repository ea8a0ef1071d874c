"""What models write, as it arrives at Telegram, end to end."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.reply.page import Entity, Page
from bot.sandbox.rulebook import MARKDOWN, program
from bot.sandbox.steps import Say, Think, Wait
from bot.sandbox.telegram import Error, Message
from tests.reply.notation import TAGS, notation, shown
from tests.world import World, world

FORMATTED = "## Title\n\n**Bold** and `code`, a [link](https://a.org/).\n\n```python\nx = 1\n```"

REJECTED = Error(400, "Bad Request: can't parse entities: no")


def _is_styled(_method: str, params: Mapping[str, Any]) -> bool:
    return bool(params.get("entities"))


def seen(message: Message) -> str:
    """Give what stands in the chat, in notation; without what Telegram finds by itself."""
    entities = tuple(
        Entity(one.type, one.offset, one.length, one.url or "", one.language or "")  # type: ignore[arg-type]
        for one in message.entities
        if one.type in TAGS
    )
    return notation(Page(message.text, entities))


def said(w: World) -> list[str]:
    return [seen(message) for message in w.chat.said_by_bot]


async def test_an_answer_stands_there_formatted_without_a_parse_mode_or_a_preview() -> None:
    async with world() as w:
        w.model.script(Say(FORMATTED))
        w.chat.say(w.alice, "Format!")
        await w.settled()
        assert said(w) == [shown(FORMATTED)]
        sent = [call for call in w.telegram.calls if "text" in call.params]
        assert not any("parse_mode" in call.params for call in sent)
        assert all(call.params["link_preview_options"] == {"is_disabled": True} for call in sent)
        assert w.refused == []


async def test_no_frame_of_all_that_models_write_is_refused_or_shows_raw_marks() -> None:
    async with world({"budgets": None}) as w:
        w.model.script(Say(MARKDOWN, pace=400))
        w.chat.say(w.alice, "markdown")
        await w.settled()
        assert said(w) == [shown(MARKDOWN)]
        assert w.refused == []
        (answer,) = w.chat.said_by_bot
        frames = [frame.text for frame in w.telegram.frames(answer.id, w.chat)]
        assert not any("**" in frame or "```" in frame or "||" in frame for frame in frames)


async def test_an_answer_whose_styles_telegram_does_not_take_stands_there_without_them() -> None:
    async with world() as w:
        for method in ("sendMessage", "editMessageText"):
            w.telegram.faults.next(method, REJECTED, times=99, when=_is_styled)
        w.model.script(Say("Some **bold** text"))
        w.chat.say(w.alice, "Format!")
        await w.settled()
        assert said(w) == ["Some bold text"]


async def test_a_long_program_is_shown_in_pages_and_sent_as_a_file() -> None:
    async with world() as w:
        question = w.chat.say(w.alice, "code 6000")
        await w.settled()
        lead, *pages, file = w.chat.said_by_bot
        assert seen(lead) == "Here is the program:"
        assert all("<pre python>" in seen(page) for page in pages)
        assert file.document is not None
        assert file.document.file_name == "code.py"
        assert file.document.content.decode() == program(6000)
        assert file.reply_to == pages[-1].id
        assert lead.reply_to == question.id
        assert w.refused == []


async def test_a_link_alone_has_a_preview_once_it_is_complete() -> None:
    more = asyncio.Event()
    async with world() as w:
        w.model.script(Say("https://example.org/"), Wait(more), Say("page"))
        w.chat.say(w.alice, "Where?")
        await w.telegram.until(lambda: w.screen == ["https://example.org/"])
        more.set()
        await w.settled()
        assert w.screen == ["https://example.org/page"]
        last = [call for call in w.telegram.calls if "text" in call.params][-1]
        assert last.params["link_preview_options"] == {"is_disabled": False}


async def test_live_reasoning_is_shown_until_the_answer_comes() -> None:
    async with world(show_reasoning="live") as w:
        answer = asyncio.Event()
        w.model.script(Think("Two and **two**"), Wait(answer), Say("Four."))
        w.chat.say(w.alice, "2 + 2?")
        thoughts = ["<long-quote>Two and <b>two</b></long-quote>"]
        await w.telegram.until(lambda: said(w) == thoughts)
        answer.set()
        await w.settled()
        assert said(w) == ["Four."]


async def test_kept_reasoning_stands_above_the_answer_and_is_not_remembered() -> None:
    async with world(show_reasoning="keep") as w:
        w.model.script(Think("Two and **two**"), Say("Four."))
        w.chat.say(w.alice, "2 + 2?")
        await w.settled()
        assert said(w) == ["<long-quote>Two and <b>two</b></long-quote>\n\nFour."]
        w.model.script(Say("Six."))
        w.chat.say(w.alice, "And 2 more?")
        await w.settled()
        assert {"role": "assistant", "content": "Four."} in w.asked[-1]


async def test_what_the_bot_itself_says_is_not_read_as_markdown() -> None:
    async with world() as w:
        w.chat.say(w.alice, "/help")
        await w.settled()
        assert said(w) == w.screen
