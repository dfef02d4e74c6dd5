"""Devices and messages: push-and-inbox.md 10.1."""

from django.db.models import Model

from enrollment_server.wultra.facts import Facts
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import LeftOut, identifier, known, moment, moment_if_any
from inbox.models import InboxMessage, InboxMessageApplication, MessageType
from push.models import Environment, PushDevice
from push.platforms import PLATFORMS

_TYPES = {kind.value: kind for kind in MessageType}
_ENVIRONMENTS = {"": "", **{each.value: each.value for each in Environment}}


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
