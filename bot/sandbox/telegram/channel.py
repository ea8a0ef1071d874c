"""Channels, whose posts have no author."""

from collections.abc import Sequence
from typing import ClassVar

from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.entities import complete
from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.values import ChatCard, Entity, Message, User


class Channel(Chat):
    """A channel in which the bot is an administrator."""

    update_kind: ClassVar[str] = "channel_post"

    def __init__(self, stage: Stage, card: ChatCard) -> None:
        super().__init__(stage, card)
        self._last_id = 0

    def post(self, text: str, entities: Sequence[Entity] = ()) -> Message:
        """Publish a post."""
        message = Message(
            id=self._next_id(),
            chat_id=self.id,
            date=self._stage.date(),
            sender=None,
            sender_chat=self.card,
            text=text,
            entities=complete(text, entities),
        )
        return self._tell_bot(self.show(message))

    @property
    def bot_is_here(self) -> bool:
        """Always."""
        return True

    def status(self, user: User) -> str:
        """Return what the bot is, an administrator; of others nothing is known."""
        return "administrator" if user == self._stage.bot else "left"

    def check_access(self) -> None:
        """Refuse nothing."""

    def check_writing(self, topic: int | None, what: str = "text messages") -> None:  # noqa: ARG002 - all or nothing here
        """Raise `Refusal` for a topic; there are none."""
        if topic is not None:
            raise bad_request("message thread not found")

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id
