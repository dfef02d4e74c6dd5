"""What a push message may say, whichever phone gets it: push-and-inbox.md 4.1 and 5.4."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from push.messages.values import PushMessage, Text

MAX_COLLAPSE_KEY = 64  # bytes, of Apple
MAX_BADGE = 2**31 - 1
RESERVED = "aps"


class InvalidMessage(Exception):
    """A message that no provider can deliver; the text says why, without its contents."""


def check(message: PushMessage) -> None:
    """Refuse what a provider would refuse, whoever it is.

    Raises:
        InvalidMessage
    """
    _check_extras(message.extras)
    _check_text("title", message.title)
    _check_text("body", message.body)
    _check_unicode("sound", message.sound)
    _check_unicode("icon", message.icon)
    _check_unicode("category", message.category)
    if message.badge is not None and not 0 <= message.badge <= MAX_BADGE:
        raise InvalidMessage(f"badge must be a number from 0 to {MAX_BADGE}.")
    if message.collapse_key is not None:
        _check_collapse_key(message.collapse_key)
    if message.valid_until is not None and message.valid_until.tzinfo is None:
        raise InvalidMessage("validUntil must name its time zone.")


def is_over(message: PushMessage, *, at: datetime) -> bool:
    """Tell whether nobody wants a message any more."""
    return message.valid_until is not None and message.valid_until <= at


def time_left(message: PushMessage, *, at: datetime) -> timedelta | None:
    """Give how long a message is worth keeping for a phone that is away; None for no limit."""
    return None if message.valid_until is None else message.valid_until - at


def compact(value: object) -> str:
    """Write JSON without blanks, as its size is measured.

    Raises:
        ValueError, TypeError, RecursionError: it is no JSON value.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _check_extras(extras: Mapping[str, Any]) -> None:
    if RESERVED in extras:
        raise InvalidMessage(f"extras must not have a member '{RESERVED}', which is Apple's.")
    try:
        compact(dict(extras)).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidMessage("extras must be JSON.") from error


def _check_text(name: str, text: Text) -> None:
    for part in (text.text, text.loc_key, *text.loc_args):
        _check_unicode(name, part)


def _check_collapse_key(key: str) -> None:
    _check_unicode("collapseKey", key)
    # It travels as a header.
    if not key or not key.isprintable() or key != key.strip():
        raise InvalidMessage("collapseKey must be text without control characters.")
    if len(key.encode()) > MAX_COLLAPSE_KEY:
        raise InvalidMessage(f"collapseKey must have at most {MAX_COLLAPSE_KEY} bytes.")


def _check_unicode(name: str, text: str | None) -> None:
    try:
        (text or "").encode()
    except UnicodeEncodeError as error:
        raise InvalidMessage(f"{name} must be text.") from error
