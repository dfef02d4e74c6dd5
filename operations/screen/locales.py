"""Which language and number format a request asks for.

The header comes from anybody, before authentication: nothing here raises on it, and the work is
bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from babel import Locale, UnknownLocaleError

from operations.bounded_cache import bounded_cache

MAX_HEADER_LENGTH = 1000  # characters; a longer header is cut after its last whole entry

_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_SCRIPT = re.compile(r"[A-Za-z]{4}")
_REGION = re.compile(r"[A-Za-z]{2}|[0-9]{3}")
_QUALITY = re.compile(r"0(?:\.[0-9]*)?|\.[0-9]+|1(?:\.0*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLocale:
    """The locale of one request.

    `tag` is canonical (``de-CH``, ``zh-Hant-TW``): language, script and region, without variants
    and extensions. `language` is its primary subtag in lower case and selects the template.
    """

    tag: str
    language: str


def parse_accept_language(header: str | None, default: str = "en") -> RequestLocale:
    """Choose the entry of the best quality; the first one among equals.

    Args:
        header: value of ``Accept-Language``; None when it is missing.
        default: tag for a missing or unparsable header and for ``*``.

    Entries that cannot be parsed and entries of quality 0 are ignored.

    Source: mobile-token-api.md 1.6.
    """
    return _preferred(header or "", default)


@bounded_cache(entries=512, characters=256)
def _preferred(header: str, default: str) -> RequestLocale:
    best_tag, best_quality = default, 0.0
    for tag, quality in _entries(header):
        if quality > best_quality:
            best_tag, best_quality = tag, quality
    if best_tag == "*":
        best_tag = default
    return _parse_tag(best_tag) or RequestLocale(tag="en", language="en")


@bounded_cache(entries=256, characters=64)
def number_locale(tag: str) -> Locale:
    """Find the CLDR data for `tag`: as given, else without region, else the neutral root locale.

    Source: mobile-token-api.md 6.1.
    """
    parsed = _parse_tag(tag)
    # Babel would take "und" for American English.
    if parsed is None or parsed.language in ("und", "root"):
        return Locale("root")
    subtags = parsed.tag.split("-")
    # From the language to the whole tag, tried from the longest.
    for identifier in reversed(list(accumulate(subtags, "{}_{}".format))):
        try:
            return Locale.parse(identifier)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("root")


def _entries(header: str) -> Iterator[tuple[str, float]]:
    if len(header) > MAX_HEADER_LENGTH:
        header = header[:MAX_HEADER_LENGTH].rpartition(",")[0]
    for entry in header.split(","):
        tag, *attributes = (part.strip() for part in entry.split(";"))
        quality = _quality(attributes)
        if quality is not None and (tag == "*" or _TAG.fullmatch(tag)):
            yield tag, quality


def _quality(attributes: list[str]) -> float | None:
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        if name.strip().lower() == "q":
            value = value.strip()
            return float(value) if _QUALITY.fullmatch(value) else None
    return 1.0


def _parse_tag(tag: str) -> RequestLocale | None:
    if not _TAG.fullmatch(tag):
        return None
    language, *rest = tag.replace("_", "-").split("-")
    subtags = [language.lower()]
    if rest and _SCRIPT.fullmatch(rest[0]):
        subtags.append(rest.pop(0).title())
    if rest and _REGION.fullmatch(rest[0]):
        subtags.append(rest.pop(0).upper())
    return RequestLocale(tag="-".join(subtags), language=subtags[0])
