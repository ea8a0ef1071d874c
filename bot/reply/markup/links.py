"""Which addresses become links. Pure.

Telegram refuses a whole message for one address among its entities that it does not take, so only
what is surely one passes; the rest is shown as text.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2048
"""Characters of an address; longer ones are shown as text."""
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f-\xa0<>\"\\^`{|}\u2000-\u206f\u3000\ufeff]")
_NAMED: Final = re.compile(r"(?:https?://|\bwww\.)[^\s\"'<>()\[\]]+", re.IGNORECASE)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_LAST_LABEL: Final = re.compile(r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.IGNORECASE)


def is_link(url: str) -> bool:
    """Tell whether an address is a web address that Telegram takes as a link."""
    if len(url) > LONGEST or _UNFIT.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and parts.username is None
        and port != 0
        and (_is_name(host) or _is_address(host))
    )


def poses(text: str, url: str) -> bool:
    """Tell whether a text that links to an address holds the address of another host.

    Other words may be links to anywhere, as in any Markdown: apps show where they lead first.
    """
    host = _host(url)
    return any(_host(named) != host for named in _NAMED.findall(text))


def _host(url: str) -> str:
    rest = url.partition("://")[2] or url
    return re.split(r"[/?#:]", rest, maxsplit=1)[0].lower().removeprefix("www.").rstrip(".")


def _is_name(host: str) -> bool:
    labels = host.split(".")
    return (
        len(labels) > 1
        and len(host) < 254
        and all(map(_LABEL.fullmatch, labels))
        and _LAST_LABEL.fullmatch(labels[-1]) is not None
    )


def _is_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 4
    except ValueError:
        return False
