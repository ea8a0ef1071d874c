"""What an error from g4f, or from a library below it, means. Pure.

Errors are told apart by the names of their classes, nearest first, so that this imports none of the
libraries they come from: g4f raises its own, aiohttp's, requests', curl_cffi's, python-socks' and
Python's, and which of these are installed differs.
"""

import re
from dataclasses import dataclass

from bot.llm.errors import Kind

_KINDS = {
    # g4f.errors
    "MissingAuthError": Kind.NEEDS_AUTH,
    "NoValidHarFileError": Kind.NEEDS_AUTH,
    "PaymentRequiredError": Kind.NEEDS_AUTH,
    "RateLimitError": Kind.RATE_LIMITED,
    "ConversationLimitError": Kind.RATE_LIMITED,
    "ProviderNotFoundError": Kind.MISCONFIGURED,
    "ProviderNotWorkingError": Kind.MISCONFIGURED,
    "StreamNotSupportedError": Kind.MISCONFIGURED,
    "ModelNotFoundError": Kind.MISCONFIGURED,
    "ModelNotAllowedError": Kind.MISCONFIGURED,
    "MissingRequirementsError": Kind.MISCONFIGURED,
    "RetryNoProviderError": Kind.EMPTY,
    # Time ran out. Above the connection errors: some are both.
    "TimeoutError": Kind.TIMED_OUT,
    "Timeout": Kind.TIMED_OUT,
    "ConnectTimeout": Kind.TIMED_OUT,
    "ServerTimeoutError": Kind.TIMED_OUT,
    "ProxyTimeoutError": Kind.TIMED_OUT,
    # The connection was there, and went away.
    "ClientPayloadError": Kind.BROKE_OFF,
    "ChunkedEncodingError": Kind.BROKE_OFF,
    "IncompleteRead": Kind.BROKE_OFF,
    # No connection
    "ClientConnectionError": Kind.UNREACHABLE,
    "ConnectionError": Kind.UNREACHABLE,
    "ProxyError": Kind.UNREACHABLE,
    "ProxyConnectionError": Kind.UNREACHABLE,
    # An address or a folder that cannot be used
    "InvalidURL": Kind.MISCONFIGURED,
    "MissingSchema": Kind.MISCONFIGURED,
    "InvalidSchema": Kind.MISCONFIGURED,
    "FileNotFoundError": Kind.MISCONFIGURED,
    "FileExistsError": Kind.MISCONFIGURED,
    "NotADirectoryError": Kind.MISCONFIGURED,
    "PermissionError": Kind.MISCONFIGURED,
    "ImportError": Kind.MISCONFIGURED,
    "NotImplementedError": Kind.MISCONFIGURED,
    "RequestException": Kind.REFUSED,  # an OSError too, but not for want of a connection
    "OSError": Kind.UNREACHABLE,
}

_GATEWAY_TIMEOUT = 504  # g4f calls it a rate limit
_STATUS = re.compile(r"(?:Response|Error) (\d{3})\b")
"""How g4f's messages begin when they come from an HTTP status; only the number is taken."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why asking failed; `detail` is for the log and holds no foreign message."""

    kind: Kind
    detail: str = ""


def classify(error: BaseException) -> Failure:
    """Return what `error` means while no text has come yet.

    An error that says nothing by itself means what caused it: g4f raises `RetryProviderError` from
    the first of several providers' errors, and `KeyError` for a provider whose list it could not
    fetch.
    """
    status = _status(error)
    name = type(error).__name__
    detail = f"{name}, HTTP {status}" if status else name
    if status == _GATEWAY_TIMEOUT:
        return Failure(Kind.TIMED_OUT, detail)
    names = (ancestor.__name__ for ancestor in type(error).__mro__)
    kind = next((_KINDS[name] for name in names if name in _KINDS), None)
    if kind is None and status is None and error.__cause__ is not None:
        return classify(error.__cause__)
    return Failure(kind or Kind.REFUSED, detail)


def _status(error: BaseException) -> int | None:
    match getattr(error, "status", None):
        case int(status):
            return status
    found = _STATUS.match(str(error))
    return int(found[1]) if found else None
