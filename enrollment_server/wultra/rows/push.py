"""Credentials of providers, devices and messages: push-and-inbox.md 10.1."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from enrollment_server.wultra.facts import Facts
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import LeftOut, identifier, known, moment, moment_if_any
from inbox.models import InboxMessage, InboxMessageApplication, MessageType
from push.credentials.checks import check
from push.credentials.services import columns_of
from push.credentials.values import (
    ApnsSettings,
    FcmSettings,
    HmsSettings,
    InvalidCredentials,
    Settings,
)
from push.models import Environment, PushAppCredentials, PushDevice
from push.platforms import PLATFORMS

_TYPES = {kind.value: kind for kind in MessageType}
_ENVIRONMENTS = {"": "", **{each.value: each.value for each in Environment}}


def credentials(row: Row, facts: Facts) -> list[Model]:
    """Secrets are not encrypted there; here they are, each for its application."""
    application_id = row["app_id"]
    if application_id not in {each.id for each in facts.applications.values()}:
        raise LeftOut("its application was left out")
    values: dict[str, Any] = {}
    for settings in _settings(row):
        try:
            check(settings)
        except InvalidCredentials as error:
            raise LeftOut(f"{type(settings).__name__}: {error}") from error
        values.update(columns_of(settings, application_id))
    created = moment_if_any(row.get("timestamp_created"), facts.zone)
    return [
        PushAppCredentials(
            application_id=application_id,
            created_at=created or facts.at,
            updated_at=moment_if_any(row.get("timestamp_last_updated"), facts.zone),
            **values,
        )
    ]


def _settings(row: Row) -> Iterator[Settings]:
    if key := _named(row, "apns", "ios", "private_key"):
        yield ApnsSettings(
            key_id=_named(row, "apns", "ios", "key_id") or "",
            team_id=_named(row, "apns", "ios", "team_id") or "",
            bundle=_named(row, "apns", "ios", "bundle") or "",
            private_key=bytes(key),
            environment=known(
                _ENVIRONMENTS, _named(row, "apns", "ios", "environment") or "", "environment"
            ),
        )
    if key := _named(row, "fcm", "android", "private_key"):
        yield FcmSettings(
            project_id=_named(row, "fcm", "android", "project_id") or "",
            service_account=bytes(key),
        )
    if secret := row.get("hms_client_secret"):
        yield HmsSettings(
            project_id=row.get("hms_project_id") or "",
            client_id=row.get("hms_client_id") or "",
            client_secret=secret.encode(),
        )


def _named(row: Row, new: str, old: str, name: str) -> Any:
    """Give a column by its name of now, or by the one of before 1.10."""
    return row.get(f"{new}_{name}") or row.get(f"{old}_{name}")


def device(row: Row, facts: Facts) -> list[Model]:
    """A device belongs to an activation here; the application of both has to be the same one."""
    if row["activation_id"] is None:
        raise LeftOut("it has no activation")
    owner = facts.activation(row["activation_id"])
    application = facts.application(owner["application_id"])
    if facts.push_applications.get(row["app_id"]) != application.id:
        raise LeftOut("its application is not the one of its activation")
    return [
        PushDevice(
            activation_id=str(identifier(row["activation_id"], "activation_id")),
            user_id=owner["user_id"],
            application_id=application.id,
            platform=known(PLATFORMS, (row["platform"] or "").lower(), "platform"),
            push_token=row["push_token"],
            environment=known(_ENVIRONMENTS, row.get("environment") or "", "environment"),
            is_active=row["is_active"] is not False,
            last_registered_at=moment(row["timestamp_last_registered"], facts.zone),
        )
    ]


def message(row: Row, facts: Facts) -> list[Model]:
    kind = (row.get("message_type") or row.get("type") or "").lower()
    read = bool(row["is_read"] if "is_read" in row else row["read"])
    created = moment(row["timestamp_created"], facts.zone)
    made = InboxMessage(
        id=identifier(row["inbox_id"], "inbox_id"),
        user_id=row["user_id"],
        type=known(_TYPES, kind, "message_type"),
        subject=row["subject"],
        summary=row["summary"],
        body=row["body"],
        read=read,
        # When it was read is not always known there, but here it is with every such message.
        read_at=(moment_if_any(row["timestamp_read"], facts.zone) or created) if read else None,
        created_at=created,
    )
    names = dict.fromkeys(facts.application_ids.get(row["id"], ()))
    links = [InboxMessageApplication(message=made, application_id=name) for name in names]
    return [made, *links]
