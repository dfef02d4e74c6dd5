"""Which suites phones of an application may begin with: protocol-4.md 34.1."""

from powerauth.engine.applications import supported_algorithms
from powerauth.engine.applications.config_values import EC_P256
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.errors import UnsupportedSuite
from powerauth.protocol.v4.suites import Suite, available_suites, suite_of


def of(application_id: str) -> tuple[Suite, ...]:
    """Give the suites that an application allows and that this server can do, by one statement.

    A list that names suites allows those alone; one with version 3 only allows none here.
    Activations that there are keep the suite that they have.
    """
    names = supported_algorithms.configured(application_id)
    return tuple(suite for suite in available_suites() if suite.name in names)


def names(application_id: str) -> list[str]:
    """Give all that phones of an application may begin with, version 3 by the name of its curve."""
    suites = [suite.name for suite in of(application_id)]
    return [EC_P256, *suites] if supported_algorithms.admits_version_3(application_id) else suites


def chosen(name: object, application_id: str) -> Suite:
    """Give the suite that a phone wants to begin with.

    Args:
        name: text of a message.

    Raises:
        EngineRefusal: ALGORITHM_NOT_SUPPORTED for one that is not allowed, or none at all.
    """
    try:
        return suite_of(name, of(application_id))
    except UnsupportedSuite as error:
        raise EngineRefusal(ErrorCode.ALGORITHM_NOT_SUPPORTED) from error
