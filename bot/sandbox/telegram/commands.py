"""Which of the bot's lists of commands a person sees. Pure."""

import json
from collections.abc import Iterator, Mapping

from bot.sandbox.telegram.values import ChatCard, Json, User


def audience(scope: Mapping[str, object], language: str) -> str:
    """Return the key under which the commands for a scope and language are kept."""
    return json.dumps([dict(scope), language], sort_keys=True)


def audiences(card: ChatCard, user: User, status: str) -> Iterator[str]:
    """Yield the audiences a person belongs to in a chat; the first that has a list is shown.

    The order is that of the Bot API's "Determining list of commands".
    """
    chat = {"chat_id": card.id}
    scopes: list[Json] = []
    if card.type == "private":
        scopes = [{"type": "chat"} | chat, {"type": "all_private_chats"}]
    else:
        scopes.append({"type": "chat_member"} | chat | {"user_id": user.id})
        if status in {"creator", "administrator"}:
            scopes.append({"type": "chat_administrators"} | chat)
        scopes.append({"type": "chat"} | chat)
        if status in {"creator", "administrator"}:
            scopes.append({"type": "all_chat_administrators"})
        scopes.append({"type": "all_group_chats"})
    for scope in [*scopes, {"type": "default"}]:
        for language in dict.fromkeys([user.language_code or "", ""]):
            yield audience(scope, language)
