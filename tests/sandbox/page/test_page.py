"""What the page's server answers, over HTTP and without a browser."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession, StreamReader, web
from aiohttp.test_utils import TestClient, TestServer

from bot.sandbox.page import Page
from bot.sandbox.page.assets import FOLDER, HEADERS
from bot.sandbox.page.streams import HEARTBEAT, Streams
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import Say, Wait
from bot.sandbox.telegram import Group, LocalTelegram
from bot.sandbox.telegram.values import Json
from tests.virtual_time import in_virtual_time, now

TOKEN = "42:TEST"
PNG = b"\x89PNG\r\n\x1a\n and more"


@dataclass
class Desk:
    """A Telegram with a page, and somebody who posts to it."""

    telegram: LocalTelegram
    model: Rehearsal
    http: ClientSession
    updates: list[Json] = field(default_factory=list)

    async def post(self, name: str, body: object, **headers: str) -> tuple[int, Json]:
        async with self.http.post(f"/do/{name}", json=body, headers=headers) as response:
            assert HEADERS.items() <= dict(response.headers).items()
            answer: Json = await response.json()
            return response.status, answer

    async def does(self, name: str, **body: object) -> Json:
        status, answer = await self.post(name, body)
        assert status == 200, answer
        return answer

    async def fails(self, name: str, **body: object) -> str:
        status, answer = await self.post(name, body)
        assert status == 400
        return str(answer["error"])

    async def call(self, method: str, **params: object) -> Json:
        async with self.http.post(f"/bot{TOKEN}/{method}", json=params) as response:
            answer: Json = await response.json()
            return answer

    async def heard(self) -> list[Json]:
        """Give the updates that have come for the bot since."""
        found: list[Json] = (await self.call("getUpdates"))["result"]
        if found:
            await self.call("getUpdates", offset=found[-1]["update_id"] + 1)
        return found

    @property
    def group(self) -> Group:
        return next(chat for chat in self.telegram.chats if isinstance(chat, Group))

    @property
    def forum(self) -> Group:
        groups = (chat for chat in self.telegram.chats if isinstance(chat, Group))
        return next(group for group in groups if group.card.is_forum)

    def alice(self, **more: object) -> Json:
        chat = self.telegram.chats[0].id
        return {"chat": chat, "by": chat, **more}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    telegram = LocalTelegram(TOKEN, privacy_mode=False)
    async with Rehearsal() as model:
        page = Page(telegram, "rehearsal", model, language="en")
        async with telegram, page, ClientSession(telegram.url) as http:
            desk = Desk(telegram, model, http)
            await desk.heard()
            yield desk


class Stream:
    """Reads server-sent events."""

    def __init__(self, lines: StreamReader) -> None:
        self._lines = lines

    async def until(self, kind: str) -> Json:
        async with asyncio.timeout(10):
            async for line in self._lines:
                if line.startswith(b"data: "):
                    event: Json = json.loads(line.removeprefix(b"data: "))
                    if event["type"] == kind:
                        return event
        raise AssertionError(f"the stream ended before {kind}")


async def test_every_file_of_the_page_is_served_under_a_strict_policy(desk: Desk) -> None:
    paths = ["/", *(f"/static/{path.name}" for path in FOLDER.iterdir())]
    for path in paths:
        async with desk.http.get(path) as response:
            assert response.status == 200
            assert HEADERS.items() <= dict(response.headers).items()
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    for path in ("/static/nothing.js", "/static/..%2fpage.py", "/static/", "/page.py"):
        async with desk.http.get(path) as response:
            assert response.status == 404


def test_the_page_holds_no_inline_script_or_style_and_names_no_other_server() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        text = text.replace("`http://${text}`", "")  # a link that a person has written
        assert "http" not in text.replace("http:'", "").replace("https:'", "")
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
            assert forbidden not in text
    index = (FOLDER / "index.html").read_text("utf-8")
    assert "style=" not in index
    assert "onclick" not in index
    assert index.count("<script") == index.count('<script type="module" src=')


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8642", "Origin": "http://evil.example:8642"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "[::"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
async def test_other_hosts_and_other_sites_are_refused_everywhere(
    desk: Desk, headers: dict[str, str]
) -> None:
    for path in ("/", "/static/app.js", "/events", "/file/1/1", f"/bot{TOKEN}/getMe"):
        async with desk.http.get(path, headers=headers) as response:
            assert response.status == 403
            assert TOKEN not in await response.text()
    before = len(desk.telegram.chats[0].messages)
    body = desk.alice(text="Hi", topic=None, reply_to=None)
    async with desk.http.post("/do/say", json=body, headers=headers) as response:
        assert response.status == 403
    assert len(desk.telegram.chats[0].messages) == before


async def test_a_link_on_another_site_may_lead_to_the_page_and_no_further(desk: Desk) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    for path, status in (("/", 200), ("/events", 403), (f"/bot{TOKEN}/getMe", 403)):
        async with desk.http.get(path, headers=followed) as response:
            assert response.status == status


async def test_the_page_itself_is_welcome_under_both_names_of_this_machine(desk: Desk) -> None:
    for host in ("127.0.0.1:8642", "localhost:9000"):
        own = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        async with desk.http.get("/static/app.js", headers=own) as response:
            assert response.status == 200


async def test_what_is_said_reaches_the_bot_in_the_language_of_the_page(desk: Desk) -> None:
    await desk.does("language", language="ru")
    await desk.does("say", **desk.alice(text="  Hello \r\n there "))
    [update] = await desk.heard()
    assert update["message"]["text"] == "Hello \n there"
    assert update["message"]["from"]["language_code"] == "ru"


async def test_a_long_text_becomes_messages_as_in_telegrams_apps(desk: Desk) -> None:
    lines = "😀" * 1000 + "\n" + "x" * 2070 + "\n" + "y" * 5000
    await desk.does("say", **desk.alice(text=lines))
    texts = [update["message"]["text"] for update in await desk.heard()]
    assert texts == ["😀" * 1000 + "\n" + "x" * 2070, "y" * 4096, "y" * 904]


async def test_replies_topics_and_other_people_are_told(desk: Desk) -> None:
    bob = desk.group.members[1]
    answered = desk.group.say(bob, "Tea?")
    await desk.does("say", chat=desk.group.id, by=bob.id, text="Yes", reply_to=answered.id)
    topic = desk.forum.topics[0]
    await desk.does("say", chat=desk.forum.id, by=bob.id, text="Here", topic=topic.id)
    heard = [update["message"] for update in await desk.heard()][-2:]
    assert heard[0]["reply_to_message"]["text"] == "Tea?"
    assert heard[1]["message_thread_id"] == topic.id
    assert [message["from"]["first_name"] for message in heard] == ["Bob", "Bob"]


async def test_edits_and_deletions_happen(desk: Desk) -> None:
    await desk.does("say", **desk.alice(text="One"))
    [said] = desk.telegram.chats[0].messages
    await desk.does("edit", chat=said.chat_id, message=said.id, text="One")
    await desk.does("edit", chat=said.chat_id, message=said.id, text="Two")
    assert [list(update)[1] for update in await desk.heard()] == ["message", "edited_message"]
    await desk.does("delete", chat=said.chat_id, message=said.id)
    assert desk.telegram.chats[0].messages == []
    assert await desk.fails("edit", chat=said.chat_id, message=said.id, text="X") == "error-gone"


async def test_only_what_people_have_written_is_edited_and_stays_one_message(desk: Desk) -> None:
    chat = desk.telegram.chats[0]
    await desk.call("sendMessage", chat_id=chat.id, text="From the bot")
    await desk.does("say", **desk.alice(text="From Alice"))
    bots, own = ({"chat": chat.id, "message": message.id} for message in chat.messages)
    assert await desk.fails("edit", **bots, text="Forged") == "error-not-yours"
    assert await desk.fails("edit", **own, text="x" * 4097) == "error-long"
    assert [message.text for message in chat.messages] == ["From the bot", "From Alice"]


async def test_buttons_are_pressed_and_the_menu_is_told(desk: Desk) -> None:
    chat = desk.telegram.chats[0]
    keyboard = {"inline_keyboard": [[{"text": "Stop", "callback_data": "stop"}]]}
    await desk.call("sendMessage", chat_id=chat.id, text="Hi", reply_markup=keyboard)
    await desk.call("setMyCommands", commands=[{"command": "new", "description": "Forget"}])
    [message] = chat.messages
    query = (await desk.does("press", **desk.alice(message=message.id, data="stop")))["query"]
    [update] = await desk.heard()
    assert (update["callback_query"]["id"], update["callback_query"]["data"]) == (query, "stop")
    forged = desk.alice(message=message.id, data="erase")
    assert await desk.fails("press", **forged) == "error-gone"
    assert await desk.does("menu", **desk.alice()) == {
        "commands": [{"command": "new", "description": "Forget"}]
    }


async def test_chats_and_topics_are_opened(desk: Desk) -> None:
    number = (await desk.does("chat", kind="private", title="Dora"))["chat"]
    await desk.does("say", chat=number, by=number, text="Hi")
    group = (await desk.does("chat", kind="group", title="Club"))["chat"]
    updates = await desk.heard()
    assert updates[0]["message"]["from"]["first_name"] == "Dora"
    assert updates[1]["my_chat_member"]["chat"]["id"] == group
    topic = await desk.does("topic", chat=desk.forum.id, title="Plans")
    assert topic == {"chat": desk.forum.id, "topic": desk.forum.topics[-1].id}
    assert await desk.fails("topic", chat=group, title="Plans") == "error-wrong"


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("say", {}, "error-wrong"),
    ("say", {"chat": 5, "by": 5, "text": "Hi"}, "error-gone"),
    ("say", {"text": " \n "}, "error-empty"),
    ("say", {"text": "x" * 200_001}, "error-long"),
    ("say", {"text": 5}, "error-wrong"),
    ("say", {"text": "Hi", "by": 42}, "error-wrong"),
    ("say", {"text": "Hi", "by": True}, "error-wrong"),
    ("say", {"text": "Hi", "topic": 7}, "error-gone"),
    ("say", {"text": "Hi", "reply_to": 7}, "error-gone"),
    ("delete", {"message": 7}, "error-gone"),
    ("chat", {"kind": "channel", "title": "News"}, "error-wrong"),
    ("chat", {"kind": ["group"], "title": "News"}, "error-wrong"),
    ("chat", {"kind": "group", "title": "x" * 65}, "error-long"),
    ("switch", {"switch": "everything", "on": True}, "error-wrong"),
    ("switch", {"switch": "slow", "on": "yes"}, "error-wrong"),
    ("pace", {"pace": -1}, "error-wrong"),
    ("pace", {"pace": "fast"}, "error-wrong"),
    ("language", {"language": "xx"}, "error-wrong"),
]


@pytest.mark.parametrize(("name", "more", "error"), WRONG)
async def test_what_makes_no_sense_is_told(
    desk: Desk, name: str, more: dict[str, Any], error: str
) -> None:
    body = desk.alice(**more) if more else {}
    assert await desk.fails(name, **body) == error


async def test_what_is_no_json_object_is_told(desk: Desk) -> None:
    wrong: tuple[object, ...] = ([], "text", None)
    for body in wrong:
        assert await desk.post("say", body) == (400, {"error": "error-wrong"})
    for kind, text in (("application/json", "{"), ("text/plain", "{}")):
        headers = {"Content-Type": kind}
        async with desk.http.post("/do/say", data=text, headers=headers) as response:
            assert (response.status, await response.json()) == (400, {"error": "error-wrong"})


async def test_halves_of_characters_do_no_harm(desk: Desk) -> None:
    await desk.does("say", **desk.alice(text="a\ud83d"))
    assert desk.telegram.chats[0].messages[0].text == "a\ufffd"


async def send(desk: Desk, content: bytes | io.BytesIO, **fields: object) -> tuple[int, Json]:
    query = {key: str(value) for key, value in desk.alice(**fields).items()}
    headers = {"Content-Type": "image/png"}
    async with desk.http.post("/do/send", params=query, data=content, headers=headers) as response:
        return response.status, await response.json()


async def test_a_picture_is_sent_and_seen(desk: Desk) -> None:
    assert (await send(desk, PNG, name="a.png", width=4, height=3, caption="See"))[0] == 200
    [update] = await desk.heard()
    [photo] = update["message"]["photo"]
    assert (photo["width"], photo["height"], photo["file_size"]) == (4, 3, len(PNG))
    assert update["message"]["caption"] == "See"
    message = desk.telegram.chats[0].messages[0]
    async with desk.http.get(f"/file/{message.chat_id}/{message.id}") as response:
        assert (response.content_type, await response.read()) == ("image/png", PNG)
        assert HEADERS.items() <= dict(response.headers).items()


async def test_what_only_calls_itself_a_picture_is_a_file_that_is_never_shown(desk: Desk) -> None:
    script = b"<script>alert(1)</script>"
    assert (await send(desk, script, name='"x\r\n.png', width=4, height=3))[0] == 200
    message = desk.telegram.chats[0].messages[0]
    assert message.document
    assert (message.document.file_name, message.document.content) == ('"x\r\n.png', script)
    async with desk.http.get(f"/file/{message.chat_id}/{message.id}") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == (
            "attachment; filename*=UTF-8''%22x%0D%0A.png"
        )
    for path in ("/file/1/1", "/file/x/1", f"/file/{message.chat_id}/99"):
        async with desk.http.get(path) as response:
            assert response.status == 404


async def test_files_that_no_app_sends_are_refused(desk: Desk) -> None:
    assert await send(desk, b"", name="a") == (400, {"error": "error-empty-file"})
    assert await send(desk, PNG, name="a", caption="x" * 1025) == (400, {"error": "error-long"})
    large = io.BytesIO(bytes(20 * 2**20 + 1))
    assert await send(desk, large, name="a") == (400, {"error": "error-large"})


async def test_the_stream_begins_with_everything_and_goes_on_with_what_happens(desk: Desk) -> None:
    chat = desk.telegram.chats[0]
    await desk.does("say", **desk.alice(text="Before"))
    async with desk.http.get("/events") as response:
        assert HEADERS.items() <= dict(response.headers).items()
        stream = Stream(response.content)
        snapshot = await stream.until("snapshot")
        assert [one["title"] for one in snapshot["chats"]] == ["Alice", "Friends", "Workshop"]
        assert snapshot["chats"][0]["messages"][0]["text"] == "Before"
        assert snapshot["chats"][2]["topics"][0]["name"] == "Ideas"
        await desk.call("sendMessage", chat_id=chat.id, text="Hello")
        call = (await stream.until("call"))["call"]
        assert (call["method"], call["is_over"]) == ("sendMessage", False)
        shown = (await stream.until("shown"))["message"]
        assert (shown["text"], shown["sender"]["is_bot"]) == ("Hello", True)
        while not (call := (await stream.until("call"))["call"])["is_over"]:
            pass
        assert (call["ok"], call["is_over"], call["left"]) == (True, True, 2)
        await desk.call("deleteMessage", chat_id=chat.id, message_id=shown["id"])
        assert (await stream.until("deleted"))["message"] == shown["id"]


async def test_switches_let_calls_go_wrong_and_tell_when_they_have_struck(desk: Desk) -> None:
    chat, other = desk.telegram.chats[0], desk.group

    async def switches() -> Json:
        async with desk.http.get("/events") as response:
            found: Json = (await Stream(response.content).until("snapshot"))["switches"]
            return found

    def post(where: int, text: str = "Hi") -> Any:
        return desk.http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": where, "text": text})

    await desk.does("switch", switch="gateway", chat=chat.id, on=True)
    assert (await switches())["chats"][str(chat.id)]["gateway"]
    async with post(other.id) as response:
        assert response.status == 200
    async with post(chat.id) as response:
        assert response.status == 502
    assert not (await switches())["chats"][str(chat.id)]["gateway"]

    await desk.does("switch", switch="flood", chat=chat.id, on=True)
    async with post(chat.id) as response:
        assert (await response.json())["parameters"] == {"retry_after": 8}
    assert (await switches())["chats"][str(chat.id)]["flood"] > 7
    await desk.does("switch", switch="flood", chat=chat.id, on=False)
    await desk.does("switch", switch="gateway", chat=chat.id, on=True)
    await desk.does("switch", switch="gateway", chat=chat.id, on=False)
    async with post(chat.id) as response:
        assert response.status == 200

    await desk.does("switch", switch="slow", on=True)
    assert desk.telegram.faults.delay > 1
    await desk.does("switch", switch="slow", on=False)
    assert desk.telegram.faults.delay == 0
    await desk.does("switch", switch="breaks", on=True)
    assert desk.model.breaks_off
    assert await desk.fails("switch", switch="flood", chat=5, on=True) == "error-gone"


async def test_the_pace_is_set_and_told(desk: Desk) -> None:
    async with desk.http.get("/events") as response:
        stream = Stream(response.content)
        assert (await stream.until("snapshot"))["pace"] == 0
        await desk.does("pace", pace=12.5)
        assert (await stream.until("pace"))["pace"] == 12.5
    assert desk.model.pace == 12.5


async def test_the_lag_is_told_until_everything_is_shown(desk: Desk) -> None:
    more = asyncio.Event()
    desk.model.script(Say("One two three "), Wait(more), Say("four five six."))
    chat = desk.telegram.chats[0]

    async def ask() -> None:
        body = {"messages": [{"role": "user", "content": "Hi"}], "stream": True}
        async with desk.http.post(f"{desk.model.url}/chat/completions", json=body) as answer:
            await answer.read()

    async with desk.http.get("/events") as response:
        stream = Stream(response.content)
        asking = asyncio.create_task(ask())
        first, second = [(await stream.until("lag"))["seconds"] for _ in range(2)]
        assert 0 < first < second
        shown = (await desk.call("sendMessage", chat_id=chat.id, text="One two three"))["result"]
        while (await stream.until("lag"))["seconds"] > 0:
            pass
        more.set()
        await asking
        assert (await stream.until("lag"))["seconds"] >= 0
        text, number = "One two three four five six.", shown["message_id"]
        await desk.call("editMessageText", chat_id=chat.id, message_id=number, text=text)
        while (await stream.until("lag"))["seconds"] is not None:
            pass


async def test_without_the_rehearsal_model_there_is_no_pace_and_no_break() -> None:
    telegram = LocalTelegram(TOKEN)
    page = Page(telegram, "gpt-4", None)
    async with telegram, page, ClientSession(telegram.url) as http:
        async with http.get("/events") as response:
            snapshot = await Stream(response.content).until("snapshot")
        assert (snapshot["model"], snapshot["pace"]) == ("gpt-4", None)
        assert snapshot["language"] is None
        async with http.post("/do/pace", json={"pace": 3}) as response:
            assert response.status == 400
        async with http.post("/do/switch", json={"switch": "breaks", "on": True}) as response:
            assert response.status == 200


@in_virtual_time
async def test_a_stream_without_news_says_that_it_is_alive() -> None:
    streams = Streams()

    async def serve(request: web.Request) -> web.StreamResponse:
        return await streams.serve(request, dict)

    app = web.Application()
    app.router.add_get("/", serve)
    async with TestClient(TestServer(app)) as http, http.get("/") as response:
        lines = [await response.content.readline() for _ in range(4)]
        assert lines == [b"data: {}\n", b"\n", b": still here\n", b"\n"]
        assert now() == HEARTBEAT
        streams.close()


async def test_streams_end_with_the_page() -> None:
    telegram = LocalTelegram(TOKEN)
    page = Page(telegram, "gpt-4", None)
    async with telegram, ClientSession(telegram.url) as http:
        async with page:
            response = await http.get("/events")
            await Stream(response.content).until("snapshot")
        assert await response.content.read() == b"\n"  # the rest of the snapshot
