"""Which applications there are, here or on the server that has them."""

from collections.abc import Collection

from powerauth.engine.applications import applications
from powerauth.errors import RemoteFailure
from powerauth.remote import applications as remote_applications
from powerauth.remote.server import is_remote


def every() -> list[str]:
    """Give the identifiers of all applications; none while the server that has them is away."""
    if not is_remote():
        return [row.id for row in applications.every()]
    try:
        return remote_applications.known()
    except RemoteFailure:
        # Nothing can be chosen then; that it is away stands in the log.
        return []


def existing(application_ids: Collection[str]) -> set[str]:
    """Give those of some identifiers that an application has; none as `every`."""
    if not is_remote():
        return applications.existing(list(application_ids))
    return set(application_ids).intersection(every())
