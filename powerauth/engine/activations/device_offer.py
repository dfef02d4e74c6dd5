"""What a phone says about itself in the inner layer of a key exchange: protocol.md 4.3."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrollment_server.api.payloads.json import MalformedJson, load_exact
from enrollment_server.api.payloads.scalars import text_of
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.encoding import b64d
from powerauth.protocol.errors import ProtocolError
from powerauth.rules import invalid

UNKNOWN_PLATFORM = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceOffer:
    """The decrypted layer 2; a device key that is not even Base64 is None."""

    device_public_key: bytes | None
    otp: str
    name: str
    extras: str
    platform: str
    device_info: str
    external_id: str

    @classmethod
    def read(cls, plaintext: bytes) -> "DeviceOffer":
        """Read the decrypted layer 2.

        Raises:
            EngineRefusal: INPUT_FORMAT for anything but a JSON object of texts, INVALID_REQUEST
                for a missing device key.
        """
        try:
            payload = load_exact(plaintext)
        except MalformedJson as error:
            raise EngineRefusal(ErrorCode.INPUT_FORMAT) from error
        if not isinstance(payload, Mapping):
            raise EngineRefusal(ErrorCode.INPUT_FORMAT)
        public_key = _text(payload, "devicePublicKey", 255)
        if not public_key:
            raise invalid("encryptedData", "must hold a devicePublicKey")
        return cls(
            device_public_key=_bytes(public_key),
            otp=_text(payload, "activationOtp", 255),
            name=_text(payload, "activationName", 255),
            extras=_text(payload, "extras", 4000),
            platform=_text(payload, "platform", 255).lower() or UNKNOWN_PLATFORM,
            device_info=_text(payload, "deviceInfo", 255),
            external_id=_text(payload, "externalId", 255),
        )


def _text(payload: Mapping[str, Any], name: str, limit: int) -> str:
    value = payload.get(name)
    if value is None:
        return ""
    text = text_of(value)
    if text is None or len(text) > limit:
        raise EngineRefusal(ErrorCode.INPUT_FORMAT)
    return text


def _bytes(text: str) -> bytes | None:
    try:
        return b64d(text)
    except ProtocolError:
        return None
