"""What a frame costs: `python -m tests.benchmarks.formatting` (takes half a minute).

The yardstick, timed in the same run, is markdown-it-py rendering the same page as HTML: about what
it costs at least to format with that parser, each frame anew.
"""

import statistics
import time
from collections.abc import Callable, Iterable

from markdown_it import MarkdownIt

from bot.reply.draft import Draft
from bot.reply.view import View
from tests.reply.answers import answers
from tests.reply.notation import COMPLETE

HOSTILE = {
    "[ without end": "[",
    "[a][": "[a][",
    "![": "![",
    "[*": "[*",
    "*a **a": "*a **a ",
    "`a": "`a",
    "> deeper and deeper": "> ",
    "a list of letters": "- a\n",
    "||": "||",
    r"\[": r"\[",
    "<b>": "<b>",
    "$a": "$a ",
    "table rows": "|a|b|\n|-|-|\n",
    "headings": "a\n---\n",
    "accents": "\u0301",
}


def typical(length: int) -> str:
    """Give so many characters of typical answers, one after the other."""
    texts = [text for name, text in answers().items() if "hostile" not in name]
    whole = "\n\n".join(texts)
    return (whole * (length // len(whole) + 1))[:length]


def milliseconds(work: Callable[[], object]) -> float:
    """Time one piece of work."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def anew(text: str) -> list[float]:
    """Time the first frame of a text, as after a long wait, several times."""
    return [milliseconds(lambda: View().pages(Draft(text))) for _ in range(20)]


def whole(text: str) -> list[float]:
    """Time the whole text read at once."""
    return [milliseconds(lambda: View().pages(Draft(text, COMPLETE))) for _ in range(5)]


def growing(text: str, step: int = 30) -> list[float]:
    """Time each frame of an answer that grows by so many characters."""
    view = View()
    return [
        milliseconds(lambda end=end: view.pages(Draft(text[:end])))  # type: ignore[misc]
        for end in range(step, len(text), step)
    ]


def yardstick(text: str) -> list[float]:
    """Time markdown-it-py alone."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [milliseconds(lambda: parser.render(text)) for _ in range(20)]


def row(name: str, times: Iterable[float], unit: float) -> None:
    """Print a line of the table."""
    ordered = sorted(times)
    mean = statistics.fmean(ordered)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(
        f"| {name} | {mean:.2f} | {p95:.2f} | {ordered[-1]:.2f} | {mean / unit:.2f} |", flush=True
    )


def main() -> None:
    """Print two tables."""
    page = typical(4000)
    bare = yardstick(page)
    unit = statistics.fmean(bare)
    print("| milliseconds | mean | p95 | worst | × yardstick |\n|---|---|---|---|---|")
    row("yardstick: markdown-it-py, a page of 4,000 characters, as HTML", bare, unit)
    row("a frame of that page, read anew", anew(page), unit)
    row("each frame while it grows", growing(page), unit)
    row("each frame of an answer growing to 40,000 characters", growing(typical(40_000)), unit)
    row("the whole of that answer at once (away from the event loop)", whole(typical(40_000)), unit)
    print("\n| a hostile page of 4,000 characters | milliseconds |\n|---|---|")
    for name, part in HOSTILE.items():
        text = "x" + part * (4000 // len(part))
        print(f"| `{name}` | {min(anew(text)[:3]):.1f} |", flush=True)


if __name__ == "__main__":
    main()
