"""Unlocking the vault: protocol.md 10.2, standard-rest-api.md 7.9, integration-api.md 9.4."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, NotRequired, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from enrollment_server.api.payloads.json import MalformedJson, load_exact
from powerauth.engine import policy
from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.cryptography import cryptography_of
from powerauth.engine.encryption.encryption import OpenedCall
from powerauth.engine.signatures import signatures
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import EncryptedResponse
from powerauth.protocol.v3.signature import SignatureType
from powerauth.protocol.v3.vault import REASON_PATTERN, is_unlock_reason
from powerauth.values import EncryptedCall, SignedRequest, UnlockedVault

NOT_SPECIFIED = "NOT_SPECIFIED"


class UnlockReason(TypedDict):
    """What a phone encrypts to have its vault unlocked."""

    reason: NotRequired[
        Annotated[
            str | None,
            Shape(
                "What for: `ADD_BIOMETRY`, `FETCH_ENCRYPTION_KEY`, "
                "`SIGN_WITH_DEVICE_PRIVATE_KEY`, `RECOVERY_CODE`, or another text.",
                keywords={"pattern": f"^{REASON_PATTERN}$"},
            ),
        ]
    ]


class VaultKey(TypedDict):
    """The key of a vault, as the phone decrypts it."""

    encryptedVaultEncryptionKey: Base64


class NoVaultKey(TypedDict):
    """What the bank's own systems pass on where a signature was wrong."""

    encryptedVaultEncryptionKey: None


def allowed_types() -> frozenset[SignatureType]:
    """Give the signature types that may unlock the vault."""
    if policy.vault_biometry_enabled():
        return frozenset({SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY})
    return frozenset({SignatureType.POSSESSION_KNOWLEDGE})


def require_allowed(kind: SignatureType) -> None:
    """Refuse factors that may not unlock the vault.

    Raises:
        EngineRefusal: INVALID_SIGNATURE.
    """
    if kind not in allowed_types():
        raise EngineRefusal(ErrorCode.INVALID_SIGNATURE)


def unlock(call: EncryptedCall, signed: SignedRequest, *, at: datetime) -> UnlockedVault:
    """Verify a signature over an encrypted request and answer with the vault key.

    Raises:
        EngineRefusal: INVALID_SIGNATURE for a factor type that is not allowed; INPUT_FORMAT for a
            malformed reason; TEMPORARY_KEY_MISSING, DECRYPTION_FAILED, INVALID_REQUEST (replay).
    """
    require_allowed(signed.signature_type)
    found = _parties(call)
    if found is None:
        return UnlockedVault(signature_valid=False, reason="activation_or_application_unusable")
    version, activation = found
    opened = encryption.open_for(call, version, activation, at=at)
    reason = _reason(opened.plaintext)
    if reason is None:
        return UnlockedVault(signature_valid=False, reason="request_unusable")
    info = {"VAULT_UNLOCKED_REASON": reason}
    verdict = signatures.verify_online(signed, at=at, additional_info=info)
    if not verdict.valid:
        return UnlockedVault(
            signature_valid=False,
            reason=verdict.reason,
            response=_answer(opened, {"encryptedVaultEncryptionKey": None}, at=at),
        )
    derived_keys = encryption.unseal_derived_keys(activation)
    key = cryptography_of(activation.protocol_generation).encrypted_vault_key(derived_keys)
    answer: VaultKey = {"encryptedVaultEncryptionKey": b64(key)}
    return UnlockedVault(signature_valid=True, response=_answer(opened, answer, at=at))


def _parties(call: EncryptedCall) -> tuple[ApplicationVersion, Activation] | None:
    activation = activations.find(call.activation_id or "")
    if activation is None or activation.state != ActivationState.ACTIVE:
        return None
    version = applications.supported_version(call.application_key)
    if version is None or version.application_id != activation.application_id:
        return None
    return version, activation


def _reason(plaintext: bytes) -> str | None:
    """Read the reason; None if the payload is no JSON object.

    Raises:
        EngineRefusal: INPUT_FORMAT.
    """
    try:
        payload = load_exact(plaintext)
    except MalformedJson:
        return None
    if not isinstance(payload, Mapping):
        return None
    reason = payload.get("reason")
    if reason is None:
        return NOT_SPECIFIED
    if not isinstance(reason, str) or not is_unlock_reason(reason):
        raise EngineRefusal(ErrorCode.INPUT_FORMAT)
    return reason


def _answer(
    opened: OpenedCall, answer: VaultKey | NoVaultKey, *, at: datetime
) -> EncryptedResponse:
    return encryption.seal(opened, answer, at=at)
