"""Signatures: every factor has one key, for good. Source: protocol.md 7."""

from typing import Any

from powerauth.engine.generations.three import stored_keys
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation
from powerauth.protocol.signed_request import CounterMatch
from powerauth.protocol.v3.signature import find_counter


def has_keys(activation: Activation) -> bool:
    """See `Codes`."""
    return bool(activation.derived_keys)


def find(activation: Activation, attempt: Attempt, *, look_ahead: int) -> CounterMatch | None:
    """See `Codes`."""
    return find_counter(
        attempt.signature,
        attempt.candidates,
        keys=stored_keys.derived(activation),
        ctr=bytes(activation.ctr_data),
        fmt=attempt.fmt,
        look_ahead=look_ahead,
        digits=attempt.digits,
    )


def changes(activation: Activation, match: CounterMatch) -> dict[str, Any]:
    """See `Codes`."""
    return {"ctr_data": match.ctr_data}


def counter_data(activation: Activation) -> bytes:
    """See `Codes`."""
    return bytes(activation.ctr_data)
