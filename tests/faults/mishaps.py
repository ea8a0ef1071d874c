"""What goes wrong just before a call arrives, and how it is set right again.

Where Telegram's rules give the error, they are broken as people break them; what only its servers
can do is planted.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.telegram import (
    Error,
    Fault,
    Flood,
    Html502,
    LostAnswer,
    NoAnswer,
    PrivateChat,
    Reset,
    Slow,
)
from tests.faults.stories import Kind, Scene
from tests.wire import TOKEN

Strike = Callable[[Scene, str, Mapping[str, Any]], Awaitable[None]]
TOO_LONG: Final = 12
"""Characters; where texts are too long for Telegram, longer ones are."""


async def _nothing(_: Scene) -> None:
    pass


@dataclass(frozen=True)
class Mishap:
    """`strike` lets it happen, given the call; `mend` sets right what a person would."""

    strike: Strike
    kind: Kind = "private"
    mend: Callable[[Scene], Awaitable[None]] = _nothing


def planted(fault: Fault) -> Mishap:
    """Let the call itself go wrong."""

    async def strike(scene: Scene, method: str, _: Mapping[str, Any]) -> None:
        scene.w.telegram.faults.next(method, fault)

    return Mishap(strike)


async def _delete_reply(scene: Scene, *_: object) -> None:
    scene.chat.delete(scene.reply)


async def _delete_question(scene: Scene, *_: object) -> None:
    scene.chat.delete(scene.chat.messages[0])


async def _take_effect_before(scene: Scene, method: str, params: Mapping[str, Any]) -> None:
    await scene.w.telegram.api.answer(TOKEN, method, params)


async def _refuse_styles(scene: Scene, *_: object) -> None:
    fault = Error(400, "Bad Request: can't parse entities: entity beginning at UTF-16 offset 0")

    def is_styled(_: str, params: Mapping[str, Any]) -> bool:
        return params["chat_id"] == scene.chat.id and bool(params.get("entities"))

    for method in ("sendMessage", "editMessageText"):
        scene.w.telegram.faults.next(method, fault, times=99, when=is_styled)


async def _refuse_length(scene: Scene, *_: object) -> None:
    def is_too_long(_: str, params: Mapping[str, Any]) -> bool:
        return params["chat_id"] == scene.chat.id and len(params["text"]) > TOO_LONG

    for method, text in (
        ("sendMessage", "message is too long"),
        ("editMessageText", "MESSAGE_TOO_LONG"),
    ):
        fault = Error(400, f"Bad Request: {text}")
        scene.w.telegram.faults.next(method, fault, times=99, when=is_too_long)


async def _accept_all(scene: Scene) -> None:
    scene.w.telegram.faults.clear()


async def _close_topic(scene: Scene, *_: object) -> None:
    assert scene.topic
    scene.group.close_topic(scene.topic)


async def _reopen_topic(scene: Scene) -> None:
    assert scene.topic
    scene.group.reopen_topic(scene.topic)


async def _delete_topic(scene: Scene, *_: object) -> None:
    assert scene.topic
    scene.group.delete_topic(scene.topic)


async def _leave_topic(scene: Scene) -> None:
    scene.topic = None


async def _block(scene: Scene, *_: object) -> None:
    assert isinstance(scene.chat, PrivateChat)
    scene.chat.block()


async def _unblock(scene: Scene) -> None:
    assert isinstance(scene.chat, PrivateChat)
    scene.chat.unblock()


async def _remove(scene: Scene, *_: object) -> None:
    scene.group.remove_bot(by=scene.group.members[0])


async def _bring_back(scene: Scene) -> None:
    scene.group.add_bot(by=scene.group.members[0])


async def _restrict(scene: Scene, *_: object) -> None:
    scene.group.restrict_bot(by=scene.group.members[0])


async def _unrestrict(scene: Scene) -> None:
    scene.group.unrestrict_bot(by=scene.group.members[0])


async def _upgrade(scene: Scene, *_: object) -> None:
    scene.chat = scene.group.upgrade()


MISHAPS: Final = {
    "429 of 3 s": planted(Flood(3)),
    "429 of 120 s": planted(Flood(120)),
    "500": planted(Error(500, "Internal Server Error")),
    "502 with a page": planted(Html502()),
    "reset": planted(Reset()),
    "answer lost": planted(LostAnswer()),
    "silence of 25 s": planted(NoAnswer(60.0)),
    "held back for 8 s": planted(Slow(8.0)),
    "reply deleted": Mishap(_delete_reply),
    "question deleted": Mishap(_delete_question),
    "not modified": Mishap(_take_effect_before),
    "can't parse entities": Mishap(_refuse_styles, mend=_accept_all),
    "too long": Mishap(_refuse_length, mend=_accept_all),
    "topic closed": Mishap(_close_topic, "forum", _reopen_topic),
    "topic deleted": Mishap(_delete_topic, "forum", _leave_topic),
    "blocked": Mishap(_block, mend=_unblock),
    "removed": Mishap(_remove, "supergroup", _bring_back),
    "no rights": Mishap(_restrict, "supergroup", _unrestrict),
    "group upgraded": Mishap(_upgrade, "basic group"),
}
