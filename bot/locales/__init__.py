"""What people read, per language: Project Fluent messages, one file a language.

`words("key", name=value)` gives a sentence. Nothing a person reads stands in code.
"""

from importlib import resources

from fluent.runtime import FluentBundle, FluentResource


class Words:
    """The sentences of one language.

    Raises `LookupError` for a key that does not exist, and for a variable that is not given: both
    are bugs, and a test compares every key in the code with every key in the files.
    """

    def __init__(self, language: str = "en") -> None:
        source = resources.files(__name__).joinpath(f"{language}.ftl").read_text("utf-8")
        # No isolation marks around values: they would be copied along with the text.
        self._bundle = FluentBundle([language], use_isolating=False)
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
