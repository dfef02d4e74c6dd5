"""Whether the libraries here can do what protocol 4.0 needs: protocol-4.md 16.2 and 17.1.

An old OpenSSL lacks ML-KEM and ML-DSA; the server then offers `EC_P384` and protocol 3.x alone.
KMAC256 of a key of 16 bytes is behind the public interface of pycryptodome, and wrong MACs would be
refusals without an end.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.hazmat.backends.openssl import backend
from django.apps import AppConfig
from django.core import checks

from powerauth.protocol.v4.primitives import kmac
from powerauth.protocol.v4.suites import SUITES, available_suites

_CUSTOM = "My Tagged Application"
_KEY, _DATA = bytes(range(16)), bytes(range(4))
_MAC = bytes.fromhex("b75f267c7416a5679b0109c10e0b448103f6add3faa6ac6da25ab6685b96be08")


def check_libraries(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give an error for a library that computes no KMAC256, and warn of suites that lack."""
    return [*_of_mac(), *_of_suites()]


def _of_mac() -> Iterator[checks.CheckMessage]:
    try:
        is_right = kmac.kmac(_KEY, _DATA, _CUSTOM) == _MAC
    except Exception:  # whatever a changed library raises
        is_right = False
    if not is_right:
        yield checks.Error(
            "pycryptodome here does not compute KMAC256 of keys of 16 bytes: no phone of protocol "
            "4.0 could be served.",
            hint="Install the version that requirements.txt names.",
            id="enrollment_server.E151",
        )


def _of_suites() -> Iterator[checks.CheckMessage]:
    names = {suite.name for suite in available_suites()}
    lacking = [suite.name for suite in SUITES if suite.name not in names]
    if lacking:
        yield checks.Warning(
            f"{backend.openssl_version_text()} lacks ML-KEM or ML-DSA: {', '.join(lacking)} cannot "
            f"be offered, phones get {', '.join(sorted(names))} and protocol 3.x.",
            hint="Install a cryptography with OpenSSL 3.5 or later, then run manage.py "
            "complete_master_keys.",
            id="enrollment_server.W042",
        )
