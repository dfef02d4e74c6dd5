"""Authentication codes, whose factors may have two keys. Source: protocol-4.md 24, 25."""

from typing import Any

from powerauth.engine.generations.base import NotCounted
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation
from powerauth.protocol.signed_request import CounterMatch
from powerauth.protocol.v4.authentication_code import find_counter

_REPLACEABLE = ("knowledge", "biometry")


def has_keys(activation: Activation) -> bool:
    """See `Codes`; also those of an upgrade that waits for its confirmation."""
    return bool(activation.activation_secret)


def find(activation: Activation, attempt: Attempt, *, look_ahead: int) -> CounterMatch | None:
    """See `Codes`; types that the activation does not serve are left out, if any is left."""
    kinds = {kind for _, kind in attempt.candidates}
    biometry = any("biometry" in kind.factors for kind in kinds)
    keys = stored_keys.factors(activation, biometry=biometry)
    if not any(keys.serve(kind) for kind in kinds):
        raise NotCounted
    return find_counter(
        attempt.signature,
        attempt.candidates,
        keys=keys,
        ctr=bytes(activation.ctr_data_4),
        fmt=attempt.fmt,
        look_ahead=look_ahead,
        digits=attempt.digits,
    )


def changes(activation: Activation, match: CounterMatch) -> dict[str, Any]:
    """See `Codes`; a key that waits and was not the one is dropped: an abandoned change."""
    columns: dict[str, Any] = {"ctr_data_4": match.ctr_data}
    for factor in match.signature_type.factors:
        if factor in _REPLACEABLE:
            columns |= _proven(activation, factor, pending=factor in match.pending_matched)
    return columns


def counter_data(activation: Activation) -> bytes:
    """See `Codes`."""
    return bytes(activation.ctr_data_4)


def _proven(activation: Activation, factor: str, *, pending: bool) -> dict[str, bytes]:
    waiting = f"next_{factor}_key"
    if not getattr(activation, waiting):
        return {}
    moved = stored_keys.opened(activation, waiting) if pending else None
    current = {} if moved is None else {f"{factor}_key": moved}
    return stored_keys.sealed(activation, **current, **{waiting: b""})
