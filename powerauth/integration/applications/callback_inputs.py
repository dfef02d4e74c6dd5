"""How callbacks are to be configured: integration-api.md 11.1."""

from collections.abc import Mapping
from typing import Any

from powerauth.engine.callbacks.callback_authentication import (
    Authentication,
    Certificate,
    HttpBasic,
    OAuth2,
)
from powerauth.engine.callbacks.callbacks import Configuration
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.inputs.base import Input, wire_name
from powerauth.integration.inputs.fields import EnumField, Flag, Number, Text, TextList
from powerauth.integration.inputs.times import Duration
from powerauth.models import CallbackType
from powerauth.rules import invalid

IN_FILES = "must be null: stores are files of the server"


class CertificateInput(Input):
    """A client certificate, and whom to trust."""

    enabled = Flag()
    use_custom_key_store = Flag()
    key_store_location = Text()
    key_store_content = Text()
    key_store_password = Text()
    key_alias = Text()
    key_password = Text()
    use_custom_trust_store = Flag()
    trust_store_location = Text()
    trust_store_content = Text()
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
    """All ways to authenticate; line 2.x writes `oAuth2` for `oauth2` (protocol-4.md 34.4)."""

    certificate = CertificateInput(required=False, allow_null=True, default=None)
    http_basic = HttpBasicInput(required=False, allow_null=True, default=None)
    oauth2 = OAuth2Input(required=False, allow_null=True, default=None)
    o_auth2 = OAuth2Input(required=False, allow_null=True, default=None)


class CallbackInput(ApplicationInput):
    """A new callback."""

    name = Text(needed=True)
    type = EnumField(CallbackType, needed=True)
    callback_url = Text(needed=True)
    attributes = TextList()
    authentication = AuthenticationInput(required=False, allow_null=True, default=None)
    retention_period = Duration()
    initial_backoff = Duration()
    max_attempts = Number()


class CallbackUpdateInput(CallbackInput):
    """A callback that is configured anew."""

    id = Text(needed=True)


class CallbackIdInput(Input):
    """Which callback."""

    id = Text(needed=True)


def configuration_of(body: Mapping[str, Any]) -> Configuration:
    """Give the configuration that a request asks for."""
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
    oauth2, spelt_anew = body.get("oauth2"), body.get("o_auth2")
    if oauth2 is not None and spelt_anew is not None:
        raise invalid("authentication.oAuth2", "must not be there beside oauth2")
    return Authentication(
        certificate=_certificate(_given(body.get("certificate"))),
        http_basic=HttpBasic(**_given(body.get("http_basic"))),
        oauth2=OAuth2(**_given(oauth2 or spelt_anew)),
    )


def _certificate(members: dict[str, Any]) -> Certificate:
    """Give a certificate whose stores are files of the server, as all stores are.

    Raises:
        EngineRefusal: INVALID_REQUEST for the content of a store, which would be left out.
    """
    for store in ("key_store", "trust_store"):
        if members.pop(f"{store}_content", None) is not None:
            member = wire_name(f"{store}_content")
            raise invalid(f"authentication.certificate.{member}", IN_FILES)
    return Certificate(**members)


def _given(members: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (members or {}).items() if value is not None}
