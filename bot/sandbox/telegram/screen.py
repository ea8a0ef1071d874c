"""The messages that stand in a chat."""

from dataclasses import replace

from bot.sandbox.telegram.events import Deleted, Edited, Event, Reacted, Shown
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.values import ChatCard, Json, Message
from bot.sandbox.telegram.wire import message_json


class Screen:
    """What one sees of a chat. Whatever changes here is told to all that look on."""

    def __init__(self, stage: Stage, card: ChatCard) -> None:
        self._stage = stage
        self._messages: dict[int, Message] = {}
        self.card = card

    @property
    def id(self) -> int:
        """The chat's id on the wire."""
        return self.card.id

    @property
    def messages(self) -> list[Message]:
        """What stands on the screen now, oldest first."""
        return list(self._messages.values())

    @property
    def said_by_bot(self) -> list[Message]:
        """Of these the bot's own messages, service messages aside."""
        return [
            message
            for message in self._messages.values()
            if message.sender == self._stage.bot and not message.is_service
        ]

    def find(self, message_id: int) -> Message | None:
        """Return a message that stands on the screen."""
        return self._messages.get(message_id)

    def json(self, message: Message, *, nested: bool = False) -> Json:
        """Return the Bot API's `Message`; a nested one does not tell what it replies to."""
        return message_json(message, self._stage, nested=nested)

    def show(self, message: Message) -> Message:
        """Put a new message on the screen."""
        return self._put(message, Shown(message))

    def change(self, message: Message) -> Message:
        """Let a message look as given, counted as one more edit."""
        edited = replace(message, edits=message.edits + 1, edit_date=self._stage.date())
        return self._put(edited, Edited(edited))

    def react(self, message: Message, emoji: str | None) -> Message:
        """Set the bot's reaction to a message, or take it back."""
        reacted = replace(message, reaction=emoji)
        return self._put(reacted, Reacted(reacted))

    def remove(self, message_id: int) -> None:
        """Take a message off the screen; raises `KeyError` when it is not there."""
        self._stage.tell(Deleted(self._messages.pop(message_id)))

    def _put(self, message: Message, event: Event) -> Message:
        self._messages[message.id] = message
        self._stage.tell(event)
        return message
