"""What people read: Project Fluent messages.

`words("key", name=value)` gives a sentence. Nothing a person reads stands in code. What is said in
a chat exists in every language of `LANGUAGES`, one file each; what is said to whoever runs the bot
(`console.ftl`) in English only.
"""

import functools
from importlib import resources
from typing import Final

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES: Final = ("en", "ru")
"""The first one is for whoever speaks none of the others."""


class Words:
    """The sentences of one language.

    Raises `LookupError` for a key that does not exist, and for a variable that is not given: both
    are bugs, and a test compares every key in the code with every key in the files.
    """

    def __init__(self, language: str = LANGUAGES[0]) -> None:
        # No isolation marks around values: they would be copied along with the text.
        self._bundle = FluentBundle([language], use_isolating=False)
        for name in (language, "console"):
            source = resources.files(__name__).joinpath(f"{name}.ftl").read_text("utf-8")
            self._bundle.add_resource(FluentResource(source))

    def __call__(self, key: str, **values: str | float) -> str:
        """Give a sentence, with its variables filled in."""
        if not self._bundle.has_message(key):
            raise LookupError(f"no message {key!r}")
        pattern = self._bundle.get_message(key).value
        if pattern is None:
            raise LookupError(f"message {key!r} has no text")
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise LookupError(f"message {key!r}: {errors}")
        return str(text)


def in_language(code: str) -> Words:
    """Give the sentences for a person whose apps speak this language (an IETF tag; "": unknown)."""
    language = code.partition("-")[0].casefold()
    return _words(language if language in LANGUAGES else LANGUAGES[0])


_words = functools.cache(Words)
