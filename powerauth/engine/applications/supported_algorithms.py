"""What an application lets new activations begin with: protocol-4.md 34.1.

Activations that there are keep what they have.
"""

from collections.abc import Sequence

from powerauth.engine import minimum_version
from powerauth.engine.applications import application_config
from powerauth.engine.applications.config_values import ALGORITHMS, EC_P256
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.versions import SUPPORTED_VERSIONS, traits_of

_THREE = traits_of(SUPPORTED_VERSIONS[0]).generation


def named(application_id: str) -> Sequence[object]:
    """Give the names that the configuration of an application lists; none stand for all.

    Whatever else stands there stands for nothing, so that a broken list allows less, never more.
    """
    return application_config.values_of(application_id, ALGORITHMS)


def admits_version_3(application_id: str) -> bool:
    """Tell whether activations of version 3 may begin: by the server, and by the application."""
    if not minimum_version.admits_generation(_THREE):
        return False
    names = named(application_id)
    return not names or EC_P256 in names


def check_version_3(application_id: str) -> None:
    """Refuse to let an activation of version 3 begin where the application wants none.

    Raises:
        EngineRefusal: ALGORITHM_NOT_SUPPORTED.
    """
    if not admits_version_3(application_id):
        raise EngineRefusal(ErrorCode.ALGORITHM_NOT_SUPPORTED)
