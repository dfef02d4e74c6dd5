"""Activation flags: integration-api.md 7.15."""

from powerauth.engine.activations import activations
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation
from powerauth.rules import NOT_EMPTY, given, invalid

MAX_LENGTH = 255  # characters of all flags of an activation together


def check_flags(flags: list[str], *, member: str = "activationFlags") -> list[str]:
    """Give `flags` if an activation can hold them.

    Args:
        member: of a request, that they stand in.

    Raises:
        EngineRefusal: INVALID_REQUEST for an empty flag or more than 255 characters in all.
    """
    if not all(flags):
        raise invalid(member, "must not contain an empty flag")
    if len(",".join(flags)) > MAX_LENGTH:
        raise invalid(member, f"must have at most {MAX_LENGTH} characters in all")
    return flags


def _given(flags: list[str] | None) -> set[str]:
    if not flags:
        raise invalid("activationFlags", NOT_EMPTY)
    return set(flags)


def _store(activation: Activation, flags: set[str]) -> Activation:
    activations.update(activation, flags=check_flags(sorted(flags)))
    return activation


def of(activation_id: str | None) -> Activation:
    """Find an activation to read its flags.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier, ACTIVATION_NOT_FOUND for an unknown one.
    """
    activation = activations.find(given("activationId", activation_id))
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    return activation


@commits_refusals
def add(activation_id: str | None, flags: list[str] | None) -> Activation:
    """Add flags that are missing.

    Raises:
        EngineRefusal: INVALID_REQUEST, ACTIVATION_NOT_FOUND.
    """
    wanted = _given(flags)
    activation = activations.lock(activation_id)
    return _store(activation, set(activation.flags) | wanted)


@commits_refusals
def replace(activation_id: str | None, flags: list[str] | None) -> Activation:
    """Replace all flags; see `add` for errors."""
    wanted = _given(flags)
    return _store(activations.lock(activation_id), wanted)


@commits_refusals
def remove(activation_id: str | None, flags: list[str] | None) -> Activation:
    """Remove flags that are there; see `add` for errors."""
    unwanted = _given(flags)
    activation = activations.lock(activation_id)
    return _store(activation, set(activation.flags) - unwanted)
