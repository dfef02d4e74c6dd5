"""Verification of signatures: protocol.md 7.6 and 11.4, integration-api.md 8.1 and 8.3.

What `at_once` leaves is decided here: one transaction holds the row lock of the activation, moves
the counter on success, counts a failure otherwise, and writes the audit record.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from powerauth.engine import minimum_version
from powerauth.engine.activations import activations
from powerauth.engine.signatures import (
    at_once,
    judgement,
    signature_attempt,
    signing_parties,
    version_floor,
)
from powerauth.engine.signatures.judgement import INVALID_APPLICATION, Outcome
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.engine.upgrades import confirmation
from powerauth.models import Activation, ActivationState
from powerauth.protocol.signed_request import SignatureType, signature_data
from powerauth.protocol.versions import SignatureFormat
from powerauth.values import SignatureVerdict, SignedRequest


def verify_online(
    request: SignedRequest,
    *,
    at: datetime,
    additional_info: Mapping[str, str] | None = None,
    admitted: Collection[ActivationState] = activations.ONLY_ACTIVE,
) -> SignatureVerdict:
    """Verify a signature of a request, and count the attempt.

    The verdict is committed whatever it is.

    Args:
        additional_info: goes to the audit record.
        admitted: states in which the signature is compared at all.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED; nothing was counted.
    """
    minimum_version.check(request.version, request.bases)
    info = additional_info or {}
    done = at_once.verify(request, info, at=at, admitted=admitted)
    if done is not None:
        return done
    with transaction.atomic():
        activation = signing_parties.lock(
            request.activation_id, application_key=request.application_key
        )
        kind = request.signature_type
        if activation is None:
            return _unknown(request.activation_id, kind)
        if confirmation.is_meant(activation, request):
            return confirmation.decide(activation, request, info, at=at, admitted=admitted)
        if not version_floor.admits(activation, request.version, use="signature"):
            return judgement.verdict(activation, kind, note=INVALID_APPLICATION)
        secret = activation.version_secret
        attempt = signature_attempt.online(request, secret or "", info)
        if secret is None:
            outcome = judgement.of_another_application(activation, attempt, at=at)
        else:
            outcome = judgement.judge(activation, attempt, at=at, admitted=admitted)
        return _written(activation, outcome, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineAttempt:
    """An offline signature as a back end passes it on.

    Args:
        bases: base strings without the secret; several with a proximity check.
        signature: decimal components joined by `-`.
        component_length: digits of a component, 4 to 8.
    """

    activation_id: str
    bases: Sequence[bytes]
    signature: str
    component_length: int
    allow_biometry: bool


def verify_offline(request: OfflineAttempt, *, secret: str, at: datetime) -> SignatureVerdict:
    """Verify a typed signature for every counter value, factor pair and base string.

    All combinations together are one attempt (integration-api.md 8.3).

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED for an activation of a generation that is not admitted
            any more; nothing was counted.
    """
    kinds = [SignatureType.POSSESSION_KNOWLEDGE]
    if request.allow_biometry:
        kinds.append(SignatureType.POSSESSION_BIOMETRY)
    attempt = Attempt(
        signature=request.signature,
        candidates=[
            (signature_data(base, secret), kind) for base in request.bases for kind in kinds
        ],
        fmt=SignatureFormat.DECIMAL,
        digits=request.component_length,
        signed=request.bases,
        additional_info={"BIOMETRY_ALLOWED": "TRUE"} if request.allow_biometry else {},
    )
    with transaction.atomic():
        activation = signing_parties.lock(request.activation_id, application_key="")
        if activation is None:
            return _unknown(request.activation_id, attempt.counted_type)
        minimum_version.check_generation(activation.protocol_generation)
        return _written(activation, judgement.judge(activation, attempt, at=at), at=at)


def _written(activation: Activation, outcome: Outcome, *, at: datetime) -> SignatureVerdict:
    """Change a locked activation, and record the attempt."""
    if outcome.trail is not None:
        outcome.trail.save(force_insert=True)
    if outcome.blocks:
        activations.change(activation, at=at, **outcome.values)
    else:
        activations.update(activation, **outcome.values)
    return judgement.verdict(activation, outcome.kind, note=outcome.note)


def _unknown(activation_id: str, kind: SignatureType) -> SignatureVerdict:
    return SignatureVerdict(
        valid=False,
        activation=activations.unknown_facts(activation_id),
        signature_type=kind,
        complete=False,
        reason="activation_unknown",
    )
