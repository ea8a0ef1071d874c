"""Take the README's picture of the sandbox: `python -m tests.picture docs/sandbox.png`.

It needs Chromium, as the tests of the page do, and a font with emojis (Debian: chromium and
fonts-noto-color-emoji). What is shown happens for it, in some twenty seconds: an answer, then one
that grows while Telegram refuses calls.
"""

import argparse
import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.async_api import expect

from bot.sandbox.steps import Say
from tests.sandbox.page.visiting import sandbox, say, visiting

WINDOW: Final[dict[str, Any]] = {"viewport": {"width": 1240, "height": 800}}
SHORT: Final = """\
Bread is **flour, water, salt and time**. For one loaf:

| What | How much |
|------|---------:|
| Flour | 500 g |
| Water | 350 g |
| Salt | 10 g |

> The less yeast, the more time; the more time, the more taste.
"""
LONG: Final = """\
Here is how long the dough rests, by the warmth of your kitchen:

```python
def hours(celsius: float) -> float:
    \"\"\"Say how long dough rests.\"\"\"
    return 8 * 2 ** ((22 - celsius) / 6)
```

- at **18 °C** some *twelve* hours: over night
- at **22 °C** eight hours
- at **26 °C** five hours, no more

Fold it once an hour, four times in all. It is ready when it has doubled. \
Then flour the table, shape the loaf, and let it rest once more while the oven becomes hot.
"""


async def take(out: Path) -> None:
    """Let it happen, and take the picture while the second answer grows."""
    async with sandbox() as s, visiting(s, **WINDOW) as tab:
        await tab.get_by_label("It writes").select_option("30")
        s.model.script(Say(SHORT))
        await say(tab, "What do I need for a loaf of bread?")
        answers = tab.locator(".message.other .text")
        await expect(answers.last).to_contain_text("more taste")
        await s.settled()
        s.model.script(Say(LONG, pace=6))
        await say(tab, "And how long does the dough rest?")
        await expect(answers.last).to_contain_text("def hours")
        await tab.get_by_role("button", name="Flood this chat").click()
        await expect(tab.locator("#calls")).to_contain_text("429")
        await expect(tab.locator("#faults [aria-pressed=true]")).to_have_count(0)
        await tab.get_by_role("heading", level=1).hover()
        await expect(answers.last).to_contain_text("Fold it")
        await tab.screenshot(path=out)


def main() -> None:
    """Take the picture."""
    parser = argparse.ArgumentParser(prog="python -m tests.picture", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.png")
    out = parser.parse_args().out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        asyncio.run(take(out))


if __name__ == "__main__":
    main()
