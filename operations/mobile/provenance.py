"""Where a decision came from, as it is stored with the operation: mobile-token-api.md 4.6."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from enrollment_server.api.clients import client_address
from powerauth.http.identity import Identity

USER_AGENT_LENGTH = 1024  # characters


def of_client(request: Request) -> dict[str, Any]:
    """Describe the client of a request that nobody has to have signed."""
    agent = request.headers.get("User-Agent", "")[:USER_AGENT_LENGTH]
    # No database stores a NUL, and no log wants control characters.
    agent = "".join(character for character in agent if character.isprintable())
    return {"ipAddress": client_address(request._request), "userAgent": agent}


def of_decision(request: Request, me: Identity, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Describe an authenticated decision; members of `extra` that are None are left out."""
    return {
        "activationId": me.activation_id,
        "applicationId": me.application_id,
        **of_client(request),
        **{name: value for name, value in extra.items() if value is not None},
    }
