"""What the rehearsal model answers when nobody scripted it. Pure.

It is no artificial intelligence and says so: it knows the few requests below, each of which lets a
person see how the bot behaves, and quotes everything else back. Its words live here and not in the
locales, for it plays the outside world.
"""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.steps import BreakOff, ErrorEvent, Pause, Refuse, Say, Stall, Step, Think

Messages = Sequence[Mapping[str, Any]]

MOST_CHARACTERS = 1_000_000
MOST_NUMBERS = 10_000
LONGEST_PAUSE = 180.0  # seconds

_UNASKED = re.compile(
    r"(?:(?:The part this is about|The message this is a reply to|A message forwarded[^\n]*):\n"
    r"(?:>[^\n]*\n)+\n)*(?:[^\s:>`][^:\n`]{0,63}: )?"
)
"""What the bot puts before a person's words: what they are about, and in groups a name."""

MENU = """\
Try one of these:

- `say hello there!`: I say it
- `count to 20`
- `long 9000`: so many characters, in numbered paragraphs
- `markdown`: all the formatting that models write
- `code 6000`: a program of so many characters
- `think about tea`: thoughts first, then the answer
- `what did I say?`: what I was sent of our conversation
- `what are you told?`: the system prompt that I was sent
- `which model?`: the name that I was asked by
- `pause 6`: a pause in the middle of the answer
- `break`, `fail`, `stall`, `refuse 429`: the ways in which a model fails"""

MARKDOWN = r"""
# All that models write

## Words

Some **bold**, some *italic*, both ***at once***, a ~~mistake~~, a ||secret||, some `code`, a
[link](https://example.org/), an address: https://example.org/a_b_c, H<sub>2</sub>O and
<kbd>Ctrl</kbd>+<kbd>C</kbd>.

### Lists

1. **First:** a numbered point
   - with a point below it
   - and another, with `code`
2. Second

- [x] a task that is done
- [ ] and one that is not

### Quotes and rules

> A quotation, of two
> **lines**.

---

### Tables

| Fruit | Count | Price |
|:------|------:|:-----:|
| Apple | 3 | 1.20 |
| Plum | 12 | 0.35 |

| Where | What there is to see |
|---|---|
| Lisbon | The castle, the river, and trams that climb streets too steep for cars |
| Porto | Six bridges, and cellars full of wine |

### Code and formulas

```python
def greet(name: str) -> str:
    return f"Hello {name}!"
```

The area of a circle is \(\pi r^2\), and

$$
\int_0^1 x^2 \, dx = \frac{1}{3}
$$
""".lstrip()

