"""The command line, as a person starts it."""

import asyncio
import json
import os
import pty
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

import bot
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.steps import BreakOff, Say, Wait
from bot.sandbox.telegram import LocalTelegram, NoAnswer
from tests.world import TOKEN, WORDS

ROOT = Path(bot.__file__).parent.parent


def environment(**settings: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **settings}


async def start(*arguments: str, **settings: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=environment(**settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(*arguments: str, stdin: str = "", **settings: str) -> tuple[int | None, str, str]:
    """Run a command to its end; give status, stdout and stderr."""
    process = await start(*arguments, **settings)
    out, err = await process.communicate(stdin.encode())
    return process.returncode, out.decode(), err.decode()


def at(model: Rehearsal) -> Mapping[str, str]:
    return {"G4F_BASE_URL": model.url, "G4F_MODEL": "rehearsal"}


async def test_ask_prints_the_text_alone_once_when_it_is_piped() -> None:
    async with Rehearsal() as model:
        model.script(Say("Hello there!"))
        assert await run("ask", "Say hello there!", **at(model)) == (0, "Hello there!\n", "")
        assert model.requests[0].messages == [{"role": "user", "content": "Say hello there!"}]


async def test_ask_prints_the_chunks_on_a_terminal_and_then_the_whole_text() -> None:
    async with Rehearsal() as model:
        more = asyncio.Event()
        model.script(Say("Hello "), Wait(more), Say("there!"))
        mine, theirs = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "ask", "Hi", env=environment(**at(model)), stdout=theirs
        )
        os.close(theirs)
        first = await asyncio.to_thread(os.read, mine, 100)
        assert first == b"Hello "
        more.set()
        rest = b""
        while chunk := await asyncio.to_thread(_read, mine):
            rest += chunk
        assert await process.wait() == 0
        os.close(mine)
        whole = WORDS("console-whole")
        shown = rest.decode().replace("\r\n", "\n")
        assert shown == f"there!\n\n{whole}\nHello there!\n"


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1000)
    except OSError:  # the other side has closed it
        return b""


async def test_ask_tells_an_error_on_stderr_and_prints_what_had_come() -> None:
    async with Rehearsal() as model:
        model.script(Say("Half an "), BreakOff())
        status, out, err = await run("ask", "Hi", **at(model))
        assert (status, out) == (1, "Half an\n")
        assert err.startswith("The answer broke off")
        assert "Traceback" not in err


async def test_ask_tells_that_nothing_can_be_reached() -> None:
    status, out, err = await run("ask", "Hi", G4F_BASE_URL="http://127.0.0.1:9")
    assert (status, out) == (1, "")
    assert err.startswith("The model cannot be reached")


async def test_a_provider_that_g4f_does_not_know_is_told_with_the_nearest_names() -> None:
    status, out, err = await run("ask", "--provider", "Polinations", "Hi")
    assert (status, out) == (2, "")
    assert "G4F_PROVIDER" in err
    assert "Pollinations" in err


async def test_wrong_settings_are_told_all_at_once_and_nothing_runs() -> None:
    status, out, err = await run(LOG_LEVEL="LOUD", CHUNK_TIMEOUT="soon")
    assert (status, out) == (2, "")
    for variable in ("TELEGRAM_BOT_TOKEN", "LOG_LEVEL", "CHUNK_TIMEOUT"):
        assert variable in err
    assert "Traceback" not in err


async def test_help_and_version_are_told() -> None:
    status, out, _ = await run("--help")
    assert status == 0
    assert all(command in out for command in ("run", "ask", "sandbox"))
    assert await run("--version") == (0, f"{bot.__version__}\n", "")


async def test_a_stream_that_is_closed_is_no_error() -> None:
    for redirection in ("<&-", ">&-", "<&- >&- 2>&-"):
        command = f"{sys.executable} -m bot sandbox --terminal {redirection}"
        process = await asyncio.create_subprocess_shell(command, env=environment())
        assert await process.wait() == 0


async def test_options_that_make_no_sense_are_told() -> None:
    for arguments, problem in (
        (("sandbox", "--pace", "-1"), WORDS("cli-pace-wrong")),
        (("sandbox", "--pace", "fast"), WORDS("cli-pace-wrong")),
        (("sandbox", "--port", "0"), WORDS("cli-port-wrong")),
        (("sandbox", "--port", "web"), WORDS("cli-port-wrong")),
        (("ask", " "), WORDS("cli-ask-empty")),
    ):
        status, out, err = await run(*arguments)
        assert (status, out) == (2, "")
        assert problem in err


