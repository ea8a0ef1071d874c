"""What Telegram's errors mean, each as python-telegram-bot raises it."""

from datetime import timedelta

import pytest
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.reply.surface import Foreign, Gone, OutcomeUnknown, Refusal, Rejected, TooFast, Unwelcome
from bot.reply.telegram_surface import meaning


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (BadRequest("Message to edit not found"), Gone),
        (BadRequest("Message_id_invalid"), Gone),
        (BadRequest("Message can't be edited"), Foreign),
        (BadRequest("Message is too long"), Rejected),
        (BadRequest("Message_too_long"), Rejected),
        (BadRequest("Message text is empty"), Rejected),
        (BadRequest("Can't parse entities: unexpected end tag"), Rejected),
        (BadRequest("Message thread not found"), Unwelcome),
        (BadRequest("Topic_closed"), Unwelcome),
        (BadRequest("Chat not found"), Unwelcome),
        (BadRequest("Not enough rights to send text messages to the chat"), Unwelcome),
        (Forbidden("Forbidden: bot was blocked by the user"), Unwelcome),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Unwelcome),
        (InvalidToken("Unauthorized"), Unwelcome),
        (NetworkError("Bad Gateway (502)"), OutcomeUnknown),
        (TimedOut(), OutcomeUnknown),
        (TelegramError("Invalid server response"), OutcomeUnknown),
    ],
    ids=str,
)
def test_each_error_has_a_meaning(error: TelegramError, refusal: type[Refusal]) -> None:
    assert type(meaning(error)) is refusal


def test_an_edit_that_changes_nothing_is_as_good_as_one_that_does() -> None:
    text = (
        "Message is not modified: specified new message content and reply markup are exactly the"
        " same as a current content and reply markup of the message"
    )
    assert meaning(BadRequest(text)) is None


def test_flood_control_says_how_long_to_wait() -> None:
    refusal = meaning(RetryAfter(timedelta(seconds=17)))
    assert isinstance(refusal, TooFast)
    assert refusal.retry_after == 17


def test_flood_control_is_understood_whichever_way_python_telegram_bot_tells_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "false")
    with pytest.warns(DeprecationWarning, match="retry_after"):
        refusal = meaning(RetryAfter(17))
    assert isinstance(refusal, TooFast)
    assert refusal.retry_after == 17
