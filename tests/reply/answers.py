"""Texts to render: answers as models write them, and CommonMark's own examples."""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "answers"
SPEC = Path(named).resolve() if (named := os.environ.get("COMMONMARK_SPEC")) else None
"""A JSON file of CommonMark's examples, as spec.commonmark.org publishes it."""


def answers() -> dict[str, str]:
    """Give the answers by their names; line ends are as they were written."""
    return {path.stem: path.read_bytes().decode() for path in sorted(FOLDER.glob("*.md"))}


def examples() -> dict[str, str]:
    """Give CommonMark's examples by their numbers."""
    found = json.loads(SPEC.read_text("utf-8")) if SPEC else []
    return {f"{one['example']}": one["markdown"] for one in found}


def prefixes(text: str, *, most: int | None) -> Iterator[str]:
    """Give prefixes of a text from short to long; not more than `most`, always the same ones."""
    lengths = range(1, len(text) + 1)
    if most is not None and most < len(lengths):
        yield from (text[:end] for end in sorted(random.Random(len(text)).sample(lengths, most)))
    else:
        yield from (text[:end] for end in lengths)
