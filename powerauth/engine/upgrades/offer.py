"""Whether a phone of protocol 3 is told that it may move up: protocol-4.md 27.3."""

from powerauth.engine import policy
from powerauth.engine.generations.four import allowed_suites, stored_keys
from powerauth.models import Activation, ActivationState


def version_for(activation: Activation, present: int) -> int:
    """Give the version that an activation may have, which is `present` without an offer.

    Only an ACTIVE one could begin. This number alone makes phones begin, and nothing leads back.
    """
    if activation.state != ActivationState.ACTIVE or not is_made(activation.application_id):
        return present
    return stored_keys.NUMBER


def is_made(application_id: str) -> bool:
    """Tell whether phones of an application may move up.

    A setting says so, and the application allows a suite that this server can do. Without the
    setting nothing is read.
    """
    return policy.upgrade_version() >= stored_keys.NUMBER and bool(
        allowed_suites.of(application_id)
    )
