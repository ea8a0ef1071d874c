"""What Telegram makes of a text before it shows it: cleaned, trimmed, its entities checked.

Pure. After TDLib's `clean_input_string`, `clean_input_string_with_entities` and
`fix_formatted_text`: control characters become spaces (tabs too), carriage returns and characters
that turn the writing direction vanish, spaces and line breaks go from both ends, and entities move
along. The start is never trimmed into an entity, so that a program keeps its indentation there; the
end is. A link that Telegram does not take is a refusal of the whole message, in words that people
report (https://github.com/littlebearapps/untether/issues/157); as HTML it would only be no link.
What lies in one another is made sound twice, for what vanishes can bring it together.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.sandbox.telegram.entities import complete, utf16_length
from bot.sandbox.telegram.links import checked_link
from bot.sandbox.telegram.nesting import fixed, limited
from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.values import Entity, User

MOST_CHARACTERS = 4096
"""In code points, after trimming."""

MOST_IN_CAPTION = 1024
"""In code points, after trimming."""

MOST_ENTITIES = 100
"""Quotes, code and links come first, then styles; the rest is shown without. Those that Telegram
finds on its own do not count (TDLib's `get_input_message_entities`)."""

_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_SPACED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_INVISIBLE = re.compile(
    "[ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc"
    "\U000e0000-\U000e007f]*"
)
_ENTITY_FIELDS = frozenset(
    {"type", "offset", "length", "url", "user", "language", "custom_emoji_id"}
)
_ENTITY_TYPES = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
    }
)  # fmt: skip - a list of names


def formatted(text: str, entities: Sequence[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """Return the text as it will stand on the screen, and all its entities.

    Raises `Refusal` for entities that do not lie on whole characters of the text, and for a text
    in which there is nothing to see. Its length is the caller's business.
    """
    text, placed = formatted_caption(text, entities)
    if _INVISIBLE.fullmatch(text):
        raise bad_request("message text is empty")
    return text, placed


def formatted_caption(text: str, entities: Sequence[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """Return the same for the caption of a file, in which there may be nothing to see.

    What cannot be seen stands as an empty text.
    """
    placed = [_with_checked_link(entity) for entity in entities if entity.length > 0]
    _check_places(text, placed)
    text, placed = _cleaned(text, fixed(placed))
    text, placed = _trimmed(text, fixed([entity for entity in placed if entity.length > 0]))
    if _INVISIBLE.fullmatch(text):
        return "", ()
    return text, complete(text, limited(placed, MOST_ENTITIES))


def entity_from_json(data: object) -> Entity:
    """Return the entity a bot has described; raises `Refusal` when it is not one."""
    if not isinstance(data, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    unknown = sorted(data.keys() - _ENTITY_FIELDS)
    if unknown:
        raise bad_request(f'unknown parameter "{unknown[0]}" of an entity')
    if data.get("type") not in _ENTITY_TYPES:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    for name in ("offset", "length"):
        if not isinstance(data.get(name), int):
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
    if data["type"] == "text_link" and not data.get("url"):
        raise bad_request("can't parse MessageEntity: Can't find field \"url\"")
    fields = dict(data)
    if data["type"] == "text_mention":
        fields["user"] = _user(data.get("user"))
    return Entity(**fields)


def _user(data: object) -> User:
    if not isinstance(data, dict) or not isinstance(data.get("id"), int):
        raise bad_request("can't parse MessageEntity: Can't find field \"user\"")
    return User(
        id=data["id"],
        first_name=str(data.get("first_name", "")),
        username=data.get("username"),
        is_bot=bool(data.get("is_bot")),
    )


def _with_checked_link(entity: Entity) -> Entity:
    if entity.type != "text_link":
        return entity
    try:
        return replace(entity, url=checked_link(entity.url or ""))
    except ValueError as error:
        raise bad_request(f"entity URL '{entity.url}' is invalid: {error}") from None


def _check_places(text: str, entities: Sequence[Entity]) -> None:
    end, borders = 0, {0}
    for character in text:
        end += 2 if character > "\uffff" else 1
        borders.add(end)
    for entity in entities:
        if entity.offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {entity.offset}")
        if entity.offset >= end:
            raise bad_request(
                f"entity begins after the end of the text at UTF-16 offset {entity.offset}"
            )
        if entity.end > end:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the"
                f" text at UTF-16 offset {entity.end}"
            )
        if not {entity.offset, entity.end} <= borders:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends in a middle of a UTF-16"
                " symbol"
            )


def _cleaned(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    gone = [utf16_length(text[: match.start()]) for match in _REMOVED.finditer(text)]
    return _SPACED.sub(" ", _REMOVED.sub("", text)), [
        _moved(
            entity,
            entity.offset - sum(place < entity.offset for place in gone),
            entity.end - sum(place < entity.end for place in gone),
        )
        for entity in entities
    ]


def _trimmed(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    text = text.rstrip(" \n")
    end = utf16_length(text)
    kept = [
        _moved(entity, entity.offset, min(entity.end, end))
        for entity in entities
        if entity.offset < end
    ]
    blank = len(text) - len(text.lstrip(" \n"))
    start = min([blank, *(entity.offset for entity in kept)])
    return text[start:], [
        _moved(entity, entity.offset - start, entity.end - start) for entity in kept
    ]


def _moved(entity: Entity, start: int, end: int) -> Entity:
    return replace(entity, offset=start, length=end - start)
