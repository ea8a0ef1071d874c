"""What an error from g4f, or from a library below it, means. Pure.

Errors are told apart by the names of their classes, nearest first, so that this imports none of the
libraries they come from: g4f raises its own, aiohttp's, requests', curl_cffi's, python-socks' and
Python's, and which of these are installed differs.

That a question is too long has no class of its own, and often no HTTP status: of that, messages
speak. They are looked at here and not kept.
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

_BY_STATUS = {
    401: Kind.NEEDS_AUTH,
    402: Kind.NEEDS_AUTH,  # g4f calls it a rate limit
    413: Kind.TOO_LONG,
    429: Kind.RATE_LIMITED,
    504: Kind.TIMED_OUT,  # g4f calls it a rate limit
}
_STATUS = re.compile(r"(?:Response|Error) (\d{3})\b")
"""How g4f's messages begin when they come from an HTTP status; only the number is taken."""

_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|window|size|limit)"
    r"|\b(?:prompt|input|request|question|query|message|conversation|history|text|content)s?"
    r"(?: (?:is|are|was|were|has|you|submitted|text|body|entity|length|history|far|way|much)){0,4}"
    r" too (?:long|large|big)\b"
    r"|\breduce the (?:length|size)\b"
    r"|\btoo many (?:\w+ )?tokens\b"
    r"|\bmaximum prompt length\b"
    r"|\b(?:prompt|input|token|message|text|request)s?\b.{0,60}?"
    r"\b(?:exceed(?:s|ed|ing)?|must be (?:<|less)|must have (?:<|less))"
    r".{0,80}?(?:token|length|limit|maximum)",
    re.IGNORECASE,
)
"""How OpenAI, Anthropic, Google, Mistral, xAI, Bedrock, vLLM, llama.cpp, … say it."""
_FOR_NOW = re.compile(
    r"rate[ _-]?limit|\bper[ -](?:sec|min|hour|day)|\btp[md]\b|\bquota\b|throttl|\bwait\b",
    re.IGNORECASE,
)
"""What is said of a limit that time alone lifts, in the same words otherwise."""
_EVER = re.compile(r"\brequest (?:\w+ )?too large\b", re.IGNORECASE)
"""What OpenAI says when one request alone is above the limit per minute."""
_MOST = 20_000
"""Characters of a message that are looked at."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why asking failed; `detail` is for the log and holds no foreign message."""

    kind: Kind
    detail: str = ""


def classify(error: BaseException) -> Failure:
    """Return what `error` means while no text has come yet.

    An error that says nothing by itself means what caused it: g4f raises `RetryProviderError` from
    the first of several providers' errors, and `KeyError` for a provider whose list it could not
    fetch. Of such a collection, one that says that the question is too long decides.
    """
    status = _status(error)
    name = type(error).__name__
    detail = f"{name}, HTTP {status}" if status else name
    names = (ancestor.__name__ for ancestor in type(error).__mro__)
    of_class = next((_KINDS[name] for name in names if name in _KINDS), None)
    kind = of_class if status is None else _BY_STATUS.get(status, of_class)
    if kind in _MAY_BE_TOO_LONG and _says_too_long(error, kind):
        kind = Kind.TOO_LONG
    if kind is None and status is None and error.__cause__ is not None:
        return classify(error.__cause__)
    return Failure(kind or Kind.REFUSED, detail)


_MAY_BE_TOO_LONG = (None, Kind.REFUSED, Kind.RATE_LIMITED)


def _says_too_long(error: BaseException, kind: Kind | None) -> bool:
    """Look at each line: g4f puts the messages of several providers into one error."""
    return any(
        _EVER.search(line)
        or (kind is not Kind.RATE_LIMITED and _TOO_LONG.search(line) and not _FOR_NOW.search(line))
        for line in str(error)[:_MOST].splitlines()
    )


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):  # the latter is what requests does
        for attribute in ("status", "status_code"):
            match getattr(holder, attribute, None):
                case int(status):
                    return status
    found = _STATUS.match(str(error))
    return int(found[1]) if found else None
