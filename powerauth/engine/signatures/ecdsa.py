"""Signatures made with the key pairs of an activation: protocol.md 10.4."""

from powerauth.engine.activations import activations
from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.cryptography import cryptography_of
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import ActivationState
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.keys import jose_to_der


def verify(activation_id: str, data: bytes, signature: bytes, *, jose: bool = False) -> bool:
    """Verify a signature by the device key; False unless the activation is ACTIVE and has one.

    Args:
        jose: the signature is `R || S` instead of DER.
    """
    activation = activations.find(activation_id)
    if activation is None or activation.state != ActivationState.ACTIVE:
        return False
    if not activation.device_public_key:
        return False
    try:
        der = jose_to_der(signature) if jose else signature
    except ProtocolError:
        return False
    cryptography = cryptography_of(activation.protocol_generation)
    return cryptography.verify(bytes(activation.device_public_key), data, der)


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
    cryptography = cryptography_of(activation.protocol_generation)
    return cryptography.sign(encryption.unseal_server_key(activation), data)
