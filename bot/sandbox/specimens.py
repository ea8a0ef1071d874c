"""What the rehearsal model shows to let its formatting be seen. Pure."""

import itertools
from typing import Final

MARKDOWN: Final = """\
# How a model writes

Some **bold**, some *italic*, some ***both***, a ~~mistake~~, `inline code`, a \
||spoiler|| and a [link](https://example.org/a?b=c). Names_like_this and 2 * 3 * 4 stay so.

## Lists

1. First, the kettle
2. Second, the cups
   - the blue one
   - the one *without* a handle
     1. if it is still there
3. Third, patience

- [x] buy tea
- [ ] drink tea

### A quote

> The river keeps its own time,
> and the **town** beside it has learned not to ask for another.
>
> A letter that arrives late is still a letter.

---

### A program

```python
def greet(name: str, times: int = 1) -> str:
    \"""Say hello, as often as it takes.\"""
    greeting = f"Hello {name}!"
    return "\\n".join([greeting] * times)  # <b>no</b> **markup** in here


if __name__ == "__main__":
    print(greet("world", times=2))
```

### A table

| Tea        | Minutes | Sugar |
|:-----------|--------:|:-----:|
| Assam      |       4 |  yes  |
| Sencha     |       2 |   no  |
| Peppermint |      10 | maybe |

### A formula

Euler's $e^{i\\pi} + 1 = 0$ stands in a line, and this on its own:

$$
\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}
$$

Last of all, an address: https://example.org, and a rule \\*not\\* in italics.
"""

_BEGINNING: Final = (
    '"""Times tables, one function for each."""\n\nfrom collections.abc import Callable\n'
)
_TABLE: Final = '''

def table_of_{number}(last: int = 10) -> list[str]:
    """Return the table of {number}, line by line."""
    return [f"{{factor}} x {number} = {{factor * {number}}}" for factor in range(1, last + 1)]
'''
_END: Final = """

TABLES: list[Callable[[], list[str]]] = [
{names}
]

if __name__ == "__main__":
    for table in TABLES:
        print("\\n".join(table()), end="\\n\\n")
"""


def program(length: int) -> str:
    """Return a Python program of at least so many characters."""
    text = _BEGINNING
    for number in itertools.count(1):
        text += _TABLE.format(number=number)
        if len(text) >= length:
            break
    names = "\n".join(f"    table_of_{each}," for each in range(1, number + 1))
    return text + _END.format(names=names)
