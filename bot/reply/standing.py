"""The messages of one answer as they stand in the chat, and the calls that change them."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.reply.page import Buttons, File, Message, Page
from bot.reply.step import (
    Drop,
    Edit,
    Rebutton,
    Relic,
    Send,
    Shown,
    Step,
    buttons_step,
    next_step,
)
from bot.reply.surface import Gone, Rejected, Surface

_log = logging.getLogger(__name__)


class Standing:
    """What stands there, and what Telegram has refused to show."""

    def __init__(self, surface: Surface, shown: Sequence[Shown] = ()) -> None:
        self._surface = surface
        self._shown = list(shown)
        self._rejected: set[Page] = set()

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The messages, in order."""
        return tuple(self._shown)

    def step_to(self, wanted: Sequence[Message]) -> Step | None:
        """Give the call that brings the chat closer to these pages; `None`: it is there."""
        return next_step(self._shown, [self._as_taken(page) for page in wanted])

    def step_to_buttons(self, buttons: Buttons) -> Step | None:
        """Give the call that puts these buttons below the text that stands there."""
        return buttons_step(self._shown, buttons)

    async def take(self, step: Step) -> None:
        """Make the call of a step. Raises a `Refusal` where the chat is not closer for it."""
        match step:
            case Send(page):
                with self._unless_rejected(page):
                    sent = await self._send(page)
                    self._shown.append(Shown(sent, page))
            case Edit(index, page):
                message_id = self._shown[index].message_id
                with self._unless_rejected(page, index):
                    if message_id is None:
                        message_id = await self._send(page)
                    else:
                        await self._surface.edit(message_id, page)
                    self._shown[index] = Shown(message_id, page)
            case Rebutton(index, buttons):
                await self._rebutton(index, buttons)
            case Drop():
                message_id = self._shown[-1].message_id
                if message_id is not None:
                    await self._drop(message_id)
                self._shown.pop()

    async def _drop(self, message_id: int) -> None:
        try:
            await self._surface.drop(message_id)
        except Rejected as refusal:  # it is older than 48 hours: it stays, but nothing to press
            _log.info("a message stays: %s", refusal)
            with contextlib.suppress(Rejected, Gone):
                await self._surface.rebutton(message_id, ())

    async def _rebutton(self, index: int, buttons: Buttons) -> None:
        shown = self._shown[index]
        if shown.message_id is None or isinstance(shown.page, File):
            return
        with contextlib.suppress(Rejected):  # the buttons matter less than the text to come
            await self._surface.rebutton(shown.message_id, buttons)
        self._shown[index] = replace(shown, page=replace(shown.page, buttons=buttons))

    async def _send(self, page: Message) -> int:
        sent = [one.message_id for one in self._shown if one.message_id is not None]
        return await self._surface.send(page, sent[-1] if sent else None)

    @contextlib.contextmanager
    def _unless_rejected(self, page: Message, index: int | None = None) -> Iterator[None]:
        """Try a page that is rejected without its styles; give up on one that has none.

        It then counts as shown, so that the pages after it have their turn: a message stays as it
        is until there is something else, a page that was to be sent stands nowhere.
        """
        try:
            yield
        except Rejected as refusal:
            if isinstance(page, Page) and page.entities:
                _log.warning("Telegram rejects the styles of a page: %s", refusal)
                self._rejected.add(replace(page, buttons=()))
                return
            _log.error("Telegram rejects a page of %d characters: %s", len(page.text), refusal)
            if index is None:
                self._shown.append(Shown(None, page))
            else:
                self._shown[index] = Shown(self._shown[index].message_id, page)

    def begin_anew(self) -> None:
        """Let the texts count no more: one that somebody has deleted is sent anew."""
        self._shown = [_as_relic(one) for one in self._shown]

    def leave_behind(self) -> None:
        """Know nothing of the messages any more: the chat has moved."""
        self._shown.clear()

    def let_relic_go(self, step: Step | None) -> bool:
        """Count a message that is gone no longer, if it stood there from before; else tell so."""
        match step:
            case Edit(index) | Rebutton(index) if isinstance(self._shown[index].page, Relic):
                del self._shown[index]
                return True
            case _:
                return False

    def _as_taken(self, page: Message) -> Message:
        """Give a page that Telegram has rejected with its styles without them."""
        is_rejected = isinstance(page, Page) and replace(page, buttons=()) in self._rejected
        return page.plain() if is_rejected and isinstance(page, Page) else page


def _as_relic(shown: Shown) -> Shown:
    """Give a message whose text counts no more: if somebody has deleted it, it is sent anew."""
    match shown.page:
        case Page(buttons=buttons) if shown.message_id is not None:
            return replace(shown, page=Relic(buttons))
        case _:
            return shown
