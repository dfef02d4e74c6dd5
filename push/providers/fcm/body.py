"""A message in Google's words: push-and-inbox.md 5.2."""

from datetime import datetime, timedelta
from typing import Any

from push.messages.limits import compact, time_left
from push.messages.values import Priority, PushMessage
from push.providers.apns import payload as apns

MAX_PAYLOAD = 4000  # bytes of data and notification together
MAX_TTL = timedelta(days=28)
DATA_NOTIFICATION = "_notification"


def body(message: PushMessage, token: str, *, at: datetime, data_only: bool) -> dict[str, Any]:
    """Give a request for one device.

    Args:
        data_only: apps build the notification themselves, from JSON text within the data.
    """
    shown = {} if data_only else notification(message)
    android = {
        "collapse_key": message.collapse_key,
        "ttl": _ttl(message, at),
        "priority": "high" if message.priority is Priority.HIGH else "normal",
        "notification": shown or None,
    }
    return {
        "message": _said(
            {
                "token": token,
                "data": data(message, data_only=data_only) or None,
                "android": _said(android),
                # For apps of iOS that have their tokens from Google.
                "apns": {
                    "headers": apns.delivery_headers(message),
                    "payload": {"aps": apns.aps(message)},
                },
            }
        )
    }


def data(message: PushMessage, *, data_only: bool) -> dict[str, str]:
    """Give the extras as Google takes them: texts only."""
    texts = {name: _as_text(value) for name, value in message.extras.items() if value is not None}
    shown = notification(message) if data_only else {}
    return {**texts, DATA_NOTIFICATION: compact(shown)} if shown else texts


def notification(message: PushMessage) -> dict[str, Any]:
    """Give what Android shows; nothing for a silent message."""
    if message.silent:
        return {}
    high = message.priority is Priority.HIGH
    return _said(
        {
            "title": message.title.text,
            "title_loc_key": message.title.loc_key,
            "title_loc_args": list(message.title.loc_args) or None,
            "body": message.body.text,
            "body_loc_key": message.body.loc_key,
            "body_loc_args": list(message.body.loc_args) or None,
            "icon": message.icon,
            "sound": message.sound,
            "tag": message.category,
            "notification_priority": "PRIORITY_HIGH" if high else "PRIORITY_DEFAULT",
        }
    )


def size(message: PushMessage, *, data_only: bool) -> int:
    """Measure what Google limits, in bytes."""
    shown = {} if data_only else notification(message)
    parts = (data(message, data_only=data_only), shown)
    return sum(len(compact(part).encode()) for part in parts if part)


def _ttl(message: PushMessage, at: datetime) -> str | None:
    left = time_left(message, at=at)
    if left is None or not timedelta(0) < left < MAX_TTL:
        return None
    return f"{max(int(left.total_seconds()), 1)}s"


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else compact(value)


def _said(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
