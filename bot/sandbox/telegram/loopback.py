"""Who may talk to a server on this machine. Pure.

A server on the loopback interface is reached by every page in the browser of whoever runs it. Two
ways lead there: a foreign name that resolves to 127.0.0.1 (DNS rebinding), told by `Host`, and a
request across sites, told by `Origin` and by https://www.w3.org/TR/fetch-metadata/. Programs send
neither of the latter two.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

_OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost"})
_OWN_SITE: Final = frozenset({"same-origin", "none"})


def is_welcome(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a request comes from a program here, or from a page of this very server.

    A link on another site may lead to `/`, and no further.
    """
    host = headers.get("Host", "")
    if _name(host) not in _OWN_NAMES:
        return False
    if headers.get("Origin", f"http://{host}") != f"http://{host}":
        return False
    site = headers.get("Sec-Fetch-Site", "none")
    if site in _OWN_SITE:
        return True
    return (method, path, headers.get("Sec-Fetch-Mode")) == ("GET", "/", "navigate")


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
