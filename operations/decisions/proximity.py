"""The proximity check: a one-time password that proves nearness (integration-api.md 13.7)."""

import secrets
from datetime import datetime
from uuid import UUID

from powerauth.engine import policy
from powerauth.engine.signatures.offline import ProximityCheck
from powerauth.engine.storage import records
from powerauth.engine.storage.record_places import named
from powerauth.protocol.encoding import b64
from powerauth.protocol.totp import totp, verify_totp

SEED_SIZE = 16  # bytes
PLACE = named("operation.proximity")


def new_seed(operation_id: UUID) -> bytes:
    """Give the record of a new random seed for an operation."""
    return seal_seed(secrets.token_bytes(SEED_SIZE), operation_id)


def seal_seed(seed: bytes, operation_id: UUID) -> bytes:
    """Give the record of the seed of an operation."""
    return records.seal(seed, PLACE(operation_id))


def current_otp(record: bytes | memoryview, *, operation_id: UUID, at: datetime) -> str:
    """Compute the password that the bank shows at a moment."""
    return totp(
        _seed(record, operation_id),
        int(at.timestamp()),
        step=policy.proximity_step_s(),
        digits=policy.proximity_otp_length(),
    )


def is_valid(otp: object, record: bytes | memoryview, *, operation_id: UUID, at: datetime) -> bool:
    """Tell whether a password is the current one or a just past one; nothing else passes."""
    if not isinstance(otp, str):
        return False
    return verify_totp(
        otp,
        _seed(record, operation_id),
        int(at.timestamp()),
        step=policy.proximity_step_s(),
        digits=policy.proximity_otp_length(),
        past_steps=policy.proximity_past_steps(),
    )


def check_of(record: bytes | memoryview, *, operation_id: UUID) -> ProximityCheck | None:
    """Give what offline signatures need of the check; None for an operation without one."""
    if not record:
        return None
    return ProximityCheck(
        seed=b64(_seed(record, operation_id)),
        step_s=policy.proximity_step_s(),
        past_steps=policy.proximity_past_steps(),
    )


def _seed(record: bytes | memoryview, operation_id: UUID) -> bytes:
    return records.unseal(record, PLACE(operation_id))