async def test_a_wrong_token_is_a_clear_error_that_does_not_repeat_it() -> None:
    async with LocalTelegram(token=TOKEN) as telegram:
        wrong = "43:WRONG-secret-token"
        settings = {"TELEGRAM_BOT_TOKEN": wrong, "TELEGRAM_API_URL": telegram.url}
        status, out, err = await run(**settings, LOG_LEVEL="DEBUG")
        assert (status, out) == (1, "")
        assert "TELEGRAM_BOT_TOKEN" in err
        assert "secret" not in err
        assert "Traceback" not in err


async def test_the_bot_waits_for_telegram_answers_and_ends_well_when_told_to() -> None:
    async with LocalTelegram(token=TOKEN) as telegram, Rehearsal() as model:
        telegram.down = True
        model.script(Say("More and more. " * 1000, pace=20))
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        process = await start("run", **settings, **at(model), LOG_LEVEL="DEBUG")
        assert process.stderr
        waiting = WORDS("run-waiting", seconds=1).encode()
        while waiting not in await process.stderr.readline():
            assert not process.stderr.at_eof()
        telegram.down = False
        alice = telegram.user("Alice")
        chat = telegram.private(alice)
        chat.say(alice, "A private question")
        await telegram.until(lambda: len(chat.said_by_bot) == 1, timeout=20)
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()
        assert process.returncode == 0
        assert chat.said_by_bot[0].text.endswith(WORDS("answer-interrupted"))
        log = err.decode()
        assert WORDS("run-polling", username=telegram.bot.username or "") in log
        for private in ("secret", "A private question", "More and more"):
            assert private not in log
        assert "Traceback" not in log


async def test_a_second_signal_ends_the_bot_at_once() -> None:
    async with LocalTelegram(token=TOKEN) as telegram, Rehearsal() as model:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        process = await start("run", **settings, **at(model))
        alice = telegram.user("Alice")
        chat = telegram.private(alice)
        chat.say(alice, "stall")
        await telegram.until(lambda: bool(chat.said_by_bot), timeout=20)
        telegram.faults.next("editMessageText", NoAnswer(60), times=9)
        process.send_signal(signal.SIGTERM)
        await telegram.until(lambda: telegram.calls[-1].method == "editMessageText")
        process.send_signal(signal.SIGTERM)
        await process.communicate()
        assert process.returncode == 128 + signal.SIGTERM


def resident_kib(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_the_bot_fits_into_128_mib_after_its_first_answer() -> None:
    async with LocalTelegram(token=TOKEN) as telegram, Rehearsal() as model:
        model.script(Say("Hello there!"))
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        process = await start(**settings, **at(model))
        alice = telegram.user("Alice")
        chat = telegram.private(alice)
        chat.say(alice, "Hi")
        await telegram.until(lambda: bool(chat.said_by_bot), timeout=20)
        resident = resident_kib(process.pid)
        process.send_signal(signal.SIGINT)
        await process.communicate()
        assert process.returncode == 0
        assert resident < 128 * 1024


async def address(process: asyncio.subprocess.Process) -> str:
    """Wait until the sandbox tells where its page is."""
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found, line
    return found[0]


async def test_the_sandbox_is_a_page_that_ends_at_once_while_it_is_open_and_an_answer_grows() -> (
    None
):
    process = await start("sandbox", "--no-browser", "--pace", "20", "--group")
    url = await address(process)
    async with aiohttp.ClientSession(url) as http, http.get("/events") as stream:
        line = (await stream.content.readline()).decode().removeprefix("data: ")
        snapshot = json.loads(line)
        private, group = (chat["id"] for chat in snapshot["chats"][:2])
        assert (snapshot["start"], snapshot["pace"], snapshot["language"]) == (group, 20, None)
        question = {"chat": private, "by": private, "text": "count to 1000"}
        async with http.post("/do/say", json=question) as said:
            assert said.status == 200
        while b"1, 2, 3" not in await stream.content.readline():
            pass
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):  # far more than the two seconds, and far less than 50
            _, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, f"\n{WORDS('console-stopped')}\n")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the browser is not named by BROWSER")
