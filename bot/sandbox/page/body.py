"""What arrives in a post, checked: a JSON object of known fields."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

MOST_CHARACTERS: Final = 200_000
"""Of one text that a person sends; it becomes messages of at most `MESSAGE` units."""
MESSAGE: Final = 4096
"""UTF-16 code units that one message of a person may have."""
_BREAK: Final = 96
"""Units at the end of a part within which a line's end is preferred for the cut."""


class WrongError(Exception):
    """What was asked for cannot be done; the text is the key of a sentence of the page."""


class Body:
    """The fields of a post. Reading one that is missing or of another type raises `WrongError`."""

    def __init__(self, fields: object) -> None:
        if not isinstance(fields, dict):
            raise WrongError("error-wrong")
        self._fields: Mapping[str, Any] = fields

    def number(self, name: str) -> int:
        """Return a whole number."""
        value = self._fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise WrongError("error-wrong")
        return value

    def number_or_none(self, name: str) -> int | None:
        """Return a whole number, if there is one."""
        return None if self._fields.get(name) is None else self.number(name)

    def amount(self, name: str) -> float:
        """Return a number that is finite and not below 0."""
        value = self._fields.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e6:
            raise WrongError("error-wrong")
        return float(value)

    def flag(self, name: str) -> bool:
        """Return yes or no."""
        value = self._fields.get(name)
        if not isinstance(value, bool):
            raise WrongError("error-wrong")
        return value

    def text(self, name: str, most: int = MOST_CHARACTERS) -> str:
        """Return a text without space around it, in which there is something."""
        value = self._fields.get(name)
        if not isinstance(value, str):
            raise WrongError("error-wrong")
        text = _sound(value).strip()
        if not text:
            raise WrongError("error-empty")
        if len(text) > most:
            raise WrongError("error-long")
        return text

    def choice(self, name: str, among: Sequence[str]) -> str:
        """Return one of some names."""
        value = self._fields.get(name)
        if value not in among:
            raise WrongError("error-wrong")
        return str(value)


def _sound(text: str) -> str:
    """Replace halves of characters, which no app sends, and what apps take out."""
    return (
        text.replace("\r", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )


def parts(text: str) -> list[str]:
    """Cut a text into messages as Telegram's apps do: at the end of a line where one is near."""
    found: list[str] = []
    while _units(text) > MESSAGE:
        cut = _place(text, MESSAGE)
        near = text.rfind("\n", _place(text, MESSAGE - _BREAK), cut)
        end = near if near > 0 else cut
        found.append(text[:end])
        text = text[end:].removeprefix("\n")
    return [part for part in [*found, text] if part.strip()]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _place(text: str, units: int) -> int:
    """Return how many characters fit into so many units."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
