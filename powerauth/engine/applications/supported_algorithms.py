"""What an application lets new activations begin with: protocol-4.md 34.1.

Activations that there are keep what they have.
"""

from collections.abc import Sequence

from powerauth.engine import minimum_version
from powerauth.engine.applications import application_config
from powerauth.engine.applications.config_values import ALGORITHM_NAMES, ALGORITHMS, EC_P256
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.versions import SUPPORTED_VERSIONS, traits_of

_THREE = traits_of(SUPPORTED_VERSIONS[0]).generation


def configured(application_id: str) -> Sequence[str]:
    """Give the names that an application admits: those that its configuration lists, else all.

    Whatever else is listed stands for nothing, so that a broken list allows less, never more.
    """
    listed = application_config.values_of(application_id, ALGORITHMS)
    return [name for name in ALGORITHM_NAMES if name in listed] if listed else ALGORITHM_NAMES


def admits_version_3(application_id: str) -> bool:
    """Tell whether activations of version 3 may begin: by the server, and by the application."""
    return minimum_version.admits_generation(_THREE) and EC_P256 in configured(application_id)


def check_version_3(application_id: str) -> None:
    """Refuse to let an activation of version 3 begin where the application wants none.

    Raises:
        EngineRefusal: ALGORITHM_NOT_SUPPORTED.
    """
    if not admits_version_3(application_id):
        raise EngineRefusal(ErrorCode.ALGORITHM_NOT_SUPPORTED)
