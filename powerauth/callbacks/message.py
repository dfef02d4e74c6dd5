"""What is sent of an event: its body and the headers that prove it (integration-api.md 11.2).

The signature follows Standard Webhooks: `v1,` and the Base64 of HMAC-SHA256 over identifier,
timestamp and body, joined by full stops.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrollment_server.api.payloads.json import dump_json
from powerauth.protocol.encoding import b64

USER_AGENT = "Enrollment-Server-Callback/1"
_IDENTIFIERS = {"ACTIVATION": "activationId", "OPERATION": "operationId"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request to a receiver, without what proves the sender to it."""

    body: bytes
    headers: Mapping[str, str]


def compose(
    event_id: str,
    payload: Mapping[str, Any],
    *,
    attributes: Collection[str],
    secret: bytes,
    at: datetime,
) -> Message:
    """Write the request for one attempt to deliver an event.

    Args:
        payload: the whole object, as it was at the change.
        attributes: members to send besides type and identifier; unknown names are ignored.
        secret: the raw signing secret of the callback.
        at: time of the attempt; the signature holds it, so every attempt has its own.
    """
    body = dump_json(selected(payload, attributes))
    timestamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Idempotency-Key": event_id,
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(event_id, timestamp, body, secret),
    }
    return Message(body=body, headers=headers)


def selected(payload: Mapping[str, Any], attributes: Collection[str]) -> dict[str, Any]:
    """Give the members of a payload that a receiver gets, with null where there is no value.

    PostgreSQL keeps no order of members, so type and identifier are put first again.
    """
    wanted = ("type", _IDENTIFIERS[payload["type"]], *attributes)
    return {name: payload[name] for name in wanted if name in payload}


def signature(event_id: str, timestamp: str, body: bytes, secret: bytes) -> str:
    """Sign a message as Standard Webhooks does."""
    signed = b".".join([event_id.encode(), timestamp.encode(), body])
    return f"v1,{b64(hmac.new(secret, signed, hashlib.sha256).digest())}"
