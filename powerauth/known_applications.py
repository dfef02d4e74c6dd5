"""Which applications there are, here or on the server that has them."""

from collections.abc import Collection

from powerauth.engine.applications import applications
from powerauth.remote import applications as remote_applications
from powerauth.remote.server import is_remote


def every() -> list[str]:
    """Give the identifiers of all applications.

    Raises:
        RemoteFailure: the server that has them does not answer.
    """
    return remote_applications.known() if is_remote() else [row.id for row in applications.every()]


def existing(application_ids: Collection[str]) -> set[str]:
    """Give those of some identifiers that an application has; raises as `every`."""
    if not is_remote():
        return applications.existing(list(application_ids))
    return set(application_ids).intersection(every()) if application_ids else set()
