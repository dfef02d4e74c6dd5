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
        is_doubtful: a wrong configuration of ours would be answered the same, so that the token is
            dead only if these credentials have delivered to this application before.
        dead_since: a row that registered later than this is alive all the same.
        credentials_refused: nobody of this application gets anything until somebody corrects them.
        retry_after: what the provider asked for.
    """

    outcome: Outcome
    reason: str = ""
    token_is_dead: bool = False
    is_doubtful: bool = False
    dead_since: datetime | None = None
    credentials_refused: bool = False
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the providers are and how long they are waited for; the same for all applications.

    Args:
        apns_url, apns_development_url, fcm_url, hms_url: bases without a path.
        fcm_token_url: whole address; empty for the one that the account names itself.
        hms_token_url: whole address.
        ca_file: certificates of authorities to trust instead of the system's; empty for those.
        connect_s: seconds for a connection.
        total_s: seconds for an attempt with all that it takes: connections, tokens, answers.
        fcm_data_only: Android apps build their notifications themselves.
    """

    apns_url: str = "https://api.push.apple.com"
    apns_development_url: str = "https://api.sandbox.push.apple.com"
    fcm_url: str = "https://fcm.googleapis.com"
    fcm_token_url: str = ""
    hms_url: str = "https://push-api.cloud.huawei.com"
    hms_token_url: str = "https://oauth-login.cloud.huawei.com/oauth2/v3/token"  # noqa: S105
    ca_file: str = ""
    connect_s: float = 5
    total_s: float = 15
    fcm_data_only: bool = False


class Client(Protocol):
    """A connection to one provider for one application; for one event loop."""

    async def send(self, message: PushMessage, target: Target, *, at: datetime) -> Result:
        """Deliver a message to a device, in one attempt; never raises for what goes wrong there."""
        ...

    async def probe(self, *, at: datetime, development: bool = False) -> Result:
        """Find out whether the provider takes the credentials, without any device.

        Args:
            development: at which of Apple's hosts.

        Returns: SENT if it does, FAILED with credentials_refused if not, PENDING if it cannot say.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
