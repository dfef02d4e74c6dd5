"""Applications that phones of protocol 4.0 cannot come to, or no phone at all.

What `check --deploy` finds in the database.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import Error

from powerauth.engine import minimum_version
from powerauth.engine.applications import master_keys
from powerauth.engine.applications.config_values import ALGORITHMS
from powerauth.engine.generations import choice
from powerauth.engine.generations.four import allowed_suites
from powerauth.engine.storage.records import SecretUnreadable
from powerauth.models import ApplicationConfig


def check_applications(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Warn of each application that lacks master keys, or lets no phone begin.

    A deployment is checked before it has a database, too; what could not be looked at is told.
    """
    try:
        return [*_without_keys(), *_without_phones()]
    except Error as error:
        return [
            checks.Info(
                f"The applications could not be looked at ({type(error).__name__}).",
                id="enrollment_server.W041",
            )
        ]


def _without_keys() -> Iterator[checks.CheckMessage]:
    for application_id, lacking in master_keys.incomplete().items():
        yield checks.Warning(
            f"The application {application_id!r} has no master keys of {', '.join(lacking)}: "
            "phones of protocol 4.0 that need them are refused.",
            hint="Run manage.py complete_master_keys, and build the app with its new "
            "configuration text.",
            id="enrollment_server.W040",
        )


def _without_phones() -> Iterator[checks.CheckMessage]:
    """Look at what applications allow, where protocol 3 is not admitted."""
    if minimum_version.admits_generation(choice.THREE.number):
        return
    configured = ApplicationConfig.objects.filter(key=ALGORITHMS).order_by("application_id")
    for application_id in configured.values_list("application_id", flat=True):
        try:
            allowed = allowed_suites.of(application_id)
        except SecretUnreadable:
            continue
        if not allowed:
            yield checks.Warning(
                f"The application {application_id!r} allows no suite of protocol 4.0 that this "
                "server can do, and POWERAUTH_MINIMUM_PROTOCOL_VERSION refuses protocol 3.x: no "
                "phone can be activated.",
                hint=f"Change {ALGORITHMS} of the application.",
                id="enrollment_server.W043",
            )
