"""Where new activations come from in this process."""

from activation.backends.base import ActivationBackend
from activation.backends.embedded import EmbeddedBackend

_EMBEDDED = EmbeddedBackend()


def get_backend() -> ActivationBackend:
    """Give the configured backend of activations."""
    return _EMBEDDED
