"""A push message as JSON, as back ends write it and rows keep it: push-and-inbox.md 4.1."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from push.messages.limits import InvalidMessage, check
from push.messages.values import Priority, PushMessage, Text

Json = dict[str, Any]


def to_json(message: PushMessage) -> Json:
    """Write a message; what it does not say is left out."""
    body = {
        **_text_to_json("title", message.title),
        **_text_to_json("body", message.body),
        "badge": message.badge,
        "sound": message.sound,
        "icon": message.icon,
        "category": message.category,
        "collapseKey": message.collapse_key,
        "validUntil": message.valid_until.isoformat() if message.valid_until else None,
        "extras": dict(message.extras) or None,
    }
    return {
        "priority": message.priority.value,
        "attributes": {"personal": message.personal, "silent": message.silent},
        "body": {name: value for name, value in body.items() if value is not None},
    }


def from_json(data: object) -> PushMessage:
    """Read a message and check its limits; members that it does not know are ignored.

    Raises:
        InvalidMessage
    """
    message = _object(data, "message")
    if message.get("body") is None:
        raise InvalidMessage("Push message payload (body) must not be null.")
    body = _object(message["body"], "body")
    attributes = _object(message.get("attributes"), "attributes")
    read = PushMessage(
        title=_text_from_json(body, "title"),
        body=_text_from_json(body, "body"),
        badge=_badge(body),
        sound=_string(body, "sound"),
        icon=_string(body, "icon"),
        category=_string(body, "category"),
        collapse_key=_string(body, "collapseKey"),
        valid_until=_moment(body, "validUntil"),
        extras=_object(body.get("extras"), "extras"),
        priority=_priority(message),
        personal=_flag(attributes, "personal"),
        silent=_flag(attributes, "silent"),
    )
    check(read)
    return read


def _text_to_json(name: str, text: Text) -> Json:
    return {
        name: text.text,
        f"{name}LocKey": text.loc_key,
        f"{name}LocArgs": list(text.loc_args) or None,
    }


def _text_from_json(body: Mapping[str, Any], name: str) -> Text:
    arguments = body.get(f"{name}LocArgs")
    if arguments is None:
        arguments = []
    if not isinstance(arguments, list) or not all(isinstance(each, str) for each in arguments):
        raise InvalidMessage(f"{name}LocArgs must be a list of texts.")
    return Text(
        text=_string(body, name), loc_key=_string(body, f"{name}LocKey"), loc_args=tuple(arguments)
    )


def _object(data: object, name: str) -> Mapping[str, Any]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise InvalidMessage(f"{name} must be an object.")
    return data


def _string(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value
    raise InvalidMessage(f"{name} must be text.")


def _flag(attributes: Mapping[str, Any], name: str) -> bool:
    value = attributes.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise InvalidMessage(f"{name} must be true or false.")


def _badge(body: Mapping[str, Any]) -> int | None:
    value = body.get("badge")
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise InvalidMessage("badge must be a number.")


def _priority(message: Mapping[str, Any]) -> Priority:
    value = message.get("priority")
    try:
        return Priority.HIGH if value is None else Priority(value)
    except ValueError as error:
        raise InvalidMessage("priority must be HIGH or NORMAL.") from error


def _moment(body: Mapping[str, Any], name: str) -> datetime | None:
    text = _string(body, name)
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidMessage(f"{name} must be an instant, as 2017-12-11T21:22:29.923Z.") from error
