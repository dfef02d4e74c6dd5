"""Which of Apple's hosts knows a device: push-and-inbox.md 4.4."""

from enum import StrEnum


class ApnsEnvironment(StrEnum):
    """Where an app that Apple delivers to was built for."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


def environment_of(
    *,
    application: ApnsEnvironment | None,
    default: ApnsEnvironment,
    device: ApnsEnvironment | None,
) -> ApnsEnvironment | None:
    """Give the environment of a device; None if the application does not send there.

    Args:
        application: what its credentials say, if anything.
        default: for applications that say nothing.
        device: what it said at its registration, if anything.
    """
    base = application or default
    if device is ApnsEnvironment.DEVELOPMENT and base is ApnsEnvironment.PRODUCTION:
        return None
    return device or base
