"""A Telegram of one's own: the people and chats, and the Bot API server in front of them."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox.telegram.api import BotApi
from bot.sandbox.telegram.budgets import Budgets, Toll
from bot.sandbox.telegram.calls import Call, CallLog
from bot.sandbox.telegram.channel import Channel
from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.commands import audiences
from bot.sandbox.telegram.counter import Counter
from bot.sandbox.telegram.events import Answered, Called, Feed
from bot.sandbox.telegram.faults import Faults
from bot.sandbox.telegram.group import Group
from bot.sandbox.telegram.private import PrivateChat
from bot.sandbox.telegram.server import Server
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.values import ChatCard, Frame, Json, Message, User

_SUPERGROUPS = -1_000_000_000_000


class LocalTelegram:
    """A local Bot API server and the chats behind it, from `async with` on.

    What people do there (`private(alice).say(alice, "Hello")`) reaches the bot by `getUpdates`;
    what the bot calls shows in `chat.messages`. Every call is kept in `calls`.

    `budgets` are Telegram's limits, None for none. `privacy_mode` is the bot's, and
    `mentions_arrive` whether plain mentions get through it nevertheless. `clock` gives the
    seconds in which budgets, calls and frames count; by default it is the running loop's. The
    server is reached from this machine only, on the first of `ports` that is free; 0 is any.
    """

    def __init__(  # noqa: PLR0913 - each is a trait of the Telegram that is played
        self,
        token: str = "42:TEST",  # noqa: S107 - opens nothing but this server
        *,
        username: str = "rehearsal_bot",
        name: str = "Rehearsal",
        privacy_mode: bool = True,
        mentions_arrive: bool = False,
        budgets: Budgets | None = Budgets(),  # noqa: B008 - a value that cannot change
        clock: Callable[[], float] | None = None,
        ports: Sequence[int] = (0,),
    ) -> None:
        number = int(token.partition(":")[0])
        self.bot = User(id=number, first_name=name, username=username, is_bot=True)
        self.faults = Faults()
        self._stage = Stage(
            self.bot, privacy_mode=privacy_mode, mentions_arrive=mentions_arrive, clock=clock
        )
        self._log = CallLog(lambda number, call: self._stage.tell(Called(number, call)))
        self._toll = Toll(budgets)
        counter = Counter(self._stage, self._toll, self.faults, self._log)
        self.api = BotApi(token, counter)
        """What the server has behind it; who calls it in process needs no `async with`."""
        self._server = Server(self.api, ports)

    async def __aenter__(self) -> Self:
        await self._server.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stage.updates.release()
        self._stage.close_feeds()
        await self._server.close()

    @property
    def url(self) -> str:
        """Where the server is reached, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def down(self) -> bool:
        """Whether Telegram is out of reach. When set, all connections break, and new ones too."""
        return self._server.down

    @down.setter
    def down(self, down: bool) -> None:
        self._server.down = down

    @property
    def budgets(self) -> Budgets | None:
        """The limits; None for none. They can be changed at any time."""
        return self._toll.budgets

    @budgets.setter
    def budgets(self, budgets: Budgets | None) -> None:
        self._toll.budgets = budgets

    @property
    def privacy_mode(self) -> bool:
        """Whether the bot hears only what is meant for it in groups; BotFather can change it."""
        return self._stage.privacy_mode

    @privacy_mode.setter
    def privacy_mode(self, on: bool) -> None:
        self._stage.privacy_mode = on

    @property
    def mentions_arrive(self) -> bool:
        """Whether plain mentions get through privacy mode."""
        return self._stage.mentions_arrive

    @mentions_arrive.setter
    def mentions_arrive(self, arrive: bool) -> None:
        self._stage.mentions_arrive = arrive

    @property
    def calls(self) -> list[Call]:
        """Every call of a known method with the right token, in the order of arrival."""
        return self._log.all()

    @property
    def commands(self) -> list[Json]:
        """The commands that the bot has set last, for whatever scope and language."""
        return next(reversed(self._stage.commands.values()), [])

    def commands_seen_by(self, user: User, chat: Chat) -> list[str]:
        """Return the names of the commands that somebody is offered in a chat."""
        return [one["command"] for one in self.command_menu(user, chat)]

    def command_menu(self, user: User, chat: Chat) -> list[Json]:
        """Return the commands that somebody is offered in a chat, each with its description."""
        lists = audiences(chat.card, user, chat.status(user))
        found = next((key for key in lists if key in self._stage.commands), None)
        return self._stage.commands[found] if found else []

    @property
    def chats(self) -> list[Chat]:
        """All chats that there are."""
        return list(self._stage.chats.values())

    def serve(self, routes: Iterable[web.AbstractRouteDef]) -> None:
        """Serve further routes on the same port; before it is open."""
        self._server.add_routes(routes)

    def flood(self, chat: Chat, seconds: int) -> None:
        """Refuse every counted call to the chat for so long, and anew after each that comes."""
        self._toll.hold(self._stage.now(), chat.id, seconds)

    def flooded(self, chat: Chat) -> float:
        """Return for how many seconds more the chat's calls will be refused."""
        return self._toll.penalty_left(self._stage.now(), chat.id)

    def clear_the_way(self) -> None:
        """Let nothing hold up a bot that is about to stop: no budgets, no penalties, no faults."""
        self.faults.clear()
        self._toll.budgets = None
        for chat in self.chats:
            self.flood(chat, 0)

    def user(
        self,
        first_name: str,
        *,
        username: str | None = None,
        language_code: str | None = None,
        is_bot: bool = False,
    ) -> User:
        """Return a new person, or another bot."""
        user = User(
            id=1000 + self._stage.next_number(),
            first_name=first_name,
            username=username,
            language_code=language_code,
            is_bot=is_bot,
        )
        self._stage.users[user.id] = user
        return user

    def private(self, user: User) -> PrivateChat:
        """Return the person's chat with the bot."""
        chat = self._stage.chats.get(user.id)
        return chat if isinstance(chat, PrivateChat) else PrivateChat(self._stage, user)

    def group(
        self,
        title: str,
        members: Sequence[User],
        *,
        supergroup: bool = True,
        forum: bool = False,
        username: str | None = None,
    ) -> Group:
        """Return a new group of these people, the first its owner, and the bot.

        The bot is a member without having been told; `add_bot` tells it. A forum is a supergroup.
        """
        number = self._stage.next_number()
        is_super = supergroup or forum
        card = ChatCard(
            id=_SUPERGROUPS - number if is_super else -number,
            type="supergroup" if is_super else "group",
            title=title,
            username=username,
            is_forum=forum,
        )
        return Group(self._stage, card, members)

    def channel(self, title: str, *, username: str | None = None) -> Channel:
        """Return a new channel with the bot as an administrator."""
        number = _SUPERGROUPS - self._stage.next_number()
        card = ChatCard(id=number, type="channel", title=title, username=username)
        return Channel(self._stage, card)

    def frames(self, message_id: int, chat: Chat) -> list[Frame]:
        """Return the texts a message has shown one after the other, even if it is deleted."""
        return self._stage.history(chat.id, message_id)

    def answer_to(self, query_id: str) -> Answered | None:
        """Return the bot's answer to the press of a button, None if it has not answered."""
        return self._stage.queries[query_id]

    def subscribe(self, *, calls: bool = False) -> Feed:
        """Return the events from now on, until the feed or the server is closed.

        Only with `calls` what the bot calls is among them.
        """
        return self._stage.open_feed(calls=calls)

    async def until(self, holds: Callable[[], object], timeout: float = 10) -> None:  # noqa: ASYNC109 - see below
        """Wait until something holds, asked anew whenever anything changes.

        Raises `TimeoutError` after `timeout` seconds, which tells what stands on the screens then:
        that is why the limit is set here and not by the caller.
        """
        try:
            async with asyncio.timeout(timeout):
                while not holds():
                    await self._stage.bell.rung()
        except TimeoutError:
            raise TimeoutError(f"not within {timeout} s; {self._screens()}") from None

    async def updates_confirmed(self, timeout: float = 10) -> None:  # noqa: ASYNC109 - as there
        """Wait until the bot has fetched everything and said so by its offset."""
        await self.until(lambda: not self._stage.updates, timeout)

    def _screens(self) -> str:
        lines = ["on the screens stands:"]
        for chat in self._stage.chats.values():
            lines.append(f"{chat.card.title or chat.card.first_name} ({chat.card.type}):")
            lines += [f"  #{message.id} {_line(message)}" for message in chat.messages]
        return "\n".join(lines)


def _line(message: Message) -> str:
    name = message.sender.first_name if message.sender else "(post)"
    kind = "" if message.kind == "text" else f" [{message.kind}]"
    return f"{name}{kind}: {message.text!r}"
