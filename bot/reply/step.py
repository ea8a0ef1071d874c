"""From what stands in the chat to what should: one call at a time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reply.page import Buttons, File, Message, Page


@dataclass(frozen=True, slots=True)
class Relic:
    """A text from before, which is not known here any more; nor are its buttons, if `None`.

    `is_sure`: that it stands there is known, since somebody has just pressed its button, or it was
    just found.
    """

    buttons: Buttons | None = None
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was looked for: there is a button below it, which is to go."""

    file: File


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that stands in the chat as the message `message_id`.

    `None`: Telegram has rejected the page, and it stands nowhere.
    """

    message_id: int | None
    page: Message | Relic | Found

    @property
    def is_file(self) -> bool:
        """Whether it is a file, or was one."""
        return isinstance(self.page, File | Found)


@dataclass(frozen=True, slots=True)
class Send:
    """Send a further message with this page, or this file."""

    page: Message


@dataclass(frozen=True, slots=True)
class Edit:
    """Make the message at `index` (of those shown) hold this page instead."""

    index: int
    page: Page


@dataclass(frozen=True, slots=True)
class Rebutton:
    """Put these buttons below the message at `index`, and leave its text."""

    index: int
    buttons: Buttons


@dataclass(frozen=True, slots=True)
class Drop:
    """Delete the last message."""


@dataclass(frozen=True, slots=True)
class Look:
    """Look whether the message that was sent last stands there, under this id.

    It was to hold this page or an older state of it, as the message at `index` of those shown
    (`None`: as a further one). No `page`: it is not wanted any more.
    """

    message_id: int
    page: Message | None
    index: int | None = None


Step = Send | Edit | Rebutton | Drop | Look


def next_step(shown: Sequence[Shown], wanted: Sequence[Message]) -> Step | None:
    """Give the one call that brings the chat closer to the wanted pages; `None`: it is there.

    Earlier pages come first: text that moves on to a new page leaves the old one before it stands
    in the new one, so nobody reads it twice. A file cannot become something else: it has to go, and
    what stands below it too.
    """
    for index, (have, want) in enumerate(zip(shown, wanted, strict=False)):
        if isinstance(have.page, Found) and have.page.file == want:
            return Rebutton(index, ())
        if have.page != want:
            if have.is_file or isinstance(want, File):
                return Drop()
            return Edit(index, want)
    if len(wanted) > len(shown):
        return Send(wanted[len(shown)])
    if len(wanted) < len(shown):
        return Drop()
    return None


def buttons_step(shown: Sequence[Shown], buttons: Buttons) -> Rebutton | None:
    """Give the call that puts the buttons below the last text; `None`: they are there.

    For an answer that is written anew, until there is a first word of it to show.
    """
    texts = [index for index, one in enumerate(shown) if not one.is_file]
    if not texts or shown[texts[-1]].message_id is None:
        return None
    page = shown[texts[-1]].page
    have = None if isinstance(page, File | Found) else page.buttons
    return Rebutton(texts[-1], buttons) if have != buttons else None
