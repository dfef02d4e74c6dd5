"""What a ringing phone shows."""

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from powerauth.announcements import News


def generic() -> Mapping[str, News]:
    """Give what says nothing of an operation but that it waits: by language, and the rest's."""
    languages = tuple(code for code, _ in settings.LANGUAGES)
    return _generic(languages, settings.LANGUAGE_CODE)


@lru_cache(maxsize=8)
def _generic(languages: tuple[str, ...], otherwise: str) -> Mapping[str, News]:
    texts = {language: _in(language) for language in languages}
    return {**texts, "": _in(otherwise)}


def _in(language: str) -> News:
    with translation.override(language):
        return News(
            title=gettext("New request"),
            body=gettext("Open the app to see it, and approve or reject it."),
        )
