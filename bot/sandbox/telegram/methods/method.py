"""What a method of the Bot API is: its name, what it takes, what it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.stage import Stage

Run = Callable[[Stage, Params], Awaitable[object]]
"""Does what is asked and returns the result as JSON; raises `Refusal` when it will not."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method. Calls of a `counted` one use up the budget of their chat."""

    name: str
    takes: frozenset[str]
    counted: bool
    run: Run


METHODS: dict[str, Method] = {}
"""All methods, by their name in lower case: Telegram does not care."""


def method(name: str, takes: str = "", *, counted: bool = False) -> Callable[[Run], Run]:
    """Make a function a method that takes the parameters named in `takes`."""

    def register(run: Run) -> Run:
        METHODS[name.lower()] = Method(name, frozenset(takes.split()), counted, run)
        return run

    return register


def known_chat(stage: Stage, chat_id: int | str | None) -> Chat | None:
    """Return the chat of this id or public name, if there is one."""
    if isinstance(chat_id, int):
        return stage.chats.get(chat_id)
    if chat_id is None:
        return None
    name = chat_id.removeprefix("@").lower()
    return next(
        (
            chat
            for chat in stage.chats.values()
            if chat.card.type != "private" and (chat.card.username or "").lower() == name
        ),
        None,
    )


def chat_of(stage: Stage, params: Params) -> Chat:
    """Return the chat a call is about; raises `Refusal` when there is none."""
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    chat = known_chat(stage, params["chat_id"])
    if chat is None:
        raise bad_request("chat not found")
    return chat
