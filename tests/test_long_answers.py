"""Answers that messages do not hold, end to end: what is below them works as below any other."""

import asyncio

from bot.sandbox.steps import BreakOff, Say, Wait
from bot.sandbox.telegram import Message
from tests.world import WORDS, World, world

PARAGRAPH = "x" * 998 + "\n\n"
WHOLE = PARAGRAPH * 40
GOES_ON, IN_FILE = WORDS("answer-goes-on"), WORDS("answer-in-file")
PAGES = ["\n\n".join(["x" * 998] * count) for count in (4, 4, 4, 4, 4, 4, 4, 2)]
AGAIN, CARRY_ON = WORDS("button-again"), WORDS("button-continue")


def ending_with(*notes: str) -> list[str]:
    """Give the pages of the beginning, with notes below; the file after them has no text."""
    return [*PAGES[:-1], "\n\n".join([PAGES[-1], *notes])]


def labels(message: Message) -> list[str]:
    return [button["text"] for button in message.buttons]


def file(w: World) -> str:
    last = w.chat.said_by_bot[-1].document
    assert last
    assert last.file_name == "answer.md"
    return last.content.decode()


async def test_while_it_is_written_it_can_be_stopped_and_what_had_come_is_in_the_file() -> None:
    async with world() as w:
        w.model.script(Say(WHOLE), Wait(asyncio.Event()))
        w.chat.say(w.alice, "Tell me all")
        await w.telegram.until(lambda: w.screen == ending_with(GOES_ON), 20)
        last = w.chat.said_by_bot[-1]
        assert labels(last) == [WORDS("button-stop")]
        assert await w.press(last, WORDS("button-stop"), w.alice) == ""
        await w.settled()
        assert w.screen == [*ending_with(IN_FILE, WORDS("answer-stopped")), ""]
        assert [labels(one) for one in w.chat.said_by_bot] == [*[[]] * 7, [AGAIN, CARRY_ON], []]
        assert file(w) == WHOLE.strip() + "\n"
        assert w.model.requests[0].disconnected.is_set()
        assert w.refused == []


async def test_it_goes_on_where_it_broke_off_and_the_file_is_sent_anew_as_the_last_message() -> (
    None
):
    async with world() as w:
        w.model.script(Say(WHOLE), BreakOff())
        w.chat.say(w.alice, "Tell me all")
        await w.settled()
        assert w.screen == [*ending_with(IN_FILE, WORDS("answer-broke-off")), ""]
        w.model.script(Say("The end."))
        assert await w.press(w.chat.said_by_bot[-2], CARRY_ON, w.alice) == ""
        await w.settled()
        assert w.screen == [*ending_with(IN_FILE), ""]
        assert labels(w.chat.said_by_bot[-2]) == [AGAIN]
        assert file(w) == WHOLE + "The end.\n"
        roles = [message["role"] for message in w.asked[1]]
        assert roles == ["user", "assistant", "user"]
