"""Draw answers as Telegram's apps draw them: `python -m tests.sheet OUT.html [NAME…]`.

The answers are those of `tests/reply/answers`, all of them or the named ones. The sheet is one file
that loads nothing, to be looked at in a browser, in the light or the dark.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from bot.reply.page import Entity, EntityType, File, Message, Page
from tests.reply.answers import answers
from tests.reply.notation import pages

TAGS: Mapping[EntityType, tuple[str, str]] = {
    "blockquote": ('<div class="quote">', "</div>"),
    "expandable_blockquote": ('<div class="quote more">', "</div>"),
    "pre": ('<div class="pre">{language}<div class="lines">', "</div></div>"),
    "text_link": ('<a {href}title="{url}">', "</a>"),
    "code": ("<code>", "</code>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
}
"""What each style is drawn with; the earlier ones around the later ones."""
RANKS: Mapping[EntityType, int] = {kind: rank for rank, kind in enumerate(TAGS)}
BLOCKS: frozenset[EntityType] = frozenset({"blockquote", "expandable_blockquote", "pre"})
"""Styles that end a line by themselves: the line break after them is not drawn again."""

CSS = """
:root { color-scheme: light dark;
  --ground: #c9dbb7; --bubble: #fff; --text: #000; --faint: #8a9299; --caption: #4c6238;
  --accent: #168acd; --tint: #168acd1a; --bar: #168acd26; --mono: #4e7391; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #0e1621; --bubble: #182533; --text: #f5f5f5; --faint: #6d7f8f; --caption: #6d7f8f;
  --accent: #6ab3f3; --tint: #6ab3f31a; --bar: #6ab3f326; --mono: #8cc3ec; } }
body { margin: 0; padding: 16px; background: var(--ground); color: var(--text);
  font: 16px/21px Roboto, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  display: flex; flex-wrap: wrap; gap: 16px 24px; align-items: flex-start; }
section { width: 420px; }
h2 { margin: 0 0 8px; font-size: 14px; color: var(--caption); overflow-wrap: anywhere; }
.bubble { unicode-bidi: plaintext; }
.bubble { box-sizing: border-box; width: fit-content; max-width: 100%; padding: 6px 10px 7px;
  border-radius: 4px 14px 14px 4px; background: var(--bubble); box-shadow: 0 1px 1px #0002;
  white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
section > .bubble:first-of-type { border-top-left-radius: 14px; }
.facts { margin: 1px 0 6px 10px; font-size: 11px; line-height: 16px; color: var(--caption); }
a { color: var(--accent); text-decoration: none; }
code, .lines { font-family: "Roboto Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: 15px; color: var(--mono); }
.quote, .pre { position: relative; margin: 3px 0; border-left: 3px solid var(--accent);
  border-radius: 5px; background: var(--tint); overflow: hidden; }
.quote { padding: 3px 24px 4px 8px; }
.quote::before { content: "\\201d"; position: absolute; top: 5px; right: 6px;
  font: bold 26px/26px Georgia, "DejaVu Serif", serif; color: var(--accent); }
.more::after { content: "\\2304"; position: absolute; bottom: 5px; right: 7px;
  font: bold 18px/18px sans-serif; color: var(--accent); }
.language { padding: 2px 8px 3px; background: var(--bar); color: var(--accent);
  font-size: 14px; font-weight: 600; line-height: 18px; }
.lines { padding: 4px 6px 5px 8px; font-size: 14px; line-height: 18px; min-height: 18px;
  color: var(--mono); }
.quote .pre { background: var(--bar); }
.spoiler, .spoiler * { color: transparent !important; text-decoration-color: transparent; }
.spoiler { border-radius: 3px; background:
  radial-gradient(circle, var(--faint) 30%, transparent 36%) 0 0 / 4px 4px,
  radial-gradient(circle, var(--faint) 30%, transparent 36%) 2px 2px / 4px 4px; }
.file { display: flex; gap: 10px; align-items: center; margin-bottom: 6px; padding-right: 16px; }
.file .clip { flex: none; width: 44px; height: 44px; border-radius: 50%; background: var(--accent);
  text-align: center; font-size: 20px; line-height: 44px; }
.file b { font-weight: 500; }
.file small { color: var(--faint); font-size: 13px; }
"""


def sheet(answers: Mapping[str, Sequence[Message]]) -> str:
    """Draw all answers, by their titles, as one HTML page."""
    sections = "\n".join(draw(title, messages) for title, messages in answers.items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Answers</title>\n<style>{CSS}</style>\n</head>\n"
        f"<body>\n{sections}\n</body>\n</html>\n"
    )


def draw(title: str, messages: Sequence[Message]) -> str:
    """Draw one answer as a column of bubbles."""
    bubbles = "\n".join(_bubble(message) for message in messages)
    return f"<section>\n<h2>{escape(title)}</h2>\n{bubbles}\n</section>"


def _bubble(message: Message) -> str:
    if isinstance(message, File):
        return _file(message)
    facts = f"{len(message.text)} characters, {len(message.entities)} entities"
    if message.preview:
        facts += ", with a link preview"
    return f'<div class="bubble">{_html(message)}</div>\n<div class="facts">{facts}</div>'


def _file(file: File) -> str:
    size = len(file.text.encode(errors="replace"))
    shown = f"{size / 1024:.1f} KB" if size >= 1024 else f"{size} B"
    return (
        '<div class="bubble file"><span class="clip">📎</span>'
        f"<span><b>{escape(file.name)}</b><br><small>{shown}</small></span></div>"
    )


def _html(page: Page) -> str:
    """Write the text with its styles, each one closed and opened again where others cross it."""
    drawn: list[str] = []
    open_: list[Entity] = []
    after_block = False
    for begin, end in _spans(page):
        wanted = _around(begin, page.entities)
        kept = _shared(open_, wanted)
        after_block = (after_block or _has_block(open_[kept:])) and not _has_block(wanted[kept:])
        drawn += [TAGS[entity.type][1] for entity in reversed(open_[kept:])]
        drawn += [_opening(entity) for entity in wanted[kept:]]
        part = _part(page.text, begin, end)
        drawn.append(escape(part.removeprefix("\n") if after_block else part))
        open_, after_block = wanted, after_block and not part
    drawn += [TAGS[entity.type][1] for entity in reversed(open_)]
    return "".join(drawn)


def _spans(page: Page) -> list[tuple[int, int]]:
    """Cut the text wherever a style begins or ends."""
    length = len(page.text.encode("utf-16-le", "surrogatepass")) // 2
    borders = {0, length}
    for entity in page.entities:
        borders |= {entity.offset, entity.offset + entity.length}
    inside = sorted(border for border in borders if 0 <= border <= length)
    return list(pairwise(inside))


def _around(unit: int, entities: Iterable[Entity]) -> list[Entity]:
    around = (one for one in entities if one.offset <= unit < one.offset + one.length)
    return sorted(around, key=lambda one: (RANKS[one.type], one.offset, -one.length))


def _has_block(entities: Iterable[Entity]) -> bool:
    return any(entity.type in BLOCKS for entity in entities)


def _shared(these: Sequence[Entity], those: Sequence[Entity]) -> int:
    """Count how many are the same from the start on."""
    count = 0
    while count < min(len(these), len(those)) and these[count] == those[count]:
        count += 1
    return count


def _opening(entity: Entity) -> str:
    url = escape(entity.url)
    href = f'href="{url}" ' if entity.url.startswith(("http://", "https://")) else ""
    language = f'<div class="language">{escape(entity.language)}</div>' if entity.language else ""
    return TAGS[entity.type][0].format(url=url, href=href, language=language)


def _part(text: str, begin: int, end: int) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * begin : 2 * end].decode("utf-16-le", "replace")


def main() -> None:
    """Write the sheet."""
    known = answers()
    parser = argparse.ArgumentParser(prog="python -m tests.sheet", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.html")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"such as {next(iter(known))}")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in known]:
        parser.error(f"there is no answer called {unknown[0]}")
    names = arguments.names or known
    drawn = sheet({name: pages(known[name]) for name in names})
    arguments.out.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
