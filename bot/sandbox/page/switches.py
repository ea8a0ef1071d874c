"""What a person can let go wrong: what the tests do in code, by hand."""

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.telegram import ANY, Chat, Fault, Html502, LocalTelegram, LostAnswer, Planned
from bot.sandbox.telegram.values import Json

FLOOD: Final = 8
"""Seconds for which a chat is flooded."""
SLOW: Final = 1.5
"""Seconds that each call takes on a slow network."""
_SHOWING: Final = frozenset({"sendMessage", "editMessageText", "sendDocument"})
_FAULTS: Final[Mapping[str, Fault]] = {"lost": LostAnswer(), "gateway": Html502()}

Switch = Literal["lost", "gateway", "flood", "slow", "breaks"]
SWITCHES: Final[tuple[Switch, ...]] = get_args(Switch)
OF_A_CHAT: Final = frozenset({"lost", "gateway", "flood"})


class Switches:
    """The faults that are on. Those of a chat strike its next call that shows something."""

    def __init__(self, telegram: LocalTelegram, model: Rehearsal | None) -> None:
        self._telegram = telegram
        self._model = model
        self._planned: dict[tuple[int, str], Planned] = {}

    def turn(self, switch: Switch, chat: Chat | None, *, on: bool) -> None:
        """Turn a fault on or off. A switch that needs what is not there does nothing."""
        match switch:
            case "slow":
                self._telegram.faults.delay = SLOW if on else 0.0
            case "breaks":
                if self._model:
                    self._model.breaks_off = on
            case "flood":
                if chat:
                    self._telegram.flood(chat, FLOOD if on else 0)
            case "lost" | "gateway":
                if chat:
                    self._plan(switch, chat, on=on)

    def view(self) -> Json:
        """Tell which are on: for all chats, and by chat."""
        faults = self._telegram.faults
        waiting = [key for key, planned in self._planned.items() if faults.waits(planned)]
        return {
            "slow": faults.delay > 0,
            "breaks": bool(self._model and self._model.breaks_off),
            "chats": {
                str(chat.id): {
                    "lost": (chat.id, "lost") in waiting,
                    "gateway": (chat.id, "gateway") in waiting,
                    "flood": round(self._telegram.flooded(chat), 1),
                }
                for chat in self._telegram.chats
            },
        }

    def _plan(self, switch: str, chat: Chat, *, on: bool) -> None:
        old = self._planned.pop((chat.id, switch), None)
        if old:
            self._telegram.faults.cancel(old)

        def strikes(method: str, params: Mapping[str, Any]) -> bool:
            return method in _SHOWING and params.get("chat_id") == chat.id

        if on:
            planned = self._telegram.faults.next(ANY, _FAULTS[switch], when=strikes)
            self._planned[chat.id, switch] = planned
