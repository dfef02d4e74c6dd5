"""The audit log of what admins and integrations change: appending to one of its chains.

Each record carries the SHA-256 of itself and of the hash before it in its chain. `ties` ties the
chains together, so that whoever has noted one hash outside of the database can prove everything
up to it; `audit_chain` does so.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import structlog
from django.db import transaction

from enrollment_server.database.statements import execute
from enrollment_server.database.writes import inserting
from powerauth.engine.audit import chains
from powerauth.models import ActorKind, AuditHead, AuditRecord
from powerauth.models.application import ID_LENGTH
from powerauth.models.audit_log import CORRELATION_LENGTH

OK = "OK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who changes something; `id` and `name` as they were at that time."""

    kind: ActorKind
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What was changed.

    Args:
        action: such as `activation/block`, or `admin/change` for the back office.
        before, after: JSON values of the members that differ, by name; see `audited.difference`.
        outcome: OK, or the code of a refusal that changed something on its way.
        on_behalf_of: the person in the bank for whom a back end calls, if it says so.
    """

    action: str
    object_type: str
    object_id: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = OK
    on_behalf_of: str = ""


def append(actor: Actor, changes: Sequence[Change], *, at: datetime) -> list[AuditRecord]:
    """Write one record for each of `changes`, as the last thing in the transaction of the change.

    One chain is taken until the transaction ends, and nobody waits for it while another one is
    free. Whatever else the transaction locks has to be locked before: if all chains are taken, two
    transactions could wait for each other.

    Two statements: the lock, and the records, with which a trigger moves the head.
    """
    if not changes:
        return []
    # No savepoint: a change whose record fails must not stay.
    with transaction.atomic(savepoint=False):
        head = chains.locked_head()
        records = []
        for change in changes:
            record = _record(actor, change, head, at=at)
            head.sequence, head.hash = record.sequence, record.hash
            records.append(record)
        _store(records)
    return records


def _store(records: list[AuditRecord]) -> None:
    # Nearly always it is one; of more, there is a text for each number of them.
    if len(records) == 1:
        execute(*inserting(records))
    else:
        AuditRecord.objects.bulk_create(records, batch_size=500)


def _record(actor: Actor, change: Change, head: AuditHead, *, at: datetime) -> AuditRecord:
    known = structlog.contextvars.get_contextvars()
    record = AuditRecord(
        sequence=head.sequence + 1,
        at=at,
        actor_kind=actor.kind,
        actor_id=_fitting(actor.id),
        actor_name=_fitting(actor.name),
        on_behalf_of=_fitting(change.on_behalf_of),
        action=change.action,
        object_type=change.object_type,
        object_id=_fitting(change.object_id),
        before=canonical(change.before),
        after=canonical(change.after),
        outcome=change.outcome,
        correlation_id=_fitting(str(known.get("correlation_id", "")), CORRELATION_LENGTH),
        previous_hash=head.hash,
    )
    record.hash = hash_of(record)
    return record


def members(record: AuditRecord) -> dict[str, Any]:
    """Give a record as JSON values: what an export shows, and what the hash is made of.

    Raises:
        ValueError: `before` or `after` is no JSON, so somebody has changed it.
    """
    return {
        "sequence": record.sequence,
        "at": record.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actorKind": str(record.actor_kind),
        "actorId": record.actor_id,
        "actorName": record.actor_name,
        "onBehalfOf": record.on_behalf_of,
        "action": record.action,
        "objectType": record.object_type,
        "objectId": record.object_id,
        "before": json.loads(record.before),
        "after": json.loads(record.after),
        "outcome": record.outcome,
        "correlationId": record.correlation_id,
        "previousHash": record.previous_hash,
    }


def hash_of(record: AuditRecord) -> str:
    """Compute the hash of a record from all its other members, in hexadecimal.

    Raises:
        ValueError: `before` or `after` is no JSON.
    """
    return sha256(canonical(members(record)).encode("ascii")).hexdigest()


def line(record: AuditRecord) -> str:
    """Give a record as one line of JSON; without its `hash` it is what the hash is made of."""
    return canonical({**members(record), "hash": record.hash})


def canonical(value: Mapping[str, Any]) -> str:
    """Write JSON in the one way that is hashed: sorted names, no spaces, ASCII only."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


def _fitting(text: str, length: int = ID_LENGTH) -> str:
    """Give a text that a column holds."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")[:length]
