"""What a phone encrypts to have its vault unlocked, in every generation: protocol.md 10.2."""

from collections.abc import Mapping
from typing import Any

from enrollment_server.api.payloads.json import MalformedJson, load_exact
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.v3.vault import is_unlock_reason

NOT_SPECIFIED = "NOT_SPECIFIED"


def members(plaintext: bytes) -> Mapping[str, Any] | None:
    """Read a JSON object; None for what is none."""
    try:
        payload = load_exact(plaintext)
    except MalformedJson:
        return None
    return payload if isinstance(payload, Mapping) else None


def reason_of(wish: Mapping[str, Any]) -> str:
    """Give the reason, which may be left out.

    Raises:
        EngineRefusal: INPUT_FORMAT for a malformed one.
    """
    reason = wish.get("reason")
    if reason is None:
        return NOT_SPECIFIED
    if not isinstance(reason, str) or not is_unlock_reason(reason):
        raise EngineRefusal(ErrorCode.INPUT_FORMAT)
    return reason
