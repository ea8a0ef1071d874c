"""The table: what is called, shown and remembered, for every mishap at every step.

Calls are told with their times, in seconds: `!` marks one that took no effect, `?` one that did
although its answer was lost. The story they disturb is "0.2 typing, 2 send, 5 edit, 8 edit". In a
group frames may wait longer.
"""

from dataclasses import dataclass
from typing import Final

from tests.wire import Record


@dataclass(frozen=True)
class End:
    """What stands in the chat at the end, and what is remembered."""

    screen: tuple[str, ...]
    record: Record


@dataclass(frozen=True)
class Cell:
    """The calls until then, and the end. `left` still stands in the group that was upgraded."""

    calls: str
    end: End
    left: tuple[str, ...] = ()


def _end(*screen: str, answer: str, outcome: str = "complete", messages: tuple[int, ...]) -> End:
    return End(screen, Record(answer, outcome, messages))


_TEXT = "**Begin**, middle and end."
WHOLE = _end("Begin, middle and end. [🔁]", answer=_TEXT, messages=(2,))
AS_FILE = _end("<answer.txt>", answer=_TEXT, messages=(3,))
DELETED_AT_THE_END = _end(answer=_TEXT, messages=())
CUT_OFF_AT_THE_END = _end("Begin, middle [⏹]", answer=_TEXT, messages=(2,))
NEVER_SHOWN = _end(answer="**Begin**", outcome="stopped", messages=())
DELETED = _end(answer="**Begin**, middle", outcome="stopped", messages=())
CUT_OFF = _end("Begin [⏹]", answer="**Begin**, middle", outcome="stopped", messages=(2,))

_ONE, _TWO, _HALF = "Begin\n\nA×3000", "B×2000 and end. [🔁]", "**Begin**\n\nA×3000\n\n**B**B×1999"
PAGES = _end(_ONE, _TWO, answer=f"{_HALF} and end.", messages=(2, 3))
PAGE_AS_FILE = _end(_ONE, "<answer.txt>", answer=f"{_HALF} and end.", messages=(2, 3))
ONE_PAGE = _end(_ONE, answer=_HALF, outcome="stopped", messages=(2,))
PAGES_DELETED = _end(answer=_HALF, outcome="stopped", messages=())
TOPIC_GONE = _end(answer=_HALF, outcome="stopped", messages=(2,))

_STOPPED = "Begin\n\n⏹ Stopped. [🔁 ▶️]"
STOPPED = _end(_STOPPED, answer="**Begin**", outcome="stopped", messages=(2,))
STOPPED_AS_FILE = _end("<answer.txt>", answer="**Begin**", outcome="stopped", messages=(3,))
STOPPED_UNSEEN = _end("Begin [⏹]", answer="**Begin**", outcome="stopped", messages=(2,))

ANEW = _end("Anew, and whole. [🔁]", answer="**Anew**, and whole.", messages=(2,))
ANEW_AS_FILE = _end("<answer.txt>", answer="**Anew**, and whole.", messages=(3,))
ANEW_UNSEEN = _end("Old. [⏹]", answer="**Anew**", outcome="stopped", messages=(2,))
ANEW_DELETED = _end(answer="**Anew**", outcome="stopped", messages=())
OLD_STAYS = _end("Old. [🔁]", answer="Old.", messages=(2,))
OLD_DELETED = _end(answer="Old.", messages=())

