"""What people read: every key in the code exists, and every one that exists is used."""

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor
from pydantic_core import PydanticCustomError

import bot
from bot import settings
from bot.handlers.addressing import ASK, CommandName
from bot.llm.errors import Kind
from bot.locales import LANGUAGES, Words, in_language

PACKAGE = Path(bot.__file__).parent
FAMILIES: dict[str, AbstractSet[str]] = {
    "answer-": set(Kind),
    "console-": set(Kind),
    "command-": {ASK, *CommandName} - {CommandName.START},
    "setting-": set(settings._PROBLEMS.values()),
}
"""Keys that are put together, by how they begin."""
TOASTS = ("only-administrators", "answers-used-up", "bug")
"""What a press can be answered, beside the keys that begin with "press-"."""


def entries(file: str) -> dict[str, ftl.Message]:
    source = (PACKAGE / "locales" / f"{file}.ftl").read_text("utf-8")
    body = FluentParser().parse(source).body
    assert not [entry for entry in body if isinstance(entry, ftl.Junk)]
    return {entry.id.name: entry for entry in body if isinstance(entry, ftl.Message)}


def messages() -> set[str]:
    return set(entries("en")) | set(entries("console"))


class Variables(Visitor):
    """Collects the variables of a message."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 (the library's)
        self.names.add(node.id.name)


def variables(message: ftl.Message) -> set[str]:
    visitor = Variables()
    visitor.visit(message)
    return visitor.names


def nodes() -> Iterator[ast.AST]:
    for path in PACKAGE.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


def name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def families(start: str) -> Iterator[str]:
    return (start + end for end in FAMILIES[start])


def asked() -> Iterator[str]:
    """Give the keys that the code asks for."""
    for node in nodes():
        match node:
            case ast.Call(func, [ast.Constant(str() as key), *_]) if "words" in name(func).lower():
                yield key
            case ast.Call(func, [ast.JoinedStr([ast.Constant(str() as start), *_]), *_]) if (
                "words" in name(func).lower()
            ):
                yield from families(start)
            case ast.Call(func, [ast.Constant(str() as kind), *_]) if (
                name(func) == PydanticCustomError.__name__
            ):
                yield f"setting-{kind}".replace("_", "-")


def test_every_key_in_the_code_is_a_message() -> None:
    assert set(asked()) - messages() == set()


def test_every_message_is_used_in_the_code() -> None:
    said = {node.value for node in nodes() if isinstance(node, ast.Constant)}
    assert messages() - set(asked()) - said == set()


def test_a_sentence_is_filled_in_without_invisible_marks() -> None:
    assert Words()("run-polling", username="x_bot") == "@x_bot is running. Stop it with Ctrl+C."


@pytest.mark.parametrize("key", ["no-such-key", "run-polling"])
def test_a_missing_key_or_variable_is_an_error(key: str) -> None:
    with pytest.raises(LookupError):
        Words()(key)


def test_numbers_choose_their_form() -> None:
    assert Words()("settings-problems", count=1) == "There is a problem with a setting:"
    assert Words()("settings-problems", count=3) == "There are problems with 3 settings:"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it_with_the_same_variables(language: str) -> None:
    said, meant = entries(language), entries(LANGUAGES[0])
    assert {key: variables(message) for key, message in said.items()} == {
        key: variables(message) for key, message in meant.items()
    }


def test_no_message_is_said_twice() -> None:
    assert set(entries("en")) & set(entries("console")) == set()


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "Забыл 1 вопрос с ответом."),
        (2, "Забыл 2 вопроса с ответами."),
        (5, "Забыл 5 вопросов с ответами."),
        (11, "Забыл 11 вопросов с ответами."),
        (21, "Забыл 21 вопрос с ответом."),
        (0, "Забывать было нечего."),
    ],
)
def test_russian_numbers_choose_their_form(count: int, sentence: str) -> None:
    assert in_language("ru")("forgotten", count=count).startswith(sentence)


@pytest.mark.parametrize(
    ("code", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("RU", "ru"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_a_person_is_answered_in_their_language_or_in_english(code: str, language: str) -> None:
    assert in_language(code)("hint-private") == Words(language)("hint-private")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_telegram_shows_small_is_short(language: str) -> None:
    words = in_language(language)
    for key in entries(language):
        if key.startswith("press-") or key in TOASTS:
            assert len(words(key, id="9" * 16, minutes=60)) <= 200
        if key.startswith("command-"):
            assert len(words(key)) <= 256
        if key.startswith("button-"):
            assert len(words(key)) <= 30
