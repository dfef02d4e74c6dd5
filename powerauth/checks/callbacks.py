"""Callbacks that strangers can read, or that fail: what `check --deploy` finds in the database."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import Error

from powerauth.callbacks import store_files
from powerauth.callbacks.store_files import StoreRefused
from powerauth.engine.callbacks import callback_authentication
from powerauth.engine.callbacks.callback_authentication import Authentication, Certificate
from powerauth.engine.storage.records import SecretUnreadable
from powerauth.models import Callback
from powerauth.oidc.addresses import is_secure


def check_callbacks(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Warn of each enabled callback that goes to another machine without TLS, or lacks a store.

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
    return [warning for callback in callbacks for warning in _of(callback)]


def _of(callback: Callback) -> Iterator[checks.CheckMessage]:
    try:
        authentication = callback_authentication.of(callback)
    except SecretUnreadable:
        authentication = Authentication()
    named = f"The callback {callback.name!r} ({callback.pk})"
    if not all(is_secure(url) for url in _urls(callback, authentication)):
        yield checks.Warning(
            f"{named} goes to another machine by http: whoever is between can read and change "
            "what the bank is told.",
            id="enrollment_server.W007",
        )
    for store, location in _stores(authentication.certificate):
        try:
            store_files.stamp(location)
        except StoreRefused as refusal:
            yield checks.Warning(
                f"{named} names a {store} that cannot be used here: {refusal}. Its worker needs "
                "it below CALLBACK_FILES_DIR.",
                id="enrollment_server.W023",
            )


def _urls(callback: Callback, authentication: Authentication) -> Iterator[str]:
    yield callback.url
    oauth2 = authentication.oauth2
    if oauth2.enabled and oauth2.token_uri:
        yield oauth2.token_uri


def _stores(certificate: Certificate) -> Iterator[tuple[str, str | None]]:
    if certificate.enabled and certificate.use_custom_key_store:
        yield "key store", certificate.key_store_location
    if certificate.enabled and certificate.use_custom_trust_store:
        yield "trust store", certificate.trust_store_location
