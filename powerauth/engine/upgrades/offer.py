"""Whether a phone of protocol 3 is told that it may move up: protocol-4.md 27.3."""

from powerauth.engine import policy
from powerauth.engine.generations.four import allowed_suites, stored_keys
from powerauth.models import Activation, ActivationState


def is_wanted() -> bool:
    """Tell whether the bank wants activations of protocol 3 to move up."""
    return policy.upgrade_version() >= stored_keys.NUMBER


def version_for(activation: Activation, present: int) -> int:
    """Give the version that an activation may have, which is `present` without an offer.

    It is offered to ACTIVE ones whose application allows a suite that this server can do. This
    number alone makes phones begin, and nothing leads back. Where nobody wants it, nothing is read.
    """
    if activation.state != ActivationState.ACTIVE or not is_wanted():
        return present
    return stored_keys.NUMBER if allowed_suites.of(activation.application_id) else present
