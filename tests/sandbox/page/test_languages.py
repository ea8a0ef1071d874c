"""What the page says: every sentence in every language, and each of them used."""

import re
from collections.abc import Iterator

from bot.locales import LANGUAGES as OF_THE_BOT
from bot.sandbox import rulebook
from bot.sandbox.page.assets import FOLDER
from bot.sandbox.page.languages import LANGUAGES, texts

PLURALS = {"unread-": {"en": {"one", "other"}, "ru": {"one", "few", "many", "other"}}}
"""Keys that are put together with a plural category of CLDR."""
FAMILIES = (
    *(f"person-{number}" for number in (1, 2, 3)),
    *(f"topic-{number}" for number in (1, 2)),
    *(f"new-{kind}" for kind in ("private", "group", "forum")),
    *(f"fault-{name}" for name in ("flood", "lost", "gateway", "slow", "breaks")),
    *(f"fault-{name}-text" for name in ("flood", "lost", "gateway", "slow", "gone", "breaks")),
)
"""Keys that are put together otherwise."""


def keys(language: str) -> set[str]:
    return {key for key in texts(language) if not key.startswith(tuple(PLURALS))}


def plurals(language: str) -> set[str]:
    return {key for key in texts(language) if key.startswith(tuple(PLURALS))}


def used() -> Iterator[str]:
    for path in [*FOLDER.iterdir(), *FOLDER.parent.iterdir()]:
        if path.suffix in {".js", ".html", ".py"}:
            yield from re.findall(
                r"""["'`]([a-z0-9]+(?:-[a-z0-9]+)*)["'`]""", path.read_text("utf-8")
            )


def test_the_page_speaks_the_languages_of_the_bot() -> None:
    assert LANGUAGES == OF_THE_BOT
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LANGUAGES)


def test_every_sentence_exists_in_every_language_with_values_that_are_given() -> None:
    for language in LANGUAGES:
        assert keys(language) == keys("en")
        for key in keys(language):
            here, there = (re.findall(r"{(\w+)}", texts(one)[key]) for one in (language, "en"))
            assert set(here) <= set(there), key  # "added" would tell a gender in Russian
            assert texts(language)[key].strip()
        for start, categories in PLURALS.items():
            assert plurals(language) == {start + one for one in categories[language]}


def test_every_sentence_is_used_and_every_one_that_is_used_exists() -> None:
    found = set(used())
    assert keys("en") - found - set(FAMILIES) == set()
    asked = "".join(path.read_text("utf-8") for path in FOLDER.iterdir())
    shown = re.findall(r"say\('([^']+)'|data-(?:text|label|hint)=\"([^\"]+)\"", asked)
    assert {one or other for one, other in shown} <= keys("en")


def test_no_language_was_copied_from_another() -> None:
    same = {key for key in keys("ru") if texts("ru")[key] == texts("en")[key]}
    assert same == {"message-of", "service-other"}


def test_the_rehearsal_model_knows_everything_that_is_suggested() -> None:
    for language in LANGUAGES:
        for line in texts(language)["examples"].splitlines():
            question, meaning = line.split(" — ")
            assert meaning
            answer = rulebook.answer([{"role": "user", "content": question}])
            assert answer != rulebook._default(question), question
