"""Applications on the other server: integration-api.md 5."""

from typing import Any

from enrollment_server.remote.members import WrongShape, members, objects, text
from powerauth.protocol.v4.suites import SUITES
from powerauth.protocol.versions import GENERATION_4
from powerauth.remote import trees
from powerauth.remote.calls import call

ALGORITHMS = "cryptography_algorithms_supported"  # a key of the configuration
_EC_P256 = "EC_P256"  # what an activation of protocol 3 is called there


def id_of(application_key: str) -> str:
    """Find the application of an application key.

    Raises:
        EngineRefusal: APPLICATION_NOT_FOUND.
        RemoteFailure: there is no answer.
    """
    asked = {"applicationKey": application_key}
    return call(
        "application/detail/version", asked, lambda answer: text(members(answer), "applicationId")
    )


def known() -> list[str]:
    """List the identifiers of all applications; raises RemoteFailure."""

    def read(answer: object) -> list[str]:
        entries = objects(members(answer).get("applications"), "applications")
        return sorted(text(entry, "applicationId") for entry in entries)

    return call("application/list", {}, read)


def allowed_suites(application_key: str | None) -> list[str]:
    """Name the suites of protocol 4.0 that an application allows, or that the server may have.

    Raises:
        EngineRefusal: APPLICATION_NOT_FOUND.
        RemoteFailure: there is no answer.
    """
    if not trees.serves(GENERATION_4):
        return []
    named: list[Any] = []
    if application_key is not None:
        named = configuration(id_of(application_key), ALGORITHMS)
    return [suite.name for suite in SUITES if not named or suite.name in named]


def admits_version_3(application_id: str) -> bool:
    """Tell whether activations of protocol 3 may begin in an application; raises as above."""
    named = configuration(application_id, ALGORITHMS)
    return not named or _EC_P256 in named


def configuration(application_id: str, key: str) -> list[Any]:
    """Give the values that an application has under a key, none if it has none; raises as above."""

    def read(answer: object) -> list[Any]:
        for entry in objects(members(answer).get("applicationConfigs"), "applicationConfigs"):
            if entry.get("key") == key:
                values = entry.get("values")
                if not isinstance(values, list):
                    raise WrongShape("values is no list")
                return values
        return []

    return call("application/config/detail", {"applicationId": application_id}, read)
