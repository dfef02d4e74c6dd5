"""The roles of applications: integration-api.md 5.3."""

from collections.abc import Callable, Collection

from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Application
from powerauth.models.application import ID_LENGTH
from powerauth.rules import NOT_EMPTY, filled, given, invalid


def add(application_id: str | None, roles: Collection[str] | None) -> Application:
    """Add roles that are missing.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier, no roles, or a role that is empty or
            longer than 255 characters; APPLICATION_NOT_FOUND.
    """
    return _change(application_id, roles, lambda old, given: old | given)


def replace(application_id: str | None, roles: Collection[str] | None) -> Application:
    """Replace all roles; see `add` for errors."""
    return _change(application_id, roles, lambda old, given: given)


def remove(application_id: str | None, roles: Collection[str] | None) -> Application:
    """Remove roles that are there; see `add` for errors."""
    return _change(application_id, roles, lambda old, given: old - given)


@commits_refusals
def _change(
    application_id: str | None,
    roles: Collection[str] | None,
    combine: Callable[[set[str], set[str]], set[str]],
) -> Application:
    given("applicationId", application_id)
    if not roles:
        raise invalid("applicationRoles", NOT_EMPTY)
    for role in roles:
        filled("applicationRoles", role, ID_LENGTH)
    # Two changes at once both count; rows that merely refer to the application go on.
    locked = Application.objects.select_for_update(no_key=True)
    application = locked.filter(id=application_id).first()
    if application is None:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    application.roles = sorted(combine(set(application.roles), set(roles)))
    application.save(update_fields=["roles"])
    return application
