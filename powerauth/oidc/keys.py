"""The public keys that a provider signs ID tokens with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from powerauth.oidc import exchange
from powerauth.oidc.errors import OidcRefused
from powerauth.oidc.memory import Memory

# A token with an unknown key asks for the keys anew, but not more often than this.
REFETCH_AFTER = 10.0  # seconds
_MODULUS_LENGTH = 342  # characters of Base64 that a modulus of 2048 bits has


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKey:
    """A key of a provider with what it says about its purpose."""

    kid: str | None
    algorithm: str | None
    key: RSAKey | ECKey


_KNOWN: Memory[tuple[PublishedKey, ...]] = Memory()


def find(jwks_uri: str, *, kid: str | None, algorithm: str) -> RSAKey | ECKey:
    """Give the key that a token names; without a name, the only one that fits.

    Raises:
        OidcRefused: the keys are out of reach, or not exactly one fits.
    """
    known = _KNOWN.recall(jwks_uri)
    if known is None:
        known = _KNOWN.keep(jwks_uri, _fetch(jwks_uri))
    fitting = _fitting(known.value, kid, algorithm)
    if not fitting and _KNOWN.age(known) >= REFETCH_AFTER:
        known = _KNOWN.keep(jwks_uri, _fetch(jwks_uri))
        fitting = _fitting(known.value, kid, algorithm)
    if len(fitting) != 1:
        raise OidcRefused(f"{len(fitting)} keys of the provider fit the token, one is needed")
    return fitting[0]


def forget() -> None:
    """Fetch all keys anew."""
    _KNOWN.clear()


def _fitting(keys: Sequence[PublishedKey], kid: str | None, algorithm: str) -> list[RSAKey | ECKey]:
    kind = ECKey if algorithm.startswith("ES") else RSAKey
    return [
        published.key
        for published in keys
        if isinstance(published.key, kind)
        and published.algorithm in (None, algorithm)
        and kid in (None, published.kid)
    ]


def _fetch(jwks_uri: str) -> tuple[PublishedKey, ...]:
    entries = exchange.get(jwks_uri).get("keys")
    if not isinstance(entries, list):
        raise OidcRefused("the provider's keys are no key set")
    read = (_read(entry) for entry in entries if isinstance(entry, Mapping))
    return tuple(key for key in read if key is not None)


def _read(entry: Mapping[str, Any]) -> PublishedKey | None:
    """Read a key for signatures; None for any other, which some other client may need."""
    if entry.get("use") not in (None, "sig"):
        return None
    key = _import(entry)
    if key is None:
        return None
    kid, algorithm = entry.get("kid"), entry.get("alg")
    return PublishedKey(
        kid=kid if isinstance(kid, str) else None,
        algorithm=None if algorithm is None else str(algorithm),
        key=key,
    )


def _import(entry: Mapping[str, Any]) -> RSAKey | ECKey | None:
    # Texts only: other members, such as certificates, have nothing to do with the key.
    texts = {name: value for name, value in entry.items() if isinstance(value, str)}
    try:
        if texts.get("kty") == "EC":
            return ECKey.import_key(_members(texts, "kty", "crv", "x", "y"))
        if texts.get("kty") == "RSA" and len(texts.get("n", "")) >= _MODULUS_LENGTH:
            return RSAKey.import_key(_members(texts, "kty", "n", "e"))
    except (JoseError, ValueError, TypeError, KeyError, UnsupportedAlgorithm):
        return None
    return None


def _members(texts: Mapping[str, str], *names: str) -> dict[str, str | list[str]]:
    return {name: texts[name] for name in names}
