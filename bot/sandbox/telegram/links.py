"""The addresses that Telegram takes for a link, and how it writes them.

Pure. After TDLib's `LinkManager::check_link` and `parse_url`: HTTP and Telegram's own schemes only,
HTTP where there is none, and a host with a dot. What is in the path does not matter.
"""

import re
from typing import Final

_TELEGRAM: Final = re.compile(r"(tg|ton):(?://)?([^/?#].*)", re.IGNORECASE | re.DOTALL)
_SCHEMES: Final = frozenset({"http", "https", "tonsite"})
_ADDRESS: Final = re.compile(
    r"(?P<who>[^/?#@]*@)?(?P<host>\[[^\]]*\]|[^/?#:@]*)(?::(?P<port>[^/?#]*))?(?P<rest>.*)",
    re.DOTALL,
)
_IN_HOST: Final = re.compile(r"[A-Za-z0-9.\-_!$,~*'();&+=%\u0080-\U0010ffff]*|\[[0-9a-fA-F:.]+\]")
_TO_ESCAPE: Final = re.compile(r"[\x00-\x20]")


def checked_link(url: str) -> str:
    """Return the address as Telegram writes it; raises `ValueError`, which says what is wrong."""
    if own := _TELEGRAM.fullmatch(url.strip()):
        return f"{own[1].lower()}://{own[2]}"
    scheme, separator, address = url.partition("://")
    if not separator:
        scheme, address = "http", url
    scheme = scheme.lower()
    if scheme not in _SCHEMES:
        raise ValueError("Unsupported URL protocol")
    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        raise ValueError("Wrong HTTP URL")
    port = _checked_port(parts["port"])
    host = _checked_host(parts["host"].lower(), scheme)
    rest = parts["rest"] if parts["rest"].startswith("/") else "/" + parts["rest"]
    rest = _TO_ESCAPE.sub(lambda match: f"%{ord(match[0]):02X}", rest)
    return f"{scheme}://{parts['who'] or ''}{host}{port}{rest}"


def _checked_port(port: str | None) -> str:
    if port is None:
        return ""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("Wrong port number specified in the URL")
    return f":{int(port)}"


def _checked_host(host: str, scheme: str) -> str:
    if not host:
        raise ValueError("URL host is empty")
    if host == ".":
        raise ValueError("Host is invalid")
    if not _IN_HOST.fullmatch(host):
        raise ValueError("Disallowed character in URL host")
    if "." not in host and not host.startswith("[") and scheme != "tonsite":
        raise ValueError("Wrong HTTP URL")
    return host
