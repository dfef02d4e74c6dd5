"""Whether a signed token proves who sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

HOUR_S = 3600
SKEW_S = 60  # seconds that clocks may differ


@dataclass(frozen=True, slots=True)
class Proof:
    """What a token says, after its signature was found right."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def verified(token: str, key: ECKey | RSAKey, algorithm: str) -> Proof | None:
    """Read a token; None if the key did not sign it by this algorithm."""
    try:
        found = jwt.decode(token, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError):
        return None
    return Proof(found.header, found.claims)


def seconds(proof: Proof, claim: str) -> int | None:
    """Give a moment that a token names."""
    value = proof.claims.get(claim)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
