"""Settings: all problems at once, with the cure, and without a secret."""

import re
from pathlib import Path

import pytest

from bot.locales import Words
from bot.settings import BotSettings, Settings, SettingsError, load

TOKEN = "123456:AAE-secret_secret"
WORDS = Words()


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without any setting of the machine, in an empty folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def complaint(kind: type[Settings] = Settings) -> str:
    with pytest.raises(SettingsError) as caught:
        load(WORDS, kind)
    return str(caught.value)


def test_without_any_setting_gpt_4_is_asked_and_g4f_chooses_the_provider() -> None:
    settings = load(WORDS, Settings)
    assert settings.g4f_model == "gpt-4"
    assert settings.g4f_provider == ()
    assert (settings.first_chunk_timeout, settings.chunk_timeout) == (60, 60)
    assert settings.data_dir == Path("data").resolve()


def test_the_environment_wins_over_the_file_and_an_override_over_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("G4F_MODEL=file\nSYSTEM_PROMPT=file\nLOG_LEVEL=debug\n")
    monkeypatch.setenv("SYSTEM_PROMPT", "environment")
    monkeypatch.setenv("LOG_LEVEL", "error")
    settings = load(WORDS, Settings, log_level="WARNING")
    assert settings.g4f_model == "file"
    assert settings.system_prompt == "environment"
    assert settings.log_level == "WARNING"


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("G4F_BASE_URL", "")
    monkeypatch.setenv("CHUNK_TIMEOUT", "")
    assert load(WORDS, Settings).g4f_base_url is None


def test_providers_are_names_in_the_order_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("G4F_PROVIDER", " Beta  Alpha Beta ")
    assert load(WORDS, Settings).g4f_provider == ("Beta", "Alpha")


def test_all_problems_are_told_at_once_each_with_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = {
        "TELEGRAM_API_URL": "api.telegram.org",
        "TELEGRAM_PROXY": "ftp://host:1",
        "G4F_BASE_URL": "http://",
        "G4F_PROXY": "nothing",
        "G4F_MODEL": " ",
        "FIRST_CHUNK_TIMEOUT": "soon",
        "CHUNK_TIMEOUT": "0",
        "DATA_DIR": "/dev/null/data",
        "HISTORY_CHARACTERS": "-1",
        "DATABASE_URL": "oracle://host/name",
        "ALLOWED_USERS": "@alice",
        "ALLOWED_CHATS": "friends",
        "ADMINS": "-100123",
        "ANSWERS_PER_HOUR": "many",
        "ANSWERS_AT_ONCE": "0",
        "LOG_LEVEL": "LOUD",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    heading, *problems = complaint(BotSettings).splitlines()
    assert "17 settings" in heading
    assert sorted(re.findall(r"^- ([A-Z0-9_]+)", "\n".join(problems), re.MULTILINE)) == sorted(
        ["TELEGRAM_BOT_TOKEN", *wrong]
    )


def test_a_missing_token_is_told_with_where_it_comes_from() -> None:
    assert "@BotFather" in complaint(BotSettings)
    assert "not set" in complaint(BotSettings)


def test_a_value_that_may_be_secret_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "hunter2")
    monkeypatch.setenv("TELEGRAM_PROXY", "socks9://me:hunter2@host:1")
    monkeypatch.setenv("G4F_API_KEY", "hunter2\N{SNOWMAN}")
    monkeypatch.setenv("DATABASE_URL", "mysql://me:hunter2@host/name")
    assert "hunter2" not in complaint(BotSettings)


def test_secrets_are_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("G4F_BASE_URL", "http://host/v1/")
    monkeypatch.setenv("G4F_API_KEY", "sk-secret")
    monkeypatch.setenv("G4F_PROXY", "socks5://me:hunter2@host:1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter3@host/name")
    settings = load(WORDS, BotSettings)
    assert set(settings.secrets) == {
        TOKEN,
        "sk-secret",
        "socks5://me:hunter2@host:1",
        "hunter2",
        "postgresql://me:hunter3@host/name",
        "hunter3",
    }
    assert not any(secret in f"{settings!r}{settings}" for secret in settings.secrets)
    assert settings.g4f_base_url == "http://host/v1"


