"""The Bot API's `ChatMember` and `ChatMemberUpdated`. Pure."""

from bot.sandbox.telegram.values import ChatCard, Json, User
from bot.sandbox.telegram.wire import card_json, user_json

_ADMINISTRATOR_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_MEMBER_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
    "can_react_to_messages",
)


def member_json(user: User, status: str) -> Json:
    """Return a `ChatMember`. A restricted one may read only, an administrator may do all."""
    member: Json = {"status": status, "user": user_json(user)}
    match status:
        case "creator":
            member["is_anonymous"] = False
        case "administrator":
            member |= {"can_be_edited": False, "is_anonymous": False}
            member |= dict.fromkeys(_ADMINISTRATOR_RIGHTS, True)
        case "restricted":
            member |= {"is_member": True, "until_date": 0}
            member |= dict.fromkeys(_MEMBER_RIGHTS, False)
        case "kicked":
            member["until_date"] = 0
    return member


def changed_json(card: ChatCard, by: User, date: int, *, old: Json, new: Json) -> Json:
    """Return a `ChatMemberUpdated`."""
    return {
        "chat": card_json(card),
        "from": user_json(by),
        "date": date,
        "old_chat_member": old,
        "new_chat_member": new,
    }
