"""What Alice does, what the model says, and which call of the bot's is struck."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from bot.chat.conversation import Place
from bot.llm.delta import Delta
from bot.sandbox.telegram import Chat, Group, LocalTelegram, Message, PrivateChat, Topic, User
from tests.scripted import saying

Kind = Literal["private", "basic group", "supergroup", "forum"]

ANSWER: Final = saying(2.0, "**Begin**", 3.0, ", middle", 3.0, " and end.")
LONG: Final = saying(
    2.0, "**Begin**", 3.0, f"\n\n{'A' * 3000}\n\n**B**{'B' * 1999}", 3.0, " and end."
)
OLD: Final = saying(2.0, "Old.")
ANEW: Final = saying(2.0, "**Anew**", 3.0, ", and whole.")
NEXT: Final = saying("Here I am.")


class World(Protocol):
    """Where it happens: in virtual time (tests/wire.py), or over HTTP (tests/world.py)."""

    telegram: LocalTelegram
    alice: User
    chat: PrivateChat


@dataclass
class Scene:
    """The place in which Alice asks; `chat` is another one once the group has moved."""

    w: World
    chat: Chat
    topic: Topic | None = None

    def ask(self, text: str) -> Message:
        """Let Alice ask something."""
        is_group = isinstance(self.chat, Group)
        return self.chat.say(self.w.alice, f"/ask {text}" if is_group else text, topic=self.topic)

    async def press(self, data: str) -> None:
        """Let Alice press a button below the bot's last message."""
        self.chat.press(self.reply, data, by=self.w.alice)
        await self.w.telegram.updates_confirmed()

    @property
    def group(self) -> Group:
        """The chat, as the group that it is."""
        assert isinstance(self.chat, Group)
        return self.chat

    @property
    def reply(self) -> Message:
        """The bot's last message."""
        return self.chat.said_by_bot[-1]

    @property
    def place(self) -> Place:
        """The place as conversations know it."""
        return Place(self.chat.id, self.topic.id if self.topic else None)


def scene(w: World, kind: Kind) -> Scene:
    """Let Alice enter a place of this kind, with the bot."""
    if kind == "private":
        return Scene(w, w.chat)
    people = [w.telegram.user("Olga"), w.alice]  # Olga owns it
    is_super = kind != "basic group"
    group = w.telegram.group("Friends", people, supergroup=is_super, forum=kind == "forum")
    return Scene(w, group, group.topic("Cats") if kind == "forum" else None)


async def _asks(scene: Scene) -> None:
    scene.ask("Tell me")


async def _stops(scene: Scene) -> None:
    scene.ask("Tell me")
    await asyncio.sleep(3.5)
    await scene.press("stop")


async def _asks_again(scene: Scene) -> None:
    scene.ask("Tell me")
    await asyncio.sleep(20.0)
    await scene.press("again")


@dataclass(frozen=True)
class Step:
    """A moment of an answer: the call that is struck, the `number`-th of its method."""

    method: str
    number: int = 1
    scripts: Sequence[Sequence[Delta | float | Exception]] = field(default=(ANSWER,))
    act: Callable[[Scene], Awaitable[None]] = _asks


STEPS: Final = {
    "typing": Step("sendChatAction"),
    "first send": Step("sendMessage"),
    "interim edit": Step("editMessageText"),
    "final edit": Step("editMessageText", 2),
    "second page": Step("sendMessage", 2, (LONG,)),
    "toast": Step("answerCallbackQuery", act=_stops),
    "stop": Step("editMessageText", act=_stops),
    "again": Step("editMessageReplyMarkup", 1, (OLD, ANEW), _asks_again),
    "text again": Step("editMessageText", 1, (OLD, ANEW), _asks_again),
}
"""The last four are presses: how ⏹ is answered, what it does; what 🔁 does at first and then."""
