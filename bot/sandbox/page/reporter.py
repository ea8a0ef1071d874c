"""Tells the open pages what happens: in the chats, at the model, with what is switched on."""

import asyncio
import functools
from collections.abc import Sequence
from typing import Final

from bot.sandbox.page.lag import Answer, Lag
from bot.sandbox.page.streams import Streams
from bot.sandbox.page.switches import Switches
from bot.sandbox.page.views import event_view
from bot.sandbox.rehearsal import Rehearsal, Request
from bot.sandbox.telegram import Called, Deleted, Edited, Event, Feed, LocalTelegram, Shown
from bot.sandbox.telegram.values import Json

TICK: Final = 0.25
"""Seconds between two looks at the lag and at what is switched on."""


class Reporter:
    """Looks on, from `start` to `stop`."""

    def __init__(
        self,
        telegram: LocalTelegram,
        model: Rehearsal | None,
        switches: Switches,
        streams: Streams,
    ) -> None:
        self._telegram = telegram
        self._model = model
        self._switches = switches
        self._streams = streams
        self._told_switches: Json = {}
        self._lag = Lag()
        self._told_lag: float | None = None
        self._requests = 0
        self._tasks: Sequence[asyncio.Task[None]] = ()

    async def start(self) -> None:
        """Tell what happens from now on."""
        feed = self._telegram.subscribe(calls=True)
        self._tasks = [asyncio.create_task(self._relay(feed)), asyncio.create_task(self._tick())]

    async def stop(self) -> None:
        """Tell nothing more. Raises what has gone wrong in the telling."""
        for task in self._tasks:
            task.cancel()
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    def tell_switches(self) -> None:
        """Tell what is switched on, if that has changed."""
        switches = self._switches.view()
        if switches != self._told_switches:
            self._told_switches = switches
            self._streams.tell({"type": "switches", "switches": switches})

    async def _relay(self, feed: Feed) -> None:
        with feed:
            async for event in feed:
                self._note(event)
                self._streams.tell(event_view(event))

    def _note(self, event: Event) -> None:
        bot = self._telegram.bot
        match event:
            case Shown(message) | Edited(message) if message.sender == bot:
                self._read()
                self._lag.see(message.chat_id, message.text)
            case Deleted(message) if message.sender == bot:
                self._lag.drop(message.chat_id)
            case Called():
                self.tell_switches()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self.tell_switches()
            self._read()
            lag = self._lag.seconds(asyncio.get_running_loop().time())
            if lag is not None or self._told_lag is not None:
                self._streams.tell({"type": "lag", "seconds": lag})
            self._told_lag = lag

    def _read(self) -> None:
        """Take in what the model has written since."""
        if self._model is None:
            return
        for request in self._model.requests[self._requests :]:
            self._lag.begin(Answer(request.written, functools.partial(_has_ended, request)))
        self._requests = len(self._model.requests)
        self._lag.read(asyncio.get_running_loop().time())


def _has_ended(request: Request) -> bool:
    return request.finished.is_set() or request.disconnected.is_set()