def test_a_password_of_any_characters_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:p[ss%2Fw/rd@host/name")
    secrets = load(WORDS, Settings).secrets
    assert {"p[ss%2Fw/rd", "p[ss/w/rd"} <= set(secrets)


def test_conversations_are_kept_in_a_file_unless_a_database_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = Path("data").resolve() / "conversations.sqlite3"
    assert load(WORDS, Settings).database == f"sqlite:///{file}"
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/name")
    assert load(WORDS, Settings).database == "postgresql://host/name"


def test_a_database_whose_driver_is_missing_is_told_with_the_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.chat.database.find_spec", lambda _: None)
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/name")
    assert "pip install asyncpg" in complaint()


@pytest.mark.parametrize("value", ["1e3", "ten", "0x10", "10000001"])
def test_a_number_of_characters_is_a_whole_number(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HISTORY_CHARACTERS", value)
    assert "- HISTORY_CHARACTERS" in complaint()


def test_ids_are_separated_by_spaces_or_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_USERS", " 5, 7 5;9 ")
    monkeypatch.setenv("ALLOWED_CHATS", "-1001234567890,-5 7")
    monkeypatch.setenv("ADMINS", " , ")
    settings = load(WORDS, Settings)
    assert settings.allowed_users == (5, 7, 9)
    assert settings.allowed_chats == (-1001234567890, -5, 7)
    assert settings.admins == ()


@pytest.mark.parametrize(
    "value", ["@alice", "0", "-", "1e9", "+5", "9999999999999999", "https://t.me/alice"]
)
def test_what_is_no_id_is_told_with_its_variable_and_the_cure(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ADMINS", f"5 {value}, 7")
    told = complaint()
    assert f"- ADMINS: {value} cannot be an id" in told
    assert "such as 123456789" in told


@pytest.mark.parametrize("variable", ["ALLOWED_USERS", "ADMINS"])
def test_a_group_among_people_is_told_with_where_it_belongs(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "5 -1001234567890")
    told = complaint()
    assert f"- {variable}: -1001234567890" in told
    assert "ALLOWED_CHATS" in told


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ANSWERS_PER_HOUR", "-1"),
        ("ANSWERS_PER_HOUR", "1001"),
        ("ANSWERS_PER_HOUR", "2.5"),
        ("ANSWERS_AT_ONCE", "0"),
        ("ANSWERS_AT_ONCE", "1001"),
    ],
)
def test_a_number_of_answers_is_told_with_what_it_can_be(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert f"- {variable} is not" in complaint()
    assert "1000" in complaint()


def test_without_a_setting_everybody_may_ask_without_limit() -> None:
    settings = load(WORDS, Settings)
    assert (settings.allowed_users, settings.allowed_chats, settings.admins) == ((), (), ())
    assert (settings.answers_per_hour, settings.answers_at_once) == (0, 100)


@pytest.mark.parametrize("providers", ["", "Alpha Beta"])
def test_a_key_is_never_meant_for_several(monkeypatch: pytest.MonkeyPatch, providers: str) -> None:
    monkeypatch.setenv("G4F_API_KEY", "sk-secret")
    monkeypatch.setenv("G4F_PROVIDER", providers)
    assert "G4F_API_KEY" in complaint()


def test_an_endpoint_and_a_provider_cannot_both_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("G4F_BASE_URL", "http://host/v1")
    monkeypatch.setenv("G4F_PROVIDER", "Alpha")
    assert "G4F_BASE_URL" in complaint()


def test_a_file_that_is_no_text_is_told() -> None:
    Path(".env").write_bytes(b"\xff\xfe\x00G4F")
    assert ".env" in complaint()


def test_a_folder_of_somebody_who_does_not_exist_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", "~nobody-of-this-name/data")
    assert "- DATA_DIR: ~nobody-of-this-name/data" in complaint()


def documented() -> dict[str, str]:
    """Give the variables of .env.example with their values."""
    text = (Path(__file__).parent.parent / ".env.example").read_text("utf-8")
    return dict(re.findall(r"^#?\s?([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def test_every_setting_is_documented_and_nothing_else() -> None:
    names = {name.upper() for name in Settings.model_fields}
    assert set(documented()) == names
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([A-Z0-9_]+)`", readme, re.MULTILINE)) == names


def test_the_example_shows_the_defaults() -> None:
    fields = Settings.model_fields
    for name, value in documented().items():
        default = fields[name.lower()].default
        assert value == ("" if default in (None, ()) else str(default)), name
