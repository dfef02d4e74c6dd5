"""Durations as texts: integration-api.md 1.2. Pure."""

import re
from datetime import timedelta

from django.utils.dateparse import parse_duration

# Django's parser reads other notations besides.
_ISO = re.compile(r"[-+]?P(?=\d|T\d)[\dTDHMS.,]+", flags=re.ASCII)
_MICROSECONDS = 1_000_000


def parse(text: str) -> timedelta | None:
    """Read an ISO-8601 duration of days, hours, minutes and seconds; None for any other text."""
    if not _ISO.fullmatch(text):
        return None
    try:
        return parse_duration(text)
    except OverflowError:
        return None


def to_text(duration: timedelta) -> str:
    """Write a duration that is not negative in hours, minutes and seconds, such as `PT720H`."""
    microseconds = duration // timedelta(microseconds=1)
    seconds, fraction = divmod(microseconds, _MICROSECONDS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    decimals = f".{fraction:06}".rstrip("0") if fraction else ""
    parts = [
        f"{hours}H" if hours else "",
        f"{minutes}M" if minutes else "",
        f"{seconds}{decimals}S" if seconds or fraction else "",
    ]
    return f"PT{''.join(parts) or '0S'}"
