"""Every error that g4f can raise has a meaning, and nothing of its text gets out."""

import http.client
import importlib
import socket
import ssl
import time
from typing import Any

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


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "needs-auth"), (402, "needs-auth"), (413, "too-long"), (429, "rate-limited")],
)
def test_what_an_http_status_says_holds_whatever_the_class(status: int, kind: str) -> None:
    response = requests.Response()
    response.status_code = status
    http_error = requests.HTTPError(SECRET, response=response)
    assert classify(http_error) == Failure(Kind(kind), f"HTTPError, HTTP {status}")
    assert classify(errors().RateLimitError(f"Response {status}: {SECRET}")).kind == kind


RATE_LIMIT = (
    "Rate limit reached for gpt-4 on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000. "
    "Please try again in 6s."
)
ANTHROPIC_RATE_LIMIT = (
    "This request would exceed your organization's rate limit of 50,000 input tokens per minute. "
    "Please reduce the length of the prompt."
)
TOO_LONG = [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001",
    "Error context_length_exceeded: Please send less.",
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000",
    "Input is too long for requested model.",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    "the request exceeds the available context size. try increasing the context size",
    "request (9001 tokens) exceeds the available context size (4096 tokens)",
    "Please reduce the length of the messages or completion.",
    "too many tokens: total number of tokens in the prompt cannot exceed 4081",
    "Too many input tokens",
    "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 44000.",
    "Request body too large for gpt-4o model. Max size: 8000 tokens.",
    "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
    "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    "prompt token count of 13051 exceeds the limit of 12288",
    "Invalid request: Your request exceeded model token limit: 262144 (requested: 280000)",
    "Prompt exceeds max length",
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097 tokens",
    "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000",
    "The message you submitted was too long, please reload the conversation",
    "the input length exceeds the context length",
]


@pytest.mark.parametrize("message", TOO_LONG)
@pytest.mark.parametrize("before", ["Response 400: ", "Error 400: Error 400: ", "Error: ", ""])
def test_that_a_question_is_too_long_is_read_from_the_message(message: str, before: str) -> None:
    error = errors().ResponseError(f"{before}{message} {SECRET}")
    detail = "ResponseError, HTTP 400" if "400: " in before else "ResponseError"
    assert classify(error) == Failure(Kind.TOO_LONG, detail)
    assert classify(ValueError(f"{before}{message}")).kind is Kind.TOO_LONG


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (f"Response 429: {RATE_LIMIT}", Kind.RATE_LIMITED),
        (f"Response 429: {ANTHROPIC_RATE_LIMIT}", Kind.RATE_LIMITED),
        ("Response 429: Too many tokens, please wait before trying again.", Kind.RATE_LIMITED),
        ("Response 429: Too many tokens", Kind.RATE_LIMITED),
        ("Error: Rate limit reached: too many tokens per min", Kind.REFUSED),
        ("Too many tokens, please wait before trying again.", Kind.REFUSED),
        ("You exceeded your quota of input tokens: limit 1000", Kind.REFUSED),
        ("Too many requests", Kind.REFUSED),
        ("The request took too long", Kind.REFUSED),
        ("The prompt was refused by the content filter", Kind.REFUSED),
        ("Response 504: the context window", Kind.TIMED_OUT),
        ("Response 401: prompt is too long", Kind.NEEDS_AUTH),
    ],
)
def test_a_limit_that_time_lifts_and_other_failures_are_not_too_long(
    message: str, kind: Kind
) -> None:
    assert classify(errors().ResponseError(message)).kind is kind


def test_a_rate_limit_that_one_request_alone_exceeds_is_too_long() -> None:
    message = "Response 429: Request too large for gpt-4o on tokens per min (TPM): Limit 30000"
    assert classify(errors().RateLimitError(message)).kind is Kind.TOO_LONG


def test_of_several_providers_errors_the_one_that_is_too_long_decides() -> None:
    lines = ("RetryProvider failed:", "A: RateLimitError: rate limit", "B: prompt is too long")
    error = errors().RetryProviderError("\n".join(lines))
    error.__cause__ = ConnectionRefusedError(SECRET)
    assert classify(error) == Failure(Kind.TOO_LONG, "RetryProviderError")


def test_a_message_of_megabytes_is_looked_at_in_no_time() -> None:
    started = time.perf_counter()
    for text in ("prompt " * 10**6, "input exceeds " * 10**6, "request is is is is " * 10**6):
        assert classify(ValueError(text)).kind is Kind.REFUSED
    assert time.perf_counter() - started < 1


def errors() -> Any:
    return importlib.import_module("g4f.errors")


@pytest.fixture(autouse=True)
def _loaded(data_dir: object) -> None:
    gateway.load(data_dir)  # type: ignore[arg-type]
