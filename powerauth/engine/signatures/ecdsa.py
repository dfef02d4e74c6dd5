"""Signatures made with the key pairs of an activation: protocol.md 10.4."""

from powerauth.engine.activations import activations
from powerauth.engine.generations import choice
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import ActivationState


def verify(activation_id: str, data: bytes, signature: bytes, *, jose: bool = False) -> bool:
    """Verify a signature by the device key; False unless the activation is ACTIVE and has one.

    Args:
        jose: the signature is `R || S` instead of DER.
    """
    activation = activations.find(activation_id)
    if activation is None or activation.state != ActivationState.ACTIVE:
        return False
    return choice.of(activation).identity.verify(activation, data, signature, jose=jose)


def sign(activation_id: str, data: bytes) -> bytes:
    """Sign with the server key of an ACTIVE activation, in DER.

    Raises:
        EngineRefusal: ACTIVATION_NOT_FOUND, ACTIVATION_STATE.
    """
    activation = activations.find(activation_id)
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    if activation.state != ActivationState.ACTIVE:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    return choice.of(activation).identity.sign(activation, data)
