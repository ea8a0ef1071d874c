"""What a person does on the page, and what of it happens in the chats."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.sandbox.page.body import Body, WrongError, parts
from bot.sandbox.page.views import writers
from bot.sandbox.telegram import (
    Chat,
    Document,
    Group,
    LocalTelegram,
    Message,
    Picture,
    Topic,
    User,
)
from bot.sandbox.telegram.chat import How
from bot.sandbox.telegram.values import Json

LONGEST_NAME: Final = 64
LONGEST_CAPTION: Final = 1024
KINDS: Final = ("private", "group", "forum")
_PICTURES: Final = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


class Deeds:
    """Does it. Whoever writes speaks `language`, as all people here do at a time.

    Raises `WrongError` for what cannot be done.
    """

    def __init__(self, telegram: LocalTelegram, people: Sequence[User], language: str) -> None:
        self.language = language
        self._telegram = telegram
        self._people = list(people)

    def chat(self, number: int) -> Chat:
        """Return a chat by its id."""
        for chat in self._telegram.chats:
            if chat.id == number:
                return chat
        raise WrongError("error-gone")

    def say(self, body: Body) -> None:
        """Write a message; a long one becomes several, as in Telegram's apps."""
        chat = self.chat(body.number("chat"))
        person, how = self._writer(chat, body), self._how(chat, body)
        for part in parts(body.text("text")):
            chat.say(person, part, **how)

    def send(self, body: Body, file: Document) -> None:
        """Send a file; what is a picture is sent as one if its size is told."""
        chat = self.chat(body.number("chat"))
        width, height = body.number_or_none("width"), body.number_or_none("height")
        caption = body.text("caption", LONGEST_CAPTION) if body.flag("has_caption") else None
        kind = picture_type(file.content)
        content: Document | Picture = file
        if not file.content:
            raise WrongError("error-empty-file")
        if kind and width and height:
            content = Picture(mime_type=kind, content=file.content, width=width, height=height)
        chat.send_file(self._writer(chat, body), content, caption, **self._how(chat, body))

    def edit(self, body: Body) -> None:
        """Change the text of a message of one's own."""
        chat, message = self._message(body)
        if message.sender is None or message.sender.is_bot or message.is_service:
            raise WrongError("error-not-yours")
        text = body.text("text")
        if len(parts(text)) > 1:
            raise WrongError("error-long")
        if text != message.text:
            chat.edit(message, text)

    def delete(self, body: Body) -> None:
        """Delete a message, whosever it is."""
        chat, message = self._message(body)
        chat.delete(message)

    def press(self, body: Body) -> Json:
        """Press a button and return the id by which the answer is known."""
        chat, message = self._message(body)
        try:
            query = chat.press(message, body.text("data"), by=self._writer(chat, body))
        except ValueError:
            raise WrongError("error-gone") from None
        return {"query": query}

    def menu(self, body: Body) -> Json:
        """Return the commands that somebody is offered."""
        chat = self.chat(body.number("chat"))
        return {"commands": self._telegram.command_menu(self._writer(chat, body), chat)}

    def open_chat(self, body: Body) -> Chat:
        """Begin a chat: of a new person with the bot, or a group of all people and the bot."""
        kind, title = body.choice("kind", KINDS), body.text("title", LONGEST_NAME)
        if kind == "private":
            return self._telegram.private(self._telegram.user(title))
        return self.open_group(title, forum=kind == "forum")

    def open_group(self, title: str, *, forum: bool) -> Group:
        """Found a group and add the bot, which is told so."""
        group = self._telegram.group(title, self._people, forum=forum)
        group.add_bot(by=self._speaking(self._people[0]))
        return group

    def open_topic(self, body: Body) -> tuple[Group, Topic]:
        """Open a topic in a forum."""
        chat = self.chat(body.number("chat"))
        if not isinstance(chat, Group) or not chat.card.is_forum:
            raise WrongError("error-wrong")
        return chat, chat.topic(body.text("title", LONGEST_NAME))

    def _message(self, body: Body) -> tuple[Chat, Message]:
        chat = self.chat(body.number("chat"))
        message = chat.find(body.number("message"))
        if message is None:
            raise WrongError("error-gone")
        return chat, message

    def _writer(self, chat: Chat, body: Body) -> User:
        number = body.number("by")
        for person in writers(chat):
            if person.id == number:
                return self._speaking(person)
        raise WrongError("error-wrong")

    def _speaking(self, person: User) -> User:
        return replace(person, language_code=self.language)

    def _how(self, chat: Chat, body: Body) -> How:
        how: How = {"topic": self._topic(chat, body.number_or_none("topic"))}
        if (number := body.number_or_none("reply_to")) is not None:
            answered = chat.find(number)
            if answered is None:
                raise WrongError("error-gone")
            how["reply_to"] = answered
        return how

    def _topic(self, chat: Chat, number: int | None) -> Topic | None:
        topics = chat.topics if isinstance(chat, Group) else []
        found = next((topic for topic in topics if topic.id == number), None)
        if number is not None and found is None:
            raise WrongError("error-gone")
        return found


def picture_type(content: bytes) -> str | None:
    """Return the media type of a picture that browsers draw and that holds no script."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _PICTURES.items() if content.startswith(start)), None)
