"""The log: lengths and ids, never texts, tokens or addresses that hold one."""

import logging
import traceback
from collections.abc import Iterable
from secrets import token_hex


class _Redacting(logging.Formatter):
    """Formats a record, traceback included, and takes out every secret that got into it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        return text


def configure(level: str, secrets: Iterable[str]) -> None:
    """Log to stderr, our own from this level on.

    Libraries are heard only when something is wrong: httpx tells of each request with its URL,
    which holds the token, others below g4f show headers and bodies. What python-telegram-bot and
    SQLAlchemy tell with tracebacks is told by us in a line.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Redacting(secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    for name in ("telegram", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def where(error: BaseException) -> str:
    """Tell where an exception comes from without its message, which may quote a chat."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{frames.rstrip()}"


def report(log: logging.Logger, what: str, error: BaseException) -> str:
    """Log a bug under an id of its own, and give that: whoever meets it is told the same one.

    Six hexadecimal digits: short enough to be read out, and hardly ever given twice in one log.
    """
    bug = token_hex(3)
    log.error("bug %s: %s: %s", bug, what, where(error))
    return bug
