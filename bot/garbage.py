"""Looking for garbage without holding anybody up.

Now and then Python looks through all objects that have been there for long, and every thread waits:
for 40 ms once everything is loaded, and for more with each answer that grows. Here what was loaded
is left out, and the rest is looked through when hardly any answer grows, which takes 2 ms. Most of
what an answer leaves behind is no matter of this: it goes as soon as nothing refers to it.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Final

EVERY: Final = 60.0
"""Seconds from one look to the next."""
FEW: Final = 5
"""Answers that may grow meanwhile."""
RARELY: Final = 30
"""How much rarer than the younger ones the old objects are looked through by Python itself, for a
bot that is never quiet; it is 10 else."""


async def collect_when_quiet(growing: Callable[[], int]) -> None:
    """Do so until cancelled, once all is loaded; `growing` gives how many answers grow."""
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], RARELY)
    while True:
        await asyncio.sleep(EVERY)
        if growing() <= FEW:
            gc.collect()
