"""The suites of version 4.0, as data: which key agreement and which signatures go together."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final

from powerauth.protocol.errors import UnsupportedSuite
from powerauth.protocol.v4.primitives.ml_kem import ML_KEM_768, ML_KEM_1024, MlKem
from powerauth.protocol.v4.primitives.signing import (
    ECDSA_P384,
    MLDSA_65,
    MLDSA_87,
    SigningAlgorithm,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """What an activation of version 4.0 is bound to. Source: protocol-4.md 16.2."""

    name: str
    """Exact text on the wire."""
    ml_kem: MlKem | None
    """Second part of the key agreement, beside DHKEM P-384."""
    signing: tuple[SigningAlgorithm, ...]
    """Algorithms of the server's and of the device's keys; every one of them signs."""

    def is_available(self) -> bool:
        """Tell whether the cryptographic library can do all of it."""
        needed: tuple[SigningAlgorithm | MlKem, ...] = self.signing
        if self.ml_kem is not None:
            needed = (*needed, self.ml_kem)
        return all(each.is_available() for each in needed)


EC_P384 = Suite(name="EC_P384", ml_kem=None, signing=(ECDSA_P384,))
EC_P384_ML_L3 = Suite(name="EC_P384_ML_L3", ml_kem=ML_KEM_768, signing=(ECDSA_P384, MLDSA_65))
EC_P384_ML_L5 = Suite(name="EC_P384_ML_L5", ml_kem=ML_KEM_1024, signing=(ECDSA_P384, MLDSA_87))

SUITES: Final[tuple[Suite, ...]] = (EC_P384, EC_P384_ML_L3, EC_P384_ML_L5)


@cache
def available_suites() -> tuple[Suite, ...]:
    """Give the suites that the cryptographic library can do; an old OpenSSL lacks ML-KEM, ML-DSA.

    Source: protocol-4.md 16.2.
    """
    return tuple(suite for suite in SUITES if suite.is_available())


def suite_of(name: object, allowed: Collection[Suite] | None = None) -> Suite:
    """Look up a suite by its name.

    Args:
        name: text of a message.
        allowed: suites that may be named, for an activation its own alone; None for all that are
            available.

    Raises:
        UnsupportedSuite: none of them.

    Source: protocol-4.md 16.2; trap 26 of protocol-4.md 37.
    """
    for suite in available_suites() if allowed is None else allowed:
        if suite.name == name:
            return suite
    raise UnsupportedSuite("suite not supported here")
