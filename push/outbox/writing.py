"""Writing messages, and a delivery for each device that they are for: push-and-inbox.md 4.3.

Whatever causes a message writes it in its own transaction, so that it exists exactly if the cause
does. Without devices, nothing is written.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection

from enrollment_server.database.statements import execute
from push.messages.stored import to_json
from push.models import (
    DeliveryState,
    PushChannel,
    PushDelivery,
    PushDevice,
    PushMessage,
    PushRinging,
)
from push.outbox import policy, writing_rows
from push.outbox.reasons import NO_CREDENTIALS
from push.outbox.values import Outgoing

RINGING_WINDOW = timedelta(minutes=1)


def write(outgoing: Outgoing, *, at: datetime) -> list[int]:
    """Write a message for each user and application that has a device for it.

    PostgreSQL takes it as one statement; elsewhere it has to run in a transaction.

    Returns: the keys of the messages.
    """
    if connection.vendor != "postgresql":
        return writing_rows.write(outgoing, at=at, window=RINGING_WINDOW)
    text = _text(only_sendable=outgoing.only_sendable, limited=_is_limited(outgoing))
    done = execute(text, _values(outgoing, at=at))
    return sorted({message_id for (message_id,) in done.rows})


def _is_limited(outgoing: Outgoing) -> bool:
    return outgoing.limited and not outgoing.message.silent


def _values(outgoing: Outgoing, *, at: datetime) -> list[Any]:
    message = outgoing.message
    since, expires_at = at - RINGING_WINDOW, writing_rows.expiry_of(outgoing, at=at)
    over = expires_at <= at
    ring = [at, since, since] if _is_limited(outgoing) else []
    loud = [policy.ringing_per_minute()] if _is_limited(outgoing) else [message.silent]
    return [
        *(list(outgoing.user_ids), list(outgoing.application_ids), not message.personal),
        *(_listed(outgoing.activation_ids), outgoing.besides),
        *ring,
        *(outgoing.source, outgoing.cause, json.dumps(to_json(message))),
        *(json.dumps(outgoing.texts), message.personal, *loud, message.priority.value),
        *(at, message.valid_until),
        *(over, at, expires_at, over, at),
    ]


def _listed(names: Sequence[str] | None) -> list[str] | None:
    return None if names is None else list(names)


@cache
def _text(*, only_sendable: bool, limited: bool) -> str:
    join = "JOIN" if only_sendable else "LEFT JOIN"
    # Users in the order of their names: transactions that ring the same ones wait for each other
    # in one direction only.
    ring = f"""
        ring AS (
            INSERT INTO {PushRinging._meta.db_table} AS known (user_id, since, rung)
            SELECT DISTINCT user_id, %s::timestamptz, 1 FROM device ORDER BY user_id
            ON CONFLICT (user_id) DO UPDATE SET
                rung = CASE WHEN known.since <= %s THEN 1 ELSE known.rung + 1 END,
                since = CASE WHEN known.since <= %s THEN EXCLUDED.since ELSE known.since END
            RETURNING user_id, rung
        ),"""  # noqa: S608  # nosec B608 # made of constants
    silent = "(SELECT rung > %s FROM ring WHERE ring.user_id = whom.user_id)" if limited else "%s"
    return f"""
        WITH device AS MATERIALIZED (
            SELECT device.activation_id, device.user_id, device.application_id, device.platform,
                channel.id AS channel_id
            FROM {PushDevice._meta.db_table} device
            {join} {PushChannel._meta.db_table} channel
                ON channel.application_id = device.application_id
                AND channel.platform = device.platform AND channel.enabled
            WHERE device.user_id = ANY(%s::text[]) AND device.application_id = ANY(%s::text[])
                AND (device.is_active OR %s::boolean)
                AND device.activation_id = ANY(COALESCE(%s::text[], ARRAY[device.activation_id]))
                AND device.activation_id IS DISTINCT FROM %s::text
        ),{ring if limited else ""}
        message AS (
            INSERT INTO {PushMessage._meta.db_table} (
                application_id, user_id, source, cause, content, texts, personal, silent, priority,
                created_at, valid_until
            )
            SELECT application_id, user_id, %s, %s, %s::jsonb, %s::jsonb, %s::boolean, {silent}, %s,
                %s::timestamptz, %s::timestamptz
            FROM (SELECT DISTINCT application_id, user_id FROM device) whom
            RETURNING id, application_id, user_id
        )
        INSERT INTO {PushDelivery._meta.db_table} (
            message_id, channel_id, activation_id, platform, state, attempts, next_attempt_at,
            expires_at, reason, finished_at
        )
        SELECT message.id, channel_id, activation_id, platform,
            CASE WHEN channel_id IS NULL THEN '{DeliveryState.FAILED.value}'
                WHEN %s::boolean THEN '{DeliveryState.EXPIRED.value}'
                ELSE '{DeliveryState.PENDING.value}' END,
            0, %s::timestamptz, %s::timestamptz,
            CASE WHEN channel_id IS NULL THEN '{NO_CREDENTIALS}' ELSE '' END,
            CASE WHEN channel_id IS NULL OR %s::boolean THEN %s::timestamptz END
        FROM device JOIN message USING (application_id, user_id)
        RETURNING message_id
    """  # noqa: S608  # nosec B608 # made of constants
