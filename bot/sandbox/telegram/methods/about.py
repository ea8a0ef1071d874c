"""The methods about the bot, its commands and its chats."""

import re
from collections.abc import Mapping
from typing import Any

from bot.sandbox.telegram.commands import audience
from bot.sandbox.telegram.events import Answered
from bot.sandbox.telegram.group import Group
from bot.sandbox.telegram.membership import member_json
from bot.sandbox.telegram.methods.method import chat_of, known_chat, method
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.wire import card_json, user_json

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LONGEST_DESCRIPTION = 256
_LONGEST_TOAST = 200
_ANSWERED = object()
_OF_ONE_CHAT = frozenset({"chat_id"})
_SCOPES: dict[object, frozenset[str]] = {
    "default": frozenset(),
    "all_private_chats": frozenset(),
    "all_group_chats": frozenset(),
    "all_chat_administrators": frozenset(),
    "chat": _OF_ONE_CHAT,
    "chat_administrators": _OF_ONE_CHAT,
    "chat_member": _OF_ONE_CHAT | {"user_id"},
}
"""What each kind of `BotCommandScope` has to name."""
_GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


@method("getMe")
async def get_me(stage: Stage, _: Params) -> object:
    """Return the bot."""
    return user_json(stage.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not stage.privacy_mode,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("setMyCommands", "commands scope language_code")
async def set_my_commands(stage: Stage, params: Params) -> object:
    """Set the commands that people see in a scope and language."""
    commands = params.get("commands", [])
    _check_scope(stage, params)
    for command in commands:
        if not _COMMAND.fullmatch(command.get("command", "")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= _LONGEST_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    stage.commands[_audience(params)] = commands
    return True


@method("getMyCommands", "scope language_code")
async def get_my_commands(stage: Stage, params: Params) -> object:
    """Return the commands set for exactly this scope and language."""
    return stage.commands.get(_audience(params), [])


@method("deleteMyCommands", "scope language_code")
async def delete_my_commands(stage: Stage, params: Params) -> object:
    """Take the commands of a scope and language back."""
    stage.commands.pop(_audience(params), None)
    return True


@method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
async def answer_callback_query(stage: Stage, params: Params) -> object:
    """End the waiting of somebody who has pressed a button, perhaps with a toast."""
    query_id, text = params.get("callback_query_id", ""), params.get("text", "")
    if stage.queries.get(query_id, _ANSWERED) is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(text) > _LONGEST_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    stage.tell(Answered(query_id, text, params.get("show_alert", False)))
    return True


@method("getChat", "chat_id")
async def get_chat(stage: Stage, params: Params) -> object:
    """Return what is known of a chat."""
    chat = chat_of(stage, params)
    chat.check_access()
    return card_json(chat.card) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, True),
    }


@method("getChatMember", "chat_id user_id")
async def get_chat_member(stage: Stage, params: Params) -> object:
    """Return what somebody is in a chat."""
    chat = chat_of(stage, params)
    chat.check_access()
    user = stage.users.get(params.get("user_id", 0))
    if user is None:
        raise bad_request("invalid user_id specified")
    return member_json(user, chat.status(user))


@method("getChatAdministrators", "chat_id")
async def get_chat_administrators(stage: Stage, params: Params) -> object:
    """Return the owner and the administrators of a group, without other bots."""
    chat = chat_of(stage, params)
    chat.check_access()
    if chat.card.type == "private":
        raise bad_request("there are no administrators in the private chat")
    people = [user for user in stage.users.values() if user == stage.bot or not user.is_bot]
    return [
        member_json(user, status)
        for status in ("creator", "administrator")
        for user in people
        if chat.status(user) == status
    ]


@method("leaveChat", "chat_id")
async def leave_chat(stage: Stage, params: Params) -> object:
    """Leave a group."""
    chat = chat_of(stage, params)
    chat.check_access()
    if not isinstance(chat, Group):
        raise bad_request("chat can't be left")
    chat.leave()
    return True


def _check_scope(stage: Stage, params: Params) -> None:
    scope = params.get("scope", {"type": "default"})
    fields = _SCOPES.get(scope.get("type"))
    if fields is None:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if missing := sorted(fields - scope.keys()):
        raise bad_request(f"can't parse BotCommandScope: Can't find field \"{missing[0]}\"")
    if "chat_id" in fields and known_chat(stage, scope["chat_id"]) is None:
        raise bad_request("chat not found")


def _audience(params: Mapping[str, Any]) -> str:
    return audience(params.get("scope", {"type": "default"}), params.get("language_code", ""))
