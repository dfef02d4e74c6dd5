"""Recovery codes, which this engine does not issue: integration-api.md 10.

Recovery is switched off for every application, and cannot be switched on. Calls are checked as if
it could: who asks about nothing hears that first, and lists are empty.
"""

from collections.abc import Sequence
from typing import NoReturn

from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.rules import given, invalid

SWITCHED_OFF = "must not ask for recovery codes, which are switched off"


def check_application(application_id: str | None) -> None:
    """Refuse to talk about the recovery of an application that does not exist.

    Raises:
        EngineRefusal: INVALID_REQUEST for no application or an unknown one.
    """
    if not applications.existing([given("applicationId", application_id)]):
        raise invalid("applicationId", "must be an application")


def configure(application_id: str | None, *switches: bool | None) -> None:
    """Take a configuration that leaves recovery switched off; there is nothing to keep of it.

    Args:
        switches: what shall be enabled; None and False leave it as it is.

    Raises:
        EngineRefusal: INVALID_REQUEST for no application, an unknown one, or anything to enable.
    """
    check_application(application_id)
    if any(switches):
        raise invalid("", SWITCHED_OFF)


def issue() -> NoReturn:
    """Refuse to issue a code, or an activation by a code: nothing else is checked before.

    Raises:
        EngineRefusal: INVALID_REQUEST, as for any wrong member of these calls.
    """
    raise invalid("", SWITCHED_OFF)


def confirm(activation_id: str | None, application_key: str | None) -> NoReturn:
    """Refuse to confirm a code, after looking for the activation.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier or key, ACTIVATION_NOT_FOUND for an
            unknown activation, INVALID_REQUEST for any other.
    """
    known = activations.find(given("activationId", activation_id))
    given("applicationKey", application_key)
    if known is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    raise invalid("", SWITCHED_OFF)


def check_lookup(
    *, user_id: str | None, activation_id: str | None, application_id: str | None
) -> None:
    """Refuse to look for codes, none of which exist, of nobody or of no application.

    Raises:
        EngineRefusal: INVALID_REQUEST for neither user nor activation, or an unknown application.
    """
    if user_id is None and activation_id is None:
        raise invalid("userId", "must not be null without an activationId")
    if application_id is not None:
        check_application(application_id)


def revoke(code_ids: Sequence[int] | None) -> bool:
    """Revoke no codes, as there are none; tell whether one was revoked.

    Raises:
        EngineRefusal: INVALID_REQUEST for no numbers or a negative one.
    """
    if not code_ids or any(one < 0 for one in code_ids):
        raise invalid("recoveryCodeIds", "must name codes by numbers that are not negative")
    return False
