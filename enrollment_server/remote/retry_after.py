"""Reading how long a server asks to be left alone: RFC 9110 10.2.3."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(header: str | None, *, at: datetime) -> timedelta | None:
    """Read a Retry-After header, in seconds or as a date; None for none and for nonsense."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:10]), 10**9))
    try:
        moment = parsedate_to_datetime(text)
        return max(moment - at, timedelta(0))
    except (TypeError, ValueError):
        return None
