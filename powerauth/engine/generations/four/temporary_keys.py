"""Temporary keys: secrets that phone and server agree on. Source: protocol-4.md 22."""

from collections.abc import Collection

from powerauth.engine.applications import master_keys
from powerauth.engine.generations.four import allowed_suites, stored_keys
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol.v4.key_agreement.shared_secret import encapsulate
from powerauth.protocol.v4.key_agreement.temporary_key import (
    TemporaryKey,
    TemporaryKeyRequest,
    sign_response,
    verify_request,
)
from powerauth.protocol.v4.keys import application_temporary_key
from powerauth.protocol.v4.suites import Suite, suite_of


class KeyRequest:
    """See `base.KeyRequest`."""

    def __init__(self, jwt: str) -> None:
        self._jwt = jwt
        self._claims = TemporaryKeyRequest.parse_unverified(jwt)
        self._allowed: Collection[Suite] = ()

    @property
    def application_key(self) -> str:
        return self._claims.application_key

    @property
    def activation_id(self) -> str | None:
        return self._claims.activation_id

    def check(self, version: ApplicationVersion, activation: Activation | None) -> None:
        verify_request(self._jwt, _mac_key(version, activation))
        name = self._claims.shared_secret.algorithm
        if activation is None:
            self._allowed = (allowed_suites.chosen(name, version.application_id),)
        else:
            self._allowed = (suite_of(name, (stored_keys.suite(activation),)),)

    def agree(self) -> "AgreedKey":
        return AgreedKey(self._claims, self._allowed)


class AgreedKey:
    """See `base.AgreedKey`."""

    def __init__(self, claims: TemporaryKeyRequest, allowed: Collection[Suite]) -> None:
        self._claims = claims
        self._suite = suite_of(claims.shared_secret.algorithm, allowed)
        self._response, self.secret = encapsulate(claims.shared_secret, (self._suite,))
        self.suite = self._suite.name

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
            shared_secret=self._response,
            issued_at_ms=issued_at_ms,
            expires_at_ms=expires_at_ms,
        )
        if activation is not None:
            return sign_response(told, stored_keys.signers(activation))
        return sign_response(told, master_keys.signers(version.application_id, self._suite.signing))


def read(jwt: str) -> KeyRequest:
    """See `TemporaryKeys`."""
    return KeyRequest(jwt)


def is_served(activation: Activation) -> bool:
    """See `TemporaryKeys`; the phone of a removed activation still asks for its status."""
    return activation.state != ActivationState.CREATED


def _mac_key(version: ApplicationVersion, activation: Activation | None) -> bytes:
    if activation is None:
        return application_temporary_key(version.application_secret)
    return stored_keys.derived(activation).temporary_key
