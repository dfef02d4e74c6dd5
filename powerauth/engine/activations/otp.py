"""One-time passwords of activations: protocol.md 4.6, integration-api.md 6.4."""

from datetime import datetime

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from powerauth.engine.activations import activations
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, CommitPhase, OtpValidation

_HASHER = argon2.PasswordHasher(
    time_cost=3, memory_cost=32768, parallelism=16, hash_len=32, salt_len=16, type=argon2.Type.I
)


def hash_otp(otp: str) -> str:
    """Give the Argon2i hash to store, in modular crypt format (protocol.md 1.7)."""
    return _HASHER.hash(otp)


def matches(otp: str, otp_hash: str) -> bool:
    """Compare an OTP with a stored Argon2i or Argon2id hash."""
    try:
        return _HASHER.verify(otp_hash, otp)
    except (VerificationError, InvalidHashError):
        return False


def due_phase(activation: Activation) -> CommitPhase | None:
    """Tell in which phase the OTP is due, None if the activation has no OTP."""
    if not activation.otp_hash:
        return None
    if activation.otp_validation == OtpValidation.NONE:
        return CommitPhase(activation.commit_phase)
    return CommitPhase(activation.otp_validation)


def check(activation: Activation, otp: str | None, *, phase: CommitPhase, at: datetime) -> bool:
    """Check the OTP of a locked activation in `phase`; tell whether one was really verified.

    An OTP that nobody asked for is refused: client input never decides about a commit.

    Raises:
        EngineRefusal: INVALID_OTP; a wrong one was counted, the last one removed the activation.
    """
    if due_phase(activation) is not phase:
        if otp:
            raise EngineRefusal(ErrorCode.INVALID_OTP)
        return False
    if not otp:
        raise EngineRefusal(ErrorCode.INVALID_OTP)
    if not matches(otp, activation.otp_hash):
        _count_failure(activation, at=at)
        raise EngineRefusal(ErrorCode.INVALID_OTP)
    # While the phone has yet to confirm, its wrong codes count together with wrong OTPs.
    if not activation.confirmation_pending:
        activations.update(activation, failed_attempts=0)
    return True


def _count_failure(activation: Activation, *, at: datetime) -> None:
    failed = activation.failed_attempts + 1
    if failed < activation.max_failed_attempts:
        reason = activations.OTP_FAILED_ATTEMPT
        activations.change(activation, at=at, reason=reason, callback=False, failed_attempts=failed)
        return
    activations.change(
        activation,
        at=at,
        reason=activations.OTP_MAX_FAILED_ATTEMPTS,
        failed_attempts=failed,
        state=ActivationState.REMOVED,
    )
