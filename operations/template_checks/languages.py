"""The languages that texts are written in."""

from collections.abc import Iterator
from functools import cache

from babel import Locale
from django.utils.translation import gettext as _


def language_problems(language: str) -> Iterator[str]:
    """Tell if phones would never ask for a language: they do by its code alone, without region."""
    if language not in _languages():
        text = _("'{code}' is no code of a language, such as 'en' or 'cs'")
        yield text.format(code=language)


@cache
def _languages() -> frozenset[str]:
    codes = map(str, Locale("en").languages)
    return frozenset(code for code in codes if code.isalpha() and len(code) < 4)