async def test_the_sandbox_opens_the_browser_where_there_is_one(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    opened = tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o700)
    for arguments, display, opens in (
        ((), ":0", True),
        (("--no-browser",), ":0", False),
        ((), "", False),
    ):
        if opens:
            os.mkfifo(opened)  # whoever reads it waits for whoever writes it
        environ = {"BROWSER": f"{browser} %s", "DISPLAY": display, "WAYLAND_DISPLAY": ""}
        process = await start("sandbox", *arguments, **environ)
        url = await address(process)
        if opens:
            assert await asyncio.to_thread(opened.read_text) == f"{url}\n"
            opened.unlink()
        process.send_signal(signal.SIGINT)
        await process.communicate()
        assert not opened.exists()


async def test_where_the_usual_port_is_taken_another_one_is() -> None:
    async with LocalTelegram(token=TOKEN, ports=(8642, 0)):  # or somebody else has it
        process = await start("sandbox", "--no-browser")
        url = await address(process)
        process.send_signal(signal.SIGTERM)
        await process.communicate()
        assert url != "http://127.0.0.1:8642/"


async def test_a_port_that_was_asked_for_and_is_taken_is_told() -> None:
    async with LocalTelegram(token=TOKEN) as other:
        taken = other.url.rpartition(":")[2]
        status, out, err = await run("sandbox", "--no-browser", "--port", taken)
        assert (status, out) == (1, "")
        assert err == f"{WORDS('sandbox-port-taken', port=taken)}\n"


async def test_the_sandbox_can_be_scripted() -> None:
    lines = "say hello there!\nwhat did I say?\n"
    status, out, err = await run("sandbox", "--terminal", "--pace", "0", stdin=lines)
    assert (status, err) == (0, "")
    assert out == (
        "You: say hello there!\n"
        "Rehearsal: Hello there!\n"
        "You: what did I say?\n"
        "Rehearsal: Before this, you said:\n\n1. say hello there!\n"
    )


async def test_a_terminal_that_knows_no_unicode_shows_what_it_can() -> None:
    ascii_only = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    status, out, err = await run(
        "sandbox", "--terminal", "--pace", "0", stdin="say \U0001f600\n", **ascii_only
    )
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "Rehearsal: ????"
    async with Rehearsal() as model:
        model.script(Say("Hi 😀"))
        assert await run("ask", "Hi", **at(model), **ascii_only) == (0, "Hi ?\n", "")


async def test_the_sandbox_plays_a_group_in_which_the_bot_waits_to_be_addressed() -> None:
    lines = "say nothing\n@rehearsal_bot say hello\n/ask say hi\n> say more\n"
    status, out, err = await run("sandbox", "--terminal", "--group", "--pace", "0", stdin=lines)
    assert (status, err) == (0, "")
    assert out.startswith(
        "You: say nothing\n"
        "You: @rehearsal_bot say hello\n"
        "Rehearsal: Hello\n"
        "You: /ask say hi\n"
        "Rehearsal: Hi\n"
        "You: > say more\n"
        "Rehearsal: More\n"
    )


async def test_the_sandbox_asks_a_real_endpoint_when_one_is_set() -> None:
    async with Rehearsal() as model:
        model.script(Say("I am real."))
        _, out, _ = await run("sandbox", "--terminal", stdin="Who are you?\n", **at(model))
        assert out == "You: Who are you?\nRehearsal: I am real.\n"


async def test_on_a_terminal_the_sandbox_shows_the_answer_growing() -> None:
    mine, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", "--terminal", "--pace", "0"),
        env=environment(NO_COLOR=""),
        stdin=theirs,
        stdout=theirs,
    )
    os.close(theirs)

    async def shown(end: str) -> str:
        text = ""
        while not text.endswith(end):
            text += (await asyncio.to_thread(_read, mine)).decode().replace("\r\n", "\n")
        return text

    assert (await shown("\nYou: ")).startswith("This is the whole bot")
    os.write(mine, b"say hello there!\n")
    assert "Rehearsal: Hello there!\n" in await shown("\nYou: ")
    os.write(mine, b"say see https://example.org\n")
    assert "Rehearsal: See \033[4mhttps://example.org\033[m\n" in await shown("\nYou: ")
    os.write(mine, b"\x04")
    assert await process.wait() == 0
    os.close(mine)
