"""What all chats share: the bot, the clock, numbers, the updates for the bot and who looks on."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.sandbox.telegram.events import Answered, Bell, Edited, Event, Feed, Shown
from bot.sandbox.telegram.updates import Updates
from bot.sandbox.telegram.values import ChatCard, Frame, Json, Message, User

if TYPE_CHECKING:
    from bot.sandbox.telegram.chat import Chat


class Stage:
    """The common ground of the chats of one bot.

    `clock` gives seconds and never goes back; without one it is the running loop's.
    `privacy_mode` and `mentions_arrive` say what the bot hears in groups: with privacy mode on,
    whether plain mentions arrive is reported both ways, so it can be chosen.
    """

    def __init__(
        self,
        bot: User,
        *,
        privacy_mode: bool,
        mentions_arrive: bool,
        clock: Callable[[], float] | None,
    ) -> None:
        self.bot = bot
        self.privacy_mode = privacy_mode
        self.mentions_arrive = mentions_arrive
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.updates = Updates()
        self.bell = Bell()
        self.queries: dict[str, Answered | None] = {}
        """The answer to each press of a button, None until it comes."""
        self.commands: dict[str, list[Json]] = {}
        """The bot's commands, by scope and language."""
        self._clock = clock
        self._feeds: list[Feed] = []
        self._frames: dict[tuple[int, int], list[Frame]] = defaultdict(list)
        self._last_message_id = 0
        self._last_number = 0

    def now(self) -> float:
        """Return the server's time in seconds, as in calls and frames."""
        return self._clock() if self._clock else asyncio.get_running_loop().time()

    def date(self) -> int:
        """Return the date that messages bear, in Unix seconds."""
        return int(time.time())

    def next_message_id(self) -> int:
        """Return an id for private chats and basic groups, which share one count."""
        self._last_message_id += 1
        return self._last_message_id

    def next_number(self) -> int:
        """Return a number never given before, for people, chats and files."""
        self._last_number += 1
        return self._last_number

    def enter(self, chat: "Chat") -> None:
        """Make a chat known to the bot."""
        self.chats[chat.id] = chat

    def find(self, chat_id: int, message_id: int) -> Message | None:
        """Return a message that stands in some chat."""
        chat = self.chats.get(chat_id)
        return chat.find(message_id) if chat else None

    def card(self, chat_id: int) -> ChatCard:
        """Return what messages say of a chat."""
        return self.chats[chat_id].card

    def deliver(self, kind: str, payload: Json) -> None:
        """Queue an update for the bot."""
        self.updates.add(kind, payload)
        self.bell.ring()

    def new_query(self) -> str:
        """Return the id of a new callback query."""
        query_id = str(7_000_000 + self.next_number())
        self.queries[query_id] = None
        return query_id

    def tell(self, event: Event) -> None:
        """Tell all that look on."""
        match event:
            case Shown(message) | Edited(message):
                history = self._frames[message.chat_id, message.id]
                if not history or history[-1].text != message.text:
                    history.append(Frame(self.now(), message.text))
            case Answered():
                self.queries[event.query_id] = event
        self._feeds = [feed for feed in self._feeds if not feed.closed]
        for feed in self._feeds:
            feed.put(event)
        self.bell.ring()

    def history(self, chat_id: int, message_id: int) -> list[Frame]:
        """Return the texts a message has shown, deleted or not, each with its time."""
        return list(self._frames.get((chat_id, message_id), ()))

    def open_feed(self, *, calls: bool) -> Feed:
        """Return the events from now on."""
        feed = Feed(calls=calls)
        self._feeds.append(feed)
        return feed

    def close_feeds(self) -> None:
        """End all feeds."""
        for feed in self._feeds:
            feed.close()
