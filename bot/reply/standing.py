"""The messages of one answer as they stand in the chat, and the calls that change them."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.reply.delivery import Delivery
from bot.reply.page import Buttons, File, Message, Page
from bot.reply.search import Search, Sending, mark_of
from bot.reply.step import (
    Drop,
    Edit,
    Found,
    Look,
    Rebutton,
    Relic,
    Send,
    Shown,
    Step,
    buttons_step,
    next_step,
)
from bot.reply.surface import Foreign, Gone, OutcomeUnknown, Rejected, Surface

MOST_REJECTED: Final = 3
"""Pages in a row that Telegram may reject before the frames of an answer are spared that."""
RESORT: Final = "answer.txt"
"""The name of the file that a page becomes which Telegram takes in no other way."""

_log = logging.getLogger(__name__)


class Standing:
    """What stands there, and what Telegram has refused to show.

    A message whose sending was not answered may stand there all the same. Before it is sent again
    it is looked for. Another message of the bot's that is looked at loses its buttons: one that was
    lost, too, gets them back when it is found, one of a process before this one does not.
    `sending` is what such a process may have sent last.

    A page that is rejected is tried without its styles. One that is rejected even so counts as
    shown: a message stays as it is until there is something else. After `MOST_REJECTED` in a row
    styles, or frames, are not tried any more. At the end a text that no message takes is sent as a
    file, so that it is not lost.
    """

    def __init__(
        self,
        surface: Surface,
        delivery: Delivery,
        shown: Sequence[Shown] = (),
        sending: Sending | None = None,
    ) -> None:
        self.surface = surface
        self._shown = list(shown)
        self._delivery = delivery
        self._ids = delivery.ids
        self._search = Search(sending) if sending else None
        self._unstyled: set[Page] = set()
        self._refused: set[str] = set()
        self._styles_rejected = 0
        self._texts_rejected = 0

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The messages, in order."""
        return tuple(self._shown)

    @property
    def is_searching(self) -> bool:
        """Whether there may be one more, which is looked for or has to be sent again."""
        return self._search is not None

    def unheard(self, step: Step | None) -> Sending | None:
        """Give what may stand there beside what is known, if nothing is heard of this step."""
        before = self._search.sending if self._search else None
        page = self._sent_by(step)
        if page is None:
            return before
        after = self._ids.newest(self.surface.peer.id) or (before and before.after)
        return Sending(after, mark_of(page)) if after else None

    def step_to(self, wanted: Sequence[Message], *, is_last: bool) -> Step | None:
        """Give the call that brings the chat closer to these pages; `None`: it is there.

        `is_last`: no others will be wanted.
        """
        if not is_last and self._texts_rejected >= MOST_REJECTED:
            return None
        step = next_step(self._shown, [self._as_taken(page, is_last=is_last) for page in wanted])
        page = self._sent_by(step)
        is_wanted = page is not None
        if (is_wanted or (is_last and step is None)) and (place := self._place()):
            return Look(place, page, step.index if isinstance(step, Edit) else None)
        return step

    def _sent_by(self, step: Step | None) -> Message | None:
        """Give the page that a step sends as a new message, if it does."""
        match step:
            case Send(page):
                return page
            case Edit(index, page) if self._shown[index].message_id is None:
                return page
        return None

    def _place(self) -> int | None:
        """Give the id at which to look for what may have been sent; `None`: nowhere."""
        return self._search.place(self._ids, self.surface.peer.id) if self._search else None

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
                        await self.surface.edit(message_id, page)
                    self._shown[index] = Shown(message_id, page)
            case Rebutton(index, buttons):
                await self._rebutton(index, buttons)
            case Look():
                await self._look(step)
            case Drop():
                message_id = self._shown[-1].message_id
                if message_id is not None:
                    await self._drop(message_id)
                self._shown.pop()

    async def _drop(self, message_id: int) -> None:
        try:
            await self.surface.drop(message_id)
        except Rejected as refusal:  # it is older than 48 hours: it stays, but nothing to press
            _log.info("a message stays: %s", refusal)
            with contextlib.suppress(Rejected, Gone):
                await self.surface.rebutton(message_id, ())

    async def _rebutton(self, index: int, buttons: Buttons) -> None:
        message_id, page = self._shown[index].message_id, self._shown[index].page
        if message_id is None or isinstance(page, File):
            return
        if isinstance(page, Found):
            with contextlib.suppress(Rejected):
                await self.surface.rebutton(message_id, buttons)
            self._shown[index] = Shown(message_id, page.file)
            return
        with contextlib.suppress(Rejected):  # the buttons matter less than the text to come
            await self.surface.rebutton(message_id, buttons)
            if isinstance(page, Relic):
                page = replace(page, is_sure=True)
        self._shown[index] = Shown(message_id, replace(page, buttons=buttons))

    async def _send(self, page: Message) -> int:
        before = [one.message_id for one in self._shown if one.message_id is not None]
        async with self._delivery.sending(self.surface.peer.id):
            unheard = self.unheard(Send(page))
            try:
                sent = await self.surface.send(page, before[-1] if before else None)
            except OutcomeUnknown:
                self._search = Search(unheard) if unheard else None
                raise
            self._ids.sent(self.surface.peer.id, sent)
        self._search = None
        return sent

    async def _look(self, look: Look) -> None:
        """Look under one id for what may have been sent."""
        search, chat_id, message_id = self._search, self.surface.peer.id, look.message_id
        if search is None:
            return
        mark = ""
        try:
            async with self._delivery.looking(chat_id):
                if self._place() != message_id:  # it has become known meanwhile
                    return
                mark = await self.surface.look(message_id)
                if mark != search.sending.mark:  # another one that was lost, or of another process
                    self._ids.reaches(chat_id, message_id)
                    await self.surface.rebutton(message_id, ())
        except Foreign:
            self._ids.found(chat_id, message_id)
        except (Gone, Rejected) as refusal:
            _log.debug("it is not %d: %s", message_id, refusal)
        search.looked.add(message_id)
        if mark == search.sending.mark:
            _log.info("a message whose sending seemed lost stands there")
            self._ids.found(chat_id, message_id)
            self._search = None
            found = Shown(message_id, _found(search.sending, look.page))
            if look.index is None:
                self._shown.append(found)
            else:
                self._shown[look.index] = found

    @contextlib.contextmanager
    def _unless_rejected(self, page: Message, index: int | None = None) -> Iterator[None]:
        """Take note of a page that is rejected, and let the pages after it have their turn."""
        is_styled = isinstance(page, Page) and bool(page.entities)
        try:
            yield
        except Rejected as refusal:
            if isinstance(page, Page) and is_styled:
                _log.warning("Telegram rejects the styles of a page: %s", refusal)
                self._unstyled.add(replace(page, buttons=()))
                self._styles_rejected += 1
                return
            _log.error("Telegram rejects a page of %d characters: %s", len(page.text), refusal)
            self._refused.add(page.text)
            self._texts_rejected += 1
            if index is None:
                self._shown.append(Shown(None, page))
            else:
                self._shown[index] = Shown(self._shown[index].message_id, page)
        else:
            self._texts_rejected = 0
            if is_styled:
                self._styles_rejected = 0

    def begin_anew(self) -> None:
        """Let the texts count no more: one that somebody has deleted is sent anew."""
        self._shown = [_as_relic(one) for one in self._shown]

    def leave_behind(self) -> None:
        """Know nothing of the messages any more: the chat has moved."""
        self._shown.clear()
        self._search = None

    def lose(self, step: Step | None) -> bool:
        """Count a message no longer that this step has found gone; tell whether to go on.

        One from before may have been deleted long ago: its text is sent anew. One that was seen to
        stand there has been deleted since, by somebody who does not want it.
        """
        match step:
            case Edit(index) | Rebutton(index):
                page = self._shown.pop(index).page
                return isinstance(page, Relic) and not page.is_sure
            case Send():  # what it was to follow is gone
                standing = [n for n, one in enumerate(self._shown) if one.message_id is not None]
                del self._shown[standing[-1] :]
        return False

    def _as_taken(self, page: Message, *, is_last: bool) -> Message:
        """Give a page in the form in which Telegram may take it, as far as it has rejected it."""
        if not isinstance(page, Page):
            return page
        if is_last and page.text in self._refused:
            return File(RESORT, page.text)
        is_unstyled = replace(page, buttons=()) in self._unstyled
        return page.plain() if is_unstyled or self._styles_rejected >= MOST_REJECTED else page


def _found(sending: Sending, wanted: Message | None) -> Relic | Found:
    """Give what stands in a message that was found; a file may be another one than is wanted."""
    if not sending.is_file:
        return Relic(is_sure=True)
    if isinstance(wanted, File) and mark_of(wanted) == sending.mark:
        return Found(wanted)
    return Found(File("", ""))


def _as_relic(shown: Shown) -> Shown:
    """Give a message whose text counts no more: if somebody has deleted it, it is sent anew."""
    match shown.page:
        case Page(buttons=buttons) if shown.message_id is not None:
            return replace(shown, page=Relic(buttons))
        case _:
            return shown
