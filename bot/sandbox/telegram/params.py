"""The parameters of a call, read from whatever form they came in. Pure.

Forms and queries carry texts, with JSON inside for what is nested; JSON bodies carry values. A
parameter has the same type in every method that takes it. Files come as `Document`s.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.values import Document

Params = Mapping[str, Any]
"""Parameters by name, each of its type; those not given are missing."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return float(value)


def _flag(value: object) -> bool:
    return value if isinstance(value, bool) else str(value).lower() in {"true", "1", "yes"}


def _chat(value: object) -> int | str:
    text = str(value)
    return text if text.startswith("@") else int(text)


def _list(value: object) -> list[Any]:
    parsed = json.loads(value) if isinstance(value, str) else value
    if not isinstance(parsed, list):
        raise TypeError
    return parsed


def _object(value: object) -> dict[str, Any]:
    parsed = json.loads(value) if isinstance(value, str) else value
    if not isinstance(parsed, dict):
        raise TypeError
    return parsed


def _file(value: object) -> Document | str:
    """Return the file; a text is the id or the address of one."""
    return value if isinstance(value, Document) else _text(value)


_READ: dict[str, Callable[[object], object]] = {
    "action": _text,
    "allow_sending_without_reply": _flag,
    "allowed_updates": _list,
    "cache_time": _integer,
    "callback_query_id": _text,
    "caption": _text,
    "caption_entities": _list,
    "chat_id": _chat,
    "commands": _list,
    "disable_content_type_detection": _flag,
    "disable_notification": _flag,
    "document": _file,
    "drop_pending_updates": _flag,
    "entities": _list,
    "is_big": _flag,
    "language_code": _text,
    "limit": _integer,
    "link_preview_options": _object,
    "message_id": _integer,
    "message_thread_id": _integer,
    "offset": _integer,
    "parse_mode": _text,
    "protect_content": _flag,
    "quote": _text,
    "quote_entities": _list,
    "quote_parse_mode": _text,
    "quote_position": _integer,
    "reaction": _list,
    "reply_markup": _object,
    "reply_parameters": _object,
    "scope": _object,
    "show_alert": _flag,
    "text": _text,
    "timeout": _number,
    "url": _text,
    "user_id": _integer,
}


def read(raw: Mapping[str, object], takes: Collection[str]) -> dict[str, Any]:
    """Return the parameters, each of its type.

    Raises `Refusal` for one that is not among those the method takes, which Telegram would let
    pass: a misspelt name should not go unnoticed. An empty text counts as not given, as there.
    """
    params: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in takes:
            raise bad_request(f'unknown parameter "{name}"')
        if value is None or (value == "" and name != "text"):
            continue
        try:
            params[name] = _READ[name](value)
        except (TypeError, ValueError):
            if name == "chat_id":
                raise bad_request("chat not found") from None
            raise bad_request(f'can\'t parse parameter "{name}"') from None
    return params
