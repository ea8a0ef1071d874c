"""Inline keyboards, as Telegram accepts them. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.values import Json

_ACTIONS = frozenset({"callback_data", "url", "copy_text", "switch_inline_query_current_chat"})
_FIELDS = _ACTIONS | {"text", "style", "icon_custom_emoji_id"}
_LONGEST_DATA = 64


def checked_keyboard(markup: Mapping[str, Any] | None) -> Json | None:
    """Return the keyboard, or None when it has no buttons; raises `Refusal` for a wrong one.

    Other reply markups than inline keyboards do not exist here.
    """
    if markup is None:
        return None
    if markup.keys() != {"inline_keyboard"}:
        raise bad_request("reply markup must be an inline keyboard")
    rows = [row for row in markup["inline_keyboard"] if row]
    for row in rows:
        for button in row:
            _check_button(button)
    return {"inline_keyboard": rows} if rows else None


def _check_button(button: Mapping[str, Any]) -> None:
    unknown = sorted(button.keys() - _FIELDS)
    if unknown:
        raise bad_request(f'unknown parameter "{unknown[0]}" of a button')
    if not button.get("text"):
        raise bad_request("can't parse InlineKeyboardButton: Can't find field \"text\"")
    actions = button.keys() & _ACTIONS
    if len(actions) != 1:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= _LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
