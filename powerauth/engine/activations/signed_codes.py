"""Activation codes signed by the master keys of their application: protocol-4.md 20.2."""

from collections.abc import Mapping

from powerauth.engine.applications import master_keys, supported_algorithms
from powerauth.engine.generations.four import allowed_suites
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation
from powerauth.protocol import activation_code
from powerauth.protocol.v4 import application_keys
from powerauth.protocol.v4.primitives.signing import ECDSA_P256, ECDSA_P384, SigningAlgorithm


def signatures(activation: Activation) -> dict[str, str]:
    """Sign the code of an activation that waits for its phone, with each master key.

    Returns: signatures in Base64 by `ES256`, `ES384`, `ML-DSA-65` and `ML-DSA-87`.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR for an application without one of P-256.
    """
    pairs = master_keys.pairs(activation.application_id)
    private_keys = {name: pair.private_key for name, pair in pairs.items()}
    return application_keys.sign_activation_code(private_keys, activation.activation_code)


def signature(activation: Activation, algorithm: SigningAlgorithm = ECDSA_P256) -> str:
    """Sign the code of an activation that waits for its phone, with one master key.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    master = master_keys.pair(activation.application_id, algorithm)
    keys = {algorithm.name: master.private_key}
    signed = application_keys.sign_activation_code(keys, activation.activation_code)
    return signed[algorithm.label]


def in_qr_code(application_id: str) -> SigningAlgorithm:
    """Give whose signature stands in the QR codes of an application: protocol-4.md 39.1.

    That of P-256 as long as phones of version 3 may come, which know no other.
    """
    return ECDSA_P256 if supported_algorithms.admits_version_3(application_id) else ECDSA_P384


def scanned(signed: Mapping[str, str], application_id: str) -> str:
    """Choose the signature that stands behind a code where there is room for one: in a QR code.

    Args:
        signed: what `signatures` gives.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR for an application that lacks the key.
    """
    found = signed.get(in_qr_code(application_id).label)
    if found is None:
        raise EngineRefusal(ErrorCode.NO_MASTER_KEY_PAIR)
    return found


def qr_text(activation: Activation) -> str:
    """Give the text of the QR code of an activation that waits for its phone.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    signed = signature(activation, in_qr_code(activation.application_id))
    return activation_code.activation_qr_text(activation.activation_code, signed)


def qr_text_for_4(activation: Activation) -> str | None:
    """Give the text of a second QR code, for phones of protocol 4.0 where `qr_text` is for 3.x.

    Such a phone may know the key on P-384 alone: protocol-4.md 20.2. None where `qr_text` is for
    it, or where none of them could come.
    """
    application_id = activation.application_id
    is_for_3 = in_qr_code(application_id) is ECDSA_P256
    if not (is_for_3 and allowed_suites.of(application_id)):
        return None
    if not master_keys.has(application_id, ECDSA_P384):
        return None
    signed = signature(activation, ECDSA_P384)
    return activation_code.activation_qr_text(activation.activation_code, signed)
