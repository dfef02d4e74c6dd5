"""Signatures made with the key pairs of an activation: protocol.md 10.4, protocol-4.md 29.

Only an ACTIVE activation signs, and only its signatures are valid. Which algorithms it has is a
matter of its generation and suite: ECDSA always, ML-DSA in the hybrid suites. Signatures by a
device of a generation that is not admitted any more are refused, VERSION_NOT_SUPPORTED.
"""

from collections.abc import Sequence
from enum import Enum

from powerauth.engine import minimum_version
from powerauth.engine.activations import activations
from powerauth.engine.generations import choice
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState
from powerauth.protocol.curves import Curve
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v4.key_agreement import jws
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm
from powerauth.rules import invalid

Keys = Sequence[tuple[SigningAlgorithm, bytes]]


class Kind(Enum):
    """A kind of signatures, as the integration API names it."""

    ECDSA = "ECDSA"
    MLDSA = "MLDSA"

    def among(self, keys: Keys) -> Keys:
        """Choose the keys of this kind, one at most."""
        is_ecdsa = self is Kind.ECDSA
        return [key for key in keys if isinstance(key[0].scheme, Curve) is is_ecdsa]


def verify(
    activation_id: str,
    data: bytes,
    signature: bytes,
    *,
    kind: Kind = Kind.ECDSA,
    jose: bool = False,
) -> bool:
    """Verify a signature by the device; False unless the activation is ACTIVE and has such a key.

    Args:
        jose: an ECDSA signature is `R || S` instead of DER.
    """
    for algorithm, key in kind.among(_device_keys(activation_id)):
        check = algorithm.verify_jws if jose else algorithm.verify
        return check(key, data, signature)
    return False


def sign(activation_id: str, data: bytes) -> dict[Kind, bytes]:
    """Sign with the server keys of an activation, ECDSA in DER.

    Raises:
        EngineRefusal: ACTIVATION_NOT_FOUND, ACTIVATION_STATE.
    """
    keys = _server_keys(activation_id)
    return {kind: algorithm.sign(key, data) for kind in Kind for algorithm, key in kind.among(keys)}


def verify_jws(activation_id: str, text: str) -> bool:
    """Verify a JWS by the device, in JSON with a signature by each of its algorithms.

    A signature less is not enough: it would be as weak as the algorithm that is left.
    """
    try:
        jws.verify_payload(text, _device_keys(activation_id))
    except ProtocolError:
        return False
    return True


def verify_compact_jws(activation_id: str, text: str) -> bool:
    """Verify a compact JWS by the device, by the one algorithm that its header names."""
    try:
        jws.verify_compact(text, _device_keys(activation_id))
    except ProtocolError:
        return False
    return True


def sign_jws(activation_id: str, payload: bytes, *, kind: Kind | None = None) -> str:
    """Write a JWS in JSON with a signature by each server key, or by those of a kind.

    Raises:
        EngineRefusal: ACTIVATION_NOT_FOUND, ACTIVATION_STATE; INVALID_REQUEST for a kind of which
            the activation has no key.
    """
    keys = _server_keys(activation_id)
    return jws.sign_payload(payload, keys if kind is None else _needed(kind, keys))


def sign_compact_jws(activation_id: str, payload: bytes, *, kind: Kind = Kind.ECDSA) -> str:
    """Write a compact JWS; see `sign_jws`."""
    [signer] = _needed(kind, _server_keys(activation_id))
    return jws.sign_compact(payload, signer)


def _needed(kind: Kind, keys: Keys) -> Keys:
    found = kind.among(keys)
    if not found:
        raise invalid("signatureType", "must be one that the suite of the activation has")
    return found


def _device_keys(activation_id: str) -> Keys:
    activation = activations.find(activation_id)
    if activation is None or activation.state != ActivationState.ACTIVE:
        return []
    minimum_version.check_generation(activation.protocol_generation)
    return choice.of(activation).identity.device_keys(activation)


def _server_keys(activation_id: str) -> Keys:
    activation: Activation | None = activations.find(activation_id)
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    if activation.state != ActivationState.ACTIVE:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    return choice.of(activation).identity.server_keys(activation)
