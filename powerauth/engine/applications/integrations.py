"""Credentials of back ends: integration-api.md 1.4 and 5.5.

A client secret is 122 random bits, so one SHA-256 hides it as well as a slow hash would, and
checking it on each call costs nothing.
"""

import hmac
import uuid
from dataclasses import dataclass
from hashlib import sha256

from enrollment_server.database.compiled import Compiled
from powerauth.engine.identifiers import parse_id
from powerauth.models import Integration
from powerauth.models.application import ID_LENGTH
from powerauth.rules import filled, given


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntegration:
    """A new integration with its secret, which is shown this once."""

    integration: Integration
    client_secret: str


def create(name: str | None) -> NewIntegration:
    """Make credentials for a back end.

    Raises:
        EngineRefusal: INVALID_REQUEST for no name or a long one.
    """
    name = filled("name", name, ID_LENGTH)
    secret = str(uuid.uuid4())
    integration = Integration.objects.create(
        name=name, client_token=str(uuid.uuid4()), client_secret_hash=hash_secret(secret)
    )
    return NewIntegration(integration=integration, client_secret=secret)


def every() -> list[Integration]:
    """List all integrations by name."""
    return list(Integration.objects.order_by("name", "id"))


def remove(integration_id: str | None) -> bool:
    """Take the credentials from a back end, at once; tell whether it had any.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier.
    """
    removed, _ = Integration.objects.filter(id=parse_id(given("id", integration_id))).delete()
    return removed > 0


def authenticate(client_token: str, client_secret: str) -> Integration | None:
    """Find the integration of these credentials; None if they are wrong."""
    integration = _FIND.first(client_token=client_token)
    expected = integration.client_secret_hash if integration else hash_secret("")
    matches = hmac.compare_digest(expected, hash_secret(client_secret))
    return integration if matches and integration is not None else None


_FIND: Compiled[Integration] = Compiled(
    lambda client_token: Integration.objects.filter(client_token=client_token), client_token=str
)


def hash_secret(secret: str) -> str:
    """Give what is stored of a client secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
