"""A message in Huawei's words: push-and-inbox.md 5.3."""

from datetime import datetime, timedelta
from typing import Any

from push.messages.limits import compact, time_left
from push.messages.values import Priority, PushMessage

MAX_PAYLOAD = 4096  # bytes without the token
MAX_TTL = timedelta(days=15)
_START_THE_APP = 3
_COLLAPSE_KEYS = range(-1, 101)


def body(message: PushMessage, token: str, *, at: datetime) -> dict[str, Any]:
    """Give a request for one device."""
    return {"message": {**_content(message, at), "token": [token]}}


def size(message: PushMessage, *, at: datetime) -> int:
    """Measure what Huawei limits, in bytes."""
    return len(compact(_content(message, at)).encode())


def _content(message: PushMessage, at: datetime) -> dict[str, Any]:
    extras = {name: value for name, value in message.extras.items() if value is not None}
    shown = _notification(message)
    android = {
        "collapse_key": _collapse_key(message.collapse_key),
        "ttl": _ttl(message, at),
        "notification": shown or None,
    }
    # Huawei wants one of the two.
    data = compact(extras) if extras or not shown else None
    return _said({"data": data, "android": _said(android)})


def _notification(message: PushMessage) -> dict[str, Any]:
    """Give what the phone shows; nothing for a silent message."""
    if message.silent:
        return {}
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
            "importance": "HIGH" if message.priority is Priority.HIGH else "NORMAL",
            "click_action": {"type": _START_THE_APP},
        }
    )


def _collapse_key(key: str | None) -> int | None:
    """Give the key as Huawei takes it: a number; other keys collapse nothing there."""
    try:
        number = int(key or "")
    except ValueError:
        return None
    return number if number in _COLLAPSE_KEYS else None


def _ttl(message: PushMessage, at: datetime) -> str | None:
    left = time_left(message, at=at)
    if left is None or left <= timedelta(0):
        return None
    return str(max(int(min(left, MAX_TTL).total_seconds()), 1))


def _said(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
