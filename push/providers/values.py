"""What goes to a provider and what comes back: push-and-inbox.md 5 and 6."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from push.messages.values import PushMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class ApnsKey:
    """How an application proves itself to Apple.

    Args:
        private_key: PEM of the .p8 file, a P-256 key.
    """

    key_id: str
    team_id: str
    bundle_id: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FcmAccount:
    """How an application proves itself to Google.

    Args:
        service_account: JSON text of the account's key file.
    """

    project_id: str
    service_account: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HmsAccount:
    """How an application proves itself to Huawei."""

    project_id: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One device of a provider; `development` tells which of Apple's hosts knows the token."""

    token: str = field(repr=False)
    development: bool = False


class Outcome(StrEnum):
    """What became of one attempt: PENDING is worth another one."""

    SENT = "sent"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a provider said of one message to one device.

    Args:
        reason: the provider's own word, or ours for what never reached it; empty if sent.
        token_is_dead: the device's row has no use any more.
        dead_since: a row that registered later than this is alive all the same.
        credentials_refused: nobody of this application gets anything until somebody corrects them.
        retry_after: what the provider asked for.
    """

    outcome: Outcome
    reason: str = ""
    token_is_dead: bool = False
    dead_since: datetime | None = None
    credentials_refused: bool = False
    retry_after: timedelta | None = None


class Client(Protocol):
    """A connection to one provider for one application; for one event loop."""

    async def send(self, message: PushMessage, target: Target, *, at: datetime) -> Result:
        """Deliver a message to a device, in one attempt; never raises for what goes wrong there."""
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
