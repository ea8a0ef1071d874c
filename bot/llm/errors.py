"""How asking can fail, in the project's own words.

    AnswerError            an answer could not be had, or not to its end; `kind` says why
    UnknownProviderError   a provider is configured that g4f does not know

Nothing of g4f's is in them or behind them: no foreign message (it may hold keys, texts and URLs),
no `__cause__`, no `__context__`.
"""

import enum
from collections.abc import Mapping


class Kind(enum.StrEnum):
    """Why there is no (whole) answer; each asks for another sentence to the person."""

    UNREACHABLE = "unreachable"
    """No connection came about."""
    REFUSED = "refused"
    """The provider answered with an error of its own."""
    RATE_LIMITED = "rate-limited"
    """Too many questions for now."""
    NEEDS_AUTH = "needs-auth"
    """The provider wants a key, a login or money."""
    BROKE_OFF = "broke-off"
    """There was text already; then it failed."""
    STALLED = "stalled"
    """There was text already; then nothing came for too long."""
    TIMED_OUT = "timed-out"
    """Nothing came for too long."""
    ENDLESS = "endless"
    """It went on and on, and was ended."""
    EMPTY = "empty"
    """It ended normally, without any text."""
    TOO_LONG = "too-long"
    """The question is larger than the model takes."""
    MISCONFIGURED = "misconfigured"
    """The operator has to change something: provider, model, a missing package."""


class AnswerError(Exception):
    """An answer that could not be had, or not to its end."""

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        """For the log: names of foreign error classes and HTTP statuses, nothing a person wrote."""

    def __str__(self) -> str:
        return f"{self.kind} ({self.detail})" if self.detail else str(self.kind)


class UnknownProviderError(ValueError):
    """Configured providers that g4f does not know, each with the names that look like it."""

    def __init__(self, suggestions: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(f"g4f knows no provider {', '.join(suggestions)}")
        self.suggestions = dict(suggestions)
