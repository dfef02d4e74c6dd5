"""Verification of signatures: protocol.md 7.6 and 11.4, integration-api.md 8.1 and 8.3.

What `at_once` leaves is decided here: one transaction holds the row lock of the activation, moves
the counter on success, counts a failure otherwise, and writes the audit record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from enrollment_server.database.compiled import Compiled
from powerauth.engine.activations import activations
from powerauth.engine.identifiers import parse_id
from powerauth.engine.signatures import at_once, guessing, signature_trail, version_floor
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.engine.signatures.verification import (
    COUNTER_MISMATCH,
    INVALID_APPLICATION,
    INVALID_STATE,
    SIGNATURE_DOES_NOT_MATCH,
    SIGNATURE_OK,
    advanced,
    attempt_of,
    is_usable,
    is_used_up,
    match_of,
    verdict,
    with_secret,
)
from powerauth.models import Activation, ActivationState
from powerauth.protocol.v3.signature import SignatureType, signature_data
from powerauth.protocol.versions import SignatureFormat
from powerauth.values import SignatureVerdict, SignedRequest

UNRECORDED_FAILURES = "UNRECORDED_FAILURES"


def verify_online(
    request: SignedRequest, *, at: datetime, additional_info: Mapping[str, str] | None = None
) -> SignatureVerdict:
    """Verify a signature of a request, and count the attempt.

    The verdict is committed whatever it is. `additional_info` goes to the audit record.
    """
    done = at_once.verify(request, additional_info, at=at)
    if done is not None:
        return done
    with transaction.atomic():
        activation = _locked(request.activation_id, application_key=request.application_key)
        kind = request.signature_type
        if activation is None:
            return _unknown(request.activation_id, kind)
        if not version_floor.admits(activation, request.version, use="signature"):
            return verdict(activation, kind, note=INVALID_APPLICATION)
        secret = activation.version_secret
        attempt = attempt_of(request, secret or "", additional_info)
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


def _locked_rows(id: UUID, application_key: str) -> Any:
    rows = Activation.objects.select_related("application").select_for_update(of=("self",))
    return with_secret(rows.filter(id=id), application_key)


_LOCK: Compiled[Any] = Compiled(_locked_rows, id=UUID, application_key=str)


def _locked(activation_id: str, *, application_key: str) -> Any:
    """Lock the activation; `version_secret` is None if its application has no such version."""
    return _LOCK.first(id=parse_id(activation_id), application_key=application_key)


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
    if not is_usable(activation):
        return _refuse_for_free(activation, attempt, note=INVALID_STATE, at=at, last_used_at=at)
    if is_used_up(activation):
        trail = signature_trail.record(activation, attempt, note=COUNTER_MISMATCH, at=at)
        trail.save(force_insert=True)
        _block(activation, failed=activation.failed_attempts, at=at)
        return verdict(activation, attempt.counted_type, note=COUNTER_MISMATCH)
    match = match_of(activation, attempt)
    if match is None:
        return _refuse(activation, attempt, note=SIGNATURE_DOES_NOT_MATCH, at=at)
    if not guessing.accepts(activation, attempt, match, at=at):
        note = SIGNATURE_DOES_NOT_MATCH
        hold = guessing.held(match, at=at)
        return _refuse_for_free(activation, attempt, note=note, at=at, last_used_at=at, **hold)
    trail = signature_trail.record(activation, attempt, note=SIGNATURE_OK, at=at, match=match)
    trail.save(force_insert=True)
    activations.update(activation, **advanced(activation, match, at=at))
    return verdict(activation, match.signature_type, note=SIGNATURE_OK)


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
    return verdict(activation, attempt.counted_type, note=note)


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
    return verdict(activation, attempt.counted_type, note=note)


def _block(activation: Activation, *, failed: int, at: datetime) -> None:
    activations.change(
        activation,
        at=at,
        state=ActivationState.BLOCKED,
        blocked_reason=activations.MAX_FAILED_ATTEMPTS,
        failed_attempts=failed,
        last_used_at=at,
    )
