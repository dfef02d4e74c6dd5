"""System checks of the inbox settings, each with an id of its own."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

DATE_STYLES = ("seconds", "millis")
DETAIL_SHAPES = ("object", "array")
# Apps ask for pages of 100, and take a shorter one for the last.
SMALLEST_MAXIMUM = 100


def check_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give one error for each setting that cannot be meant as it is."""
    maximum = settings.INBOX_MAX_PAGE_SIZE
    rules = (
        (
            maximum >= SMALLEST_MAXIMUM,
            f"INBOX_MAX_PAGE_SIZE must be at least {SMALLEST_MAXIMUM}.",
            "inbox.E001",
        ),
        (
            1 <= settings.INBOX_DEFAULT_PAGE_SIZE <= maximum,
            "INBOX_DEFAULT_PAGE_SIZE must be a whole number from 1 to INBOX_MAX_PAGE_SIZE.",
            "inbox.E002",
        ),
        (
            settings.INBOX_DATE_STYLE in DATE_STYLES,
            f"INBOX_DATE_STYLE must be one of {', '.join(DATE_STYLES)}.",
            "inbox.E003",
        ),
        (
            settings.INBOX_DETAIL_SHAPE in DETAIL_SHAPES,
            f"INBOX_DETAIL_SHAPE must be one of {', '.join(DETAIL_SHAPES)}.",
            "inbox.E004",
        ),
    )
    return [checks.Error(problem, id=code) for holds, problem, code in rules if not holds]
