"""From settings to a model."""

from bot.llm.errors import UnknownProviderError
from bot.llm.model import Model
from bot.locales import Words
from bot.settings import Settings, SettingsError, problem_list


def build_model(settings: Settings, words: Words) -> Model:
    """Build what answers. Raises `SettingsError` for providers that g4f does not know."""
    key, proxy = settings.g4f_api_key, settings.g4f_proxy
    try:
        return Model(
            model=settings.g4f_model,
            providers=settings.g4f_provider,
            base_url=settings.g4f_base_url,
            api_key=key.get_secret_value() if key else None,
            proxy=proxy.get_secret_value() if proxy else None,
            data_dir=settings.data_dir,
            first_chunk_timeout=settings.first_chunk_timeout,
            chunk_timeout=settings.chunk_timeout,
        )
    except UnknownProviderError as error:
        problems = [
            words(
                "setting-provider",
                variable="G4F_PROVIDER",
                name=name,
                suggestions=", ".join(similar) or "none",
            )
            for name, similar in error.suggestions.items()
        ]
    raise SettingsError(problem_list(words, problems))