CELLS: Final = {
    "typing": {
        "429 of 3 s": Cell("0.2 typing!, 3.2 send, 5 edit, 8 edit", WHOLE),
        "429 of 120 s": Cell("0.2 typing!, 120.2 send", WHOLE),
        "500": Cell("0.2 typing!, 2 send, 5 edit, 8 edit", WHOLE),
        "502 with a page": Cell("0.2 typing!, 2 send, 5 edit, 8 edit", WHOLE),
        "reset": Cell("0.2 typing!, 2 send, 5 edit, 8 edit", WHOLE),
        "answer lost": Cell("0.2 typing?, 2 send, 5 edit, 8 edit", WHOLE),
        "silence of 25 s": Cell("0.2 typing!, 2 send, 5 edit, 8 edit", WHOLE),
        "held back for 8 s": Cell("0.2 typing!, 2 send, 5 edit, 8 edit", WHOLE),
        "topic closed": Cell("0.2 typing!, 2 send!", NEVER_SHOWN),
        "topic deleted": Cell("0.2 typing!, 2 send!", NEVER_SHOWN),
        "blocked": Cell("0.2 typing!, 2 send!", NEVER_SHOWN),
        "removed": Cell("0.2 typing!, 2 send!", NEVER_SHOWN),
        "no rights": Cell("0.2 typing!, 2 send!", NEVER_SHOWN),
        "group upgraded": Cell("0.2 typing!, 2 send, 5 edit, 8 edit", WHOLE),
    },
    "first send": {
        "429 of 3 s": Cell("0.2 typing, 2 send!, 5 send, 8 edit", WHOLE),
        "429 of 120 s": Cell("0.2 typing, 2 send!, 122 send", WHOLE),
        "500": Cell("0.2 typing, 2 send!, 3 buttons!, 3 send, 5 edit, 8 edit", WHOLE),
        "502 with a page": Cell("0.2 typing, 2 send!, 3 buttons!, 3 send, 5 edit, 8 edit", WHOLE),
        "reset": Cell("0.2 typing, 2 send!, 3 buttons!, 3 send, 5 edit, 8 edit", WHOLE),
        "answer lost": Cell("0.2 typing, 2 send?, 3 buttons, 3.5 edit, 5 edit, 8 edit", WHOLE),
        "silence of 25 s": Cell("0.2 typing, 2 send!, 28 buttons!, 28 send", WHOLE),
        "held back for 8 s": Cell("0.2 typing, 2 send, 10 edit", WHOLE),
        "question deleted": Cell("0.2 typing, 2 send, 5 edit, 8 edit", WHOLE),
        "can't parse entities": Cell(
            "0.2 typing, 2 send!, 2 send, 5 edit!, 5.5 edit, 8 edit!, 8 edit", WHOLE
        ),
        "too long": Cell(
            "0.2 typing, 2 send, 5 edit!, 5.5 edit!, 8 edit!, 8 edit!, 8 drop, 9 file", AS_FILE
        ),
        "topic closed": Cell("0.2 typing, 2 send!", NEVER_SHOWN),
        "topic deleted": Cell("0.2 typing, 2 send!", NEVER_SHOWN),
        "blocked": Cell("0.2 typing, 2 send!", NEVER_SHOWN),
        "removed": Cell("0.2 typing, 2 send!", NEVER_SHOWN),
        "no rights": Cell("0.2 typing, 2 send!", NEVER_SHOWN),
        "group upgraded": Cell("0.2 typing, 2 send!, 2 send, 5 edit, 8 edit", WHOLE),
    },
    "interim edit": {
        "429 of 3 s": Cell("0.2 typing, 2 send, 5 edit!, 8 edit", WHOLE),
        "429 of 120 s": Cell("0.2 typing, 2 send, 5 edit!, 125 edit", WHOLE),
        "500": Cell("0.2 typing, 2 send, 5 edit!, 6 edit, 8 edit", WHOLE),
        "502 with a page": Cell("0.2 typing, 2 send, 5 edit!, 6 edit, 8 edit", WHOLE),
        "reset": Cell("0.2 typing, 2 send, 5 edit!, 6 edit, 8 edit", WHOLE),
        "answer lost": Cell("0.2 typing, 2 send, 5 edit?, 6 edit!, 8 edit", WHOLE),
        "silence of 25 s": Cell("0.2 typing, 2 send, 5 edit!, 31 edit", WHOLE),
        "held back for 8 s": Cell("0.2 typing, 2 send, 5 edit, 13 edit", WHOLE),
        "reply deleted": Cell("0.2 typing, 2 send, 5 edit!", DELETED),
        "not modified": Cell("0.2 typing, 2 send, 5 edit, 5 edit!, 8 edit", WHOLE),
        "can't parse entities": Cell(
            "0.2 typing, 2 send, 5 edit!, 5.5 edit, 8 edit!, 8 edit", WHOLE
        ),
        "too long": Cell(
            "0.2 typing, 2 send, 5 edit!, 5.5 edit!, 8 edit!, 8 edit!, 8 drop, 9 file", AS_FILE
        ),
        "topic closed": Cell("0.2 typing, 2 send, 5 edit, 8 edit", WHOLE),
        "topic deleted": Cell("0.2 typing, 2 send, 5 edit!", DELETED),
        "blocked": Cell("0.2 typing, 2 send, 5 edit!", CUT_OFF),
        "removed": Cell("0.2 typing, 2 send, 5 edit!", CUT_OFF),
        "no rights": Cell("0.2 typing, 2 send, 5 edit!", CUT_OFF),
        "group upgraded": Cell(
            "0.2 typing, 2 send, 5 edit!, 5 send, 8 edit", WHOLE, ("Begin [⏹]",)
        ),
    },
    "final edit": {
        "429 of 3 s": Cell("0.2 typing, 2 send, 5 edit, 8 edit!, 11 edit", WHOLE),
        "429 of 120 s": Cell("0.2 typing, 2 send, 5 edit, 8 edit!, 128 edit", WHOLE),
        "500": Cell("0.2 typing, 2 send, 5 edit, 8 edit!, 9 edit", WHOLE),
        "502 with a page": Cell("0.2 typing, 2 send, 5 edit, 8 edit!, 9 edit", WHOLE),
        "reset": Cell("0.2 typing, 2 send, 5 edit, 8 edit!, 9 edit", WHOLE),
        "answer lost": Cell("0.2 typing, 2 send, 5 edit, 8 edit?, 9 edit!", WHOLE),
        "silence of 25 s": Cell("0.2 typing, 2 send, 5 edit, 8 edit!, 34 edit", WHOLE),
        "held back for 8 s": Cell("0.2 typing, 2 send, 5 edit, 8 edit", WHOLE),
        "reply deleted": Cell("0.2 typing, 2 send, 5 edit, 8 edit!", DELETED_AT_THE_END),
        "not modified": Cell("0.2 typing, 2 send, 5 edit, 8 edit, 8 edit!", WHOLE),
        "can't parse entities": Cell("0.2 typing, 2 send, 5 edit, 8 edit!, 8 edit", WHOLE),
        "too long": Cell("0.2 typing, 2 send, 5 edit, 8 edit!, 8 edit!, 8 drop, 9 file", AS_FILE),
        "topic closed": Cell("0.2 typing, 2 send, 5 edit, 8 edit", WHOLE),
        "topic deleted": Cell("0.2 typing, 2 send, 5 edit, 8 edit!", DELETED_AT_THE_END),
        "blocked": Cell("0.2 typing, 2 send, 5 edit, 8 edit!", CUT_OFF_AT_THE_END),
        "removed": Cell("0.2 typing, 2 send, 5 edit, 8 edit!", CUT_OFF_AT_THE_END),
        "no rights": Cell("0.2 typing, 2 send, 5 edit, 8 edit!", CUT_OFF_AT_THE_END),
        "group upgraded": Cell(
            "0.2 typing, 2 send, 5 edit, 8 edit!, 8 send", WHOLE, ("Begin, middle [⏹]",)
        ),
    },
    "second page": {
        "429 of 3 s": Cell("0.2 typing, 2 send, 5 edit, 5 send!, 8 send", PAGES),
        "429 of 120 s": Cell("0.2 typing, 2 send, 5 edit, 5 send!, 125 send", PAGES),
        "500": Cell("0.2 typing, 2 send, 5 edit, 5 send!, 6 buttons!, 6 send, 8 edit", PAGES),
        "502 with a page": Cell(
            "0.2 typing, 2 send, 5 edit, 5 send!, 6 buttons!, 6 send, 8 edit", PAGES
        ),
        "reset": Cell("0.2 typing, 2 send, 5 edit, 5 send!, 6 buttons!, 6 send, 8 edit", PAGES),
        "answer lost": Cell(
            "0.2 typing, 2 send, 5 edit, 5 send?, 6 buttons, 7 edit, 8 edit", PAGES
        ),
        "silence of 25 s": Cell("0.2 typing, 2 send, 5 edit, 5 send!, 31 buttons!, 31 send", PAGES),
        "held back for 8 s": Cell("0.2 typing, 2 send, 5 edit, 5 send, 13 edit", PAGES),
        "reply deleted": Cell("0.2 typing, 2 send, 5 edit, 5 send!", PAGES_DELETED),
        "can't parse entities": Cell(
            "0.2 typing, 2 send, 5 edit, 5 send!, 5 send, 8 edit!, 8 edit", PAGES
        ),
        "too long": Cell(
            "0.2 typing, 2 send, 5 edit, 5 send!, 5 send!, 8 send!, 8 send!, 9 file", PAGE_AS_FILE
        ),
        "topic closed": Cell("0.2 typing, 2 send, 5 edit, 6 send!", ONE_PAGE),
        "topic deleted": Cell("0.2 typing, 2 send, 5 edit, 6 send!", TOPIC_GONE),
        "blocked": Cell("0.2 typing, 2 send, 5 edit, 5 send!", ONE_PAGE),
        "removed": Cell("0.2 typing, 2 send, 5 edit, 6 send!", ONE_PAGE),
        "no rights": Cell("0.2 typing, 2 send, 5 edit, 6 send!", ONE_PAGE),
        "group upgraded": Cell(
            "0.2 typing, 2 send, 5 edit, 6 send!, 6 send, 7 send, 8 edit",
            PAGES,
            ("Begin\n\nA×3000",),
        ),
    },
    "toast": {
        "429 of 3 s": Cell("0.2 typing, 2 send, 3.5 toast!, 3.5 edit, 6.5 toast", STOPPED),
        "429 of 120 s": Cell("0.2 typing, 2 send, 3.5 toast!, 3.5 edit", STOPPED),
        "500": Cell("0.2 typing, 2 send, 3.5 toast!, 3.5 edit, 4.5 toast", STOPPED),
        "502 with a page": Cell("0.2 typing, 2 send, 3.5 toast!, 3.5 edit, 4.5 toast", STOPPED),
        "reset": Cell("0.2 typing, 2 send, 3.5 toast!, 3.5 edit, 4.5 toast", STOPPED),
        "answer lost": Cell("0.2 typing, 2 send, 3.5 toast?, 3.5 edit, 4.5 toast!", STOPPED),
        "silence of 25 s": Cell("0.2 typing, 2 send, 3.5 toast!, 3.5 edit", STOPPED),
        "held back for 8 s": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit", STOPPED),
    },
    "stop": {
        "429 of 3 s": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 6.5 edit", STOPPED),
        "429 of 120 s": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 123.5 edit", STOPPED),
        "500": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 4.5 edit", STOPPED),
        "502 with a page": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 4.5 edit", STOPPED),
        "reset": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 4.5 edit", STOPPED),
        "answer lost": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit?, 4.5 edit!", STOPPED),
        "silence of 25 s": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 29.5 edit", STOPPED),
        "held back for 8 s": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit", STOPPED),
        "reply deleted": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!", NEVER_SHOWN),
        "not modified": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit, 3.5 edit!", STOPPED),
        "can't parse entities": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 3.5 edit", STOPPED),
        "too long": Cell(
            "0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 3.5 edit!, 3.5 drop, 4.5 file",
            STOPPED_AS_FILE,
        ),
        "topic closed": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit", STOPPED),
        "topic deleted": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!", NEVER_SHOWN),
        "blocked": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!", STOPPED_UNSEEN),
        "removed": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!", STOPPED_UNSEEN),
        "no rights": Cell("0.2 typing, 2 send, 3.5 toast, 3.5 edit!", STOPPED_UNSEEN),
        "group upgraded": Cell(
            "0.2 typing, 2 send, 3.5 toast, 3.5 edit!, 3.5 send", STOPPED, ("Begin [⏹]",)
        ),
    },
    "again": {
        "429 of 3 s": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons!, 23 typing, 23 edit, 25 edit", ANEW
        ),
        "429 of 120 s": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons!, 140 edit, 140 typing", ANEW
        ),
        "500": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons!, 20.5 typing, 21 buttons, 22 edit, 25 edit",
            ANEW,
        ),
        "502 with a page": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons!, 20.5 typing, 21 buttons, 22 edit, 25 edit",
            ANEW,
        ),
        "reset": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons!, 20.5 typing, 21 buttons, 22 edit, 25 edit",
            ANEW,
        ),
        "answer lost": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons?, 20.5 typing, 21 buttons!, 22 edit, 25 edit",
            ANEW,
        ),
        "silence of 25 s": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons!, 20.2 typing, 24.7 typing, "
            "29.2 typing, 33.7 typing, 38.2 typing, 42.7 typing, 46 edit",
            ANEW,
        ),
        "held back for 8 s": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.2 typing, 24.7 typing, 28 edit", ANEW
        ),
        "reply deleted": Cell("0.2 typing, 2 send, 20 toast, 20 buttons!", OLD_DELETED),
        "not modified": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20 buttons!, 20.5 typing, 22 edit, 25 edit",
            ANEW,
        ),
        "topic closed": Cell("0.2 typing, 2 send, 20 toast, 20 buttons, 23 edit, 25 edit", ANEW),
        "topic deleted": Cell("0.2 typing, 2 send, 20 toast, 20 buttons!", OLD_DELETED),
        "blocked": Cell("0.2 typing, 2 send, 20 toast, 20 buttons!", OLD_STAYS),
        "removed": Cell("0.2 typing, 2 send, 20 toast, 20 buttons!", OLD_STAYS),
        "no rights": Cell("0.2 typing, 2 send, 20 toast, 20 buttons!", OLD_STAYS),
        "group upgraded": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons!, 22 send, 25 edit", ANEW, ("Old. [🔁]",)
        ),
    },
    "text again": {
        "429 of 3 s": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!, 25 edit", ANEW
        ),
        "429 of 120 s": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!, 142 edit", ANEW
        ),
        "500": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!, 23 edit, 25 edit",
            ANEW,
        ),
        "502 with a page": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!, 23 edit, 25 edit",
            ANEW,
        ),
        "reset": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!, 23 edit, 25 edit",
            ANEW,
        ),
        "answer lost": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit?, 23 edit!, 25 edit",
            ANEW,
        ),
        "silence of 25 s": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!, 48 edit", ANEW
        ),
        "held back for 8 s": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit, 30 edit", ANEW
        ),
        "reply deleted": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!", ANEW_DELETED
        ),
        "not modified": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit, 22 edit!, 25 edit",
            ANEW,
        ),
        "can't parse entities": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!, 22.5 edit, "
            "25 edit!, 25 edit",
            ANEW,
        ),
        "too long": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit, 25 edit!, "
            "25 edit!, 25 drop, 26 file",
            ANEW_AS_FILE,
        ),
        "topic closed": Cell("0.2 typing, 2 send, 20 toast, 20 buttons, 23 edit, 25 edit", ANEW),
        "topic deleted": Cell("0.2 typing, 2 send, 20 toast, 20 buttons, 23 edit!", ANEW_DELETED),
        "blocked": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 20.5 typing, 22 edit!", ANEW_UNSEEN
        ),
        "removed": Cell("0.2 typing, 2 send, 20 toast, 20 buttons, 23 edit!", ANEW_UNSEEN),
        "no rights": Cell("0.2 typing, 2 send, 20 toast, 20 buttons, 23 edit!", ANEW_UNSEEN),
        "group upgraded": Cell(
            "0.2 typing, 2 send, 20 toast, 20 buttons, 23 edit!, 23 send, 25 edit",
            ANEW,
            ("Old. [⏹]",),
        ),
    },
}

