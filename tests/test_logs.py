"""The log holds no secret, wherever it comes from."""

import logging
from collections.abc import Iterator

import pytest

from bot import logs

SECRET = "123456:AAE-secret_secret"


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_secret_is_taken_out_of_messages_arguments_and_tracebacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("DEBUG", [SECRET])
    log = logging.getLogger("bot.anything")
    log.info("calling https://host/bot%s/getMe", SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("failed")
    logged = capsys.readouterr().err
    assert SECRET not in logged
    assert logged.count("•••") == 2


def test_requests_are_not_logged_for_their_address_holds_the_token(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("DEBUG", [])
    logging.getLogger("httpx").info("HTTP Request: POST https://host/botTOKEN/getMe")
    logging.getLogger("httpcore.connection").debug("connect")
    assert capsys.readouterr().err == ""


def test_where_an_error_comes_from_is_told_without_its_message() -> None:
    text = "what the person wrote"
    try:
        raise ValueError(text)
    except ValueError as error:
        told = logs.where(error)
    assert told.startswith("ValueError\n")
    assert "test_logs.py" in told
    assert text not in told
