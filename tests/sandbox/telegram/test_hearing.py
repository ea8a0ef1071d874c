"""What people do, and what of it reaches the bot; each update is read by the real library."""

import pytest
from telegram import MessageOriginUser, Update

from bot.sandbox.telegram import Answered, Entity, Group, LocalTelegram, User
from bot.sandbox.telegram.media import MEDIA
from tests.sandbox.telegram.conftest import Calls, Fetch


def texts(updates: list[Update]) -> list[str | None]:
    return [each.effective_message.text for each in updates if each.effective_message]


async def test_a_private_message_arrives_with_all_it_carries(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    chat = telegram.private(alice)
    first = chat.say(alice, "One two")
    chat.say(alice, "😀 @rehearsal_bot", reply_to=first, quote="two", date=1_700_000_000)
    _, update = await fetch()
    message = update.message
    assert message
    assert message.from_user
    assert message.from_user.language_code == "en"
    assert message.chat.type == "private"
    assert message.chat.id == alice.id
    assert message.parse_entities() == {message.entities[0]: "@rehearsal_bot"}
    assert message.reply_to_message
    assert message.reply_to_message.text == "One two"
    assert message.quote
    assert (message.quote.text, message.quote.position) == ("two", 4)
    assert message.date.timestamp() == 1_700_000_000


@pytest.mark.parametrize("kind", sorted(MEDIA))
async def test_every_medium_arrives_with_its_caption(
    telegram: LocalTelegram, fetch: Fetch, alice: User, kind: str
) -> None:
    telegram.private(alice).send_media(alice, kind, "Look, @rehearsal_bot", media_group_id="7")
    [update] = await fetch()
    message = update.message
    assert message
    assert getattr(message, kind)
    assert message.caption == "Look, @rehearsal_bot"
    assert [entity.type for entity in message.caption_entities] == ["mention"]
    assert message.media_group_id == "7"


async def test_an_edit_by_a_person_arrives_and_a_deletion_does_not(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    chat = telegram.private(alice)
    chat.delete(chat.edit(chat.say(alice, "Helo"), "Hello"))
    _, edit = await fetch()
    assert edit.edited_message
    assert edit.edited_message.text == "Hello"
    assert edit.edited_message.edit_date
    assert chat.messages == []


def play_all(group: Group, alice: User, bot: User) -> None:
    mine = group.say(bot, "I am the bot")
    group.say(alice, "chatter")
    group.say(alice, "/ask why")
    group.say(alice, "/ask@rehearsal_bot why")
    group.say(alice, "/ask@other_bot why")
    group.say(alice, "please /ask")
    group.say(alice, "a reply", reply_to=mine)
    group.say(alice, "hi @Rehearsal_bot")
    group.say(alice, "hi @rehearsal_bot2")
    group.say(alice, "hi bot", entities=[Entity("text_mention", 3, 3, user=bot)])
    group.say(alice, "sent through the bot", via=bot)
    group.service("new_chat_title", "Enemies", by=alice)


IN_PRIVACY = ["/ask why", "/ask@rehearsal_bot why", "a reply", "sent through the bot", None]


async def test_privacy_mode_lets_through_what_is_meant_for_the_bot(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    play_all(telegram.group("Friends", [alice]), alice, telegram.bot)
    assert texts(await fetch()) == IN_PRIVACY


async def test_mentions_get_through_privacy_mode_if_so_chosen(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    telegram.mentions_arrive = True
    play_all(telegram.group("Friends", [alice]), alice, telegram.bot)
    assert texts(await fetch()) == [
        *IN_PRIVACY[:3],
        "hi @Rehearsal_bot",
        "hi bot",
        *IN_PRIVACY[3:],
    ]


async def test_without_privacy_mode_the_bot_hears_all_but_itself(
    telegram: LocalTelegram, fetch: Fetch, call: Calls, alice: User
) -> None:
    telegram.privacy_mode = False
    play_all(telegram.group("Friends", [alice]), alice, telegram.bot)
    assert len(await fetch()) == 11
    assert (await call("getMe"))["result"]["can_read_all_group_messages"] is True


async def test_an_administrator_hears_everything_too(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    group = telegram.group("Friends", [alice])
    group.promote_bot(by=alice)
    play_all(group, alice, telegram.bot)
    assert len(await fetch()) == 12


async def test_another_bot_can_be_heard(telegram: LocalTelegram, fetch: Fetch, alice: User) -> None:
    other = telegram.user("Other", username="other_bot", is_bot=True)
    telegram.group("Friends", [alice, other]).say(other, "/ask me")
    [update] = await fetch()
    assert update.effective_user
    assert update.effective_user.is_bot


async def test_the_bot_is_told_when_it_is_added_and_thrown_out(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    group = telegram.group("Friends", [alice])
    group.add_bot(by=alice)
    group.remove_bot(by=alice)
    group.say(alice, "/ask anybody there?")
    added, members, removed = await fetch()
    assert added.my_chat_member
    assert added.my_chat_member.difference()["status"] == ("left", "member")
    assert members.message
    assert [user.id for user in members.message.new_chat_members] == [telegram.bot.id]
    assert removed.my_chat_member
    assert removed.my_chat_member.difference()["status"] == ("member", "kicked")


async def test_a_block_is_told_and_silences_the_chat(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    chat = telegram.private(alice)
    chat.block()
    chat.say(alice, "Hello?")
    chat.unblock()
    changes = [update.my_chat_member for update in await fetch()]
    assert [change.difference()["status"] for change in changes if change] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_an_anonymous_administrator_speaks_for_the_group(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    group = telegram.group("Friends", [alice])
    group.say(alice, "/ask", anonymous=True)
    [update] = await fetch()
    assert update.message
    assert update.message.from_user
    assert update.message.from_user.username == "GroupAnonymousBot"
    assert update.message.from_user.is_bot
    assert update.message.sender_chat
    assert update.message.sender_chat.id == group.id


async def test_a_channel_posts_forwards_and_speaks_in_a_group(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    telegram.privacy_mode = False
    channel = telegram.channel("News")
    group = telegram.group("Comments", [alice])
    forwarded = group.auto_forward(channel.post("Extra!"))
    group.say(alice, "As a channel", sender_chat=channel)
    group.say(alice, "A comment", reply_to=forwarded)
    post, forward, spoken, comment = await fetch()
    assert post.channel_post
    assert post.channel_post.sender_chat
    assert post.channel_post.from_user is None
    assert forward.message
    assert forward.message.is_automatic_forward
    assert forward.message.from_user
    assert forward.message.from_user.id == 777000
    assert spoken.message
    assert spoken.message.from_user
    assert spoken.message.from_user.username == "Channel_Bot"
    assert spoken.message.sender_chat
    assert spoken.message.sender_chat.id == channel.id
    assert comment.message
    assert comment.message.message_thread_id == forwarded.id


async def test_replies_in_a_plain_supergroup_carry_a_thread_that_is_no_topic(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    telegram.privacy_mode = False
    group = telegram.group("Friends", [alice])
    first = group.say(alice, "One")
    group.say(alice, "Three", reply_to=group.say(alice, "Two", reply_to=first))
    messages = [update.message for update in await fetch()]
    threads = [(each.message_thread_id, each.is_topic_message) for each in messages if each]
    assert threads == [(None, None), (first.id, None), (first.id, None)]


async def test_messages_of_a_topic_name_it_and_hang_on_its_first_message(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    telegram.privacy_mode = False
    forum = telegram.group("Pets", [alice], forum=True)
    cats = forum.topic("Cats", created_by="bot")
    first = forum.say(alice, "Meow?", topic=cats)
    forum.say(alice, "Purr?", topic=cats, reply_to=first)
    forum.say(alice, "In General")
    meow, purr, general = [update.message for update in await fetch()]
    assert meow
    assert meow.chat.is_forum
    assert (meow.message_thread_id, meow.is_topic_message) == (cats.id, True)
    assert meow.reply_to_message
    assert meow.reply_to_message.forum_topic_created
    assert meow.reply_to_message.from_user
    assert meow.reply_to_message.from_user.id == telegram.bot.id
    assert purr
    assert purr.reply_to_message
    assert purr.reply_to_message.text == "Meow?"
    assert general
    assert (general.message_thread_id, general.is_topic_message) == (None, None)


async def test_a_topic_of_the_bot_does_not_make_every_message_a_reply_to_it(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    forum = telegram.group("Pets", [alice], forum=True)
    forum.say(alice, "Meow?", topic=forum.topic("Cats", created_by="bot"))
    assert await fetch() == []


async def test_service_messages_arrive_and_parse(
    telegram: LocalTelegram, fetch: Fetch, alice: User, bob: User
) -> None:
    group = telegram.group("Friends", [alice])
    group.service("new_chat_members", [bob], by=alice)
    group.service("left_chat_member", bob, by=bob)
    group.service("pinned_message", group.say(alice, "Rules"), by=alice)
    group.service("delete_chat_photo", content=True, by=alice)
    joined, left, pinned, photo = [update.message for update in await fetch()]
    assert joined
    assert [user.id for user in joined.new_chat_members] == [bob.id]
    assert left
    assert left.left_chat_member
    assert left.left_chat_member.id == bob.id
    assert pinned
    assert pinned.pinned_message
    assert pinned.pinned_message.message_id == 3
    assert photo
    assert photo.delete_chat_photo


async def test_an_upgrade_is_told_on_both_sides_and_keeps_the_administrators(
    telegram: LocalTelegram, fetch: Fetch, alice: User, bob: User
) -> None:
    old = telegram.group("Friends", [alice, bob], supergroup=False)
    old.promote(bob)
    new = old.upgrade()
    assert new.status(bob) == "administrator"
    gone, come = [update.message for update in await fetch()]
    assert gone
    assert gone.migrate_to_chat_id == new.id
    assert come
    assert (come.migrate_from_chat_id, come.chat.id) == (old.id, new.id)


async def test_a_reply_to_another_chat_arrives_as_external(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    group = telegram.group("Friends", [alice])
    elsewhere = group.say(alice, "From afar")
    telegram.private(alice).say(alice, "What is this?", reply_to=elsewhere, quote="afar")
    [update] = await fetch()
    message = update.message
    assert message
    assert message.reply_to_message is None
    assert message.external_reply
    assert message.external_reply.message_id == elsewhere.id
    assert message.quote
    assert message.quote.text == "afar"


async def test_forwards_tell_where_they_come_from(
    telegram: LocalTelegram, fetch: Fetch, alice: User, bob: User
) -> None:
    chat = telegram.private(alice)
    for origin in (bob, "Somebody", telegram.channel("News"), telegram.group("Club", [bob])):
        chat.say(alice, "Look", forward_origin=origin)
    messages = [update.message for update in await fetch()]
    origins = [each.forward_origin for each in messages if each]
    assert [origin.type for origin in origins if origin] == [
        "user",
        "hidden_user",
        "channel",
        "chat",
    ]
    assert isinstance(origins[0], MessageOriginUser)


async def test_a_press_waits_for_its_answer(
    telegram: LocalTelegram, fetch: Fetch, call: Calls, alice: User
) -> None:
    chat = telegram.private(alice)
    stop = {"inline_keyboard": [[{"text": "Stop", "callback_data": "stop"}]]}
    await call("sendMessage", chat_id=alice.id, text="One", reply_markup=stop)
    [message] = chat.said_by_bot
    query_id = chat.press(message, "stop", by=alice)
    assert telegram.answer_to(query_id) is None
    [update] = await fetch()
    assert update.callback_query
    assert update.callback_query.data == "stop"
    assert update.callback_query.message
    assert update.callback_query.message.message_id == message.id
    assert (await call("answerCallbackQuery", callback_query_id=query_id, text="Done"))["ok"]
    assert telegram.answer_to(query_id) == Answered(query_id, "Done", is_alert=False)
    with pytest.raises(ValueError, match="no button 'go'"):
        chat.press(message, "go", by=alice)
    chat.delete(message)
    chat.press(message, "stop", by=alice)
    [update] = await fetch()
    assert update.callback_query
    assert update.callback_query.message
    assert not update.callback_query.message.is_accessible


async def test_the_bot_is_told_what_it_has_become(
    telegram: LocalTelegram, fetch: Fetch, alice: User
) -> None:
    group = telegram.group("Friends", [alice])
    group.restrict_bot(by=alice)
    group.unrestrict_bot(by=alice)
    group.remove_bot(by=alice)
    changes = [update.my_chat_member for update in await fetch()]
    assert [one and one.new_chat_member.status for one in changes] == [
        "restricted",
        "member",
        "kicked",
    ]


async def test_members_and_chats_can_be_asked_about(
    telegram: LocalTelegram, call: Calls, alice: User, bob: User
) -> None:
    group = telegram.group("Friends", [alice], username="friends")
    stranger = telegram.user("Carol")
    robot = telegram.user("Robot", is_bot=True)
    group.members.append(robot)
    group.promote(robot)

    async def status(user_id: int) -> str:
        answer = await call("getChatMember", chat_id="@friends", user_id=user_id)
        return str(answer["result"]["status"])

    assert await status(alice.id) == "creator"
    assert await status(telegram.bot.id) == "member"
    assert await status(stranger.id) == "left"
    assert not (await call("getChatMember", chat_id=group.id, user_id=1))["ok"]
    group.restrict_bot(by=alice)
    assert await status(telegram.bot.id) == "restricted"
    group.promote_bot(by=alice)
    admins = (await call("getChatAdministrators", chat_id=group.id))["result"]
    assert [admin["status"] for admin in admins] == ["creator", "administrator"]
    group.members.append(bob)
    group.promote(bob)
    assert await status(bob.id) == "administrator"
    group.demote(bob)
    assert await status(bob.id) == "member"
    assert (await call("getChat", chat_id=group.id))["result"]["title"] == "Friends"
