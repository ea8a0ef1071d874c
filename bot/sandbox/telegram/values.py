"""The values a chat is made of: people, what they said, and what names a chat on the wire.

Pure. Offsets and lengths of entities are in UTF-16 code units, dates are Unix seconds, other
times are those of the server's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]
"""A JSON object, ready for the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person, or a bot. Whatever language the apps speak, it is the same one."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = field(default=None, compare=False)
    is_bot: bool = False


GROUP_ANONYMOUS_BOT = User(
    id=1087968824, first_name="Group", username="GroupAnonymousBot", is_bot=True
)
"""In whose name the anonymous administrators of a group speak."""

CHANNEL_BOT = User(id=136817688, first_name="Channel", username="Channel_Bot", is_bot=True)
"""In whose name people speak who write into a group as a channel."""

TELEGRAM = User(id=777000, first_name="Telegram")
"""Who forwards the posts of a channel into the group linked to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCard:
    """What a message says of a chat; `type` is private, group, supergroup or channel."""

    id: int
    type: str
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    is_forum: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a forum. Its id is the id of the message that announces it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of a text with a meaning or a style."""

    type: str
    offset: int
    length: int
    url: str | None = None
    user: User | None = None
    language: str | None = None
    custom_emoji_id: str | None = None

    @property
    def end(self) -> int:
        """The offset of the first unit behind it."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message answers: a message of some chat, and perhaps a quoted part of it."""

    chat_id: int
    message_id: int
    quote: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file in a message; `number` tells it from others. Its bytes are kept for who looks on."""

    file_name: str
    mime_type: str | None = None
    content: bytes = field(default=b"", repr=False)
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo in a message, its size in pixels; `number` tells it from others."""

    mime_type: str
    content: bytes = field(repr=False)
    width: int
    height: int
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it stands on the screen.

    `kind` is "text", or the field of the Bot API's `Message` that holds `content`: a medium such
    as "photo" (then `text` is the caption), or a service message such as "new_chat_title".
    `topic` is the forum topic it stands in; `thread` the first message of the chain of replies it
    belongs to in a supergroup that is no forum: both travel as `message_thread_id`.
    """

    id: int
    chat_id: int
    date: int
    sender: User | None
    sender_chat: ChatCard | None = None
    text: str = ""
    entities: tuple[Entity, ...] = ()
    kind: str = "text"
    content: object = field(default=None, hash=False)
    reply: Reply | None = None
    topic: int | None = None
    thread: int | None = None
    silent: bool = False
    protected: bool = False
    reply_markup: Mapping[str, Any] | None = field(default=None, hash=False)
    edits: int = 0
    edit_date: int | None = None
    reaction: str | None = None
    via: User | None = None
    forward_origin: Mapping[str, Any] | None = field(default=None, hash=False)
    automatic_forward: bool = False
    media_group_id: str | None = None
    is_service: bool = False

    @property
    def reply_to(self) -> int | None:
        """The id of the message it answers, in its own chat or in another."""
        return self.reply.message_id if self.reply else None

    @property
    def document(self) -> Document | None:
        """The file in it, if it is a document."""
        return self.content if isinstance(self.content, Document) else None

    @property
    def picture(self) -> Picture | None:
        """The photo in it, if it is one that can be seen."""
        return self.content if isinstance(self.content, Picture) else None

    @property
    def buttons(self) -> list[Json]:
        """The buttons under it, row by row in one list."""
        rows = self.reply_markup["inline_keyboard"] if self.reply_markup else []
        return [button for row in rows for button in row]


class Frame(NamedTuple):
    """A text a message has shown, and since when."""

    time: float
    text: str
