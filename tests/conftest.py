"""The suite reaches no real Telegram and no real provider, and sees no setting of the machine."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["PTB_TIMEDELTA"] = "true"  # else python-telegram-bot warns of each retry_after

from bot.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _stay_at_home(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse connections that leave this machine; an audit hook sees those of every library."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise PermissionError(f"a test wants to reach {address[0]}")


sys.addaudithook(_stay_at_home)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run take everything that is sampled otherwise."""
    parser.addoption(
        "--all-prefixes",
        action="store_true",
        help="judge every frame of the answers and thousands of random texts, no fixed sample",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let Hypothesis try the same examples in each run, unless everything is wanted."""
    settings.register_profile("sample", derandomize=True, deadline=None)
    settings.register_profile("all", max_examples=5000, deadline=None)
    settings.load_profile("all" if config.getoption("--all-prefixes") else "sample")


@pytest.fixture(autouse=True)
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, without settings or proxies of the environment."""
    for name in [*Settings.model_fields, "http_proxy", "https_proxy", "all_proxy"]:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.chdir(tmp_path)
