"""What an attempt to sign comes to: protocol.md 7.6. Nothing is changed here.

The activation is as it was read. Whoever changes it accordingly has locked it, or finds out whether
somebody else has changed it meanwhile.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from powerauth.engine import figures, policy
from powerauth.engine.activations import activations
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Codes, Generation, NotCounted
from powerauth.engine.signatures import guessing, signature_trail
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation, ActivationState, SignatureAudit
from powerauth.protocol.signed_request import CounterMatch, SignatureType
from powerauth.values import SignatureVerdict

SIGNATURE_OK = "signature_ok"
SIGNATURE_DOES_NOT_MATCH = "signature_does_not_match"
INVALID_STATE = "activation_invalid_state"
INVALID_APPLICATION = "activation_invalid_application"
COUNTER_MISMATCH = "activation_invalid_state_ctr_mismatch"
UNRECORDED_FAILURES = "UNRECORDED_FAILURES"
_SHORT = (INVALID_STATE, INVALID_APPLICATION, COUNTER_MISMATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What has to be written, and what to answer.

    Args:
        note: why, in the words of the record.
        kind: type of the signature; for a refused one, what it counts as.
        values: columns of the activation that change.
        trail: the record of the attempt; None if there are too many of its kind.
        blocks: whether `values` block the activation, which more than its row has to hear of.
    """

    note: str
    kind: SignatureType
    values: dict[str, Any]
    trail: SignatureAudit | None
    blocks: bool = False


def judge(
    activation: Activation,
    attempt: Attempt,
    *,
    at: datetime,
    admitted: Collection[ActivationState] = activations.ONLY_ACTIVE,
) -> Outcome:
    """Compare a signature with the next counter values, and decide what becomes of it.

    Failures are counted in every state, and after the last one nothing is compared any more; but
    only an ACTIVE activation is blocked. Unblocking would make any other one active.

    Args:
        admitted: states in which it is compared at all.
    """
    codes = choice.of(activation).codes
    # A back end can make an activation ACTIVE that no phone ever took.
    if activation.state not in admitted or not codes.has_keys(activation):
        return for_free(activation, attempt, note=INVALID_STATE, at=at, last_used_at=at)
    if activation.failed_attempts >= activation.max_failed_attempts:
        return _without_attempts(activation, attempt, at=at)
    try:
        match = codes.find(activation, attempt, look_ahead=policy.look_ahead())
    except NotCounted:
        note = SIGNATURE_DOES_NOT_MATCH
        return for_free(activation, attempt, note=note, at=at, last_used_at=at)
    if match is None:
        return _refused(activation, attempt, note=SIGNATURE_DOES_NOT_MATCH, at=at)
    if not guessing.accepts(activation, attempt, match, at=at):
        note, hold = SIGNATURE_DOES_NOT_MATCH, guessing.held(match, at=at)
        return for_free(activation, attempt, note=note, at=at, last_used_at=at, **hold)
    return Outcome(
        note=SIGNATURE_OK,
        kind=match.signature_type,
        values=_advanced(activation, codes, match, at=at),
        trail=signature_trail.record(activation, attempt, note=SIGNATURE_OK, at=at, match=match),
    )


def of_another_application(activation: Activation, attempt: Attempt, *, at: datetime) -> Outcome:
    """Refuse a version that is not the application's; only an ACTIVE activation counts it.

    An attempt may not turn an activation that waits, or that is gone, into a blocked one, from
    where unblocking would make it active (protocol.md 7.6).
    """
    if activation.state == ActivationState.ACTIVE:
        return _refused(activation, attempt, note=INVALID_APPLICATION, at=at)
    return for_free(activation, attempt, note=INVALID_APPLICATION, at=at)


def verdict(activation: Activation, kind: SignatureType, *, note: str) -> SignatureVerdict:
    """Give the answer for the activation as it is after the attempt, which is counted."""
    figures.judged(activation, note)
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


def _advanced(
    activation: Activation, codes: Codes, match: CounterMatch, *, at: datetime
) -> dict[str, Any]:
    values = codes.changes(activation, match)
    values["counter"] = activation.counter + match.steps
    values["last_used_at"] = at
    # Who holds the possession factor alone must not be able to reset the count of PIN attempts,
    # nor who knows the PIN, before the commit, that of OTPs.
    is_active = activation.state == ActivationState.ACTIVE
    if is_active and match.signature_type is not SignatureType.POSSESSION:
        values["failed_attempts"] = 0
    if activation.held_at is not None:
        values |= guessing.NOTHING_HELD
    return values


def _without_attempts(activation: Activation, attempt: Attempt, *, at: datetime) -> Outcome:
    """Refuse an attempt after the last one."""
    if activation.state != ActivationState.ACTIVE:
        return for_free(activation, attempt, note=COUNTER_MISMATCH, at=at, last_used_at=at)
    failed = activation.failed_attempts
    return _blocking(activation, attempt, note=COUNTER_MISMATCH, failed=failed, at=at)


def _refused(activation: Activation, attempt: Attempt, *, note: str, at: datetime) -> Outcome:
    """Refuse an attempt in an admitted state, and count it unless possession is all it has."""
    if attempt.counted_type is SignatureType.POSSESSION:
        return for_free(activation, attempt, note=note, at=at, last_used_at=at)
    failed = activation.failed_attempts + 1
    is_active = activation.state == ActivationState.ACTIVE
    if is_active and failed >= activation.max_failed_attempts:
        return _blocking(activation, attempt, note=note, failed=failed, at=at)
    return Outcome(
        note=note,
        kind=attempt.counted_type,
        values={"failed_attempts": failed, "last_used_at": at},
        trail=signature_trail.record(activation, attempt, note=note, at=at),
    )


def for_free(
    activation: Activation,
    attempt: Attempt,
    *,
    note: str,
    at: datetime,
    generation: Generation | None = None,
    **values: Any,
) -> Outcome:
    """Refuse an attempt that costs the activation nothing; beyond some a day it is only counted.

    Args:
        generation: that the attempt was judged by; None for the activation's own.
        values: further columns to change.
    """
    trail = None
    if guessing.is_recorded(activation, at=at):
        missing = guessing.unrecorded(activation, at=at)
        info = {UNRECORDED_FAILURES: str(missing)} if missing else {}
        trail = signature_trail.record(
            activation, attempt, note=note, at=at, further_info=info, generation=generation
        )
    return Outcome(
        note=note,
        kind=attempt.counted_type,
        values={**guessing.one_more(activation, at=at), **values},
        trail=trail,
    )


def _blocking(
    activation: Activation, attempt: Attempt, *, note: str, failed: int, at: datetime
) -> Outcome:
    return Outcome(
        note=note,
        kind=attempt.counted_type,
        values={
            "state": ActivationState.BLOCKED,
            "blocked_reason": activations.MAX_FAILED_ATTEMPTS,
            "failed_attempts": failed,
            "last_used_at": at,
        },
        trail=signature_trail.record(activation, attempt, note=note, at=at),
        blocks=True,
    )
