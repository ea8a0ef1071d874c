"""Pages as one line of text to compare with: styles as tags, `<b>bold</b>`."""

from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.page import Entity, File, Message, Page
from bot.reply.view import View

COMPLETE = Ending(Outcome.COMPLETE)
TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "text_link": "a",
    "blockquote": "quote",
    "expandable_blockquote": "long-quote",
}


def pages(text: str) -> tuple[Message, ...]:
    """Give the pages of a whole answer."""
    return View().pages(Draft(text, COMPLETE))


def growing(text: str) -> tuple[Message, ...]:
    """Give the pages of an answer that is still being written."""
    return View().pages(Draft(text))


def notation(message: Message) -> str:
    """Write a page with its styles as tags; the outer ones first."""
    if isinstance(message, File):
        return f"[{message.name}]"
    units = message.text.encode("utf-16-le")
    places = sorted({0, len(units) // 2, *(p for e in message.entities for p in _borders(e))})
    parts: list[str] = []
    for place, following in zip(places, [*places[1:], places[-1]], strict=True):
        ending = [e for e in message.entities if e.offset + e.length == place]
        parts += [f"</{TAGS[e.type]}>" for e in reversed(ending)]
        parts += [_opening(e) for e in message.entities if e.offset == place]
        parts.append(units[2 * place : 2 * following].decode("utf-16-le"))
    return "".join(parts)


def _borders(entity: Entity) -> tuple[int, int]:
    return entity.offset, entity.offset + entity.length


def _opening(entity: Entity) -> str:
    extra = entity.url or entity.language
    return f"<{TAGS[entity.type]}{' ' + extra if extra else ''}>"


def shown(text: str) -> str:
    """Give a whole answer of one page in this notation."""
    (page,) = pages(text)
    return notation(page)


def frame(text: str) -> str:
    """Give what an answer looks like while it is being written, if that is one page."""
    found = growing(text)
    assert len(found) < 2
    return notation(found[0]) if found else ""


def style_of(page: Page, place: int) -> set[str]:
    """Give the styles of the character at a place (in UTF-16 code units)."""
    return {e.type for e in page.entities if e.offset <= place < e.offset + e.length}
