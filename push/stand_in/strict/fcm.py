"""What Google refuses: the reference of `projects.messages`, as JSON of protocol buffers."""

import json
import re
from dataclasses import dataclass
from typing import Any

from push.stand_in.strict import shapes

MAX_PAYLOAD = 4096
_TOKEN = re.compile("[A-Za-z0-9_:-]{20,512}")
_RESERVED = re.compile("from|message_type|google.*|gcm.*")
_TTL = r"\d{1,7}(\.\d{1,9})?s"
_MAX_TTL_S = 28 * 86_400


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong: a field, if one can be named, and a text."""

    field: str
    text: str = "Invalid value"


def _ttl(value: Any) -> bool:
    return shapes.like(_TTL)(value) and float(value[:-1]) <= _MAX_TTL_S


def _texts_by_name(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


_NOTIFICATION: shapes.Shape = {
    **dict.fromkeys(
        ("title", "body", "icon", "sound", "tag", "title_loc_key", "body_loc_key"), shapes.text
    ),
    **dict.fromkeys(("title_loc_args", "body_loc_args"), shapes.texts),
    "notification_priority": shapes.one_of(
        "PRIORITY_MIN", "PRIORITY_LOW", "PRIORITY_DEFAULT", "PRIORITY_HIGH", "PRIORITY_MAX"
    ),
}
_ANDROID: shapes.Shape = {
    "collapse_key": shapes.text,
    "priority": shapes.one_of("normal", "high"),
    "ttl": _ttl,
    "notification": lambda value: shapes.wrong_member(value, _NOTIFICATION) is None,
}
_APNS: shapes.Shape = {
    "headers": _texts_by_name,
    "payload": lambda value: isinstance(value, dict) and isinstance(value.get("aps"), dict),
}
_MESSAGE: shapes.Shape = {
    "token": shapes.text,
    "data": _texts_by_name,
    "android": lambda value: isinstance(value, dict),
    "apns": lambda value: shapes.wrong_member(value, _APNS) is None,
}
_REQUEST: shapes.Shape = {
    "message": lambda value: isinstance(value, dict),
    "validate_only": shapes.one_of(True, False),
}


def violation(request: Any) -> Violation | None:
    """Give what is wrong with a request; None for one that is taken."""
    wrong = shapes.wrong_member(request, _REQUEST)
    if wrong is not None or "message" not in request:
        return Violation(wrong or "message")
    message = request["message"]
    for place, shape, value in (
        ("message", _MESSAGE, message),
        ("message.android", _ANDROID, message.get("android", {})),
    ):
        wrong = shapes.wrong_member(value, shape)
        if wrong is not None:
            return Violation(f"{place}.{wrong}".rstrip("."))
    return _contents(message)


def _contents(message: dict[str, Any]) -> Violation | None:
    data = message.get("data", {})
    if any(_RESERVED.fullmatch(name) for name in data):
        return Violation("message.data", "Invalid data payload key")
    shown = message.get("android", {}).get("notification", {})
    if _size(data) + _size(shown) > MAX_PAYLOAD:
        return Violation("message", "Android message is too big")
    if "token" not in message:
        return Violation("message", "Recipient of the message is not set.")
    if not _TOKEN.fullmatch(message["token"]):
        return Violation("message.token", "Invalid registration token")
    return None


def _size(values: dict[str, Any]) -> int:
    """Count keys and values, as Google does."""
    return sum(
        len(name.encode()) + len((value if isinstance(value, str) else json.dumps(value)).encode())
        for name, value in values.items()
    )
