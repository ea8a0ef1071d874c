"""What Telegram answers when it does not do what was asked."""

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 - an answer of Telegram's, nothing went wrong here
    """A call was understood and refused; the words and the code go over the wire as they are.

    `parameters` is Telegram's `ResponseParameters`: `retry_after` or `migrate_to_chat_id`.
    """

    def __init__(
        self, code: int, description: str, parameters: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> Refusal:
    """Return the refusal of a call that cannot be done as it stands."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """Return the refusal of a call into a chat that does not let the bot in."""
    return Refusal(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> Refusal:
    """Return flood control's refusal; `retry_after` is in whole seconds."""
    return Refusal(
        429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after}
    )
