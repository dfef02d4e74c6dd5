"""The look-up of form texts, in catalogues that were made for them and in no other.

Django's `gettext` would also ask its own catalogues and the admin's, where "Order" is a sequence
and "Key" opens a door: on the screen of an approval, that is a guess.
"""

from collections.abc import Iterator
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from django.conf import settings

from enrollment_server.messages import domains


class UnreadableFormTexts(ValueError):
    """A compiled catalogue is none; the text names the file."""


def translate(text: str, language: str) -> str:
    """Give `text` in `language`, or as it is where no catalogue has it.

    Args:
        text: not empty; lines end by a line feed.
        language: one of LANGUAGES, since it becomes part of a path.

    Raises:
        UnreadableFormTexts: a compiled catalogue is broken.

    Source: mobile-token-api.md 5.1.
    """
    return load(language).gettext(text)


def load(language: str) -> NullTranslations:
    """Give the form texts of a language, read on the first call.

    Raises:
        UnreadableFormTexts: a compiled catalogue is broken.
    """
    return _catalogues(language, settings.FORM_TEXTS_LOCALE_DIR, tuple(settings.LOCALE_PATHS))


def _compiled_files(
    language: str, own: str, locale_paths: tuple[Path | str, ...]
) -> Iterator[Path]:
    """Give the files that are asked for a language, the first one first; some may not exist.

    In FORM_TEXTS_LOCALE_DIR, everything is about form texts, also what older versions named like
    the catalogues of the code.
    """
    places = [(Path(own), domains.FORM_TEXTS), (Path(own), domains.CODE)] if own else []
    places += [(Path(path), domains.FORM_TEXTS) for path in locale_paths]
    yield from (folder / language / "LC_MESSAGES" / f"{domain}.mo" for folder, domain in places)


@lru_cache(maxsize=32)
def _catalogues(language: str, own: str, locale_paths: tuple[Path | str, ...]) -> NullTranslations:
    last = NullTranslations()
    for file in reversed(dict.fromkeys(_compiled_files(language, own, locale_paths))):
        if file.exists():
            found = _read(file)
            found.add_fallback(last)
            last = found
    return last


def _read(file: Path) -> GNUTranslations:
    try:
        with file.open("rb") as content:
            return GNUTranslations(content)
    # A damaged file breaks the reader of the standard library in many ways.
    except Exception as error:
        raise UnreadableFormTexts(f"{file} is no compiled catalogue") from error
