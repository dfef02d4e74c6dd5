"""Verification of signatures: protocol.md 7.6 and 11.4, integration-api.md 8.1 and 8.3.

One transaction holds the row lock of the activation, moves the counter on success, counts a
failure otherwise, and writes the audit record: lock, update and audit are three statements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from powerauth.engine import policy
from powerauth.engine.activations import activations
from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.cryptography import cryptography_of
from powerauth.engine.identifiers import parse_id
from powerauth.engine.signatures import guessing, signature_trail, version_floor
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol.v3.signature import CounterMatch, SignatureType, signature_data
from powerauth.protocol.versions import SignatureFormat, traits_of
from powerauth.values import SignatureVerdict, SignedRequest

SIGNATURE_OK = "signature_ok"
SIGNATURE_DOES_NOT_MATCH = "signature_does_not_match"
INVALID_STATE = "activation_invalid_state"
INVALID_APPLICATION = "activation_invalid_application"
COUNTER_MISMATCH = "activation_invalid_state_ctr_mismatch"
UNRECORDED_FAILURES = "UNRECORDED_FAILURES"
SHORT = (INVALID_STATE, INVALID_APPLICATION, COUNTER_MISMATCH)


def verify_online(
    request: SignedRequest, *, at: datetime, additional_info: Mapping[str, str] | None = None
) -> SignatureVerdict:
    """Verify a signature of a request, and count the attempt.

    The verdict is committed whatever it is. `additional_info` goes to the audit record.
    """
    with transaction.atomic():
        activation = _locked(request.activation_id, application_key=request.application_key)
        kind = request.signature_type
        if activation is None:
            return _unknown(request.activation_id, kind)
        if not version_floor.admits(activation, request.version, use="signature"):
            return _verdict(activation, kind, note=INVALID_APPLICATION)
        secret = activation.version_secret
        attempt = Attempt(
            signature=request.signature,
            candidates=[(signature_data(base, secret or ""), kind) for base in request.bases],
            fmt=traits_of(request.version).signature_format,
            version=request.version,
            application_key=request.application_key,
            signed=request.bases,
            additional_info=dict(additional_info or {}),
        )
        if secret is None:
            return _refuse_application(activation, attempt, at=at)
        return _verify(activation, attempt, at=at)


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
        activation = _locked(request.activation_id, application_key="")
        if activation is None:
            return _unknown(request.activation_id, attempt.counted_type)
        return _verify(activation, attempt, at=at)


def _locked(activation_id: str, *, application_key: str) -> Any:
    """Lock the activation; `version_secret` is None if its application has no such version."""
    secret = ApplicationVersion.objects.filter(
        application_key=application_key,
        application_id=OuterRef("application_id"),
        supported=True,
    ).values("application_secret")[:1]
    return (
        Activation.objects.select_related("application")
        .select_for_update(of=("self",))
        .annotate(version_secret=Subquery(secret))
        .filter(id=parse_id(activation_id))
        .first()
    )


def _unknown(activation_id: str, kind: SignatureType) -> SignatureVerdict:
    return SignatureVerdict(
        valid=False,
        activation=activations.unknown_facts(activation_id),
        signature_type=kind,
        complete=False,
        reason="activation_unknown",
    )


def _refuse_application(
    activation: Activation, attempt: Attempt, *, at: datetime
) -> SignatureVerdict:
    """Refuse a version that is not the application's; only an ACTIVE activation counts it.

    An attempt may not turn an activation that waits, or that is gone, into a blocked one, from
    where unblocking would make it active (protocol.md 7.6).
    """
    if activation.state == ActivationState.ACTIVE:
        return _refuse(activation, attempt, note=INVALID_APPLICATION, at=at)
    return _refuse_for_free(activation, attempt, note=INVALID_APPLICATION, at=at)


def _verify(activation: Activation, attempt: Attempt, *, at: datetime) -> SignatureVerdict:
    # A back end can make an activation ACTIVE that no phone ever took.
    if activation.state != ActivationState.ACTIVE or not activation.derived_keys:
        return _refuse_for_free(activation, attempt, note=INVALID_STATE, at=at, last_used_at=at)
    if activation.failed_attempts >= activation.max_failed_attempts:
        trail = signature_trail.record(activation, attempt, note=COUNTER_MISMATCH, at=at)
        trail.save(force_insert=True)
        _block(activation, failed=activation.failed_attempts, at=at)
        return _verdict(activation, attempt.counted_type, note=COUNTER_MISMATCH)
    match = _match(activation, attempt)
    if match is None:
        return _refuse(activation, attempt, note=SIGNATURE_DOES_NOT_MATCH, at=at)
    if not guessing.accepts(activation, attempt, match, at=at):
        note = SIGNATURE_DOES_NOT_MATCH
        hold = guessing.held(match, at=at)
        return _refuse_for_free(activation, attempt, note=note, at=at, last_used_at=at, **hold)
    trail = signature_trail.record(activation, attempt, note=SIGNATURE_OK, at=at, match=match)
    trail.save(force_insert=True)
    _advance(activation, match, at=at)
    return _verdict(activation, match.signature_type, note=SIGNATURE_OK)


def _match(activation: Activation, attempt: Attempt) -> CounterMatch | None:
    return cryptography_of(activation.protocol_generation).find_counter(
        attempt.signature,
        attempt.candidates,
        derived_keys=encryption.unseal_derived_keys(activation),
        ctr_data=bytes(activation.ctr_data),
        fmt=attempt.fmt,
        look_ahead=policy.look_ahead(),
        digits=attempt.digits,
    )


def _advance(activation: Activation, match: CounterMatch, *, at: datetime) -> None:
    values: dict[str, Any] = {
        "counter": activation.counter + match.steps,
        "ctr_data": match.ctr_data,
        "last_used_at": at,
    }
    # Who holds the possession factor alone must not be able to reset the count of PIN attempts.
    if match.signature_type is not SignatureType.POSSESSION:
        values["failed_attempts"] = 0
    if activation.held_at is not None:
        values |= guessing.NOTHING_HELD
    activations.update(activation, **values)


def _refuse(
    activation: Activation, attempt: Attempt, *, note: str, at: datetime
) -> SignatureVerdict:
    """Refuse an attempt on an ACTIVE activation, and count it unless possession is all it has."""
    if attempt.counted_type is SignatureType.POSSESSION:
        return _refuse_for_free(activation, attempt, note=note, at=at, last_used_at=at)
    signature_trail.record(activation, attempt, note=note, at=at).save(force_insert=True)
    failed = activation.failed_attempts + 1
    if failed >= activation.max_failed_attempts:
        _block(activation, failed=failed, at=at)
    else:
        activations.update(activation, failed_attempts=failed, last_used_at=at)
    return _verdict(activation, attempt.counted_type, note=note)


def _refuse_for_free(
    activation: Activation, attempt: Attempt, *, note: str, at: datetime, **values: Any
) -> SignatureVerdict:
    """Refuse an attempt that costs the activation nothing; beyond some a day it is only counted.

    Args:
        values: further columns to change.
    """
    if guessing.is_recorded(activation, at=at):
        missing = guessing.unrecorded(activation, at=at)
        info = {UNRECORDED_FAILURES: str(missing)} if missing else {}
        trail = signature_trail.record(activation, attempt, note=note, at=at, further_info=info)
        trail.save(force_insert=True)
    activations.update(activation, **guessing.one_more(activation, at=at), **values)
    return _verdict(activation, attempt.counted_type, note=note)


def _block(activation: Activation, *, failed: int, at: datetime) -> None:
    activations.change(
        activation,
        at=at,
        state=ActivationState.BLOCKED,
        blocked_reason=activations.MAX_FAILED_ATTEMPTS,
        failed_attempts=failed,
        last_used_at=at,
    )


def _verdict(activation: Activation, kind: SignatureType, *, note: str) -> SignatureVerdict:
    """Give the answer for the activation as it is after the attempt."""
    valid = note == SIGNATURE_OK
    left = activation.max_failed_attempts - (0 if valid else activation.failed_attempts)
    return SignatureVerdict(
        valid=valid,
        activation=activations.facts(activation),
        signature_type=kind,
        remaining_attempts=max(0, left),
        complete=note not in SHORT,
        reason=note,
    )
