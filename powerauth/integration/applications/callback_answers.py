"""What the methods tell about a callback: integration-api.md 11.1."""

from typing import Any

from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_authentication import Authentication
from powerauth.integration import durations
from powerauth.models import Callback


def callback_answer(callback: Callback) -> dict[str, Any]:
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
