"""Messages whose sending was not answered, and which stand there all the same; in virtual time."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.reply.controls import Controls
from bot.reply.delivery import Delivery
from bot.reply.draft import Draft
from bot.reply.gate import Gate
from bot.reply.live import LiveReply, Piece
from bot.reply.pacing import Pacer
from bot.reply.page import File, Message, Page
from bot.reply.patience import PERSISTENCE
from bot.reply.search import MOST_LOOKS, Sending, mark_of
from bot.reply.standing import Standing
from bot.reply.surface import Gone, OutcomeUnknown, Refusal, Rejected, TooFast
from bot.reply.view import Handout, View
from tests.reply.chat import LOOK, Chat, stream
from tests.virtual_time import in_virtual_time, now

CONTROLS = Controls("Stop", "Again", "Continue")
A_PAGE = "A" * 3000 + "\n\n"


async def show(
    chat: Chat,
    *steps: Piece | float | Exception,
    delivery: Delivery,
    sending: Sending | None = None,
    gate: Gate | None = None,
) -> Draft:
    standing = Standing(chat, delivery, sending=sending)
    view = View(buttons=CONTROLS.under)
    return await LiveReply(standing, gate or Gate(Pacer()), view).show(stream(*steps))


def methods(chat: Chat) -> list[str]:
    return [method for _, method, _ in chat.calls]


def labels(chat: Chat) -> list[str]:
    """Give the buttons below all messages."""
    pages = [page for page in chat.pages.values() if isinstance(page, Page)]
    return [button.label for page in pages for row in page.buttons for button in row]


@pytest.fixture
def delivery() -> Delivery:
    """Know of the question, the message 9."""
    delivery = Delivery()
    delivery.ids.seen(1, 9, datetime.now(UTC))
    return delivery


@in_virtual_time
async def lost_first_message(delivery: Delivery) -> Chat:
    chat = Chat(faults={0: OutcomeUnknown()}, unheard={0})
    await show(chat, "Begin", 5.0, ", end", delivery=delivery)
    return chat


def test_a_message_that_stands_there_is_taken_for_what_it_is(delivery: Delivery) -> None:
    chat = lost_first_message(delivery)
    assert chat.screen == ["Begin, end"]
    assert methods(chat) == ["send", "look", "edit", "edit"]
    assert labels(chat) == ["Again"]


def test_where_it_is_not_known_what_other_processes_have_sent_nothing_is_looked_for() -> None:
    chat = lost_first_message(Delivery())
    assert chat.screen == ["Begin", "Begin, end"]
    assert methods(chat) == ["send", "send", "edit"]


@in_virtual_time
async def test_what_was_not_sent_is_sent_after_one_look(delivery: Delivery) -> None:
    chat = Chat(faults={0: OutcomeUnknown()})
    await show(chat, "Begin", delivery=delivery)
    assert chat.screen == ["Begin"]
    assert methods(chat) == ["send", "look", "send"]


@in_virtual_time
async def test_messages_of_other_people_in_between_are_passed_over(delivery: Delivery) -> None:
    chat = Chat(faults={0: OutcomeUnknown()}, unheard={0}, foreign={10, 11, 12})
    await show(chat, "Begin", delivery=delivery)
    assert chat.screen == ["Begin"]
    assert methods(chat) == ["send", *["look"] * 4, "edit"]
    assert delivery.ids.newest(1) == 13


@in_virtual_time
async def test_the_search_comes_to_an_end(delivery: Delivery) -> None:
    delivery.ids.seen(2, 30, datetime.now(UTC))  # and many in between, of which nothing is known
    chat = Chat()
    await show(chat, "Begin", delivery=delivery, sending=Sending(9, mark_of(Page("Begin"))))
    assert chat.screen == ["Begin"]
    assert methods(chat) == [*["look"] * MOST_LOOKS, "send"]


@in_virtual_time
async def test_the_messages_of_other_people_are_not_looked_through_without_end() -> None:
    chat = Chat(foreign=set(range(10, 500)))
    await show(chat, "Begin", delivery=Delivery(), sending=Sending(9, mark_of(Page("Begin"))))
    assert methods(chat) == [*["look"] * MOST_LOOKS, "send"]


@in_virtual_time
async def test_what_is_lost_once_more_is_looked_for_as_it_is_now() -> None:
    chat = Chat(faults={1: OutcomeUnknown()}, unheard={1})
    old = Sending(9, mark_of(Page("Be")))
    await show(chat, "Begin", delivery=Delivery(), sending=old)
    assert methods(chat) == ["look", "send", "look", "edit"]
    assert chat.screen == ["Begin"]


@in_virtual_time
async def test_a_further_page_that_seemed_lost_stands_there_once(delivery: Delivery) -> None:
    chat = Chat(faults={1: OutcomeUnknown()}, unheard={1})
    await show(chat, A_PAGE + "B" * 3000, delivery=delivery)
    assert [len(text) for text in chat.screen] == [3000, 3000]
    assert labels(chat) == ["Again"]


@in_virtual_time
async def test_a_file_that_seemed_lost_is_sent_once(delivery: Delivery) -> None:
    chat = Chat(faults={0: OutcomeUnknown()}, unheard={0}, may_repeat=True)
    standing = Standing(chat, delivery)
    await LiveReply(standing, Gate(Pacer()), Handout(File("a.txt", "A"))).show(stream())
    assert chat.screen == ["A"]
    assert methods(chat) == ["send", "look", "rebutton"]
    assert [one.page for one in standing.shown] == [File("a.txt", "A")]


@in_virtual_time
async def test_a_file_that_was_lost_makes_way_for_another_one(delivery: Delivery) -> None:
    chat = Chat(may_repeat=True)
    await chat.send(File("a.txt", "Old"), None)
    sending = Sending(9, mark_of(File("a.txt", "Old")))
    standing = Standing(chat, delivery, sending=sending)
    await LiveReply(standing, Gate(Pacer()), Handout(File("a.txt", "New!"))).show(stream())
    assert chat.screen == ["New!"]
    assert methods(chat) == ["send", "look", "drop", "send"]


@pytest.mark.parametrize("refusal", [OutcomeUnknown(), TooFast(5.0)], ids=["unknown", "too fast"])
@in_virtual_time
async def test_a_look_that_fails_is_taken_once_more(
    refusal: OutcomeUnknown | TooFast, delivery: Delivery
) -> None:
    chat = Chat(faults={0: OutcomeUnknown(), 1: refusal}, unheard={0, 1})
    await show(chat, "Begin", delivery=delivery)
    assert chat.screen == ["Begin"]
    assert methods(chat) == ["send", "look", "look", "edit"]


@in_virtual_time
async def test_one_that_is_deleted_as_soon_as_it_was_found_is_not_sent_again(
    delivery: Delivery,
) -> None:
    chat = Chat(faults={0: OutcomeUnknown(), 2: Gone()}, unheard={0})
    await show(chat, "Begin", 60.0, "never shown", delivery=delivery)
    assert methods(chat) == ["send", "look", "edit"]


@in_virtual_time
async def test_where_only_sending_fails_the_end_is_given_up_in_time(delivery: Delivery) -> None:
    class Mute(Chat):
        async def send(self, page: Message, after: int | None) -> int:
            await self._call("send", page.text)
            raise OutcomeUnknown("500")

    chat = Mute()
    await show(chat, "Begin", delivery=delivery)
    assert PERSISTENCE < now() < PERSISTENCE + 60
    assert len(chat.calls) < 60


@pytest.mark.parametrize("stands_there", [True, False])
@in_virtual_time
async def test_what_another_process_may_have_sent_is_looked_for_before_the_first_send(
    stands_there: bool,  # noqa: FBT001 (a parameter)
) -> None:
    chat, page = Chat(), Page("Beg", buttons=((),))
    if stands_there:
        chat.foreign = {10}
        await chat.send(page, None)
        chat.calls.clear()
    await show(chat, "Begin", delivery=Delivery(), sending=Sending(9, mark_of(page)))
    assert chat.screen == ["Begin"]
    assert methods(chat) == (["look", "look", "edit"] if stands_there else ["look", "send"])


@in_virtual_time
async def test_what_another_process_has_sent_beside_it_keeps_its_text() -> None:
    chat = Chat(may_repeat=True)
    await chat.send(Page("This is how I am used.", buttons=LOOK), None)
    chat.calls.clear()
    await show(chat, "Begin", delivery=Delivery(), sending=Sending(9, mark_of(Page("Beg"))))
    assert chat.screen == ["This is how I am used.", "Begin"]
    assert methods(chat) == ["look", "rebutton", "look", "send"]
    assert labels(chat) == ["Again"]


@pytest.mark.parametrize("text", ["First", "Second"])
@pytest.mark.parametrize("is_lost", [True, False])
@in_virtual_time
async def test_what_is_on_its_way_is_not_taken_for_what_was_lost(
    delivery: Delivery,
    is_lost: bool,  # noqa: FBT001 (a parameter)
    text: str,
) -> None:
    """The second one, of the same text or another, ends with its first frame."""

    class Slow(Chat):
        async def send(self, page: Message, after: int | None) -> int:
            is_second = len(self.calls) == 1
            message_id = await super().send(page, after)
            await asyncio.sleep(8.0 if is_second else 0.0)
            return message_id

    chat = Slow(faults={0: OutcomeUnknown()}, unheard={0} if is_lost else set())
    gate = Gate(Pacer())
    await asyncio.gather(
        show(chat, "First", 20.0, ".", delivery=delivery, gate=gate),
        show(chat, 0.5, text, delivery=delivery, gate=gate),
    )
    assert sorted(chat.screen) == sorted(["First.", text])
    assert labels(chat) == ["Again", "Again"]
    looks = [at for at, method, _ in chat.calls if method == "look"]
    assert looks == [8.5]  # the second one is known by then


@in_virtual_time
async def test_of_two_that_were_lost_each_is_taken_for_what_it_is(delivery: Delivery) -> None:
    """The first one was not even sent, and would be looked for where the second one stands."""
    chat = Chat(faults={0: OutcomeUnknown(), 1: OutcomeUnknown()}, unheard={1}, may_repeat=True)
    gate = Gate(Pacer())
    await asyncio.gather(
        show(chat, "First", 20.0, ".", delivery=delivery, gate=gate),
        show(chat, 0.5, "Second", 20.0, ".", delivery=delivery, gate=gate),
    )
    assert chat.screen == ["Second.", "First."]
    assert labels(chat) == ["Again", "Again"]


@in_virtual_time
async def test_of_two_that_were_lost_the_second_may_be_found_first(delivery: Delivery) -> None:
    """Each send is unheard, and so is the first one's first look."""
    faults: dict[int, Refusal] = dict.fromkeys(range(3), OutcomeUnknown())
    chat, gate = Chat(faults=faults, unheard={0, 1}, may_repeat=True), Gate(Pacer())
    await asyncio.gather(
        show(chat, "First", 20.0, ".", delivery=delivery, gate=gate),
        show(chat, 0.01, "Second", delivery=delivery, gate=gate),
    )
    assert chat.screen == ["First.", "Second"]
    assert labels(chat) == ["Again", "Again"]


