"""Groups: basic ones, supergroups, and forums with their topics."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bot.sandbox.telegram.channel import Channel
from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.membership import changed_json, member_json
from bot.sandbox.telegram.privacy import concerns
from bot.sandbox.telegram.refusal import Refusal, bad_request, forbidden
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.values import TELEGRAM, ChatCard, Message, Topic, User
from bot.sandbox.telegram.wire import origin_json

_TOPIC_COLOR = 7322096
BotStatus = Literal["member", "administrator", "restricted", "left", "kicked"]


class Group(Chat):
    """A group with the bot in it. The first of its members is its owner."""

    def __init__(self, stage: Stage, card: ChatCard, members: Sequence[User]) -> None:
        super().__init__(stage, card)
        self.members = list(members)
        self.bot_status: BotStatus = "member"
        """What the bot is here."""
        self.migrated_to: int | None = None
        self._administrators: set[User] = set()
        self._topics: dict[int, Topic] = {}
        self._closed: set[int] = set()
        self._last_id = int(card.is_forum)  # a forum's message 1 stands for General

    def add_bot(self, *, by: User) -> None:
        """Let somebody add the bot, which is told so twice, as Telegram does."""
        self._turn("member", by, before="left")
        self.service("new_chat_members", [self._stage.bot], by=by)

    def remove_bot(self, *, by: User) -> None:
        """Let somebody throw the bot out, which is told so."""
        bot = self._stage.bot
        if self.card.type == "group":
            self.service("left_chat_member", bot, by=by)
        self._turn("kicked", by)

    def promote_bot(self, *, by: User) -> None:
        """Make the bot an administrator, who hears everything."""
        self._turn("administrator", by)

    def restrict_bot(self, *, by: User) -> None:
        """Let somebody forbid the bot to write, which is told so."""
        self._turn("restricted", by)

    def unrestrict_bot(self, *, by: User) -> None:
        """Let somebody allow the bot to write again, which is told so."""
        self._turn("member", by)

    def promote(self, user: User) -> None:
        """Make a member an administrator; the bot is not told."""
        self._administrators.add(user)

    def demote(self, user: User) -> None:
        """Make an administrator a member again; the bot is not told."""
        self._administrators.discard(user)

    def leave(self) -> None:
        """Let the bot leave on its own."""
        self._turn("left", self._stage.bot)

    def topic(self, name: str, *, created_by: User | Literal["bot"] | None = None) -> Topic:
        """Open a topic in a forum, in the name of the owner unless said otherwise."""
        if not self.card.is_forum:
            raise ValueError(f"{self.card.title} is no forum")
        by = self._stage.bot if created_by == "bot" else created_by or self.members[0]
        topic = Topic(self._last_id + 1, name)
        self._topics[topic.id] = topic
        content = {"name": name, "icon_color": _TOPIC_COLOR}
        self.service("forum_topic_created", content, by=by, topic=topic)
        return topic

    def close_topic(self, topic: Topic) -> None:
        """Let nobody but administrators write in a topic any more."""
        self._closed.add(topic.id)
        self.service("forum_topic_closed", {}, by=self.members[0], topic=topic)

    def reopen_topic(self, topic: Topic) -> None:
        """Let people write in a topic again."""
        self._closed.discard(topic.id)
        self.service("forum_topic_reopened", {}, by=self.members[0], topic=topic)

    def delete_topic(self, topic: Topic) -> None:
        """Delete a topic with all that stands in it. Telegram does not tell the bot."""
        del self._topics[topic.id]
        for message in self.messages:
            if message.topic == topic.id:
                self.remove(message.id)

    @property
    def topics(self) -> list[Topic]:
        """The topics of a forum, General aside, in the order in which they were opened."""
        return list(self._topics.values())

    def upgrade(self) -> "Group":
        """Turn a basic group into a supergroup and return it; the old one is only read any more."""
        number = -1_000_000_000_000 + self.id
        group = Group(self._stage, replace(self.card, id=number, type="supergroup"), self.members)
        group._administrators = set(self._administrators)
        self.service("migrate_to_chat_id", group.id, by=self.members[0])
        self.migrated_to = group.id
        group.service("migrate_from_chat_id", self.id, by=self.members[0])
        return group

    def auto_forward(self, post: Message) -> Message:
        """Let Telegram forward a post of the channel linked to this group."""
        channel = self._stage.chats[post.chat_id]
        if not isinstance(channel, Channel):
            raise TypeError(f"{channel.card.title} is no channel")
        forwarded = replace(
            post,
            id=self._next_id(),
            chat_id=self.id,
            sender=TELEGRAM,
            sender_chat=channel.card,
            forward_origin=origin_json(channel.card, post.date, post.id),
            automatic_forward=True,
        )
        return self._tell_bot(self.show(forwarded))

    def hears(self, message: Message) -> bool:
        """Tell whether privacy mode lets the message through to the bot."""
        if not super().hears(message):
            return False
        if self.bot_status == "administrator" or not self._stage.privacy_mode:
            return True
        reply, stage = message.reply, self._stage
        answered = stage.find(reply.chat_id, reply.message_id) if reply else None
        return concerns(message, answered, stage.bot, mentions=stage.mentions_arrive)

    @property
    def bot_is_here(self) -> bool:
        """Unless it has left, or was thrown out."""
        return self.bot_status not in {"left", "kicked"}

    def status(self, user: User) -> str:
        """Return owner, administrator, member, left, or what the bot is."""
        if user == self._stage.bot:
            return self.bot_status
        if user not in self.members:
            return "left"
        if user == self.members[0]:
            return "creator"
        return "administrator" if user in self._administrators else "member"

    def check_access(self) -> None:
        """Raise `Refusal` when the bot is not in the group, or the group has moved."""
        kind = f"{self.card.type} chat"
        if self.migrated_to:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": self.migrated_to},
            )
        if self.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {kind}")
        if self.bot_status == "left":
            raise forbidden(f"bot is not a member of the {kind}")

    def check_writing(self, topic: int | None, what: str = "text messages") -> None:
        """Raise `Refusal` when the bot may not write, or the topic is gone or closed.

        General, the first topic of a forum, has no id: 1 is refused like any unknown one.
        """
        self.check_access()
        if self.bot_status == "restricted":
            raise bad_request(f"not enough rights to send {what} to the chat")
        if topic is not None and topic not in self._topics:
            raise bad_request("message thread not found")
        if topic in self._closed and self.bot_status != "administrator":
            raise bad_request("TOPIC_CLOSED")

    def check_editing(self) -> None:
        """Raise `Refusal` when the bot may not write; in a topic that is closed it still edits."""
        self.check_access()
        if self.bot_status == "restricted":
            raise forbidden("CHAT_WRITE_FORBIDDEN")

    def _next_id(self) -> int:
        if self.card.type == "group":
            return super()._next_id()
        self._last_id += 1
        return self._last_id

    def _turn(self, status: BotStatus, by: User, before: BotStatus | None = None) -> None:
        old, self.bot_status = before or self.bot_status, status
        bot = self._stage.bot
        change = changed_json(
            self.card,
            by,
            self._stage.date(),
            old=member_json(bot, old),
            new=member_json(bot, status),
        )
        self._stage.deliver("my_chat_member", change)
