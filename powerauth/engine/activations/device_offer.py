"""What a phone says about itself in the inner layer of a key exchange: protocol.md 4.3."""

from collections.abc import Mapping
from typing import Any

from enrollment_server.api.payloads.json import MalformedJson, load_exact
from enrollment_server.api.payloads.scalars import text_of
from powerauth.engine.generations.values import DeviceFacts
from powerauth.errors import EngineRefusal, ErrorCode

UNKNOWN_PLATFORM = "unknown"


def members(plaintext: bytes) -> Mapping[str, Any]:
    """Read the decrypted layer 2.

    Raises:
        EngineRefusal: INPUT_FORMAT for anything but a JSON object.
    """
    try:
        payload = load_exact(plaintext)
    except MalformedJson as error:
        raise EngineRefusal(ErrorCode.INPUT_FORMAT) from error
    if not isinstance(payload, Mapping):
        raise EngineRefusal(ErrorCode.INPUT_FORMAT)
    return payload


def text(payload: Mapping[str, Any], name: str, limit: int) -> str:
    """Give a member that is a text, empty if it is missing.

    Args:
        limit: characters that it may have.

    Raises:
        EngineRefusal: INPUT_FORMAT for what is no text, or too long.
    """
    value = payload.get(name)
    if value is None:
        return ""
    found = text_of(value)
    if found is None or len(found) > limit:
        raise EngineRefusal(ErrorCode.INPUT_FORMAT)
    return found


def facts(payload: Mapping[str, Any]) -> DeviceFacts:
    """Give what a phone says beside its keys; see `text` for errors."""
    return DeviceFacts(
        otp=text(payload, "activationOtp", 255),
        name=text(payload, "activationName", 255),
        extras=text(payload, "extras", 4000),
        platform=text(payload, "platform", 255).lower() or UNKNOWN_PLATFORM,
        device_info=text(payload, "deviceInfo", 255),
        external_id=text(payload, "externalId", 255),
    )