_SENTENCES = (
    "The river keeps its own time, and the town beside it has learned not to ask for another.",
    "Nobody remembers who planted the lime trees.",
    "In the morning the bakers are the first to speak; what they say is mostly about the weather.",
    "A letter that arrives late is still a letter, the postman used to claim.",
    "Between two and four, even the clocks seem to lean against the wall.",
    "Someone is always practising the piano behind a window that is never open.",
    "When it rains, the market moves under the arches and becomes twice as loud.",
    "It was said that the bridge would hold for a hundred years, and it has, so far.",
    "Children count the boats, lose count, and begin again.",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model was sent beside the question."""

    before: Sequence[str]
    """What the user said before, oldest first."""
    told: str
    """The system prompt, or nothing."""
    model: str
    """The name of the model that was asked for."""


def answer(messages: Messages, model: str = "rehearsal") -> Sequence[Step]:
    """Return the steps that answer the last message of the user."""
    said = [spoken(message) for message in messages if message.get("role") == "user"]
    told = [spoken(message) for message in messages if message.get("role") == "system"]
    heard = Heard(said[:-1], "\n\n".join(told).strip(), model)
    question = _asked(said[-1]) if said else ""
    for pattern, rule in _RULES:
        found = re.fullmatch(pattern, question, re.IGNORECASE | re.DOTALL)
        if found:
            return rule(found.groupdict(default=""), heard)
    return _default(question)


def _asked(content: str) -> str:
    before = _UNASKED.match(content)
    return content[before.end() if before else 0 :].strip()


def spoken(message: Mapping[str, Any]) -> str:
    """Return the text of a message; of one in parts, that of its text parts."""
    match message.get("content"):
        case str(text):
            return text
        case list(parts):
            return "".join(part.get("text", "") for part in parts if isinstance(part, dict))
        case _:
            return ""


def prose(length: int) -> str:
    """Return exactly so many characters of varied, numbered paragraphs, none like another."""
    paragraphs: list[str] = []
    size = 0
    for number in itertools.count(1):
        if size >= length:
            break
        sentences = [
            _SENTENCES[(number * 5 + offset * 2) % len(_SENTENCES)]
            for offset in range(1 + number % 4)
        ]
        paragraphs.append(f"{number}. {' '.join(sentences)}\n\n")
        size += len(paragraphs[-1])
    text = "".join(paragraphs)[:length]
    return text if text == text.rstrip() else text.rstrip().ljust(length, ".")


def program(length: int) -> str:
    """Return a Python program of about so many characters, and not fewer."""
    parts = ['"""Says numbers in words it makes up."""\n']
    size = len(parts[0])
    for number in itertools.count(1):
        if size >= length:
            break
        sentence = _SENTENCES[number % len(_SENTENCES)]
        parts.append(f"\n\ndef say_{number}() -> None:\n    # {sentence}\n    print({number})\n")
        size += len(parts[-1])
    return "".join(parts)


Fields = Mapping[str, str]
Rule = Callable[[Fields, Heard], Sequence[Step]]


def _say(fields: Fields, _: Heard) -> Sequence[Step]:
    text = fields["text"].strip()
    return (Say(text[:1].upper() + text[1:]),)


def _repeat(fields: Fields, _: Heard) -> Sequence[Step]:
    return (Say(fields["text"].strip()),)


def _count(fields: Fields, _: Heard) -> Sequence[Step]:
    last = min(int(fields["number"]), MOST_NUMBERS)
    return (Say(", ".join(map(str, range(1, last + 1))) + "."),)


def _long(fields: Fields, _: Heard) -> Sequence[Step]:
    return (Say(prose(max(1, min(int(fields["number"]), MOST_CHARACTERS)))),)


def _markdown(_: Fields, __: Heard) -> Sequence[Step]:
    return (Say(MARKDOWN),)


def _code(fields: Fields, _: Heard) -> Sequence[Step]:
    text = program(max(1, min(int(fields["number"]), MOST_CHARACTERS)))
    return (Say(f"Here is the program:\n\n```python\n{text}```\n\nIt says what it does."),)


def _think(fields: Fields, _: Heard) -> Sequence[Step]:
    subject = fields["text"].strip(" .?!") or "that"
    return (
        Think(f"The person wants me to think of {subject}. I turn it over, once and once more."),
        Say(f"I have thought about {subject}, and this is the answer: it depends."),
    )


def _pause(fields: Fields, _: Heard) -> Sequence[Step]:
    seconds = min(float(fields["number"]), LONGEST_PAUSE)
    return (
        Say(f"This is before a pause of {seconds:g} seconds. "),
        Pause(seconds),
        Say("And this is after it."),
    )


def _fail(_: Fields, __: Heard) -> Sequence[Step]:
    return Say("I begin well enough, and then "), ErrorEvent()


def _break(_: Fields, __: Heard) -> Sequence[Step]:
    return Say("I begin well enough, and then the connection "), BreakOff()


def _stall(_: Fields, __: Heard) -> Sequence[Step]:
    return Say("I begin well enough, and then nothing more comes "), Stall(LONGEST_PAUSE)


def _refuse(fields: Fields, _: Heard) -> Sequence[Step]:
    status = int(fields["number"] or 500)
    return (Refuse(status if 400 <= status < 600 else 500),)


def _recall(_: Fields, heard: Heard) -> Sequence[Step]:
    if not heard.before:
        return (Say("You have not said anything before this."),)
    listed = "\n".join(f"{number}. {text}" for number, text in enumerate(heard.before, 1))
    return (Say(f"Before this, you said:\n\n{listed}"),)


def _prompt(_: Fields, heard: Heard) -> Sequence[Step]:
    if not heard.told:
        return (Say("I am told nothing: there is no system prompt."),)
    return (Say(f"I am told:\n\n{heard.told}"),)


def _name(_: Fields, heard: Heard) -> Sequence[Step]:
    return (Say(f"I was asked as {heard.model}."),)


def _carry_on(_: Fields, __: Heard) -> Sequence[Step]:
    return (Say("goes on after all, and comes to its end."),)


_RULES: Sequence[tuple[str, Rule]] = (
    (r"say\s+(?P<text>.+)", _say),
    (r"(?:repeat|echo)\s+(?P<text>.+)", _repeat),
    (r"count\s+(?:up\s+)?to\s+(?P<number>\d{1,9})\W*", _count),
    (r"long\s+(?P<number>\d{1,9})\W*", _long),
    (r"markdown\W*", _markdown),
    (r"code\s+(?P<number>\d{1,9})\W*", _code),
    (r"think(?:\s+(?:about|of))?(?P<text>(?:\W.*)?)", _think),
    (r"pause\s+(?P<number>\d{1,6}(?:\.\d+)?)\W*", _pause),
    (r"fail\W*", _fail),
    (r"break\W*", _break),
    (r"stall\W*", _stall),
    (r"refuse(?:\s+(?P<number>\d{3}))?\W*", _refuse),
    (r"(?:remember|what did i say)\b.*", _recall),
    (r"(?:your answer broke off|твой ответ оборвался)\b.*", _carry_on),
    (r"what (?:are|were) you told\W*", _prompt),
    (r"which model(?: are you)?\W*", _name),
)


def _default(question: str) -> Sequence[Step]:
    quoted = "\n".join(f"> {line}" for line in question.splitlines())
    heard = f"You wrote:\n\n{quoted}\n\n" if quoted else ""
    return (Say(f"I am the rehearsal model: a script, not a real AI. {heard}{MENU}"),)
