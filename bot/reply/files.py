"""What is too long for messages, as a file to keep: code for one, an answer for all. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.reply.markup.leaf import Leaf
from bot.reply.page import PAGE_LIMIT, File

_EXTENSIONS: Final = {
    "bash": "sh",
    "c#": "cs",
    "c++": "cpp",
    "clojure": "clj",
    "console": "txt",
    "cplusplus": "cpp",
    "csharp": "cs",
    "cython": "pyx",
    "elixir": "ex",
    "erlang": "erl",
    "f#": "fs",
    "fortran": "f90",
    "fsharp": "fs",
    "golang": "go",
    "graphql": "graphql",
    "haskell": "hs",
    "javascript": "js",
    "julia": "jl",
    "kotlin": "kt",
    "latex": "tex",
    "markdown": "md",
    "matlab": "m",
    "mermaid": "mmd",
    "objective-c": "m",
    "objectivec": "m",
    "ocaml": "ml",
    "pascal": "pas",
    "perl": "pl",
    "plaintext": "txt",
    "powershell": "ps1",
    "protobuf": "proto",
    "py": "py",
    "python": "py",
    "python3": "py",
    "ruby": "rb",
    "rust": "rs",
    "shell": "sh",
    "solidity": "sol",
    "terraform": "tf",
    "text": "txt",
    "typescript": "ts",
    "visual-basic": "vb",
    "yml": "yaml",
    "zsh": "sh",
}
_LONGEST_EXTENSION: Final = 10
_NAMES: Final = {"dockerfile": "Dockerfile", "makefile": "Makefile", "make": "Makefile"}


def files(codes: Iterable[Leaf]) -> Iterator[File]:
    """Give the blocks of code that one message does not hold, each as a file; no quoted ones."""
    long = [leaf for leaf in codes if len(leaf.rich) > PAGE_LIMIT and not leaf.quote]
    for number, leaf in enumerate(long, start=1):
        stem = "code" if len(long) == 1 else f"code-{number}"
        language = next((style.language for _, styles in leaf.rich.runs for style in styles), "")
        yield File(_name(stem, language.lower()), leaf.rich.text + "\n")


def whole(answer: str) -> File:
    """Give a whole answer as a Markdown file."""
    return File("answer.md", answer.strip() + "\n")


def _name(stem: str, language: str) -> str:
    if language in _NAMES:
        return _NAMES[language]
    known = language.isalnum() and len(language) <= _LONGEST_EXTENSION
    return f"{stem}.{_EXTENSIONS.get(language, language if known else 'txt')}"
