"""What people do in a chat, and what of it the bot hears."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, TypedDict, Unpack

from bot.sandbox.telegram import media
from bot.sandbox.telegram.entities import complete
from bot.sandbox.telegram.screen import Screen
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.values import (
    CHANNEL_BOT,
    GROUP_ANONYMOUS_BOT,
    ChatCard,
    Document,
    Entity,
    Json,
    Message,
    Picture,
    Reply,
    Topic,
    User,
)
from bot.sandbox.telegram.wire import card_json, origin_json, user_json


class How(TypedDict, total=False):
    """How a message is said: what it answers, where it stands, in whose name.

    `reply_to` may be a message of another chat. `anonymous` is for administrators of a group,
    `sender_chat` for people who write as a channel. `forward_origin` is a user, a chat, or the
    name of a user who hides the account. `date` is in Unix seconds.
    """

    reply_to: Message | None
    quote: str | None
    topic: Topic | int | None
    entities: Sequence[Entity]
    anonymous: bool
    sender_chat: "Chat | None"
    via: User | None
    date: int | None
    forward_origin: "User | Chat | str | None"
    media_group_id: str | None


class Chat(Screen, ABC):
    """What all chats have in common."""

    update_kind: ClassVar[str] = "message"
    """The kind of update in which its messages reach the bot."""

    def __init__(self, stage: Stage, card: ChatCard) -> None:
        super().__init__(stage, card)
        stage.enter(self)

    def say(self, by: User, text: str, **how: Unpack[How]) -> Message:
        """Let somebody write a message, which the bot gets if Telegram lets it hear it."""
        return self._speak(by, text, "text", None, how)

    def send_media(
        self, by: User, kind: str, caption: str | None = None, **how: Unpack[How]
    ) -> Message:
        """Let somebody send a photo, voice, sticker or another of `media.MEDIA`."""
        content = media.content(kind, self._stage.next_number())
        return self._speak(by, caption or "", kind, content, how)

    def send_photo(self, by: User, caption: str | None = None, **how: Unpack[How]) -> Message:
        """Let somebody send a photo."""
        return self.send_media(by, "photo", caption, **how)

    def send_file(
        self,
        by: User,
        file: Document | Picture,
        caption: str | None = None,
        **how: Unpack[How],
    ) -> Message:
        """Let somebody send a file, or a photo that others can see."""
        kind = "photo" if isinstance(file, Picture) else "document"
        content = replace(file, number=self._stage.next_number())
        return self._speak(by, caption or "", kind, content, how)

    def service(
        self, kind: str, content: object, *, by: User, topic: Topic | None = None
    ) -> Message:
        """Let Telegram note that something has happened, such as `new_chat_title`.

        `content` is JSON (True where nothing is to be told), a user, a list of users, or a message.
        """
        return self._tell_bot(
            self.show(
                Message(
                    id=self._next_id(),
                    chat_id=self.id,
                    date=self._stage.date(),
                    sender=by,
                    kind=kind,
                    content=content,
                    topic=topic.id if topic else None,
                    is_service=True,
                )
            )
        )

    def edit(self, message: Message, text: str, entities: Sequence[Entity] = ()) -> Message:
        """Let the author of a message change its text or caption."""
        standing = self._messages[message.id]
        edited = self.change(replace(standing, text=text, entities=complete(text, entities)))
        return self._tell_bot(edited, "edited_")

    def delete(self, message: Message) -> None:
        """Let somebody delete a message. Telegram does not tell the bot."""
        self.remove(message.id)

    def press(self, message: Message, data: str, *, by: User) -> str:
        """Let somebody press a button and return the id of the query.

        The button must be under `message` as it is given: people may still see an older state.
        """
        if not any(button.get("callback_data") == data for button in message.buttons):
            raise ValueError(f"no button {data!r} under message {message.id}")
        standing = self.find(message.id)
        gone = {"message_id": message.id, "date": 0, "chat": card_json(self.card)}
        query_id = self._stage.new_query()
        query = {
            "id": query_id,
            "from": user_json(by),
            "chat_instance": str(self.id),
            "data": data,
            "message": self.json(standing) if standing else gone,
        }
        self._stage.deliver("callback_query", query)
        return query_id

    def say_by_bot(self, message: Message) -> Message:
        """Show what the bot says; its id, date and sender are set here."""
        return self.show(
            replace(
                message,
                id=self._next_id(),
                date=self._stage.date(),
                sender=self._stage.bot,
                thread=self._thread(message.reply),
            )
        )

    def hears(self, message: Message) -> bool:
        """Tell whether the bot gets this message; never its own."""
        return self.bot_is_here and message.sender != self._stage.bot

    @property
    @abstractmethod
    def bot_is_here(self) -> bool:
        """Whether the bot has a part in this chat."""

    @abstractmethod
    def status(self, user: User) -> str:
        """Return somebody's `ChatMember.status` here."""

    @abstractmethod
    def check_access(self) -> None:
        """Raise `Refusal` when the bot has no part in this chat."""

    @abstractmethod
    def check_writing(self, topic: int | None, what: str = "text messages") -> None:
        """Raise `Refusal` when the bot must not write here, or not in this topic.

        `what` is the name that Telegram has for such messages where it refuses them.
        """

    def check_editing(self) -> None:
        """Raise `Refusal` when the bot must not change its own messages here."""
        self.check_access()

    def _next_id(self) -> int:
        return self._stage.next_message_id()

    def _thread(self, reply: Reply | None) -> int | None:
        """Return the first message of a chain of replies, where Telegram tells it."""
        return None if reply is None or self.card.type != "supergroup" else self._root(reply)

    def _root(self, reply: Reply) -> int | None:
        answered = self.find(reply.message_id) if reply.chat_id == self.id else None
        if answered is None or self.card.is_forum:
            return None
        return answered.thread or answered.id

    def _speak(self, by: User, text: str, kind: str, content: object, how: How) -> Message:
        answered, topic = how.get("reply_to"), how.get("topic")
        origin, date = how.get("forward_origin"), how.get("date") or self._stage.date()
        reply = Reply(answered.chat_id, answered.id, how.get("quote")) if answered else None
        sender, sender_chat = self._speaker(by, how)
        message = Message(
            id=self._next_id(),
            chat_id=self.id,
            date=date,
            sender=sender,
            sender_chat=sender_chat,
            text=text,
            entities=complete(text, how.get("entities", ())),
            kind=kind,
            content=content,
            reply=reply,
            topic=topic.id if isinstance(topic, Topic) else topic,
            thread=self._thread(reply),
            via=how.get("via"),
            forward_origin=_origin(origin, date) if origin else None,
            media_group_id=how.get("media_group_id"),
        )
        return self._tell_bot(self.show(message))

    def _speaker(self, by: User, how: How) -> tuple[User, ChatCard | None]:
        if how.get("anonymous"):
            return GROUP_ANONYMOUS_BOT, self.card
        channel = how.get("sender_chat")
        return (CHANNEL_BOT, channel.card) if channel else (by, None)

    def _tell_bot(self, message: Message, prefix: str = "") -> Message:
        if self.hears(message):
            self._stage.deliver(prefix + self.update_kind, self.json(message))
        return message


def _origin(origin: User | Chat | str, date: int) -> Json:
    return origin_json(origin.card if isinstance(origin, Chat) else origin, date, message_id=1)
