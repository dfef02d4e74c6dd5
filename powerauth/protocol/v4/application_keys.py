"""The master keys of an application by algorithm: activation codes, the configuration of apps."""

from collections.abc import Mapping
from types import MappingProxyType

from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import MalformedEncoding, UnsupportedSuite
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v4.primitives.signing import (
    ECDSA_P256,
    ECDSA_P384,
    SIGNING_ALGORITHMS,
    SigningAlgorithm,
)
from powerauth.protocol.v4.suites import Suite

_IN_QR_CODE = (ECDSA_P256, ECDSA_P384)
_BY_CONFIGURATION_ID = MappingProxyType(
    {algorithm.configuration_id: algorithm for algorithm in SIGNING_ALGORITHMS.values()}
)

MasterKeys = Mapping[str, bytes]
"""Keys by the name of their algorithm in `SIGNING_ALGORITHMS`."""


def sign_activation_code(master_private_keys: MasterKeys, code: str) -> dict[str, str]:
    """Sign a code with every master key of the application.

    Returns: algorithm as a JWS names it -> signature in Base64, DER on curves and raw for ML-DSA.

    Raises:
        MalformedKey: no private key of its algorithm.

    Source: protocol-4.md 20.2; checked by activation-code-v4.
    """
    algorithms = {name: SIGNING_ALGORITHMS[name] for name in master_private_keys}
    return {
        algorithm.label: b64(algorithm.sign(master_private_keys[name], code.encode()))
        for name, algorithm in algorithms.items()
    }


def verify_activation_code(
    master_public_keys: MasterKeys, code: str, signatures: Mapping[str, str]
) -> bool:
    """Tell whether every signature is one of the application; none at all are not.

    Args:
        master_public_keys: those that the app knows.
        code: the code with its dashes.
        signatures: see `sign_activation_code`. One of an algorithm that the app has no key for is
            wrong.

    Raises:
        MalformedKey: no public key of its algorithm.

    Source: protocol-4.md 20.2; checked by activation-code-v4.
    """
    by_label = {each.label: each for each in SIGNING_ALGORITHMS.values()}
    return bool(signatures) and all(
        label in by_label and _verifies(by_label[label], master_public_keys, code, signature)
        for label, signature in signatures.items()
    )


def verify_qr_signature(master_public_keys: MasterKeys, code: str, signature: str) -> bool:
    """Tell whether the one signature of a QR code is of a master key on either curve.

    The text does not say of which curve it is.

    Raises:
        MalformedKey: no public key of its algorithm.

    Source: protocol-4.md 20.2, 39.1.
    """
    return any(
        _verifies(algorithm, master_public_keys, code, signature) for algorithm in _IN_QR_CODE
    )


def configured_keys(master_public_keys: MasterKeys) -> dict[int, bytes]:
    """Number master keys as the configuration string does; points are uncompressed.

    Raises:
        MalformedKey: no public key of its algorithm.

    Source: protocol-4.md 20.1, 39.1.
    """
    algorithms = {name: SIGNING_ALGORITHMS[name] for name in master_public_keys}
    return {
        algorithm.configuration_id: algorithm.normalize_public_key(master_public_keys[name])
        for name, algorithm in algorithms.items()
    }


def master_keys_of(config: MobileSdkConfig) -> dict[str, bytes]:
    """Give the master keys of a configuration string by algorithm; unknown ids are skipped.

    Raises:
        MalformedKey: no public key of its algorithm.

    Source: protocol-4.md 20.1, 39.1.
    """
    return {
        _BY_CONFIGURATION_ID[key_id].name: _BY_CONFIGURATION_ID[key_id].normalize_public_key(key)
        for key_id, key in config.master_public_keys.items()
        if key_id in _BY_CONFIGURATION_ID
    }


def signers_of(suite: Suite, keys: MasterKeys) -> list[tuple[SigningAlgorithm, bytes]]:
    """Choose the keys of a suite out of a registry, private or public ones.

    Raises:
        UnsupportedSuite: the registry lacks one.

    Source: protocol-4.md 22.3.
    """
    try:
        return [(algorithm, keys[algorithm.name]) for algorithm in suite.signing]
    except KeyError:
        raise UnsupportedSuite("no keys of this suite") from None


def _verifies(
    algorithm: SigningAlgorithm, public_keys: MasterKeys, code: str, signature_b64: str
) -> bool:
    public_key = public_keys.get(algorithm.name)
    if public_key is None:
        return False
    try:
        signature, signed = b64d(signature_b64), code.encode()
    except (MalformedEncoding, UnicodeEncodeError):
        return False
    return algorithm.verify(public_key, signed, signature)
