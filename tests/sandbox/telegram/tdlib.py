"""TDLib itself, as far as it answers without a network: the library behind Telegram's Bot API."""

import json
from collections.abc import Sequence
from typing import Any

import tdjson

from bot.sandbox.telegram.values import Entity

_TYPES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "blockquote": "BlockQuote",
    "expandable_blockquote": "ExpandableBlockQuote",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
}
_NAMES = {f"textEntityType{value}": key for key, value in _TYPES.items()}
_WITH_LANGUAGE = "textEntityTypePreCode"


class TdlibError(Exception):
    """TDLib has refused, in these words."""


def execute(request: dict[str, Any]) -> dict[str, Any]:
    """Ask TDLib; raises `TdlibError` when it refuses."""
    answer: dict[str, Any] = json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"")
    if answer["@type"] == "error":
        raise TdlibError(answer["message"])
    return answer


def surviving(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    """Return what TDLib makes of a text and its entities; it neither trims nor finds any here.

    The text must be free of Markdown.
    """
    execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})
    given = {"@type": "formattedText", "text": text, "entities": [_to(each) for each in entities]}
    answer = execute({"@type": "parseMarkdown", "text": given})
    return answer["text"], [_from(each) for each in answer["entities"]]


def _to(entity: Entity) -> dict[str, Any]:
    kind: dict[str, Any] = {"@type": f"textEntityType{_TYPES[entity.type]}"}
    if entity.url is not None:
        kind["url"] = entity.url
    if entity.language:
        kind = {"@type": _WITH_LANGUAGE, "language": entity.language}
    return {
        "@type": "textEntity",
        "offset": entity.offset,
        "length": entity.length,
        "type": kind,
    }


def _from(data: dict[str, Any]) -> Entity:
    kind = data["type"]
    return Entity(
        "pre" if kind["@type"] == _WITH_LANGUAGE else _NAMES[kind["@type"]],
        data["offset"],
        data["length"],
        url=kind.get("url"),
        language=kind.get("language"),
    )
