"""What the phone makes of a message that the stand-in took."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from push.stand_in.values import Provider, Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message as a phone gets it; one that is silent has neither title nor body."""

    title: str
    body: str
    extras: Mapping[str, Any]

    @property
    def silent(self) -> bool:
        return not (self.title or self.body)


def heard(received: Received) -> Heard:
    """Read a message in the form of its provider: push-and-inbox.md 5."""
    payload = received.payload
    if received.provider is Provider.APNS:
        extras = {name: value for name, value in payload.items() if name != "aps"}
        return _heard(payload["aps"].get("alert"), extras)
    data = payload.get("data") or {}
    extras = json.loads(data) if isinstance(data, str) else data
    return _heard(payload.get("android", {}).get("notification"), extras)


def line(received: Received) -> str:
    """Say in a line what a phone makes of a message."""
    found = heard(received)
    shown = "(silent)" if found.silent else f"{found.title}: {found.body}"
    return f"{received.provider} {received.token[:12]} {shown} {json.dumps(found.extras)}"


def _heard(texts: Mapping[str, Any] | None, extras: Mapping[str, Any]) -> Heard:
    texts = texts or {}
    return Heard(title=texts.get("title", ""), body=texts.get("body", ""), extras=extras)
