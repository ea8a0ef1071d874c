"""What people read: every key exists, every key is used."""

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast

import bot
from bot.llm.errors import Kind
from bot.locales import Words

PACKAGE = Path(bot.__file__).parent
KEYS = re.compile(r'(?:words|_words|key=)\(?\s*f?"([a-z][a-z0-9-]*(?:\{[^}]*\})?)"')
FAMILIES = {
    "answer-": {f"answer-{kind}" for kind in Kind},
    "console-": {f"console-{kind}" for kind in Kind},
    "command-": {"command-ask", "command-help"},
    "setting-": None,
}


def messages(language: str = "en") -> dict[str, ast.Message]:
    source = (PACKAGE / "locales" / f"{language}.ftl").read_text("utf-8")
    body = FluentParser().parse(source).body
    assert not [entry for entry in body if isinstance(entry, ast.Junk)]
    return {entry.id.name: entry for entry in body if isinstance(entry, ast.Message)}


def code() -> str:
    return "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))


def test_every_key_in_the_code_is_a_message() -> None:
    known = messages()
    for key in KEYS.findall(code()):
        if "{" not in key:
            assert key in known, key
        else:
            family = FAMILIES[key.partition("{")[0]]
            assert family is None or family <= known.keys()


def test_every_message_is_used_in_the_code() -> None:
    source = code()
    made = {key for family in FAMILIES.values() for key in family or ()}
    for key in messages():
        short = key.removeprefix("setting-")
        assert (
            key in made
            or f'"{key}"' in source
            or f'"{short.replace("-", "_")}"' in source
            or (f'"{short}"' in source)
        ), key


def test_a_sentence_is_filled_in_without_invisible_marks() -> None:
    assert Words()("run-polling", username="x_bot") == "@x_bot is running. Stop it with Ctrl+C."


@pytest.mark.parametrize(("key", "values"), [("no-such-key", {}), ("run-polling", {})])
def test_a_missing_key_or_variable_is_an_error(key: str, values: dict[str, str]) -> None:
    with pytest.raises(LookupError):
        Words()(key, **values)


def test_numbers_choose_their_form() -> None:
    assert Words()("settings-problems", count=1).startswith("A setting")
    assert Words()("settings-problems", count=3).startswith("3 settings")
