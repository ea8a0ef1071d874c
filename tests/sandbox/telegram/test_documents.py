"""The files the bot sends, as python-telegram-bot sends them."""

import pytest
from telegram import Bot, InputFile, Message, MessageEntity, ReplyParameters
from telegram.error import BadRequest, RetryAfter

from bot.sandbox.telegram import (
    Budgets,
    Document,
    Entity,
    Error,
    Group,
    LocalTelegram,
    LostAnswer,
    PrivateChat,
    User,
)
from tests.sandbox.telegram.conftest import Calls

PROGRAM = b"print('Hello')\n"


@pytest.fixture
def chat(telegram: LocalTelegram, alice: User) -> PrivateChat:
    return telegram.private(alice)


def sent(chat: PrivateChat | Group) -> Document:
    [message] = chat.said_by_bot
    assert message.kind == "document"
    assert message.document
    return message.document


async def test_a_file_stands_in_the_chat_with_its_name_its_type_and_its_content(
    bot: Bot, chat: PrivateChat
) -> None:
    message = await bot.send_document(chat.id, PROGRAM, filename="hello.py")
    assert message.document
    assert (message.document.file_name, message.document.file_size) == ("hello.py", len(PROGRAM))
    assert message.document.mime_type == "text/x-python"
    document = sent(chat)
    assert (document.file_name, document.content) == ("hello.py", PROGRAM)
    assert document.mime_type == "text/x-python"
    assert message.api_kwargs == {}
    assert message.message_id == chat.said_by_bot[0].id


async def test_everything_that_can_be_said_of_a_file_arrives(
    telegram: LocalTelegram, bot: Bot, alice: User
) -> None:
    forum = telegram.group("Pets", [alice], forum=True)
    cats = forum.topic("Cats")
    question = forum.say(alice, "A program, please", topic=cats)
    message = await bot.send_document(
        forum.id,
        InputFile(PROGRAM, filename="программа 1.py"),
        caption=" A program ",
        caption_entities=[MessageEntity("bold", 3, 7)],
        message_thread_id=cats.id,
        disable_notification=True,
        reply_parameters=ReplyParameters(question.id),
        disable_content_type_detection=True,
    )
    [shown] = forum.said_by_bot
    assert (shown.text, shown.entities) == ("A program", (Entity("bold", 2, 7),))
    assert (shown.topic, shown.reply_to, shown.silent) == (cats.id, question.id, True)
    assert message.caption == "A program"
    assert message.caption_entities == (MessageEntity("bold", 2, 7),)
    assert message.reply_to_message
    assert message.reply_to_message.text == "A program, please"
    assert message.document
    assert message.document.file_name == sent(forum).file_name == "программа 1.py"


async def test_two_files_are_two(bot: Bot, chat: PrivateChat) -> None:
    files = [(await bot.send_document(chat.id, PROGRAM)).document for _ in range(2)]
    assert len({file.file_unique_id for file in files if file}) == 2


async def test_a_file_of_some_megabytes_arrives_whole(bot: Bot, chat: PrivateChat) -> None:
    content = bytes(range(256)) * 12_000
    await bot.send_document(chat.id, content, filename="data.bin")
    assert sent(chat).content == content


async def test_an_empty_file_is_refused(bot: Bot, chat: PrivateChat) -> None:
    with pytest.raises(BadRequest, match=r"(?i)file must be non-empty"):
        await bot.send_document(chat.id, b"", filename="empty.txt")
    assert chat.messages == []


async def test_a_caption_has_1024_characters_and_not_one_more(bot: Bot, chat: PrivateChat) -> None:
    await bot.send_document(chat.id, PROGRAM, caption="😀" * 1024)
    with pytest.raises(BadRequest, match=r"(?i)message caption is too long"):
        await bot.send_document(chat.id, PROGRAM, caption="😀" * 1025)
    assert [message.text for message in chat.said_by_bot] == ["😀" * 1024]


async def test_a_call_without_a_file_is_refused(call: Calls, chat: PrivateChat) -> None:
    answer = await call("sendDocument", chat_id=chat.id, caption="A program")
    assert answer["description"] == "Bad Request: there is no document in the request"
    answer = await call("sendDocument", chat_id=chat.id, document="no-such-file")
    assert answer["description"] == "Bad Request: wrong file identifier/HTTP URL specified"
    answer = await call("sendDocument", chat_id=chat.id, document=7)
    assert answer["description"] == 'Bad Request: can\'t parse parameter "document"'


async def test_where_the_bot_must_not_write_it_sends_no_file(
    telegram: LocalTelegram, bot: Bot, alice: User
) -> None:
    group = telegram.group("Friends", [alice])
    group.restrict_bot(by=alice)
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to send documents to the chat"):
        await bot.send_document(group.id, PROGRAM)


async def test_files_and_messages_share_one_budget(
    telegram: LocalTelegram, bot: Bot, chat: PrivateChat
) -> None:
    telegram.budgets = Budgets(private_burst=2)
    await bot.send_message(chat.id, "Here it comes")
    await bot.send_document(chat.id, PROGRAM)
    with pytest.raises(RetryAfter):
        await bot.send_document(chat.id, PROGRAM)
    assert len(chat.said_by_bot) == 2


async def test_faults_strike_files_as_they_strike_messages(
    telegram: LocalTelegram, bot: Bot, chat: PrivateChat
) -> None:
    telegram.faults.next("sendDocument", Error(400, "Bad Request: CHAT_SEND_DOCS_FORBIDDEN"))
    with pytest.raises(BadRequest, match=r"(?i)chat_send_docs_forbidden"):
        await bot.send_document(chat.id, PROGRAM)
    assert chat.messages == []
    telegram.faults.next("sendDocument", LostAnswer())
    with pytest.raises(Exception, match=r"(?i)disconnected"):
        await bot.send_document(chat.id, PROGRAM)
    assert sent(chat).content == PROGRAM


async def test_a_file_can_be_deleted_but_has_no_text_to_edit(bot: Bot, chat: PrivateChat) -> None:
    message = await bot.send_document(chat.id, PROGRAM, caption="A program")
    with pytest.raises(BadRequest, match=r"(?i)there is no text in the message to edit"):
        await bot.edit_message_text("Another", chat.id, message.message_id)
    assert await bot.delete_message(chat.id, message.message_id)
    assert chat.messages == []


async def test_an_answer_to_a_file_names_it(
    telegram: LocalTelegram, bot: Bot, chat: PrivateChat, alice: User
) -> None:
    await bot.send_document(chat.id, PROGRAM, filename="hello.py")
    chat.say(alice, "What is this?", reply_to=chat.said_by_bot[0])
    [update] = await bot.get_updates()
    assert update.message
    answered = update.message.reply_to_message
    assert isinstance(answered, Message)
    assert answered.document
    assert answered.document.file_name == "hello.py"
