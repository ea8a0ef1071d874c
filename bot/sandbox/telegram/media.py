"""Minimal contents of the messages that are not text, mostly as the Bot API describes them.

Pure. Nothing can be downloaded: the files exist by name only.
"""

from collections.abc import Callable

from bot.sandbox.telegram.values import Document, Json


def _file(kind: str, number: int, **more: object) -> Json:
    return {"file_id": f"{kind}-{number}", "file_unique_id": f"{kind}{number}"} | more


def _photo(number: int) -> object:
    return [
        _file("photo", number, width=90, height=60, file_size=1_000),
        _file("photo", number + 1, width=1280, height=853, file_size=90_000),
    ]


def _sticker(number: int) -> object:
    return _file(
        "sticker",
        number,
        type="regular",
        width=512,
        height=512,
        is_animated=False,
        is_video=False,
        emoji="👍",
    )


def _poll(number: int) -> object:
    option = {"persistent_id": "1", "text": "Yes", "voter_count": 0}
    return {
        "id": str(number),
        "question": "Tea?",
        "options": [option, option | {"persistent_id": "2", "text": "No"}],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }


_CONTENTS: dict[str, Callable[[int], object]] = {
    "photo": _photo,
    "sticker": _sticker,
    "poll": _poll,
    "voice": lambda n: _file("voice", n, duration=3, mime_type="audio/ogg"),
    "audio": lambda n: _file("audio", n, duration=180, mime_type="audio/mpeg"),
    "video": lambda n: _file("video", n, duration=12, width=640, height=360),
    "video_note": lambda n: _file("video_note", n, duration=5, length=240),
    "animation": lambda n: _file("animation", n, duration=2, width=320, height=240),
    "document": lambda n: Document(
        file_name="notes.pdf", mime_type="application/pdf", content=b"%PDF-1.7", number=n
    ),
    "location": lambda _: {"latitude": 52.52, "longitude": 13.405},
    "contact": lambda _: {"phone_number": "+4930123456", "first_name": "Carol"},
    "dice": lambda _: {"emoji": "🎲", "value": 4},
}

MEDIA = frozenset(_CONTENTS)
"""The kinds `content` knows."""


def content(kind: str, number: int) -> object:
    """Return the content of a message of this kind; raises `KeyError` for a kind not known."""
    return _CONTENTS[kind](number)
