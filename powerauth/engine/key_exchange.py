"""The key exchange of an activation by code: protocol.md 4.3 and 4.4, integration-api.md 7.2."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrollment_server.api.json import MalformedJson, load_json
from powerauth.engine import activations, applications, encryption, otp, records
from powerauth.engine.cryptography import cryptography_of
from powerauth.engine.encryption import OpenedCall
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, CommitPhase
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import ProtocolError
from powerauth.values import EncryptedCall, PreparedActivation

CTR_DATA_SIZE = 16  # bytes
PROTOCOL_VERSION = 3
UNKNOWN_PLATFORM = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceOffer:
    """What the phone says about itself in layer 2."""

    device_public_key: bytes | None
    otp: str
    name: str
    extras: str
    platform: str
    device_info: str
    external_id: str

    @classmethod
    def parse(cls, payload: object) -> "DeviceOffer":
        """Read the decrypted layer 2.

        Raises:
            EngineRefusal: INPUT_FORMAT for anything but an object of texts, INVALID_REQUEST for a
                missing device key.
        """
        if not isinstance(payload, Mapping):
            raise EngineRefusal(ErrorCode.INPUT_FORMAT)
        public_key = _text(payload, "devicePublicKey", 255)
        if not public_key:
            raise EngineRefusal(ErrorCode.INVALID_REQUEST)
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
    if not isinstance(value, str) or len(value) > limit:
        raise EngineRefusal(ErrorCode.INPUT_FORMAT)
    return value


def _bytes(text: str) -> bytes | None:
    try:
        return b64d(text)
    except ProtocolError:
        return None


@commits_refusals
def prepare(
    *,
    code: str,
    call: EncryptedCall,
    custom_attributes: Mapping[str, Any],
    at: datetime,
) -> PreparedActivation:
    """Exchange keys with the phone that holds an activation code.

    Args:
        code: activation code with dashes.
        call: layer 2 of the request.
        custom_attributes: stored with the activation.

    Raises:
        EngineRefusal: in the order of integration-api.md 7.2; wrong OTPs and a device key that is
            no point of the curve leave their mark on the activation.
    """
    version = applications.supported_version(call.application_key)
    if version is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_EXPIRED)
    opened = encryption.open_for(call, version, None, at=at)
    try:
        offer = DeviceOffer.parse(load_json(opened.plaintext))
    except MalformedJson as error:
        raise EngineRefusal(ErrorCode.INPUT_FORMAT) from error
    activation = _waiting(version.application_id, code, at=at)
    verified = otp.check(activation, offer.otp, phase=CommitPhase.ON_KEY_EXCHANGE, at=at)
    active = verified or activation.commit_phase == CommitPhase.ON_KEY_EXCHANGE
    _store(activation, offer, active=active, custom_attributes=custom_attributes, at=at)
    return _answer(activation, opened, at=at)


def _waiting(application_id: str, code: str, *, at: datetime) -> Activation:
    """Lock the activation that waits under `code`."""
    row = (
        Activation.objects.select_related("application")
        .select_for_update(of=("self",))
        .filter(application_id=application_id, activation_code=code, state=ActivationState.CREATED)
        .first()
    )
    if row is None or activations.remove_expired(row, at=at):
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    return row


def _store(
    activation: Activation,
    offer: DeviceOffer,
    *,
    active: bool,
    custom_attributes: Mapping[str, Any],
    at: datetime,
) -> None:
    cryptography = cryptography_of(activation.protocol_generation)
    server_key = encryption.unseal_server_key(activation)
    try:
        device_key = cryptography.normalize_public_key(offer.device_public_key or b"")
        derived_keys = cryptography.exchange_keys(server_key, device_key)
    except ProtocolError as error:
        activations.change(activation, at=at, state=ActivationState.REMOVED)
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND) from error
    activations.change(
        activation,
        at=at,
        state=ActivationState.ACTIVE if active else ActivationState.PENDING_COMMIT,
        device_public_key=device_key,
        derived_keys=records.seal(derived_keys, "activation.derived", str(activation.id)),
        ctr_data=secrets.token_bytes(CTR_DATA_SIZE),
        counter=0,
        version=PROTOCOL_VERSION,
        name=offer.name,
        extras=offer.extras,
        platform=offer.platform,
        device_info=offer.device_info,
        external_id=offer.external_id,
        custom_attributes=dict(custom_attributes),
    )


def _answer(activation: Activation, opened: OpenedCall, *, at: datetime) -> PreparedActivation:
    payload = {
        "activationId": str(activation.id),
        "serverPublicKey": b64(bytes(activation.server_public_key)),
        "ctrData": b64(bytes(activation.ctr_data)),
    }
    return PreparedActivation(
        activation=activations.facts(activation),
        response=encryption.seal(opened, payload, at=at),
    )
