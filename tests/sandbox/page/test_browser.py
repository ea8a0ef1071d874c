"""The page in a real browser, as a person uses it."""

import asyncio
import base64
import contextlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from bot.sandbox import rulebook
from bot.sandbox.steps import BreakOff, Say, Wait
from bot.sandbox.telegram import Entity
from tests.sandbox.page.visiting import (
    Sandbox,
    condensed,
    drawn,
    needs_chromium,
    sandbox,
    say,
    visiting,
)
from tests.world import WORDS

pytestmark = needs_chromium

STOP, AGAIN, CONTINUE = (WORDS(f"button-{name}") for name in ("stop", "again", "continue"))
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one pixel."""


async def test_one_message_grows_is_stopped_and_written_again() -> None:
    async with sandbox() as s, visiting(s) as tab:
        more = asyncio.Event()
        s.model.script(Say("The beginning, "), Wait(more), Say("which nobody sees."))
        await say(tab, "Tell me")
        answer = tab.locator(".message.other")
        await expect(answer).to_have_count(1)
        await expect(answer.locator(".text")).to_have_text("The beginning,")
        await answer.get_by_role("button", name=STOP).click()
        await expect(answer.locator(".text")).to_contain_text(WORDS("answer-stopped"))
        s.model.script(Say("The beginning, and the end."))
        await answer.get_by_role("button", name=AGAIN).click()
        await expect(answer.locator(".text")).to_have_text("The beginning, and the end.")
        await expect(answer.get_by_role("button", name=STOP)).to_have_count(0)
        await expect(answer).to_have_count(1)
        await expect(answer.locator(".meta")).to_contain_text("edited")


async def test_a_press_reaches_its_button_although_the_message_grows_meanwhile() -> None:
    async with sandbox() as s, visiting(s) as tab:
        more, end = asyncio.Event(), asyncio.Event()
        s.model.script(Say("One, "), Wait(more), Say("two, "), Wait(end), Say("three."))
        await say(tab, "Count")
        answer = tab.locator(".message.other")
        await expect(answer.locator(".text")).to_have_text("One,")
        await tab.get_by_role("button", name="Friends").hover()
        await tab.mouse.down()
        more.set()
        await expect(answer.locator(".text")).to_contain_text("two")
        await tab.mouse.up()
        await expect(tab.get_by_role("heading", name="Friends", level=2)).to_be_visible()
        await tab.locator("#chat-list button").first.click()
        await answer.get_by_role("button", name=STOP).hover()
        await tab.mouse.down()
        end.set()
        await s.settled()
        await expect(answer.locator(".text")).to_contain_text("three.")
        await tab.mouse.up()
        await expect(answer.get_by_role("button", name=AGAIN)).to_be_visible()


async def test_what_is_shown_is_what_was_generated() -> None:
    async with sandbox() as s, visiting(s) as tab:
        await say(tab, "long 9000")
        await s.settled()
        texts = tab.locator(".message.other .text")
        await expect(texts).to_have_count(len(s.private.said_by_bot))
        shown = "".join([await drawn(tab, message) for message in s.private.said_by_bot])
        assert shown == condensed(rulebook.prose(9000))
        await say(tab, "markdown")
        await s.settled()
        last = s.private.said_by_bot[-1]
        await expect(tab.locator(f"#m-{last.id} .program")).to_have_count(3)
        assert await drawn(tab, last) == condensed(last.text)


async def test_in_a_group_several_people_write_and_the_bot_answers_who_addresses_it() -> None:
    async with sandbox() as s, visiting(s) as tab:
        await tab.get_by_role("button", name="Friends").click()
        await say(tab, "say nothing")
        await tab.get_by_label("Write as").select_option(label="Bob")
        await say(tab, "@rehearsal_bot say hello")
        await s.settled()
        group = s.chat("Friends")
        greeting, answer = group.said_by_bot
        assert answer.text == "Hello"
        await expect(tab.locator(f"#m-{answer.id} .text")).to_have_text("Hello")
        await expect(tab.locator(f"#m-{answer.id} .quoted")).to_contain_text("Bob")
        await expect(tab.locator(f"#m-{greeting.id} .name")).to_have_text("Rehearsal")
        senders = [message.sender.first_name for message in group.messages if message.sender]
        assert senders == ["Alice", "Rehearsal", "Alice", "Bob", "Rehearsal"]


@pytest.mark.parametrize(
    ("fault", "trace"),
    [
        ("Flood this chat", "429"),
        ("Lose the next answer", "done, but the answer was lost"),
        ("502 for the next call", "502"),
    ],
)
async def test_with_a_fault_the_whole_text_arrives_all_the_same(fault: str, trace: str) -> None:
    async with sandbox() as s, visiting(s, viewport={"width": 1300, "height": 900}) as tab:
        more = asyncio.Event()
        s.model.script(Say("The beginning, "), Wait(more), Say("and the whole end."))
        await say(tab, "Tell me")
        answer = tab.locator(".message.other")
        await expect(answer.locator(".text")).to_have_text("The beginning,")
        switch = tab.locator("#faults").get_by_role("button", name=fault)
        await switch.click()
        await expect(switch).to_have_attribute("aria-pressed", "true")
        more.set()
        await expect(tab.locator("#calls")).to_contain_text(trace)
        await expect(answer.locator(".text")).to_have_text("The beginning, and the whole end.")
        await expect(switch).to_have_attribute("aria-pressed", "false")
        await expect(answer).to_have_count(1)


async def test_a_model_can_be_let_break_off_and_a_reply_be_deleted() -> None:
    async with sandbox() as s, visiting(s, viewport={"width": 1300, "height": 900}) as tab:
        faults = tab.locator("#faults")
        await faults.get_by_role("button", name="Let the model break off").click()
        await say(tab, "count to 100")
        answer = tab.locator(".message.other")
        await expect(answer.locator(".text")).to_contain_text(WORDS("answer-broke-off")[:30])
        await expect(answer.get_by_role("button", name=CONTINUE)).to_be_visible()
        await faults.get_by_role("button", name="Delete the reply").click()
        await expect(answer).to_have_count(0)
        assert s.private.said_by_bot == []


async def test_texts_are_drawn_and_never_run() -> None:
    hostile = (
        '<img src=x onerror="document.title=1"><script>document.title=2</script>\n\n'
        "[click](javascript:document.title=3) **bold** ||<b>secret</b>|| `<i>code</i>`\n\n"
        "```html\n<iframe src=/events></iframe>\n```\n\n[fine](https://example.org/a?b=c&d)"
    )
    async with sandbox() as s, visiting(s) as tab:
        s.model.script(Say(hostile))
        await say(tab, "<svg onload=document.title=4> & <b>bold</b>")
        await s.settled()
        [answer] = s.private.said_by_bot
        text = tab.locator(f"#m-{answer.id} .text")
        assert await drawn(tab, answer) == condensed(answer.text)
        assert await text.locator("img, script, iframe, i").count() == 0
        await expect(text.locator("b").first).to_have_text("bold")
        assert [await link.get_attribute("href") for link in await text.locator("a").all()] == [
            "https://example.org/a?b=c&d"
        ]
        await expect(tab.locator(".message.own .text")).to_have_text(
            "<svg onload=document.title=4> & <b>bold</b>"
        )
        assert await tab.title() == "Sandbox"


KINDS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": ".spoiler",
    "code": "code",
    "pre": ".program pre code",
    "blockquote": "blockquote:not(.folded)",
    "expandable_blockquote": "blockquote.folded",
    "text_link": "a",
}
"""What is drawn for each kind of entity that is given; what is found in a text comes below."""


async def test_every_kind_of_entity_is_drawn() -> None:
    async with sandbox() as s, visiting(s) as tab:
        alice = next(one.sender for one in s.chat("Friends").messages if one.sender)
        for number, (kind, node) in enumerate(KINDS.items()):
            inner = "long words " * 40 if kind == "expandable_blockquote" else "𝄞 words"
            length = len(inner.encode("utf-16-le")) // 2
            url = "https://example.org/" if kind == "text_link" else None
            entity = Entity(kind, 3, length, url=url, language="c" if kind == "pre" else None)
            message = s.private.say(alice, f"😀 {inner} 😀", entities=[entity])
            text = tab.locator(f"#m-{message.id} .text")
            drawn_inside = text.locator(node).first
            await expect(drawn_inside).to_contain_text(inner.strip())
            assert await drawn(tab, message) == condensed(message.text), number
        found = "@rehearsal_bot /help #tag https://example.org/ a@example.org example.com"
        message = s.private.say(alice, found)
        text = tab.locator(f"#m-{message.id} .text")
        await expect(text.get_by_role("button")).to_have_text(["@rehearsal_bot", "/help"])
        assert [await one.get_attribute("href") for one in await text.locator("a").all()] == [
            "https://example.org/",
            "mailto:a@example.org",
            "http://example.com/",
        ]


async def test_a_tap_on_a_command_sends_it_and_one_on_a_name_writes_it() -> None:
    async with sandbox() as s, visiting(s) as tab:
        await tab.get_by_role("button", name="Friends").click()
        greeting = tab.locator(".message.other").first
        await greeting.get_by_role("button", name="@rehearsal_bot", exact=True).click()
        await expect(tab.locator("#text")).to_have_value("@rehearsal_bot ")
        await tab.locator("#chat-list button").first.click()
        await say(tab, "/help")
        answer = tab.locator(".message.other").last
        await answer.get_by_role("button", name="/privacy", exact=True).click()
        await expect(tab.locator(".message.own").last.locator(".text")).to_have_text("/privacy")


async def test_no_address_runs_or_leads_away_from_the_web() -> None:
    hostile = ("javascript:document.title=1", "data:text/html,<b>", "file:///etc/passwd", "x")
    async with sandbox() as s, visiting(s) as tab:
        alice = next(one.sender for one in s.chat("Friends").messages if one.sender)
        for url in hostile:
            entity = Entity("text_link", 0, 5, url=url)
            message = s.private.say(alice, "click", entities=[entity])
            text = tab.locator(f"#m-{message.id} .text")
            await expect(text).to_have_text("click")
            assert await text.locator("a").count() == 0


async def test_what_is_hidden_or_folded_opens_and_stays_open_while_the_message_grows() -> None:
    async with sandbox(show_reasoning="keep") as s, visiting(s) as tab:
        more = asyncio.Event()
        s.model.script(Say("It was ||the butler||, "), Wait(more), Say("of course."))
        await say(tab, "Who was it?")
        spoiler = tab.locator(".spoiler")
        await expect(spoiler).to_have_attribute("aria-label", re.compile("Hidden text"))
        await spoiler.focus()
        await tab.keyboard.press("Enter")
        await expect(spoiler).to_have_class(re.compile("open"))
        more.set()
        await expect(tab.locator(".message.other .text")).to_contain_text("of course.")
        await expect(spoiler).to_have_class(re.compile("open"))


async def test_messages_are_replied_to_edited_and_deleted() -> None:
    async with sandbox() as s, visiting(s) as tab:
        await say(tab, "say one")
        answer = tab.locator(".message.other")
        await expect(answer.locator(".text")).to_have_text("One")
        await expect(answer.get_by_role("button", name=AGAIN)).to_be_visible()
        await tab.locator("#text").press("ArrowUp")
        await expect(tab.locator("#bar-text")).to_contain_text("say one")
        await tab.locator("#text").fill("say two")
        await tab.locator("#text").press("Enter")
        await expect(answer.locator(".text")).to_have_text("Two")
        await expect(answer).to_have_count(1)
        await answer.hover()
        await answer.get_by_role("button", name="Reply").click()
        await say(tab, "say three")
        await expect(answer.last.locator(".text")).to_have_text("Three")
        asked = s.private.messages[-2]
        assert asked.reply_to == s.private.messages[1].id
        own = tab.locator(".message.own").last
        await expect(own.locator(".quoted")).to_contain_text("Two")
        await own.hover()
        await own.get_by_role("button", name="Delete").click()
        await expect(tab.locator(".message.own")).to_have_count(1)
        await expect(answer.last.locator(".quoted")).to_contain_text("Deleted message")


def offered(s: Sandbox) -> list[str]:
    """Give the commands that the bot has set for private chats by now."""
    alice = next(one.sender for one in s.chat("Friends").messages if one.sender)
    return s.telegram.commands_seen_by(alice, s.private)


async def test_the_menu_of_commands_is_used_by_the_keyboard() -> None:
    async with sandbox() as s, visiting(s) as tab:
        await s.telegram.until(lambda: "privacy" in offered(s), timeout=30)
        await tab.locator("#text").press_sequentially("/pr")
        menu = tab.get_by_role("listbox", name="Commands")
        await expect(menu.get_by_role("option")).to_have_count(2)
        await tab.keyboard.press("ArrowDown")
        await expect(menu.get_by_role("option", selected=True)).to_contain_text("/prompt")
        await tab.keyboard.press("ArrowDown")
        await tab.keyboard.press("Enter")
        await expect(tab.locator(".message.own .text")).to_have_text("/privacy")
        await expect(menu).to_be_hidden()


async def test_a_picture_and_a_file_can_be_sent_and_fetched(tmp_path: Path) -> None:
    async with sandbox() as s, visiting(s) as tab:
        await tab.locator("#file").set_input_files(
            {"name": "dot.png", "mimeType": "image/png", "buffer": DOT}
        )
        await say(tab, "What is this?")
        photo = tab.locator(".message.own img")
        await expect(photo).to_have_js_property("naturalWidth", 1)
        await tab.locator("#file").set_input_files(
            {"name": "<b>.html", "mimeType": "text/html", "buffer": b"<script>1</script>"}
        )
        await tab.get_by_role("button", name="Send", exact=True).click()
        file = tab.get_by_role("link", name="<b>.html")
        async with tab.expect_download() as download:
            await file.click()
        kept = tmp_path / "kept"
        await (await download.value).save_as(kept)
        assert kept.read_bytes() == b"<script>1</script>"
        await s.settled()
        picture, document = (one for one in s.private.messages if one.sender != s.telegram.bot)
        assert (picture.text, picture.kind, document.kind) == ("What is this?", "photo", "document")
        assert WORDS("only-text") in [message.text for message in s.private.said_by_bot]


async def test_chats_and_topics_are_opened_and_written_in() -> None:
    async with sandbox() as s, visiting(s) as tab:
        await tab.get_by_role("button", name="New chat").click()
        await tab.get_by_role("radio", name="A forum with topics").check()
        await tab.get_by_role("textbox", name="Name").fill("Club")
        await tab.get_by_role("button", name="Create").click()
        await expect(tab.get_by_role("heading", level=2).first).to_have_text("Club › General")
        await tab.get_by_role("button", name="New topic").click()
        await tab.get_by_role("textbox", name="Name").fill("Plans")
        await tab.keyboard.press("Enter")
        await expect(tab.get_by_role("heading", level=2).first).to_have_text("Club › Plans")
        await say(tab, "/ask say planned")
        await expect(tab.locator(".message.other .text")).to_have_text("Planned")
        club = s.chat("Club")
        [announced] = [one for one in club.messages if one.kind == "forum_topic_created"]
        assert [one.topic for one in club.said_by_bot if one.text == "Planned"] == [announced.id]


async def test_the_page_speaks_russian_and_so_does_the_bot() -> None:
    async with sandbox(language=None) as s, visiting(s, locale="ru-RU") as tab:
        await expect(tab.get_by_role("heading", level=1)).to_have_text("Песочница")
        await tab.get_by_role("button", name="Начать").click()
        await expect(tab.locator(".message.other .text")).to_contain_text("Здравствуйте, Alice")
        await tab.get_by_label("Язык").select_option("en")
        await expect(tab.get_by_role("heading", level=1)).to_have_text("Sandbox")


async def test_a_phone_shows_the_list_or_the_conversation() -> None:
    phone: dict[str, Any] = {
        "viewport": {"width": 360, "height": 700},
        "has_touch": True,
        "is_mobile": True,
    }
    async with sandbox() as s, visiting(s, **phone) as tab:
        chats, log = tab.get_by_role("navigation"), tab.get_by_role("log")
        await expect(log).to_be_visible()
        await expect(chats).to_be_hidden()
        await tab.get_by_role("button", name="Back to the chats").tap()
        await expect(log).to_be_hidden()
        await chats.get_by_role("button", name="Friends").tap()
        await expect(log).to_be_visible()
        wide = await tab.evaluate("document.documentElement.scrollWidth")
        assert wide == 360


async def test_colours_follow_the_system_unless_they_are_chosen() -> None:
    async with sandbox() as s, visiting(s, color_scheme="dark") as tab:
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = await tab.evaluate(ground)
        await tab.get_by_label("Colours").select_option("light")
        light = await tab.evaluate(ground)
        assert (dark, light) == ("rgb(23, 33, 43)", "rgb(255, 255, 255)")
        await tab.reload()
        await tab.wait_for_selector("#app[data-ready]")
        assert await tab.evaluate(ground) == light


async def test_an_answer_is_read_aloud_once_when_it_stands_still() -> None:
    async with sandbox() as s, visiting(s) as tab:
        spoken = "window.spoken = []; new MutationObserver(() => window.spoken.push("
        announcer = "document.getElementById('announcer')"
        await tab.evaluate(
            f"() => {{ {spoken}{announcer}.textContent)).observe({announcer}, "
            "{ childList: true }); }"
        )
        s.model.pace = 20
        await say(tab, "count to 60")
        await expect(tab.locator("#announcer")).to_contain_text("60.")
        assert await tab.evaluate("window.spoken.length") == 1


async def test_a_page_that_loses_the_sandbox_says_so_and_goes_on_with_the_next_one() -> None:
    async with contextlib.AsyncExitStack() as alive:
        first = await alive.enter_async_context(sandbox())
        async with visiting(first, may_complain=True) as tab:
            await expect(tab.locator("#lost")).to_be_hidden()
            port = urlsplit(first.url).port
            await alive.aclose()
            await expect(tab.get_by_role("alert")).to_contain_text("The sandbox has ended")
            await say(tab, "say it again")
            await expect(tab.get_by_role("status")).to_contain_text("The sandbox has ended")
            async with sandbox(port=port or 0):
                await expect(tab.locator("#lost")).to_be_hidden()
                await tab.locator("#text").press("Enter")
                await expect(tab.locator(".message.other .text")).to_have_text("It again")


async def test_a_model_breaks_off_and_goes_on() -> None:
    async with sandbox() as s, visiting(s) as tab:
        s.model.script(Say("Half "), BreakOff())
        s.model.script(Say("and half."))
        await say(tab, "Tell me")
        await tab.get_by_role("button", name=CONTINUE).click()
        await expect(tab.locator(".message.other .text")).to_have_text(
            re.compile("^Half ?and half.$")
        )
