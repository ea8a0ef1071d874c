"""Where pages are shown, as the painter sees it, and the meanings an attempt to show can have.

```
Refusal
├── TooFast         wait `retry_after` seconds, then go on
├── Gone            a message of the answer is no longer there: somebody deleted it
│   └── Foreign     it is there, but it is none that the bot can edit
├── Moved           the chat has moved: what was shown stays behind, and is shown anew
├── Unwelcome       nothing can be shown in this chat any more
├── Rejected        this page will never be taken as it is (without its styles it may)
└── OutcomeUnknown  it may have happened or not
```
"""

from typing import Protocol

from bot.reply.pacing import Peer
from bot.reply.page import Buttons, Message, Page


class Refusal(Exception):  # noqa: N818 (it names a meaning, not a fault)
    """A call did not do what it should; `detail` is for the log and holds no text of a chat."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class TooFast(Refusal):
    """Flood control: the chat has to wait for `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"retry after {retry_after:g} s")
        self.retry_after = retry_after


class Gone(Refusal):
    """The message to be changed was deleted, or the one that is to be continued."""


class Foreign(Gone):
    """The message to be changed is none that the bot can edit: mostly somebody else's."""


class Moved(Refusal):
    """The group has become a supergroup; from now on the surface shows in that one."""


class Unwelcome(Refusal):
    """The bot was blocked or removed, may not write, or the chat or topic is gone."""


class Rejected(Refusal):
    """Telegram refuses this content, and will each time."""


class OutcomeUnknown(Refusal):
    """The network or Telegram failed: the call may have taken effect or not."""


class Surface(Protocol):
    """One place where one answer is shown, message after message.

    Each method makes one call and raises a `Refusal` if it did not do its work. That a message
    already holds what it should is no refusal.
    """

    @property
    def peer(self) -> Peer:
        """The chat whose budget the calls use; another one after `Moved`."""
        ...

    async def send(self, page: Message, after: int | None) -> int:
        """Send a page or a file as a message and give its id.

        `after` is the answer's message before it, which must still stand there; `None` for the
        first one, which replies to the question (if that still stands) and alone makes a sound.
        """
        ...

    async def edit(self, message_id: int, page: Page) -> None:
        """Make a message hold this page."""
        ...

    async def rebutton(self, message_id: int, buttons: Buttons) -> None:
        """Put these buttons below a message, in the place of those it has."""
        ...

    async def look(self, message_id: int) -> str:
        """Give the mark of a message of the bot's (see `bot.reply.search`).

        Below it there is a button then that does nothing, in the place of those it had. Raises
        `Gone` where there is no such message, or none that the bot can edit (`Foreign`).
        """
        ...

    async def drop(self, message_id: int) -> None:
        """Delete a message."""
        ...

    async def typing(self) -> None:
        """Show "typing…" for about 5 s, or until the next message."""
        ...
