"""Which values the keys of an application's configuration may have: protocol-4.md 34.1."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from powerauth.protocol.v4.suites import SUITES

OAUTH2_PROVIDERS = "oauth2_providers"
ALGORITHMS = "cryptography_algorithms_supported"
NO_DEVICE_KEY_BY_BIOMETRY = "disable_biometry_unlock_kek_device_private"

EC_P256 = "EC_P256"
"""Stands for activations of version 3 among algorithms."""
ALGORITHM_NAMES = (EC_P256, *(suite.name for suite in SUITES))

Rule = Callable[[Sequence[Any]], str | None]
"""Gives what values have to be, None if they are so."""


def _anything(values: Sequence[Any]) -> str | None:
    return None


def _algorithms(values: Sequence[Any]) -> str | None:
    # A list may come with lists in it, which are in no set.
    names = [value for value in values if isinstance(value, str) and value in ALGORITHM_NAMES]
    if len(names) == len(values) == len(set(names)):
        return None
    return f"must be some of {', '.join(ALGORITHM_NAMES)}, each at most once; none stand for all"


def _switch(values: Sequence[Any]) -> str | None:
    # The reference keeps texts; 1 equals True, and is no switch.
    known = all(isinstance(value, bool) or value in ("true", "false") for value in values)
    return None if known and len(values) <= 1 else "must be true or false, once"


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "fido2_attestation_fmt_allowed": _anything,
        "fido2_aaguids_allowed": _anything,
        "fido2_root_ca_certs": _anything,
        OAUTH2_PROVIDERS: _anything,
        ALGORITHMS: _algorithms,
        NO_DEVICE_KEY_BY_BIOMETRY: _switch,
    }
)
OPEN_KEYS = frozenset({ALGORITHMS, NO_DEVICE_KEY_BY_BIOMETRY})
"""Keys whose values are no secrets."""
