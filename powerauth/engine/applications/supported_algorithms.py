"""What an application lets new activations begin with: protocol-4.md 34.1.

Activations that there are keep what they have.
"""

from powerauth.engine.applications import application_config

CONFIGURED_BY = "cryptography_algorithms_supported"
EC_P256 = "EC_P256"
"""Stands for activations of version 3."""


def named(application_id: str) -> frozenset[str]:
    """Give the names that the configuration of an application lists; none stand for all."""
    return frozenset(application_config.values_of(application_id, CONFIGURED_BY))


def admits(application_id: str, name: str) -> bool:
    """Tell whether an application lets new activations begin with an algorithm."""
    names = named(application_id)
    return not names or name in names
