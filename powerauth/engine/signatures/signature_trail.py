"""The record of an attempt to sign: integration-api.md 8.4."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from powerauth.engine import policy
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Generation
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation, ActivationState, SignatureAudit
from powerauth.models.application import KEY_LENGTH
from powerauth.protocol.signed_request import CounterMatch

# Members of the additional information of a record that holds the beginning of its data only.
DATA_SHA256 = "DATA_SHA256"
DATA_SIZE = "DATA_SIZE"
VAULT_UNLOCKED_REASON = "VAULT_UNLOCKED_REASON"
CODE_LENGTH = 255  # characters that are kept of what came as a signature; a real one has 128


def record(
    activation: Activation,
    attempt: Attempt,
    *,
    note: str,
    at: datetime,
    match: CounterMatch | None = None,
    further_info: Mapping[str, str] | None = None,
    generation: Generation | None = None,
) -> SignatureAudit:
    """Describe an attempt with the activation as it is before the attempt; nothing is saved.

    Of signed data beyond the configured limit, the record has the beginning, size and SHA-256.

    Args:
        generation: that the attempt was judged by; None for the activation's own.
    """
    signed = attempt.signed[0]
    if match is not None:
        signed = attempt.signed[match.candidate * len(attempt.signed) // len(attempt.candidates)]
    limit = policy.audited_bytes()
    generation = generation or choice.of(activation)
    info = {**_info(activation, attempt, valid=match is not None), **(further_info or {})}
    if len(signed) > limit:
        info[DATA_SIZE] = str(len(signed))
        info[DATA_SHA256] = hashlib.sha256(signed).hexdigest()
    return SignatureAudit(
        activation_id=activation.id,
        application_id=activation.application_id,
        user_id=activation.user_id,
        activation_counter=activation.counter,
        activation_ctr_data=generation.codes.counter_data(activation),
        activation_state=activation.state,
        additional_info=info,
        data=signed[:limit],
        signature=attempt.signature[:CODE_LENGTH],
        signature_type=match.signature_type if match else attempt.counted_type,
        signature_version=attempt.version,
        application_key=_storable_key(attempt.application_key),
        note=note,
        valid=match is not None,
        version=activation.version,
        generation=generation.number,
        created_at=at,
    )


def _info(activation: Activation, attempt: Attempt, *, valid: bool) -> dict[str, str]:
    info = {} if valid else dict(attempt.additional_info)
    if VAULT_UNLOCKED_REASON in attempt.additional_info:
        info[VAULT_UNLOCKED_REASON] = attempt.additional_info[VAULT_UNLOCKED_REASON]
    if activation.state == ActivationState.BLOCKED:
        info["BLOCKED_REASON"] = activation.blocked_reason
    return info


def _storable_key(application_key: str) -> str:
    """Give the key of an attempt; a text that no version can have for a key is not worth a row."""
    return application_key if len(application_key) <= KEY_LENGTH else ""
