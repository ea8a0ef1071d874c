"""What the page says, per language: a flat JSON object beside the other files of the page."""

import functools
import json
from collections.abc import Mapping
from typing import Final

from bot.sandbox.page.assets import FOLDER

LANGUAGES: Final = ("en", "ru")
"""The first one is for whoever speaks none of the others."""


@functools.cache
def texts(language: str) -> Mapping[str, str]:
    """Return the sentences of one of `LANGUAGES` by their keys."""
    found: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return found
