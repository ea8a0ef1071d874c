"""Every error that g4f can raise has a meaning, and nothing of its text gets out."""

import http.client
import socket
import ssl

import aiohttp
import aiohttp_socks
import pytest
import requests
from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from bot.llm import gateway
from bot.llm.classify import Failure, classify
from bot.llm.errors import Kind

SECRET = "sk-secret and what was asked"

FOREIGN: list[tuple[Exception, Kind]] = [
    (aiohttp.ClientPayloadError(SECRET), Kind.BROKE_OFF),
    (requests.exceptions.ChunkedEncodingError(SECRET), Kind.BROKE_OFF),
    (http.client.IncompleteRead(b""), Kind.BROKE_OFF),
    (aiohttp.ServerDisconnectedError(SECRET), Kind.UNREACHABLE),
    (aiohttp.ClientOSError(111, SECRET), Kind.UNREACHABLE),
    (ConnectionResetError(SECRET), Kind.UNREACHABLE),
    (socket.gaierror(SECRET), Kind.UNREACHABLE),
    (ssl.SSLError(SECRET), Kind.UNREACHABLE),
    (requests.exceptions.ConnectionError(SECRET), Kind.UNREACHABLE),
    (ProxyConnectionError(111, SECRET), Kind.UNREACHABLE),
    (ProxyError(SECRET), Kind.UNREACHABLE),
    (ProxyTimeoutError(SECRET), Kind.TIMED_OUT),
    (aiohttp_socks.ProxyConnectionError(SECRET), Kind.UNREACHABLE),
    (aiohttp_socks.ProxyError(SECRET), Kind.UNREACHABLE),
    (aiohttp_socks.ProxyTimeoutError(SECRET), Kind.TIMED_OUT),
    (TimeoutError(SECRET), Kind.TIMED_OUT),
    (aiohttp.ServerTimeoutError(SECRET), Kind.TIMED_OUT),
    (aiohttp.ConnectionTimeoutError(SECRET), Kind.TIMED_OUT),
    (requests.exceptions.ConnectTimeout(SECRET), Kind.TIMED_OUT),
    (requests.exceptions.ReadTimeout(SECRET), Kind.TIMED_OUT),
    (aiohttp.InvalidURL(SECRET), Kind.MISCONFIGURED),
    (requests.exceptions.MissingSchema(SECRET), Kind.MISCONFIGURED),
    (PermissionError(13, SECRET), Kind.MISCONFIGURED),
    (ModuleNotFoundError(SECRET), Kind.MISCONFIGURED),
    (NotImplementedError(SECRET), Kind.MISCONFIGURED),
    (requests.exceptions.HTTPError(SECRET), Kind.REFUSED),
    (RuntimeError(SECRET), Kind.REFUSED),
    (ValueError(SECRET), Kind.REFUSED),
]

OF_G4F = {
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
    "NestAsyncioError": Kind.MISCONFIGURED,
    "TimeoutError": Kind.TIMED_OUT,
    "RetryNoProviderError": Kind.EMPTY,
    "RetryProviderError": Kind.REFUSED,
    "ResponseError": Kind.REFUSED,
    "ResponseStatusError": Kind.REFUSED,
    "CloudflareError": Kind.REFUSED,
    "BadRequestError": Kind.REFUSED,
    "ProviderException": Kind.REFUSED,
    "NoMediaResponseError": Kind.REFUSED,
    "VersionNotFoundError": Kind.REFUSED,
    "G4FError": Kind.REFUSED,
}


@pytest.mark.parametrize(("error", "kind"), FOREIGN, ids=lambda value: type(value).__name__)
def test_errors_of_the_libraries_below_have_a_meaning(error: Exception, kind: Kind) -> None:
    failure = classify(error)
    assert (failure.kind, failure.detail) == (kind, type(error).__name__)


def test_every_error_class_of_g4f_has_a_meaning(data_dir: object) -> None:
    from g4f import errors  # noqa: PLC0415 - see `data_dir`

    classes = {name: value for name, value in vars(errors).items() if isinstance(value, type)}
    assert {name: classify(cls(SECRET)).kind for name, cls in classes.items()} == OF_G4F


@pytest.mark.parametrize("name", ["RetryProviderError", "KeyError"])
def test_an_error_that_says_nothing_means_what_caused_it(name: str) -> None:
    error = type(name, (Exception,), {})(SECRET)
    error.__cause__ = ConnectionRefusedError(SECRET)
    assert classify(error) == Failure(Kind.UNREACHABLE, "ConnectionRefusedError")


@pytest.mark.parametrize(
    ("message", "kind", "detail"),
    [
        ("Response 500: sk-secret", Kind.REFUSED, "RuntimeError, HTTP 500"),
        ("Error 403: sk-secret", Kind.REFUSED, "RuntimeError, HTTP 403"),
        ("Response 504: Gateway Timeout", Kind.TIMED_OUT, "RuntimeError, HTTP 504"),
        ("it cost 500 dollars", Kind.REFUSED, "RuntimeError"),
    ],
)
def test_of_a_message_only_the_http_status_is_kept(message: str, kind: Kind, detail: str) -> None:
    failure = classify(RuntimeError(message))
    assert (failure.kind, failure.detail) == (kind, detail)


@pytest.fixture(autouse=True)
def _loaded(data_dir: object) -> None:
    gateway.load(data_dir)  # type: ignore[arg-type]
