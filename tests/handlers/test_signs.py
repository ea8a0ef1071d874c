"""Signs: what Telegram says to them is heard."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.handlers.signs import Signs
from bot.reply.gate import Gate
from bot.reply.pacing import Pacer, Peer, Urgency
from tests.virtual_time import in_virtual_time, now


@dataclass
class Reactions:
    """A bot that can react, and hears these answers to it."""

    answers: list[TelegramError]
    made: list[object] = field(default_factory=list)

    async def set_message_reaction(self, *call: object) -> None:
        self.made.append(call)
        if self.answers:
            raise self.answers.pop(0)


async def next_call(gate: Gate, peer: Peer) -> float:
    async with gate.turn(peer, lambda: Urgency.FINAL):
        return now()


@in_virtual_time
async def test_a_429_to_a_reaction_silences_its_chat() -> None:
    gate, bot = Gate(Pacer()), Reactions([RetryAfter(timedelta(seconds=7))])
    signs = Signs(cast("Bot", bot), gate.hold)
    signs.set(-5, 1)
    signs.remove(-5, 1)
    await signs.idle()
    assert bot.made == [(-5, 1, "👀"), (-5, 1, ())]
    assert await next_call(gate, Peer(-6, is_group=True)) == 0.0
    assert await next_call(gate, Peer(-5, is_group=True)) == 7.0


@in_virtual_time
async def test_a_chat_that_allows_no_reactions_is_called_as_ever() -> None:
    gate, bot = Gate(Pacer()), Reactions([BadRequest("REACTION_INVALID")])
    signs = Signs(cast("Bot", bot), gate.hold)
    signs.set(5, 1)
    await signs.idle()
    assert await next_call(gate, Peer(5, is_group=False)) == 0.0
