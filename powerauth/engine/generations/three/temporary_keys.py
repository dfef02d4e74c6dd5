"""Temporary keys: key pairs whose private half the server keeps. Source: protocol.md 6."""

from powerauth.engine.applications import master_keys
from powerauth.engine.generations.three import stored_keys
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol import keys as p256
from powerauth.protocol.v3.temporary_key import (
    TemporaryKey,
    TemporaryKeyRequest,
    request_secret,
    sign_response,
    verify_request,
)


class KeyRequest:
    """See `base.KeyRequest`."""

    def __init__(self, jwt: str) -> None:
        self._jwt = jwt
        self._claims = TemporaryKeyRequest.parse_unverified(jwt)

    @property
    def application_key(self) -> str:
        return self._claims.application_key

    @property
    def activation_id(self) -> str | None:
        return self._claims.activation_id

    def check(self, version: ApplicationVersion, activation: Activation | None) -> None:
        transport_key = stored_keys.derived(activation).transport if activation else None
        verify_request(self._jwt, request_secret(version.application_secret, transport_key))

    def agree(self) -> "AgreedKey":
        return AgreedKey(self._claims)


class AgreedKey:
    """See `base.AgreedKey`."""

    def __init__(self, claims: TemporaryKeyRequest) -> None:
        self._claims = claims
        self._pair = p256.generate_key_pair()
        self.suite = stored_keys.SUITE
        self.secret = self._pair.private_key

    def answer(
        self,
        *,
        key_id: str,
        issued_at_ms: int,
        expires_at_ms: int,
        version: ApplicationVersion,
        activation: Activation | None,
    ) -> str:
        told = TemporaryKey(
            key_id=key_id,
            application_key=self._claims.application_key,
            activation_id=self._claims.activation_id,
            challenge=self._claims.challenge,
            public_key=self._pair.public_key,
            issued_at_ms=issued_at_ms,
            expires_at_ms=expires_at_ms,
        )
        if activation is not None:
            return sign_response(told, stored_keys.server_private(activation))
        return sign_response(told, master_keys.pair(version.application_id).private_key)


def read(jwt: str) -> KeyRequest:
    """See `TemporaryKeys`."""
    return KeyRequest(jwt)


def is_served(activation: Activation) -> bool:
    """See `TemporaryKeys`; a blocked activation still asks for its status."""
    return activation.state in (ActivationState.ACTIVE, ActivationState.BLOCKED)
