"""The page's server: files, a stream of what happens, and posts of what a person does."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final, Self
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.page.assets import HEADERS, asset
from bot.sandbox.page.body import Body, WrongError
from bot.sandbox.page.deeds import Deeds, picture_type
from bot.sandbox.page.languages import LANGUAGES, texts
from bot.sandbox.page.reporter import Reporter
from bot.sandbox.page.streams import Streams
from bot.sandbox.page.switches import OF_A_CHAT, SWITCHES, Switches
from bot.sandbox.page.views import call_view, chat_view, user_view, writers
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.telegram import Chat, Document, LocalTelegram
from bot.sandbox.telegram.values import Json

MOST_CALLS: Final = 200
"""Calls that a page is told of when it opens."""
LARGEST_FILE: Final = 20 * 2**20
"""Bytes that a person can send; what a bot may fetch from Telegram."""

_Deed = Callable[[Body], Json | None]


class Page:
    """Serves the page on `telegram`'s port, from `async with` on, within `telegram`'s own.

    `model` is the rehearsal model if it is the one that answers, `answering` the name of whichever
    does. `language` (of `LANGUAGES`) is that of the page and of all people; without one it is the
    browser's. `in_group` says in which chat the page opens.
    """

    def __init__(
        self,
        telegram: LocalTelegram,
        answering: str,
        model: Rehearsal | None,
        *,
        language: str | None = None,
        in_group: bool = False,
    ) -> None:
        names = texts(language or LANGUAGES[0])
        people = [telegram.user(names[f"person-{number}"]) for number in (1, 2, 3)]
        self._telegram = telegram
        self._answering = answering
        self._model = model
        self._language = language
        self._deeds = Deeds(telegram, people, language or LANGUAGES[0])
        self._switches = Switches(telegram, model)
        self._streams = Streams()
        self._reporter = Reporter(telegram, model, self._switches, self._streams)
        private = telegram.private(people[0])
        group = self._deeds.open_group(names["chat-group"], forum=False)
        forum = self._deeds.open_group(names["chat-forum"], forum=True)
        for number in (1, 2):
            forum.topic(names[f"topic-{number}"])
        self._start = group.id if in_group else private.id
        telegram.serve(self._routes())

    async def __aenter__(self) -> Self:
        await self._reporter.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._streams.close()
        await self._reporter.stop()

    def _routes(self) -> list[web.RouteDef]:
        deeds: Mapping[str, _Deed] = {
            "say": self._deeds.say,
            "edit": self._deeds.edit,
            "delete": self._deeds.delete,
            "press": self._deeds.press,
            "menu": self._deeds.menu,
            "chat": self._open_chat,
            "topic": self._open_topic,
            "switch": self._turn,
            "pace": self._set_pace,
            "language": self._set_language,
        }
        return [
            web.get("/", self._index),
            web.get("/static/{name}", self._asset),
            web.get("/events", self._events),
            web.get("/file/{chat}/{message}", self._file),
            web.post("/do/send", self._send),
            *(web.post(f"/do/{name}", _posted(deed)) for name, deed in deeds.items()),
        ]

    async def _index(self, _: web.Request) -> web.Response:
        return asset("index.html")

    async def _asset(self, request: web.Request) -> web.Response:
        return asset(request.match_info["name"])

    async def _events(self, request: web.Request) -> web.StreamResponse:
        return await self._streams.serve(request, self._snapshot)

    async def _file(self, request: web.Request) -> web.Response:
        """Hand out a file. Only what is a picture by its first bytes is shown in the browser."""
        try:
            chat = self._deeds.chat(int(request.match_info["chat"]))
            message = chat.find(int(request.match_info["message"]))
        except (ValueError, WrongError):
            message = None
        if message and (picture := message.picture):
            kind = picture_type(picture.content) or "application/octet-stream"
            return web.Response(body=picture.content, content_type=kind, headers=HEADERS)
        if message and (document := message.document):
            name = quote(document.file_name, safe="", errors="replace")
            headers = {**HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
            kind = "application/octet-stream"
            return web.Response(body=document.content, content_type=kind, headers=headers)
        raise web.HTTPNotFound(headers=HEADERS)

    async def _send(self, request: web.Request) -> web.Response:
        """Take a file; its bytes are the body, and the fields stand in the address."""
        if (request.content_length or 0) > LARGEST_FILE:
            return _wrong("error-large")
        content = await request.read()
        name = request.query.get("name", "").strip()[:255] or "file"
        file = Document(file_name=name, mime_type=request.content_type, content=content)
        numbers = ("chat", "by", "topic", "reply_to", "width", "height")
        fields: Json = {key: _whole(request.query.get(key)) for key in numbers}
        caption = request.query.get("caption", "").strip()
        fields |= {"caption": caption, "has_caption": bool(caption)}
        try:
            self._deeds.send(Body(fields), file)
        except WrongError as error:
            return _wrong(str(error))
        return web.json_response({}, headers=HEADERS)

    def _open_chat(self, body: Body) -> Json:
        chat = self._deeds.open_chat(body)
        self._tell_chat(chat)
        return {"chat": chat.id}

    def _open_topic(self, body: Body) -> Json:
        forum, topic = self._deeds.open_topic(body)
        self._tell_chat(forum)
        return {"chat": forum.id, "topic": topic.id}

    def _tell_chat(self, chat: Chat) -> None:
        self._streams.tell({"type": "chat", "chat": chat_view(chat, writers(chat))})

    def _turn(self, body: Body) -> None:
        name = body.choice("switch", SWITCHES)
        switch = next(one for one in SWITCHES if one == name)
        chat = self._deeds.chat(body.number("chat")) if switch in OF_A_CHAT else None
        self._switches.turn(switch, chat, on=body.flag("on"))
        self._reporter.tell_switches()

    def _set_pace(self, body: Body) -> None:
        if self._model is None:
            raise WrongError("error-wrong")
        self._model.pace = body.amount("pace")
        self._streams.tell({"type": "pace", "pace": self._model.pace})

    def _set_language(self, body: Body) -> None:
        self._language = self._deeds.language = body.choice("language", LANGUAGES)
        self._streams.tell({"type": "language", "language": self._language})

    def _snapshot(self) -> Json:
        calls = list(enumerate(self._telegram.calls))[-MOST_CALLS:]
        chats = [chat for chat in self._telegram.chats if writers(chat)]
        return {
            "type": "snapshot",
            "bot": user_view(self._telegram.bot),
            "start": self._start,
            "chats": [chat_view(chat, writers(chat)) for chat in chats],
            "calls": [call_view(number, call) for number, call in calls],
            "switches": self._switches.view(),
            "model": self._answering,
            "pace": self._model.pace if self._model else None,
            "language": self._language,
        }


def _posted(deed: _Deed) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def take(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _wrong("error-wrong")
        try:
            result = deed(Body(await request.json()))
        except ValueError:
            return _wrong("error-wrong")
        except WrongError as error:
            return _wrong(str(error))
        return web.json_response(result or {}, headers=HEADERS)

    return take


def _wrong(key: str) -> web.Response:
    return web.json_response({"error": key}, status=HTTPStatus.BAD_REQUEST, headers=HEADERS)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.lstrip("-").isdecimal() else None
