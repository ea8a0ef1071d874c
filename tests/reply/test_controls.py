"""The buttons of a growing reply, and replies that are written anew, in virtual time."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.reply.controls import Action, Controls
from bot.reply.delivery import Delivery
from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.gate import Gate
from bot.reply.live import LiveReply, Piece
from bot.reply.pacing import Pacer, Peer, Urgency
from bot.reply.page import Button, Buttons, File, Page
from bot.reply.standing import Standing
from bot.reply.step import Drop, Edit, Rebutton, Relic, Shown, buttons_step, next_step
from bot.reply.surface import Gone, Rejected, Surface
from bot.reply.tidying import MOST, Tidying
from bot.reply.view import View
from tests.reply.chat import Chat, stream
from tests.virtual_time import in_virtual_time, now

CONTROLS = Controls("Stop", "Again", "Continue")
STOP = ((Button("Stop", "stop"),),)
AGAIN = ((Button("Again", "again"),),)
BOTH = ((Button("Again", "again"), Button("Continue", "continue")),)
STOPPED = Ending(Outcome.STOPPED, "Stopped.")


def growing_in(
    chat: Surface, *shown: Shown, fallback: str = "", gate: Gate | None = None
) -> LiveReply:
    view = View(buttons=CONTROLS.under)
    old = Draft(fallback, Ending(Outcome.COMPLETE)) if fallback else None
    return LiveReply(Standing(chat, Delivery(), shown), gate or Gate(Pacer()), view, old)


def standing(chat: Chat, *texts: str) -> list[Shown]:
    """Let texts stand in the chat from before; their buttons are 🔁."""
    for text in texts:
        number = 10 + len(chat.after)
        chat.messages[number], chat.pages[number] = text, Page(text, buttons=AGAIN)
        chat.after[number] = None
    return [Shown(number, Relic()) for number in chat.messages]


def buttons(chat: Chat) -> list[Buttons]:
    pages = [chat.pages[number] for number in chat.messages]
    return [page.buttons for page in pages if isinstance(page, Page)]


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft(), STOP),
        (Draft("Some"), STOP),
        (Draft("All", Ending(Outcome.COMPLETE)), AGAIN),
        (Draft("Some", Ending(Outcome.FAILED)), BOTH),
        (Draft("Some", Ending(Outcome.STOPPED)), BOTH),
        (Draft("Some", Ending(Outcome.INTERRUPTED)), BOTH),
        (Draft(" \n", Ending(Outcome.FAILED)), AGAIN),
        (Draft("Some", Ending(Outcome.STOPPED, is_forgotten=True)), ()),
    ],
)
def test_what_can_be_pressed_depends_on_how_the_answer_stands(
    draft: Draft, expected: Buttons
) -> None:
    assert CONTROLS.under(draft) == expected


def test_the_data_of_every_button_fits() -> None:
    assert all(1 <= len(action.encode()) <= 64 for action in Action)


@in_virtual_time
async def test_the_growing_message_can_be_stopped_and_the_ended_one_asked_again() -> None:
    chat = Chat()
    task = asyncio.create_task(growing_in(chat).show(stream("One ", 2.0, "two", 5.0)))
    await asyncio.sleep(4.0)
    assert buttons(chat) == [STOP]
    await task
    assert buttons(chat) == [AGAIN]
    assert [text for _, _, text in chat.calls] == ["One", "One two", "One two"]


@in_virtual_time
async def test_an_answer_that_is_there_at_once_costs_one_call() -> None:
    chat = Chat()
    await growing_in(chat).show(stream("Hello!"))
    assert (chat.screen, len(chat.calls), buttons(chat)) == (["Hello!"], 1, [AGAIN])


@in_virtual_time
async def test_buttons_stand_below_the_last_text_only() -> None:
    chat = Chat()
    code = "\n\n```\n" + "x = 1\n" * 1000 + "```\n"
    await growing_in(chat).show(stream("word " * 1500, 3.0, code, 5.0))
    pages = list(chat.pages.values())
    assert isinstance(pages[-1], File)
    assert [page.buttons for page in pages[:-1] if isinstance(page, Page)] == [
        *[()] * (len(pages) - 2),
        AGAIN,
    ]


@in_virtual_time
async def test_an_answer_that_is_stopped_stays_and_can_go_on() -> None:
    chat = Chat()
    reply = growing_in(chat)
    task = asyncio.create_task(reply.show(stream("One ", 2.0, "two ", 60.0, "three")))
    await asyncio.sleep(4.0)
    reply.end(STOPPED)
    assert await reply.ended() == Draft("One two ", STOPPED)
    await task
    assert now() < 6.0
    assert (chat.screen, buttons(chat)) == (["One two\n\nStopped."], [BOTH])


@in_virtual_time
async def test_an_answer_written_anew_takes_the_place_of_the_one_before() -> None:
    chat = Chat()
    shown = standing(chat, "Old one.", "Old two.")
    task = asyncio.create_task(growing_in(chat, *shown).show(stream(3.0, "New", 3.0, ".")))
    await asyncio.sleep(2.0)
    assert chat.screen == ["Old one.", "Old two."]
    assert buttons(chat) == [AGAIN, STOP]
    await asyncio.sleep(3.0)
    assert (chat.screen, buttons(chat)) == (["New"], [STOP])
    await task
    assert (chat.screen, buttons(chat)) == (["New."], [AGAIN])


@in_virtual_time
async def test_the_typing_sign_goes_on_while_only_the_buttons_have_changed() -> None:
    chat = Chat()
    await growing_in(chat, *standing(chat, "Old.")).show(stream(12.0, "New."))
    assert len(chat.typed) == 3


@in_virtual_time
async def test_where_no_new_answer_comes_the_one_before_comes_back() -> None:
    chat = Chat()
    sorry = Ending(Outcome.FAILED, "Sorry.")
    reply = growing_in(chat, *standing(chat, "**Old**."), fallback="**Old**.")
    draft = await reply.show(stream(2.0, sorry))
    assert draft == Draft("**Old**.", Ending(Outcome.COMPLETE, "Sorry."))
    assert (chat.screen, buttons(chat)) == (["Old.\n\nSorry."], [AGAIN])


@in_virtual_time
async def test_what_has_begun_anew_does_not_fall_back() -> None:
    chat = Chat()
    reply = growing_in(chat, *standing(chat, "Old."), fallback="Old.")
    await reply.show(stream("New", 2.0, STOPPED))
    assert chat.screen == ["New\n\nStopped."]


@in_virtual_time
async def test_an_answer_that_starts_over_keeps_its_message_and_nothing_of_its_text() -> None:
    chat = Chat()
    closed: list[float] = []

    async def first() -> None:
        try:
            await asyncio.sleep(60.0)
        finally:
            closed.append(now())

    async def source() -> AsyncGenerator[Piece]:
        yield "First "
        await first()
        yield "never"

    reply = growing_in(chat)
    task = asyncio.create_task(reply.show(source()))
    await asyncio.sleep(4.0)
    reply.restart(stream(1.0, "Second"), View(buttons=CONTROLS.under))
    await asyncio.sleep(0.5)
    assert (closed, chat.screen) == ([4.0], ["First"])
    assert await task == Draft("Second", Ending(Outcome.COMPLETE))
    assert (chat.screen, buttons(chat)) == (["Second"], [AGAIN])


@in_virtual_time
async def test_what_starts_over_while_its_chat_is_flooded_is_asked_at_once() -> None:
    chat, gate = Chat(), Gate(Pacer())
    asked: list[float] = []

    async def source() -> AsyncGenerator[Piece]:
        asked.append(now())
        yield "Second"

    reply = growing_in(chat, gate=gate)
    task = asyncio.create_task(reply.show(stream("First", 60.0)))
    await asyncio.sleep(1.0)
    gate.hold(chat.peer, 30.0)
    await asyncio.sleep(1.0)
    reply.restart(source(), View(buttons=CONTROLS.under))
    await task
    assert (asked, chat.screen) == ([2.0], ["Second"])


@in_virtual_time
async def test_an_answer_that_has_ended_cannot_start_over() -> None:
    reply = growing_in(Chat())
    await reply.show(stream("Done."))
    with pytest.raises(RuntimeError):
        reply.restart(stream("More"), View())


@in_virtual_time
async def test_where_the_message_of_the_answer_before_is_gone_a_new_one_is_sent() -> None:
    chat = Chat(faults={0: Gone()})
    await growing_in(chat, Shown(5, Relic())).show(stream("New."))
    assert chat.screen == ["New."]
    chat = Chat(faults={0: Gone()})
    await growing_in(chat, Shown(5, Relic())).show(stream(5.0, "New."))
    assert chat.screen == ["New."]


@in_virtual_time
async def test_of_several_messages_of_the_answer_before_a_deleted_one_leaves_no_orphan() -> None:
    for gone, screen in ((0, ["New."]), (1, ["New."])):
        chat = Chat()
        shown = standing(chat, "Old one.", "Old two.")
        reply = growing_in(chat, *shown)
        chat.faults[gone] = Gone()  # of the calls: the buttons of the last one, then the first text
        number = shown[1 - gone].message_id
        assert number is not None
        del chat.messages[number]
        await reply.show(stream(5.0, "New."))
        assert chat.screen == screen


@in_virtual_time
async def test_what_starts_over_is_sent_anew_where_its_message_was_deleted() -> None:
    chat = Chat()
    reply = growing_in(chat)
    task = asyncio.create_task(reply.show(stream("First", 60.0)))
    await asyncio.sleep(4.0)
    chat.messages.clear()
    chat.faults[1] = Gone()
    reply.restart(stream(1.0, "Second"), View(buttons=CONTROLS.under))
    await task
    assert (chat.screen, buttons(chat)) == (["Second"], [AGAIN])


@in_virtual_time
async def test_a_reply_that_has_ended_before_it_was_shown_reads_nothing() -> None:
    chat = Chat()
    reply = growing_in(chat)
    reply.end(STOPPED)
    assert await reply.show(stream("Never")) == Draft("", STOPPED)
    assert chat.screen == ["Stopped."]


@in_virtual_time
async def test_what_telegram_will_not_delete_any_more_stays() -> None:
    chat = Chat()
    shown = standing(chat, "Old one.", "Old two.")
    chat.faults[2] = Rejected()
    await growing_in(chat, *shown).show(stream("New."))
    assert chat.screen == ["New.", "Old two."]
    assert buttons(chat) == [AGAIN, ()]


@in_virtual_time
async def test_a_page_shown_without_its_styles_stays_so_when_its_buttons_change() -> None:
    chat = Chat(faults={0: Rejected()})
    await growing_in(chat).show(stream("**New** ", 5.0))
    assert [method for _, method, _ in chat.calls] == ["send", "send", "edit"]
    assert buttons(chat) == [AGAIN]


def test_the_buttons_alone_are_changed_once() -> None:
    shown = [Shown(1, Relic()), Shown(2, Page("b")), Shown(3, File("c", "c"))]
    assert buttons_step(shown, STOP) == Rebutton(1, STOP)
    shown[1] = Shown(2, Page("b", buttons=STOP))
    assert buttons_step(shown, STOP) is None
    assert buttons_step(shown[:1], STOP) == Rebutton(0, STOP)
    assert buttons_step([Shown(1, Relic(STOP))], STOP) is None
    assert buttons_step([Shown(None, Page("a"))], STOP) is None
    assert buttons_step([], STOP) is None


def test_a_text_from_before_is_written_over_and_makes_way_for_a_file() -> None:
    relic = [Shown(1, Relic())]
    assert next_step(relic, [Page("a")]) == Edit(0, Page("a"))
    assert next_step(relic, [File("a", "a")]) == Drop()


@in_virtual_time
async def test_old_buttons_are_taken_away_when_the_budget_is_whole() -> None:
    chat, gate = Chat(), Gate(Pacer())
    old = standing(chat, "Old.")[0].message_id or 0
    tidying = Tidying(gate)
    words: list[Piece | float | Exception] = ["word ", 0.2] * 10
    reply = asyncio.create_task(growing_in(chat, gate=gate).show(stream(*words)))
    await asyncio.sleep(0.1)
    tidying.put(chat, old)
    await reply
    assert buttons(chat) == [AGAIN, AGAIN]
    await asyncio.sleep(5.0)
    assert buttons(chat) == [(), AGAIN]
    assert [method for _, method, _ in chat.calls] == ["send", "edit", "edit", "edit", "rebutton"]


@in_virtual_time
async def test_tidying_minds_no_refusal_and_ends_when_told() -> None:
    chat, gate = Chat(faults={0: Gone()}), Gate(Pacer())
    shown = standing(chat, *"abc")
    tidying = Tidying(gate)
    for one in shown:
        tidying.put(chat, one.message_id or 0)
    await asyncio.sleep(2.0)
    await tidying.close()
    await asyncio.sleep(60.0)
    assert buttons(chat) == [AGAIN, (), AGAIN]


@in_virtual_time
async def test_a_chat_that_is_never_idle_is_not_tidied_for_ever() -> None:
    chat, gate = Chat(), Gate(Pacer())
    tidying = Tidying(gate)
    gate.hold(chat.peer, 10.0)
    for one in standing(chat, *"x" * (2 * MOST)):
        tidying.put(chat, one.message_id or 0)
    await asyncio.sleep(1000.0)
    assert sum(not one for one in buttons(chat)) == MOST


@pytest.mark.parametrize(("is_group", "calls", "wait"), [(False, 1, 1.0), (True, 8, 60.0)])
def test_tidying_leaves_the_budget_to_others(is_group: bool, calls: int, wait: float) -> None:  # noqa: FBT001 (a parameter)
    pacer, peer = Pacer(), Peer(-1 if is_group else 1, is_group)
    for _ in range(calls):
        pacer.settle(pacer.spend(peer, Urgency.FINAL, 0.0), 0.0)
    assert pacer.wait(peer, Urgency.IDLE, 0.0) == wait
    assert pacer.wait(peer, Urgency.FINAL, 0.0) < 2.0


@in_virtual_time
async def test_a_message_from_before_that_is_deleted_while_its_text_is_awaited_stays_gone() -> None:
    chat = Chat()
    shown = standing(chat, "Old.")
    chat.faults[1] = Gone()  # the first new text; the buttons were put there
    reply = growing_in(chat, *shown)
    draft = await reply.show(stream(5.0, "New", 5.0, "."))
    assert [method for _, method, _ in chat.calls] == ["rebutton", "edit"]
    assert (draft, reply.shown) == (Draft("New", Ending(Outcome.STOPPED)), ())
