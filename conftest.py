"""Options of the test run."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run take everything that is sampled otherwise."""
    parser.addoption(
        "--all-prefixes", action="store_true", help="check every frame of the formatting corpus"
    )