_NO_TEXT = "it carries no text"
_NO_EDIT = "only an edit can change nothing"
_NO_REPLY = "it replies to no question"
_NO_CHAT = "the answer to a press names no chat: it is taken whatever has become of that"

IMPOSSIBLE: Final = {
    "typing": {
        "reply deleted": "there is no reply yet",
        "question deleted": _NO_REPLY,
        "not modified": _NO_EDIT,
        "can't parse entities": _NO_TEXT,
        "too long": _NO_TEXT,
    },
    "first send": {"reply deleted": "there is no reply yet", "not modified": _NO_EDIT},
    "interim edit": {"question deleted": _NO_REPLY},
    "final edit": {"question deleted": _NO_REPLY},
    "second page": {
        "question deleted": "it replies to the page before it",
        "not modified": _NO_EDIT,
    },
    "toast": {
        "not modified": _NO_EDIT,
        "can't parse entities": "its text is ours, and has no styles",
        "too long": "its text is ours (tests/test_locales.py)",
        "reply deleted": _NO_CHAT,
        "question deleted": _NO_CHAT,
        "topic closed": _NO_CHAT,
        "topic deleted": _NO_CHAT,
        "blocked": _NO_CHAT,
        "removed": _NO_CHAT,
        "no rights": _NO_CHAT,
        "group upgraded": _NO_CHAT,
    },
    "stop": {"question deleted": _NO_REPLY},
    "again": {
        "question deleted": _NO_REPLY,
        "can't parse entities": _NO_TEXT,
        "too long": _NO_TEXT,
    },
    "text again": {"question deleted": _NO_REPLY},
}
"""The cells that cannot occur, and why."""