@in_virtual_time
async def test_a_page_that_was_lost_and_is_not_wanted_any_more_goes(delivery: Delivery) -> None:
    chat = Chat(faults={1: OutcomeUnknown()}, unheard={1}, may_repeat=True)
    reply = LiveReply(Standing(chat, delivery), Gate(Pacer()), View())
    showing = asyncio.create_task(reply.show(stream(A_PAGE + "B" * 3000, 60.0)))
    await asyncio.sleep(0.9)
    assert [text[:1] for text in chat.screen] == ["A", "B"]
    reply.restart(stream("Short."), View())
    await showing
    assert chat.screen == ["Short."]


@in_virtual_time
async def test_a_message_that_takes_the_place_of_a_rejected_one_is_looked_for(
    delivery: Delivery,
) -> None:
    chat = Chat(faults={0: Rejected("no"), 1: OutcomeUnknown()}, unheard={1}, may_repeat=True)
    await show(chat, "Beg", 5.0, "in", 5.0, ", end", delivery=delivery)
    assert chat.screen == ["Begin, end"]
    assert methods(chat) == ["send", "send", "look", "edit", "edit"]


@in_virtual_time
async def test_what_is_sent_waits_for_a_look(delivery: Delivery) -> None:
    chat = Chat(faults={0: OutcomeUnknown()}, latency=5.0)
    gate = Gate(Pacer())
    await asyncio.gather(
        show(chat, "First", delivery=delivery, gate=gate),
        show(chat, 7.0, "Second", delivery=delivery, gate=gate),
    )
    calls = [(at, method) for at, method, _ in chat.calls]
    assert calls == [(0.0, "send"), (6.0, "look"), (11.0, "send"), (11.0, "send")]
    assert sorted(chat.screen) == ["First", "Second"]


@in_virtual_time
async def test_who_is_cancelled_while_waiting_holds_up_nobody() -> None:
    delivery = Delivery()

    async def look(seconds: float) -> None:
        async with delivery.looking(1):
            await asyncio.sleep(seconds)

    first, second = asyncio.create_task(look(5.0)), asyncio.create_task(look(5.0))
    await asyncio.sleep(1.0)
    second.cancel()
    async with delivery.sending(2):
        assert now() == 1.0
    async with delivery.sending(1):
        assert now() == 5.0
    await first


def test_a_mark_is_the_same_for_what_telegram_makes_of_a_text() -> None:
    assert mark_of(Page(" A\u2028 b\n\u030ac ")) == mark_of(Page("A bc"))
    assert mark_of(Page("A")) != mark_of(Page("B"))
    assert mark_of(File("a.txt", "é")) == "file 2 a.txt"
    assert not Sending(9, mark_of(Page("file 2 a.txt"))).is_file
