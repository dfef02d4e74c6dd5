"""Changes of the factors of an activation, as columns: protocol-4.md 23.3 and 25.

Whoever writes them has verified a code and holds the lock of the activation.
"""

from typing import Any

from powerauth.engine.generations.four import stored_keys
from powerauth.models import Activation
from powerauth.protocol.v4.key_agreement.shared_secret import SharedSecretRequest, encapsulate


def confirmed(*, enable_biometry: bool) -> dict[str, Any]:
    """Give what the confirmation by the phone changes; an unused key is forgotten.

    Source: protocol-4.md 23.3.
    """
    kept = {"biometry_enabled": True} if enable_biometry else without_biometry()
    return {"confirmation_pending": False, **kept}


def new_knowledge(
    activation: Activation, payload: object
) -> tuple[dict[str, Any], dict[str, object]]:
    """Agree on a key that the next code may prove; until then the current one stays valid.

    Args:
        payload: what the phone encrypted, decoded from JSON.

    Returns: columns to change, and the answer for the phone.

    Raises:
        ProtocolError: another suite than the activation's, or a malformed key.

    Source: protocol-4.md 25.1.
    """
    secret, answer = _agreed(activation, payload)
    return stored_keys.sealed(activation, next_knowledge_key=secret), answer


def new_biometry(
    activation: Activation, payload: object
) -> tuple[dict[str, Any], dict[str, object]]:
    """Agree on a key of biometry, which is on from now on; see `new_knowledge`.

    The key of an activation without biometry never becomes valid: it is replaced at once.

    Source: protocol-4.md 25.2.
    """
    secret, answer = _agreed(activation, payload)
    if activation.biometry_enabled and activation.biometry_key:
        keys = {"next_biometry_key": secret}
    else:
        keys = {"biometry_key": secret, "next_biometry_key": b""}
    return {"biometry_enabled": True, **stored_keys.sealed(activation, **keys)}, answer


def without_biometry() -> dict[str, Any]:
    """Give what turns biometry off, also where it is off. Source: protocol-4.md 25.2."""
    return {"biometry_enabled": False, "biometry_key": b"", "next_biometry_key": b""}


def _agreed(activation: Activation, payload: object) -> tuple[bytes, dict[str, object]]:
    suite = stored_keys.suite(activation)
    response, secret = encapsulate(SharedSecretRequest.parse(payload), (suite,))
    return secret, response.to_json()
