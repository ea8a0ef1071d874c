"""What people read: every key in the code exists, and every one that exists is used."""

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from pydantic_core import PydanticCustomError

import bot
from bot import settings
from bot.llm.errors import Kind
from bot.locales import Words

PACKAGE = Path(bot.__file__).parent
FAMILIES: dict[str, AbstractSet[str]] = {
    "answer-": set(Kind),
    "console-": set(Kind),
    "command-": {"ask", "help"},
    "setting-": set(settings._PROBLEMS.values()),
}
"""Keys that are put together, by how they begin."""


def messages(language: str = "en") -> set[str]:
    source = (PACKAGE / "locales" / f"{language}.ftl").read_text("utf-8")
    body = FluentParser().parse(source).body
    assert not [entry for entry in body if isinstance(entry, ftl.Junk)]
    return {entry.id.name for entry in body if isinstance(entry, ftl.Message)}


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
