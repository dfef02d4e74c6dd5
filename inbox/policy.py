"""The limits and forms of the inbox, as configured: mobile-token-api.md 15."""

from django.conf import settings

from inbox.values import Page


def api_enabled() -> bool:
    """Tell whether the endpoints exist."""
    return bool(settings.INBOX_API_ENABLED)


def page(number: int, size: int) -> Page:
    """Give the page in effect for the asked one; a size of 0 asks for the default."""
    wanted = size or settings.INBOX_DEFAULT_PAGE_SIZE
    return Page(number=number, size=min(wanted, settings.INBOX_MAX_PAGE_SIZE))


def shows_milliseconds() -> bool:
    """Tell whether dates have the literal form of the document, which iOS apps cannot read."""
    return bool(settings.INBOX_DATE_STYLE == "millis")


def wraps_detail() -> bool:
    """Tell whether one message is an array of one, the literal form of the document."""
    return bool(settings.INBOX_DETAIL_SHAPE == "array")
