"""What buttons say when they are pressed, and the menus made of them. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.locales import Words
from bot.reply.page import Button, Buttons

PER_PAGE: Final = 8
LONGEST_QUERY: Final = 40
"""Bytes (UTF-8) of a search that fit into a button beside the number of a page."""
LONGEST_LABEL: Final = 60

DEFAULT_MODEL: Final = "model:default"
DEFAULT_PROMPT: Final = "prompt:default"
_MODEL: Final = "model="
_PAGE: Final = "models:"
_FORGET: Final = "forget:"
_KEEP: Final = "keep:"


@dataclass(frozen=True, slots=True)
class ChooseModel:
    """Somebody chooses a model; `None`: the one that is set for all."""

    key: str | None


@dataclass(frozen=True, slots=True)
class TurnPage:
    """Somebody wants another page of the models that match a search."""

    page: int
    query: str


@dataclass(frozen=True, slots=True)
class ResetPrompt:
    """Somebody wants the prompt that is set for all."""


@dataclass(frozen=True, slots=True)
class Erase:
    """The person with this id wants everything to be erased, or nothing after all."""

    person: int
    is_sure: bool


Choice = ChooseModel | TurnPage | ResetPrompt | Erase


def choice(data: str) -> Choice | None:
    """Read the data of a button; `None`: it is none of these menus'."""
    head, _, rest = data.partition(":")
    match head:
        case _ if data in (DEFAULT_MODEL, DEFAULT_PROMPT):
            return ChooseModel(None) if data == DEFAULT_MODEL else ResetPrompt()
        case _ if data.startswith(_MODEL):
            return ChooseModel(data.removeprefix(_MODEL))
        case "models":
            number, _, query = rest.partition(":")
            return TurnPage(int(number), query) if number.isdecimal() else None
        case "forget" | "keep":
            return Erase(int(rest), head == "forget") if rest.isdecimal() else None
        case _:
            return None


def key_of(model: str) -> str:
    """Give what a button says for a model: short, and the same in every process."""
    return hashlib.sha256(model.encode()).hexdigest()[:16]


def cut_query(text: str) -> str:
    """Give what of a search fits into a button."""
    return text.encode()[:LONGEST_QUERY].decode("utf-8", "ignore").strip()


def matching(models: Sequence[str], query: str) -> list[str]:
    """Give the models whose names hold all words of a search."""
    wanted = query.casefold().split()
    return [model for model in models if all(word in model.casefold() for word in wanted)]


def model_menu(  # noqa: PLR0913 (what the menu shows)
    models: Sequence[str], chosen: str, page: int, query: str, words: Words, *, own: bool
) -> Buttons:
    """Give one page of models, and what leads to the pages beside it.

    `own`: the chosen model is the place's own, and there is a way back to the one set for all.
    """
    pages = max(1, -(-len(models) // PER_PAGE))
    page = min(page, pages - 1)
    rows: list[tuple[Button, ...]] = [
        (Button(_label(model, is_chosen=model == chosen), _MODEL + key_of(model)),)
        for model in models[page * PER_PAGE : (page + 1) * PER_PAGE]
    ]
    turns = []
    if page > 0:
        turns.append(Button(f"‹ {page}", f"{_PAGE}{page - 1}:{query}"))
    if page < pages - 1:
        turns.append(Button(f"{page + 2} / {pages} ›", f"{_PAGE}{page + 1}:{query}"))
    rows += [tuple(turns)] if turns else []
    if own:
        rows.append((Button(words("button-default-model"), DEFAULT_MODEL),))
    return tuple(rows)


def _label(model: str, *, is_chosen: bool) -> str:
    name = model if len(model) <= LONGEST_LABEL else "…" + model[-LONGEST_LABEL:]
    return f"✓ {name}" if is_chosen else name


def prompt_menu(words: Words) -> Buttons:
    """Give the button that takes the place's own prompt back."""
    return ((Button(words("button-default-prompt"), DEFAULT_PROMPT),),)


def erase_menu(person: int, words: Words) -> Buttons:
    """Give the buttons that ask a person whether they are sure."""
    return (
        (
            Button(words("button-erase"), f"{_FORGET}{person}"),
            Button(words("button-keep"), f"{_KEEP}{person}"),
        ),
    )
