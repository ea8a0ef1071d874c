"""Every setting: typed, checked, read from the environment and, below it, from `.env`.

All problems are found at once, each with the variable's name, what is wrong with its value and the
cure. A value that may be secret is never repeated.
"""

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.locales import Words

DATABASE_FILE: Final = "conversations.sqlite3"
TELEGRAM: Final = "https://api.telegram.org"
_TOKEN: Final = re.compile(r"\d+:[\w-]+", re.ASCII)
_PASSWORD: Final = re.compile(r"[^:/]+://[^:@/]*:(.+)@")
_PROXY_SCHEMES: Final = ("http", "socks5", "socks5h")
MOST_HISTORY: Final = 10_000_000
MOST_PER_HOUR: Final = 1000
MOST_AT_ONCE: Final = 1000
_ID: Final = re.compile(r"-?\d{1,16}", re.ASCII)
_LARGEST_ID: Final = 2**52
"""Ids of Telegram's have at most 52 bits (Bot API, User and Chat)."""


class SettingsError(Exception):
    """The settings cannot be used; the text tells all problems and their cures."""


def _token(value: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise PydanticCustomError("token", "not a token")
    return value


def _header(value: SecretStr) -> SecretStr:
    if not (value.get_secret_value().isascii() and value.get_secret_value().isprintable()):
        raise PydanticCustomError("key", "not printable ASCII")
    return value


def _has_host(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", value)
    except ValueError:
        return False


def _url(value: str) -> str:
    parts = urlsplit(value) if _has_host(value) else None
    if not parts or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise PydanticCustomError("url", "not a URL")
    return value.rstrip("/")


def _proxy(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    if not _has_host(url) or urlsplit(url).scheme not in _PROXY_SCHEMES:
        raise PydanticCustomError("proxy", "not a proxy")
    return value


def _folder(value: Path) -> Path:
    """Make sure that files can be written there; a folder that is missing is made."""
    try:
        path = value.expanduser().resolve()
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except (OSError, RuntimeError) as error:  # the latter: "~somebody" who does not exist
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number else type(error).__name__
        raise PydanticCustomError(
            "folder", "cannot be written", {"path": str(value), "reason": reason}
        ) from None
    return path


def _characters(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[\d_]+", value.strip(), re.ASCII):
        value = int(value.replace("_", ""))
    if not isinstance(value, int) or value > MOST_HISTORY:
        raise PydanticCustomError("characters", "not a number of characters")
    return value


def _is_id(word: str) -> bool:
    return bool(_ID.fullmatch(word)) and 0 < abs(int(word)) < _LARGEST_ID


def _ids(value: Any) -> Any:
    """Read ids that are separated by white space or commas; tell all that are none."""
    if not isinstance(value, str):
        return value
    words = tuple(dict.fromkeys(re.sub(r"[,;]", " ", value).split()))
    wrong = [word for word in words if not _is_id(word)]
    if wrong:
        raise PydanticCustomError("ids", "not ids", {"values": ", ".join(wrong)})
    return tuple(int(word) for word in words)


def _people(value: tuple[int, ...]) -> tuple[int, ...]:
    if groups := [str(one) for one in value if one < 0]:
        raise PydanticCustomError("ids_of_groups", "groups", {"values": ", ".join(groups)})
    return value


def _count(most: int, least: int = 0) -> BeforeValidator:
    """Read a whole number from `least` to `most`."""

    def count(value: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
            value = int(value)
        if not isinstance(value, int) or not least <= value <= most:
            raise PydanticCustomError("count", "no number", {"least": least, "most": most})
        return value

    return BeforeValidator(count)


def _database(value: SecretStr) -> SecretStr:
    from bot.chat.database import MissingDriverError, database_url  # noqa: PLC0415 (0.3 s)

    try:
        database_url(value.get_secret_value())
    except MissingDriverError as error:
        problem = PydanticCustomError("driver", "not installed", {"driver": error.driver})
    except ValueError:
        problem = PydanticCustomError("database", "not a database")
    else:
        return value
    raise problem


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _names(value: Any) -> Any:
    return tuple(dict.fromkeys(value.split())) if isinstance(value, str) else value


Token = Annotated[SecretStr, AfterValidator(_token)]
Url = Annotated[str, AfterValidator(_url)]
Proxy = Annotated[SecretStr, AfterValidator(_proxy)]
Key = Annotated[SecretStr, AfterValidator(_header)]
Database = Annotated[SecretStr, AfterValidator(_database)]
Characters = Annotated[int, BeforeValidator(_characters)]
Ids = Annotated[tuple[int, ...], BeforeValidator(_ids)]
People = Annotated[Ids, AfterValidator(_people)]
Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
ShowReasoning = Literal["off", "live", "keep"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """The settings; the names of the variables are those of the fields in capitals."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        enable_decoding=False,
        extra="ignore",
        frozen=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
    )

    telegram_bot_token: Token | None = None
    telegram_api_url: Url = TELEGRAM
    telegram_proxy: Proxy | None = None
    g4f_model: str = Field("gpt-4", min_length=1)
    g4f_provider: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    g4f_base_url: Url | None = None
    g4f_api_key: Key | None = None
    g4f_proxy: Proxy | None = None
    system_prompt: str = ""
    history_characters: Characters = 60_000
    allowed_users: People = ()
    allowed_chats: Ids = ()
    admins: People = ()
    answers_per_hour: Annotated[int, _count(MOST_PER_HOUR)] = 0
    answers_at_once: Annotated[int, _count(MOST_AT_ONCE, least=1)] = 100
    show_reasoning: Annotated[ShowReasoning, BeforeValidator(_lower)] = "off"
    first_chunk_timeout: Seconds = 60
    chunk_timeout: Seconds = 60
    data_dir: Annotated[Path, AfterValidator(_folder)] = Field(Path("data"), validate_default=True)
    database_url: Database | None = None
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = "INFO"

    @field_validator("g4f_base_url")
    @classmethod
    def _one_endpoint(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("g4f_provider"):
            raise PydanticCustomError("endpoint", "a provider is named too")
        return value

    @field_validator("g4f_api_key")
    @classmethod
    def _one_key_holder(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Refuse a key that would be shown to whichever provider is tried."""
        known = {"g4f_provider", "g4f_base_url"} <= info.data.keys()
        if (
            value
            and known
            and not info.data["g4f_base_url"]
            and len(info.data["g4f_provider"]) != 1
        ):
            raise PydanticCustomError("key_holder", "nobody to give it to")
        return value

    @property
    def database(self) -> str:
        """The URL of the database: that of the settings, or of a file below the data folder."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / DATABASE_FILE}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """All values that must stand in no log."""
        fields = (
            self.telegram_bot_token,
            self.g4f_api_key,
            self.telegram_proxy,
            self.g4f_proxy,
            self.database_url,
        )
        values = [field.get_secret_value() for field in fields if field]
        found = (_PASSWORD.match(value) for value in values)
        passwords = [match[1] for match in found if match]
        return (*values, *passwords, *{unquote(one) for one in passwords} - {*passwords})


class BotSettings(Settings):
    """The settings of a bot that talks to Telegram: it needs a token."""

    telegram_bot_token: Token


_S = TypeVar("_S", bound=Settings)


def load(words: Words, kind: type[_S], **overrides: Any) -> _S:
    """Read the settings; `overrides` (by field name) win over the environment.

    Raises `SettingsError`, which tells all problems at once.
    """
    try:
        return kind(**overrides)
    except ValidationError as error:
        problems = [_explain(words, details) for details in error.errors(include_url=False)]
    except (OSError, UnicodeDecodeError) as error:
        problems = [words("setting-env-file", reason=type(error).__name__)]
    raise SettingsError(problem_list(words, problems))


def problem_list(words: Words, problems: Sequence[str]) -> str:
    """Put sentences about settings under one heading."""
    heading = words("settings-problems", count=len(problems))
    return "\n".join([heading, *(f"- {problem}" for problem in problems)])


_PROBLEMS: Final = {
    "float_parsing": "number",
    "greater_than": "number",
    "less_than_equal": "number",
    "finite_number": "number",
    "literal_error": "choice",
    "missing": "token-missing",
    "string_too_short": "model",
}


def _explain(words: Words, details: ErrorDetails) -> str:
    """Say what is wrong with one variable, and the cure."""
    variable = str(details["loc"][0]).upper()
    kind = details["type"].replace("_", "-")
    problem = _PROBLEMS.get(details["type"], kind)
    context = {key: str(value).replace("'", "") for key, value in details.get("ctx", {}).items()}
    return words(f"setting-{problem}", variable=variable, **context)
