"""Callbacks of applications: integration-api.md 11.1."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from powerauth.engine.audit.audited_kinds import CALLBACK
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_authentication import (
    Authentication,
    Certificate,
    HttpBasic,
    OAuth2,
)
from powerauth.engine.callbacks.callback_move import CredentialsNeeded
from powerauth.engine.callbacks.callbacks import Configuration
from powerauth.integration import durations
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import Duration, EnumField, Flag, Number, Text, TextList
from powerauth.integration.validation import at_least, check, not_blank, not_null
from powerauth.models import Callback, CallbackType


class CertificateInput(Input):
    """A client certificate, and whom to trust."""

    enabled = Flag()
    use_custom_key_store = Flag()
    key_store_location = Text()
    key_store_password = Text()
    key_alias = Text()
    key_password = Text()
    use_custom_trust_store = Flag()
    trust_store_location = Text()
    trust_store_password = Text()


class HttpBasicInput(Input):
    """A user name and a password."""

    enabled = Flag()
    username = Text()
    password = Text()


class OAuth2Input(Input):
    """A client of an authorization server."""

    enabled = Flag()
    token_uri = Text()
    client_id = Text()
    client_secret = Text()
    scope = Text()


class AuthenticationInput(Input):
    """All ways to authenticate."""

    certificate = CertificateInput(required=False, allow_null=True, default=None)
    http_basic = HttpBasicInput(required=False, allow_null=True, default=None)
    oauth2 = OAuth2Input(required=False, allow_null=True, default=None)


class CallbackInput(Input):
    """A new callback."""

    application_id = Text()
    name = Text()
    type = EnumField(CallbackType)
    callback_url = Text()
    attributes = TextList()
    authentication = AuthenticationInput(required=False, allow_null=True, default=None)
    retention_period = Duration()
    initial_backoff = Duration()
    max_attempts = Number()


class CallbackUpdateInput(CallbackInput):
    """A callback that is configured anew."""

    id = Text()


class ApplicationInput(Input):
    """Whose callbacks."""

    application_id = Text()


class CallbackIdInput(Input):
    """Which callback."""

    id = Text()


_CREDENTIALS = {
    ("certificate", "key_store_password"): "authentication.certificate.keyStorePassword",
    ("certificate", "trust_store_password"): "authentication.certificate.trustStorePassword",
    ("http_basic", "password"): "authentication.httpBasic.password",
    ("oauth2", "client_secret"): "authentication.oauth2.clientSecret",
}
_NOT_KEPT = "must be given again, because scheme, host or port of a URL has changed"


def _check(body: Mapping[str, Any]) -> None:
    """Say what is wrong with the members: integration-api.md 1.3."""
    reasons = {
        "applicationId": not_blank(body["application_id"]),
        "name": not_blank(body["name"]),
        "type": not_null(body["type"]),
        "callbackUrl": not_blank(body["callback_url"]),
        "retentionPeriod": _not_negative(body["retention_period"]),
        "initialBackoff": _not_negative(body["initial_backoff"]),
        "maxAttempts": at_least(body["max_attempts"], 1),
    }
    if "id" in body:
        reasons["id"] = not_blank(body["id"])
    check(reasons)


def _not_negative(duration: timedelta | None) -> str | None:
    if duration is None or duration >= timedelta(0):
        return None
    return "must be longer than or equal to 0 seconds"


def _configuration(body: Mapping[str, Any]) -> Configuration:
    return Configuration(
        name=body["name"],
        type=body["type"],
        url=body["callback_url"],
        attributes=body["attributes"] or [],
        authentication=_authentication(body["authentication"] or {}),
        max_attempts=body["max_attempts"],
        initial_backoff=body["initial_backoff"],
        retention=body["retention_period"],
    )


def _authentication(body: Mapping[str, Any]) -> Authentication:
    return Authentication(
        certificate=Certificate(**_given(body.get("certificate"))),
        http_basic=HttpBasic(**_given(body.get("http_basic"))),
        oauth2=OAuth2(**_given(body.get("oauth2"))),
    )


def _given(members: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (members or {}).items() if value is not None}


def _described(callback: Callback) -> dict[str, Any]:
    """Give a callback without its secrets, with the settings where it has no value of its own."""
    return {
        "id": str(callback.pk),
        "applicationId": callback.application_id,
        "name": callback.name,
        "type": callback.type,
        "callbackUrl": callback.url,
        "attributes": callback.attributes,
        "authentication": _shown(callbacks.authentication_of(callback)),
        "retentionPeriod": durations.to_text(callbacks.retention_of(callback)),
        "initialBackoff": durations.to_text(callbacks.initial_backoff_of(callback)),
        "maxAttempts": callbacks.max_attempts_of(callback),
    }


def _shown(authentication: Authentication) -> dict[str, Any]:
    certificate = authentication.certificate
    http_basic = authentication.http_basic
    oauth2 = authentication.oauth2
    return {
        "certificate": {
            "enabled": certificate.enabled,
            "useCustomKeyStore": certificate.use_custom_key_store,
            "keyStoreLocation": certificate.key_store_location,
            "keyStorePasswordSet": certificate.key_store_password is not None,
            "keyAlias": certificate.key_alias,
            "keyPasswordSet": certificate.key_password is not None,
            "useCustomTrustStore": certificate.use_custom_trust_store,
            "trustStoreLocation": certificate.trust_store_location,
            "trustStorePasswordSet": certificate.trust_store_password is not None,
        },
        "httpBasic": {
            "enabled": http_basic.enabled,
            "username": http_basic.username,
            "passwordSet": http_basic.password is not None,
        },
        "oauth2": {
            "enabled": oauth2.enabled,
            "tokenUri": oauth2.token_uri,
            "clientId": oauth2.client_id,
            "clientSecretSet": oauth2.client_secret is not None,
            "scope": oauth2.scope,
        },
    }


class CreateView(IntegrationView):
    """`application/callback/create`; the only answer with the signing secret."""

    input_class = CallbackInput
    changes = Changes(kind=CALLBACK, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        _check(body)
        made = callbacks.create(body["application_id"], _configuration(body), at=at)
        return {
            **_described(made.callback),
            "signingSecret": callbacks.signing_secret_text(made.signing_secret),
        }


class UpdateView(IntegrationView):
    """`application/callback/update`."""

    input_class = CallbackUpdateInput
    changes = Changes(kind=CALLBACK, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        _check(body)
        try:
            changed = callbacks.update(body["id"], body["application_id"], _configuration(body))
        except CredentialsNeeded as refusal:
            check({_CREDENTIALS[one]: _NOT_KEPT for one in refusal.needed})
            raise
        return _described(changed)


class ListView(IntegrationView):
    """`application/callback/list`."""

    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        found = callbacks.every(body["application_id"])
        return {"callbackUrlList": [_described(one) for one in found]}


class RemoveView(IntegrationView):
    """`application/callback/remove`."""

    input_class = CallbackIdInput
    changes = Changes(kind=CALLBACK, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {"id": body["id"], "removed": callbacks.remove(body["id"])}
