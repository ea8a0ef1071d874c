"""How a call is served: logged, struck by a fault, paid for, carried out."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.sandbox.telegram.budgets import Toll
from bot.sandbox.telegram.calls import Call, CallLog
from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.faults import (
    Error,
    Fault,
    Faults,
    Flood,
    Html502,
    LostAnswer,
    NoAnswer,
    Reset,
    Slow,
)
from bot.sandbox.telegram.methods import Method, known_chat
from bot.sandbox.telegram.params import Params, read
from bot.sandbox.telegram.refusal import Refusal, too_many_requests
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.updates import CONFLICT

POLL: Final = "getUpdates"


class DroppedError(Exception):
    """The connection is to be closed without an answer; `applied` if the call took effect."""

    def __init__(self, reason: str, *, applied: bool) -> None:
        super().__init__(reason)
        self.applied = applied


class BadGatewayError(Exception):
    """The page of a gateway is to be the answer."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Where calls arrive."""

    stage: Stage
    toll: Toll
    faults: Faults
    log: CallLog

    async def serve(
        self, method: Method, raw: Mapping[str, object], gone: Callable[[], bool]
    ) -> object:
        """Carry a call out and return its result as JSON.

        `gone` tells whether the client has hung up: a poll that was given up so is not logged as
        terminated by the next one, since nobody learns of it. Raises `Refusal`, `DroppedError` or
        `BadGatewayError` for all other endings.
        """
        number = self.log.arrived(Call(self.stage.now(), method.name, raw))
        chat: Chat | None = None
        try:
            params = read(raw, method.takes)
            chat = known_chat(self.stage, params.get("chat_id"))
            self.log.understood(number, params, chat.id if chat else None)
            self.stage.bell.ring()
            result = await self._carry_out(method, params, chat)
        except Refusal as refusal:
            if not (refusal.code == CONFLICT and gone()):
                self.log.ended(number, ok=False, code=refusal.code, description=refusal.description)
            raise
        except DroppedError as dropped:
            self.log.ended(number, ok=dropped.applied, description=str(dropped))
            raise
        except BadGatewayError as gateway:
            self.log.ended(number, ok=False, code=502, description=str(gateway))
            raise
        else:
            self.log.ended(number, ok=True)
            return result
        finally:
            self.log.closed(number, self.stage.now(), self._left(method, chat))
            self.stage.bell.ring()

    def _left(self, method: Method, chat: Chat | None) -> int | None:
        if not method.counted or chat is None:
            return None
        private = chat.card.type == "private"
        return self.toll.left(self.stage.now(), chat.id, private=private)

    async def _carry_out(self, method: Method, params: Params, chat: Chat | None) -> object:
        if self.faults.delay and method.name != POLL:
            await asyncio.sleep(self.faults.delay)
        planned = self.faults.meant_for(method.name, params)
        if planned and isinstance(planned.fault, Html502 | Reset | NoAnswer):
            await _lose(self.faults.use(planned))
        if method.counted:
            self._charge(chat)
        fault = self.faults.use(planned) if planned else None
        match fault:
            case Flood(retry_after):
                if method.counted and chat:
                    self.toll.hold(self.stage.now(), chat.id, retry_after)
                raise too_many_requests(retry_after)
            case Error(code, description, parameters):
                raise Refusal(code, description, parameters)
            case Slow(seconds):
                await asyncio.sleep(seconds)
        result = await method.run(self.stage, params)
        if isinstance(fault, LostAnswer):
            raise DroppedError("the answer was lost", applied=True)
        return result

    def _charge(self, chat: Chat | None) -> None:
        retry_after = self.toll.charge(
            self.stage.now(),
            chat.id if chat else None,
            private=chat is not None and chat.card.type == "private",
        )
        if retry_after:
            raise too_many_requests(retry_after)


async def _lose(fault: Fault) -> None:
    """Let a call go wrong before it reaches Telegram."""
    if isinstance(fault, NoAnswer):
        await asyncio.sleep(fault.seconds)
    if isinstance(fault, Html502):
        raise BadGatewayError("502 Bad Gateway")
    raise DroppedError("the connection was lost", applied=False)
