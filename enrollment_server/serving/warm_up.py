"""What is loaded before the processes of a server are forked, so that their first requests find it.

Nothing here may connect to the database: a connection belongs to one process.
"""

from collections.abc import Iterable

from babel import Locale
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from enrollment_server.database.compiled import COMPILED


def warm_up() -> None:
    """Load views, texts and the statements that can be compiled without a connection."""
    _match(get_resolver().url_patterns)
    for language, _ in settings.LANGUAGES:
        _read_texts(language)
    for query in COMPILED:
        query.compile_ahead()


def _match(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Match each pattern once: that imports its views and compiles its expression."""
    for one in patterns:
        one.pattern.match("")
        if isinstance(one, URLResolver):
            _match(one.url_patterns)


def _read_texts(language: str) -> None:
    # What is read belongs to the language, whoever uses it later.
    with translation.override(language):
        translation.gettext("Operation")
    Locale.parse(language, sep="-").number_symbols  # noqa: B018 # read at the first look
