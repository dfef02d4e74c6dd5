"""What the methods tell about a callback: integration-api.md 11.1."""

from typing import Annotated, TypedDict

from enrollment_server.api.contract.shapes import Shape, one_of
from powerauth import models
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_authentication import Authentication
from powerauth.integration.inputs import durations
from powerauth.models import CallbackType

_Store = Annotated[
    str | None, Shape("A PEM or PKCS#12 file of the server, below its folder CALLBACK_FILES_DIR.")
]

_Content = Annotated[bool, Shape("Always false: stores are files.")]


class CallbackCertificate(TypedDict):
    """A client certificate, and whom to trust."""

    enabled: bool
    useCustomKeyStore: bool
    keyStoreLocation: _Store
    keyStoreContentSet: _Content
    keyStorePasswordSet: bool
    keyAlias: str | None
    keyPasswordSet: bool
    useCustomTrustStore: bool
    trustStoreLocation: _Store
    trustStoreContentSet: _Content
    trustStorePasswordSet: bool


class CallbackHttpBasic(TypedDict):
    """A user name and a password."""

    enabled: bool
    username: str | None
    passwordSet: bool


class CallbackOAuth2(TypedDict):
    """A client of an authorization server."""

    enabled: bool
    tokenUri: str | None
    clientId: str | None
    clientSecretSet: bool
    scope: str | None


class CallbackAuthentication(TypedDict):
    """Secrets are not told, only whether there are any."""

    certificate: CallbackCertificate
    httpBasic: CallbackHttpBasic
    oauth2: CallbackOAuth2


class Callback(TypedDict):
    """A callback without its secrets, with the settings where it has no value of its own."""

    id: str
    applicationId: str
    name: str
    type: Annotated[str, one_of(*(kind.value for kind in CallbackType))]
    callbackUrl: str
    attributes: list[Annotated[str, Shape("A member of the payload that is sent.")]]
    authentication: CallbackAuthentication
    retentionPeriod: Annotated[str, Shape("How long delivered events are kept.")]
    initialBackoff: Annotated[str, Shape("The pause after the first failure.")]
    maxAttempts: int


class NewCallback(Callback):
    """A new callback with its signing secret."""

    signingSecret: Annotated[str, Shape("The key of the signatures of requests; shown this once.")]


class CallbackList(TypedDict):
    """The enabled callbacks of an application."""

    callbackUrlList: list[Callback]


class DisabledCallback(TypedDict):
    """A callback that is disabled."""

    id: str
    removed: Annotated[bool, Shape("Whether there is such a callback.")]


def callback_answer(callback: models.Callback) -> Callback:
    """Give a callback as lists show it."""
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


def _shown(authentication: Authentication) -> CallbackAuthentication:
    certificate = authentication.certificate
    http_basic = authentication.http_basic
    oauth2 = authentication.oauth2
    return {
        "certificate": {
            "enabled": certificate.enabled,
            "useCustomKeyStore": certificate.use_custom_key_store,
            "keyStoreLocation": certificate.key_store_location,
            "keyStoreContentSet": False,
            "keyStorePasswordSet": certificate.key_store_password is not None,
            "keyAlias": certificate.key_alias,
            "keyPasswordSet": certificate.key_password is not None,
            "useCustomTrustStore": certificate.use_custom_trust_store,
            "trustStoreLocation": certificate.trust_store_location,
            "trustStoreContentSet": False,
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
