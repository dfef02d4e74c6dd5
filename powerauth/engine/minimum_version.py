"""The lowest protocol version that phones may speak: protocol.md 7.5, protocol-4.md 34.1.

Here alone it is decided. What is below is refused before anything is counted, remembered or
written. One thing of protocol 3 is let through: the code that begins the upgrade out of it. Its
target tells that it is one, and the target is signed. Whoever can upgrade speaks the newest version
of protocol 3, so that codes of its older ones stay refused.
"""

from collections.abc import Iterable

from powerauth.engine import policy
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.signed_request import resource_id_of
from powerauth.protocol.versions import SUPPORTED_VERSIONS, TRAITS

UPGRADE_START = "/pa/upgrade/start"
_UPGRADING = SUPPORTED_VERSIONS[-1]


def admits(version: str, resource_ids: Iterable[str | None] = ()) -> bool:
    """Tell whether a known version may be used.

    Args:
        resource_ids: what is signed as the target of a request, all of what it may be.
    """
    if version >= policy.minimum_version():
        return True
    return version == _UPGRADING and set(resource_ids) == {UPGRADE_START}


def admits_generation(number: int) -> bool:
    """Tell whether any version of a generation may be used."""
    return number >= TRAITS[policy.minimum_version()].generation


def check(version: str, bases: Iterable[bytes] = ()) -> None:
    """Refuse a known version that may not be used.

    Args:
        bases: base strings that a code was made over.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED.
    """
    # Nearly always there is nothing to refuse, and nothing has to be read for it.
    if not admits(version) and not admits(version, map(resource_id_of, bases)):
        raise EngineRefusal(ErrorCode.VERSION_NOT_SUPPORTED)


def check_generation(number: int) -> None:
    """Refuse a generation of which no version may be used.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED.
    """
    if not admits_generation(number):
        raise EngineRefusal(ErrorCode.VERSION_NOT_SUPPORTED)
