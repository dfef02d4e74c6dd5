"""A message in Apple's words: push-and-inbox.md 5.1."""

import re
from typing import Any

from push.messages.limits import compact
from push.messages.values import Priority, PushMessage, Text

MAX_PAYLOAD = 4096  # bytes

_NOT_HEXADECIMAL = re.compile("[^0-9a-fA-F]")


def device_token(token: str) -> str:
    """Give the token as it stands in an address; old apps sent it with brackets and blanks."""
    return _NOT_HEXADECIMAL.sub("", token)


def payload(message: PushMessage) -> dict[str, Any]:
    """Give what the phone gets: `aps`, and the extras beside it."""
    extras = {name: value for name, value in message.extras.items() if value is not None}
    return {**extras, "aps": aps(message)}


def aps(message: PushMessage) -> dict[str, Any]:
    """Give what the system of the phone reads."""
    shown = {"badge": message.badge, "thread-id": message.collapse_key}
    if message.silent:
        return {"content-available": 1, **_said(shown)}
    alert = _said(
        {
            **_text(message.title, "title", "title-loc-key", "title-loc-args"),
            **_text(message.body, "body", "loc-key", "loc-args"),
        }
    )
    return _said(
        {
            "alert": alert or None,
            "sound": message.sound,
            "category": message.category,
            **shown,
        }
    )


def delivery_headers(message: PushMessage) -> dict[str, str]:
    """Give how Apple treats the message; also within Google's messages."""
    high = message.priority is Priority.HIGH and not message.silent
    headers = {
        "apns-push-type": "background" if message.silent else "alert",
        # Apple demands 5 for the background.
        "apns-priority": "10" if high else "5",
    }
    if message.valid_until is not None:
        headers["apns-expiration"] = str(max(int(message.valid_until.timestamp()), 0))
    if message.collapse_key is not None:
        headers["apns-collapse-id"] = message.collapse_key
    return headers


def encoded(message: PushMessage) -> bytes:
    """Give the payload as it is sent, and measured."""
    return compact(payload(message)).encode()


def _text(text: Text, written: str, key: str, arguments: str) -> dict[str, Any]:
    return {written: text.text, key: text.loc_key, arguments: list(text.loc_args) or None}


def _said(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
