"""What `check --deploy` finds in the database: callbacks that strangers could read."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import Error

from powerauth.engine import callback_authentication
from powerauth.engine.records import SecretUnreadable
from powerauth.models import Callback
from powerauth.oidc.addresses import is_secure


def check_callbacks(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Warn of each enabled callback that goes to another machine without TLS.

    A deployment is checked before it has a database, too; what could not be looked at is told.
    """
    try:
        callbacks = list(Callback.objects.filter(enabled=True))
    except Error as error:
        return [
            checks.Info(
                f"The callbacks could not be looked at ({type(error).__name__}).",
                id="enrollment_server.W010",
            )
        ]
    return [
        checks.Warning(
            f"The callback {callback.name!r} ({callback.pk}) goes to another machine by http: "
            "whoever is between can read and change what the bank is told.",
            id="enrollment_server.W007",
        )
        for callback in callbacks
        if not all(is_secure(url) for url in _urls(callback))
    ]


def _urls(callback: Callback) -> Iterator[str]:
    yield callback.url
    try:
        oauth2 = callback_authentication.of(callback).oauth2
    except SecretUnreadable:
        return
    if oauth2.enabled and oauth2.token_uri:
        yield oauth2.token_uri
