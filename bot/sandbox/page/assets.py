"""The files of the page, and the headers that keep a browser to them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import web

FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing but the page's own files; no script from a text, not even by a mistake of the page's."""

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer to a browser carries."""


def asset(name: str) -> web.Response:
    """Return a file of the page; raises `HTTPNotFound` for what is none."""
    path = FOLDER / name
    if name not in _names() or path.suffix not in _TYPES:
        raise web.HTTPNotFound(headers=HEADERS)
    return web.Response(
        body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8", headers=HEADERS
    )


def _names() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.is_file())
