"""The cells of tests/faults/cells.py that take a few seconds, over HTTP and with both libraries.

What stands there at the end, and what is remembered, is the same as in virtual time.
"""

import asyncio

import pytest

from bot.chat.store import Store
from bot.sandbox.steps import Say, Wait
from tests.faults.cells import CELLS, End
from tests.faults.mishaps import MISHAPS
from tests.faults.stories import STEPS, Scene, scene
from tests.wire import record, screen
from tests.world import World, world

SHORT = (
    "429 of 3 s",
    "500",
    "502 with a page",
    "reset",
    "answer lost",
    "reply deleted",
    "question deleted",
    "blocked",
    "removed",
    "group upgraded",
)
PARTS = {"first send": "**Begin**", "interim edit": ", middle", "final edit": " and end."}
DATABASE = "sqlite:///data/conversations.sqlite3"
ROWS = [
    pytest.param(step, mishap, CELLS[step][mishap].end, id=f"{step}: {mishap}")
    for step in PARTS
    for mishap in SHORT
    if mishap in CELLS[step]
]


@pytest.mark.parametrize(("step", "mishap", "end"), ROWS)
async def test_what_is_shown_and_remembered(step: str, mishap: str, end: End) -> None:
    wrong = MISHAPS[mishap]
    async with world() as w:
        events = {part: asyncio.Event() for part in PARTS}
        script = [one for part in PARTS for one in (Wait(events[part]), Say(PARTS[part]))]
        w.model.script(*script)
        w.model.script(Say("Here I am."))
        here = scene(w, wrong.kind)
        here.ask("Tell me")
        await w.model.until(lambda: len(w.model.requests) == 1)
        text = ""
        for part, said in PARTS.items():
            if part == step:
                await wrong.strike(here, STEPS[step].method, {})
            events[part].set()
            text += said.strip("*")
            await grown(w, here, text)
        await w.settled()
        await w.settled()
        assert screen(here.chat) == list(end.screen)
        store = await Store.open(DATABASE)
        assert await record(store, here.place, w.alice) == end.record
        await store.close()
        has_ended = (
            w.model.requests[0].disconnected if is_cut(end) else w.model.requests[0].finished
        )
        await w.model.until(has_ended.is_set)
        await wrong.mend(here)
        await w.telegram.updates_confirmed()
        here.ask("And now?")
        await w.settled()
        assert here.reply.text == "Here I am."


def is_cut(end: End) -> bool:
    return end.record.outcome == "stopped"


async def grown(w: World, here: Scene, text: str) -> None:
    """Wait until a text stands there, or is not generated any more."""
    request = w.model.requests[0]
    waits = [
        asyncio.ensure_future(one)
        for one in (
            request.disconnected.wait(),
            request.finished.wait(),
            w.telegram.until(lambda: text in [one.text for one in here.chat.said_by_bot], 30),
        )
    ]
    done, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in others:
        one.cancel()
    for one in done:
        one.result()
