"""The buttons below an answer. Pure."""

import enum
from dataclasses import dataclass

from bot.reply.draft import Draft, Outcome
from bot.reply.page import Button, Buttons


class Action(enum.StrEnum):
    """What a press asks for; also the data of its button.

    It names no answer: Telegram tells under which message a button was pressed, and nobody can
    forge that.
    """

    STOP = "stop"
    AGAIN = "again"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Controls:
    """The labels of the buttons."""

    stop: str
    again: str
    carry_on: str

    def under(self, draft: Draft) -> Buttons:
        """Give the buttons of an answer: ⏹ while it grows, then 🔁, and ▶️ if it is not whole.

        Below what is forgotten there are none.
        """
        if draft.ending is None:
            return ((Button(self.stop, Action.STOP),),)
        if draft.ending.is_forgotten:
            return ()
        row = [Button(self.again, Action.AGAIN)]
        if draft.ending.outcome is not Outcome.COMPLETE and draft.text.strip():
            row.append(Button(self.carry_on, Action.CONTINUE))
        return (tuple(row),)
