"""What a bot hears in a group. Pure.

With privacy mode on: commands without a name or with its own, replies to its messages, what was
sent through it, and service messages (https://core.telegram.org/bots/features#privacy-mode). An
administrator hears everything.
"""

from bot.sandbox.telegram.values import Message, User

_UNITS = "utf-16-le"


def concerns(message: Message, answered: Message | None, bot: User, *, mentions: bool) -> bool:
    """Tell whether a bot in privacy mode gets the message; `answered` is what it replies to.

    `mentions` says whether a plain mention of the bot is enough.
    """
    return (
        message.is_service
        or message.via == bot
        or (answered is not None and answered.sender == bot)
        or _is_command_for(message, bot)
        or (mentions and _mentions(message, bot))
    )


def _is_command_for(message: Message, bot: User) -> bool:
    first = message.entities[0] if message.entities else None
    if first is None or first.type != "bot_command" or first.offset:
        return False
    _, at, name = message.text[: first.length].partition("@")
    return not at or name.lower() == str(bot.username).lower()


def _mentions(message: Message, bot: User) -> bool:
    units = message.text.encode(_UNITS)
    return any(
        (entity.type == "text_mention" and entity.user is not None and entity.user.id == bot.id)
        or (
            entity.type == "mention"
            and units[2 * entity.offset : 2 * entity.end].decode(_UNITS).lower()
            == f"@{bot.username}".lower()
        )
        for entity in message.entities
    )
