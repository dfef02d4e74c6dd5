"""Callbacks with their credentials; what is left to the settings there is left to ours here."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from django.db.models import Model

from enrollment_server.wultra.facts import Facts
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import (
    LeftOut,
    identifier,
    json_object,
    known,
    moment_if_any,
    texts,
)
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_authentication import (
    Authentication,
    Certificate,
    HttpBasic,
    OAuth2,
)
from powerauth.engine.callbacks.callbacks import Configuration
from powerauth.errors import EngineRefusal
from powerauth.integration.inputs import durations
from powerauth.models import CallbackType

_TYPES = {kind.value: kind for kind in CallbackType}
_METHODS: dict[str, tuple[str, Any]] = {
    "certificate": ("certificate", Certificate),
    "httpbasic": ("http_basic", HttpBasic),
    "oauth2": ("oauth2", OAuth2),
}


def callback(row: Row, facts: Facts) -> list[Model]:
    """A removed callback comes along, disabled: it can be seen, and is not called."""
    owner = facts.application(row["application_id"])
    text = row["authentication"]
    if text is not None:
        mode = row.get("encryption_mode")
        text = facts.key.open_text(text, mode, "authentication", owner.id)
    wanted = Configuration(
        callback_id=identifier(row["id"], "id"),
        name=(row["name"] or "").strip() or row["id"],
        type=known(_TYPES, row["type"], "type"),
        url=row["callback_url"],
        attributes=texts(row["attributes"], "attributes"),
        authentication=authentication(text),
        max_attempts=row.get("max_attempts"),
        initial_backoff=_duration(row, "initial_backoff"),
        retention=_duration(row, "retention_period"),
    )
    created = moment_if_any(row.get("timestamp_created"), facts.zone) or facts.at
    try:
        made = callbacks.draft(owner, wanted, at=created).callback
    except EngineRefusal as refusal:
        raise LeftOut(refusal.message) from refusal
    made.enabled = row.get("enabled") is not False
    return [made]


def authentication(text: str | None) -> Authentication:
    """Read how a callback authenticates; a member that is on and unknown here is not dropped.

    Raises:
        LeftOut: it authenticates in another way.
    """
    ways: dict[str, Any] = {}
    for name, members in json_object(text, "authentication").items():
        if members is None:
            continue
        if not isinstance(members, dict):
            raise LeftOut("authentication is another kind of JSON")
        if name.lower() not in _METHODS:
            if members.get("enabled"):
                raise LeftOut("authentication has a way that is unknown here")
            continue
        field_name, kind = _METHODS[name.lower()]
        ways[field_name] = _method(kind, members)
    return Authentication(**ways)


def _method(kind: Any, members: dict[str, Any]) -> Any:
    names = {one.name.replace("_", "").lower(): one for one in fields(kind)}
    values: dict[str, Any] = {}
    for member, value in members.items():
        one = names.get(member.lower())
        if value is None:
            continue
        if one is None:
            if members.get("enabled"):
                raise LeftOut(f"authentication has a member that is unknown here: {member!r}")
            continue
        if not isinstance(value, bool if one.default is False else str):
            raise LeftOut(f"authentication has a {member!r} of another kind")
        values[one.name] = value
    return kind(**values)


def _duration(row: Row, column: str) -> timedelta | None:
    text = row.get(column)
    if text is None:
        return None
    duration = durations.parse(text.upper())
    if duration is None:
        raise LeftOut(f"{column} is no ISO 8601 duration of days and less")
    return duration
