"""A PowerAuth Server elsewhere, called by its `/rest/v3` and `/rest/v4`.

The version of what a phone sent says which of the two: integration-api.md 3, column i, and
protocol-4.md 34.2.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.signed_request import SignatureType
from powerauth.remote import activations, applications, encryption, trees, verdicts
from powerauth.values import (
    ACTIVE_ONLY,
    ActivationDetail,
    ActivationFacts,
    EncryptedCall,
    OpenedRequest,
    PreparedActivation,
    SealedResponse,
    SignatureVerdict,
    SignedRequest,
    StatusAnswer,
    TokenVerdict,
    UnlockedVault,
)


class RemoteBackend:
    """Implements `base.PowerAuthBackend`; the time of each decision is the other server's."""

    def verify_signature(
        self,
        signed: SignedRequest,
        *,
        admitted: Collection[str] = ACTIVE_ONLY,
        at: datetime,
    ) -> SignatureVerdict:
        return verdicts.verify_signature(signed, admitted=admitted)

    def verify_token(self, header: TokenHeader, *, at: datetime) -> TokenVerdict:
        return verdicts.verify_token(header)

    def open_request(self, call: EncryptedCall, *, at: datetime) -> OpenedRequest:
        if call.encryptor not in encryption.GENERIC:
            # The upgrade from protocol 2: what needs it is no activation of this server's phones.
            raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
        plaintext, envelope = encryption.open_generic(call)
        return OpenedRequest(
            plaintext=plaintext,
            envelope=envelope,
            activation_id=call.activation_id,
            application_id=partial(applications.id_of, call.application_key),
            activation=partial(_facts_or_none, call),
        )

    def create_temporary_key(self, jwt: str, *, generation: int = 3, at: datetime) -> str:
        return encryption.create_temporary_key(jwt, generation=generation)

    def prepare(
        self,
        *,
        code: str,
        call: EncryptedCall,
        custom_attributes: Mapping[str, Any],
        at: datetime,
    ) -> PreparedActivation:
        # There is no place for custom attributes on the other server.
        return activations.exchange_keys("activation/prepare", call, activationCode=code)

    def create_activation(
        self,
        *,
        user_id: str,
        call: EncryptedCall,
        custom_attributes: Mapping[str, Any],
        expires_at: datetime | None = None,
        max_failed_attempts: int | None = None,
        at: datetime,
    ) -> PreparedActivation:
        return activations.exchange_keys(
            "activation/create",
            call,
            userId=user_id,
            timestampActivationExpire=expires_at,
            maxFailureCount=max_failed_attempts,
        )

    def commit(self, activation_id: str, *, at: datetime) -> ActivationFacts:
        activations.commit(activation_id)
        return activations.facts(activation_id)

    def add_flags(
        self, activation_id: str, added: Iterable[str], *, at: datetime
    ) -> ActivationFacts:
        activations.add_flags(activation_id, list(added))
        return activations.facts(activation_id)

    def configuration(self, application_id: str, key: str) -> list[Any]:
        return applications.configuration(application_id, key)

    def status(self, activation_id: str, challenge: bytes | None, *, at: datetime) -> StatusAnswer:
        return activations.status(activation_id, challenge)

    def detail(self, activation_id: str, *, at: datetime) -> ActivationDetail:
        return activations.detail(activation_id)

    def rename(
        self, activation_id: str, *, name: str, user_id: str, at: datetime
    ) -> ActivationDetail:
        return activations.rename(activation_id, name=name, user_id=user_id)

    def remove(self, activation_id: str, *, at: datetime) -> None:
        activations.remove(activation_id)

    def create_token(
        self, call: EncryptedCall, signature_type: SignatureType, *, at: datetime
    ) -> SealedResponse:
        return encryption.create_token(call, signature_type)

    def remove_token(self, token_id: str, *, activation_id: str, at: datetime) -> bool:
        return encryption.remove_token(token_id, activation_id=activation_id)

    def unlock_vault(
        self, call: EncryptedCall, signed: SignedRequest, *, at: datetime
    ) -> UnlockedVault:
        return encryption.unlock_vault(call, signed)

    def exchanged_status(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        return activations.exchanged_status(call, timestamp=milliseconds_of(at))

    def allowed_suites(self, application_key: str | None) -> Sequence[str]:
        return applications.allowed_suites(application_key)

    def confirm(self, activation_id: str, *, enable_biometry: bool, at: datetime) -> None:
        activations.confirm(activation_id, enable_biometry=enable_biometry)

    def change_password(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        return encryption.change_factor("password/change", call)

    def add_biometry(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        return encryption.change_factor("biometry/add", call)

    def remove_biometry(self, activation_id: str, *, at: datetime) -> None:
        activations.remove_biometry(activation_id)

    def start_upgrade(
        self, activation_id: str, call: EncryptedCall, *, at: datetime
    ) -> SealedResponse:
        return encryption.start_upgrade(call, activation_id=activation_id)

    def confirm_upgrade(self, activation_id: str, application_key: str, *, at: datetime) -> None:
        activations.confirm_upgrade(activation_id, application_key)


def _facts_or_none(call: EncryptedCall) -> ActivationFacts | None:
    if call.activation_id is None:
        return None
    return activations.facts(call.activation_id, tree=trees.of_version(call.version))
