"""What a signature is compared with, and what a right one changes: protocol.md 7.6."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from powerauth.engine import policy
from powerauth.engine.activations import activations
from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.cryptography import cryptography_of
from powerauth.engine.signatures import guessing
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol.v3.signature import CounterMatch, SignatureType, signature_data
from powerauth.protocol.versions import traits_of
from powerauth.values import SignatureVerdict, SignedRequest

SIGNATURE_OK = "signature_ok"
SIGNATURE_DOES_NOT_MATCH = "signature_does_not_match"
INVALID_STATE = "activation_invalid_state"
INVALID_APPLICATION = "activation_invalid_application"
COUNTER_MISMATCH = "activation_invalid_state_ctr_mismatch"
_SHORT = (INVALID_STATE, INVALID_APPLICATION, COUNTER_MISMATCH)


def with_secret(rows: QuerySet[Activation], application_key: str) -> QuerySet[Any]:
    """Add `version_secret`: None if the application has no such supported version."""
    secret = ApplicationVersion.objects.filter(
        application_key=application_key,
        application_id=OuterRef("application_id"),
        supported=True,
    )
    return rows.annotate(version_secret=Subquery(secret.order_by().values("application_secret")))


def attempt_of(
    request: SignedRequest, secret: str, additional_info: Mapping[str, str] | None
) -> Attempt:
    """Describe a signature of a request.

    Args:
        secret: of the version of the application.
    """
    kind = request.signature_type
    return Attempt(
        signature=request.signature,
        candidates=[(signature_data(base, secret), kind) for base in request.bases],
        fmt=traits_of(request.version).signature_format,
        version=request.version,
        application_key=request.application_key,
        signed=request.bases,
        additional_info=dict(additional_info or {}),
    )


def is_usable(activation: Activation) -> bool:
    """Tell whether signatures of an activation can be right at all."""
    # A back end can make an activation ACTIVE that no phone ever took.
    return activation.state == ActivationState.ACTIVE and bool(activation.derived_keys)


def is_used_up(activation: Activation) -> bool:
    """Tell whether no attempt is left, though nothing has blocked the activation."""
    return activation.failed_attempts >= activation.max_failed_attempts


def match_of(activation: Activation, attempt: Attempt) -> CounterMatch | None:
    """Compare a signature with the next counter values; None if it fits none."""
    return cryptography_of(activation.protocol_generation).find_counter(
        attempt.signature,
        attempt.candidates,
        derived_keys=encryption.unseal_derived_keys(activation),
        ctr_data=bytes(activation.ctr_data),
        fmt=attempt.fmt,
        look_ahead=policy.look_ahead(),
        digits=attempt.digits,
    )


def advanced(activation: Activation, match: CounterMatch, *, at: datetime) -> dict[str, Any]:
    """Give the columns that a right signature changes."""
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
    return values


def verdict(activation: Activation, kind: SignatureType, *, note: str) -> SignatureVerdict:
    """Give the answer for the activation as it is after the attempt."""
    valid = note == SIGNATURE_OK
    left = activation.max_failed_attempts - (0 if valid else activation.failed_attempts)
    return SignatureVerdict(
        valid=valid,
        activation=activations.facts(activation),
        signature_type=kind,
        remaining_attempts=max(0, left),
        complete=note not in _SHORT,
        reason=note,
    )
