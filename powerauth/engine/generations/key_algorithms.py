"""The algorithms of key pairs that sign, by the names under which their keys are stored.

Private keys are what has to be kept: the scalar of ECDSA, the seed of ML-DSA (protocol-4.md 19.1).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from powerauth.protocol import keys as p256
from powerauth.protocol.keys import KeyPair

ECDSA_P256 = "ECDSA_P256"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAlgorithm:
    """What key pairs of one algorithm can do.

    Args:
        former_name: which rows of former versions have for it; else its name.
        generate: makes a key pair.
        sign: signs data with a private key; ECDSA in DER.
    """

    name: str
    former_name: str
    generate: Callable[[], KeyPair]
    sign: Callable[[bytes, bytes], bytes]


_ALL = (
    KeyAlgorithm(
        name=ECDSA_P256,
        former_name="EC_P256",
        generate=p256.generate_key_pair,
        sign=p256.sign,
    ),
)
KEY_ALGORITHMS: Mapping[str, KeyAlgorithm] = {each.name: each for each in _ALL}
