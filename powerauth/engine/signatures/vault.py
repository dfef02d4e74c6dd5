"""Unlocking the vault: protocol.md 10.2, standard-rest-api.md 7.9, integration-api.md 9.4."""

from datetime import datetime

from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.engine.encryption import encryption
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Generation
from powerauth.engine.signatures import signatures
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol.signed_request import SignatureType
from powerauth.values import EncryptedCall, SignedRequest, UnlockedVault


def require_allowed(kind: SignatureType, generation: Generation = choice.THREE) -> None:
    """Refuse factors that may not unlock the vault.

    Args:
        generation: that the request is written in.

    Raises:
        EngineRefusal: INVALID_SIGNATURE.
    """
    if kind not in generation.vault.types():
        raise EngineRefusal(ErrorCode.INVALID_SIGNATURE)


def unlock(call: EncryptedCall, signed: SignedRequest, *, at: datetime) -> UnlockedVault:
    """Verify a signature over an encrypted request and answer with the vault key.

    Raises:
        EngineRefusal: INVALID_SIGNATURE for a factor type that is not allowed; INPUT_FORMAT for a
            malformed reason; TEMPORARY_KEY_MISSING, DECRYPTION_FAILED, INVALID_REQUEST (replay).
    """
    require_allowed(signed.signature_type, choice.of_version(signed.version))
    found = _parties(call)
    if found is None:
        return UnlockedVault(signature_valid=False, reason="activation_or_application_unusable")
    version, activation = found
    opened = encryption.open_for(call, version, activation, at=at)
    vault = choice.of(activation).vault
    wish = vault.read(opened.plaintext, signed.signature_type, activation)
    if wish is None:
        return UnlockedVault(signature_valid=False, reason="request_unusable")
    info = {"VAULT_UNLOCKED_REASON": wish.reason}
    verdict = signatures.verify_online(signed, at=at, additional_info=info)
    answer = vault.unlocked(activation, wish) if verdict.valid else vault.locked()
    return UnlockedVault(
        signature_valid=verdict.valid,
        reason=verdict.reason,
        response=encryption.seal(opened, answer, at=at),
    )


def _parties(call: EncryptedCall) -> tuple[ApplicationVersion, Activation] | None:
    activation = activations.find(call.activation_id or "")
    if activation is None or activation.state != ActivationState.ACTIVE:
        return None
    version = applications.supported_version(call.application_key)
    if version is None or version.application_id != activation.application_id:
        return None
    return version, activation
