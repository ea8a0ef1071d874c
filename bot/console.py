"""One question on the console: the answer as it comes, and the whole text at its end."""

import contextlib
import re
import sys
from typing import Final, TextIO

from bot.chat.conversation import prompt
from bot.llm.delta import Text
from bot.llm.errors import AnswerError
from bot.llm.setup import build_model
from bot.locales import Words
from bot.reply.view import legible
from bot.settings import Settings

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


async def ask(settings: Settings, words: Words, question: str) -> int:
    """Ask, print, and give the exit status: 0, or 1 if no whole answer came.

    On a terminal each chunk is printed when it comes, and after them the accumulated text. Else the
    text is printed alone, once, so that it can be piped. What had come before an error is printed
    all the same; the error goes to stderr.
    """
    model = build_model(settings, words)
    live = sys.stdout.isatty()
    chunks: list[str] = []
    failure = ""
    try:
        messages = prompt(settings.system_prompt, (), question)
        async with contextlib.aclosing(model.stream(messages)) as deltas:
            async for delta in deltas:
                if isinstance(delta, Text):
                    chunks.append(delta.text)
                    if live:
                        _write(sys.stdout, _printable(delta.text))
    except AnswerError as error:
        failure = words(f"console-{error.kind}", detail=error.detail)
    finally:
        await model.close()
    text = _printable(legible("".join(chunks)).strip())
    if live and text:
        heading = words("console-so-far" if failure else "console-whole")
        _write(sys.stdout, f"\n\n{heading}\n")
    if text:
        _write(sys.stdout, text + "\n")
    if failure:
        _write(sys.stderr, failure + "\n")
    return 1 if failure else 0


def _printable(text: str) -> str:
    """Take out control characters: a model must not steer the terminal."""
    return _CONTROL.sub("", text)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
