"""Which suites phones of an application may begin with: protocol-4.md 34.1."""

from powerauth.engine.applications import application_config
from powerauth.protocol.v4.suites import Suite, available_suites

CONFIGURED_BY = "cryptography_algorithms_supported"


def of(application_id: str) -> tuple[Suite, ...]:
    """Give the suites that an application allows and that this server can do.

    A list that names suites allows those alone; one with generation 3 only allows none here.
    Activations that there are keep the suite that they have.
    """
    named = application_config.values_of(application_id, CONFIGURED_BY)
    return tuple(suite for suite in available_suites() if not named or suite.name in named)
