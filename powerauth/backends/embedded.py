"""The PowerAuth Server inside this process: the engine on our own database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from powerauth.engine.activations import (
    activation_status,
    activations,
    flags,
    key_exchange,
    lifecycle,
)
from powerauth.engine.activations.key_exchange import CreateRequest
from powerauth.engine.applications import application_config, applications
from powerauth.engine.encryption import encryption, temporary_keys
from powerauth.engine.factors import biometry, password
from powerauth.engine.factors import confirmation as factor_confirmation
from powerauth.engine.generations import choice
from powerauth.engine.generations.four import allowed_suites
from powerauth.engine.signatures import signatures, tokens, vault
from powerauth.engine.upgrades import confirmation, start
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.suites import available_suites
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


class EmbeddedBackend:
    """Implements `base.PowerAuthBackend`."""

    def verify_signature(
        self,
        signed: SignedRequest,
        *,
        admitted: Collection[str] = ACTIVE_ONLY,
        at: datetime,
    ) -> SignatureVerdict:
        states = activations.ONLY_ACTIVE
        if admitted is not ACTIVE_ONLY:
            states = frozenset(ActivationState[name] for name in admitted)
        return signatures.verify_online(signed, at=at, admitted=states)

    def verify_token(self, header: TokenHeader, *, at: datetime) -> TokenVerdict:
        return tokens.validate(header, at=at)

    def open_request(self, call: EncryptedCall, *, at: datetime) -> OpenedRequest:
        opened = encryption.open_call(call, at=at)
        activation = opened.activation
        return OpenedRequest(
            plaintext=opened.plaintext,
            envelope=opened.envelope,
            activation_id=call.activation_id,
            application_id=lambda: opened.version.application_id,
            activation=lambda: activations.facts(activation) if activation else None,
        )

    def create_temporary_key(self, jwt: str, *, generation: int = 3, at: datetime) -> str:
        return temporary_keys.create(jwt, generation=choice.GENERATIONS[generation], at=at)

    def prepare(
        self,
        *,
        code: str,
        call: EncryptedCall,
        custom_attributes: Mapping[str, Any],
        at: datetime,
    ) -> PreparedActivation:
        return key_exchange.prepare(
            code=code, call=call, custom_attributes=custom_attributes, at=at
        )

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
        request = CreateRequest(
            user_id=user_id,
            call=call,
            expires_at=expires_at,
            max_failed_attempts=max_failed_attempts,
            custom_attributes=custom_attributes,
        )
        return key_exchange.create(request, at=at)

    def commit(self, activation_id: str, *, at: datetime) -> ActivationFacts:
        return activations.facts(lifecycle.commit(activation_id, at=at))

    def add_flags(
        self, activation_id: str, added: Iterable[str], *, at: datetime
    ) -> ActivationFacts:
        return activations.facts(flags.add(activation_id, list(added)))

    def configuration(self, application_id: str, key: str) -> list[Any]:
        return application_config.values_of(application_id, key)

    def status(self, activation_id: str, challenge: bytes | None, *, at: datetime) -> StatusAnswer:
        return activation_status.answer(activation_status.current(activation_id, at=at), challenge)

    def detail(self, activation_id: str, *, at: datetime) -> ActivationDetail:
        activation = activation_status.current(activation_id, at=at)
        if activation is None:
            raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
        return _detail(activation)

    def rename(
        self, activation_id: str, *, name: str, user_id: str, at: datetime
    ) -> ActivationDetail:
        # The history of a phone's own change names nobody: standard-rest-api.md 7.4.
        return _detail(lifecycle.rename(activation_id, name=name, at=at))

    def remove(self, activation_id: str, *, at: datetime) -> None:
        lifecycle.remove(activation_id, at=at)

    def create_token(
        self, call: EncryptedCall, signature_type: SignatureType, *, at: datetime
    ) -> SealedResponse:
        return tokens.create(call, signature_type, at=at).response

    def remove_token(self, token_id: str, *, activation_id: str, at: datetime) -> bool:
        return tokens.remove(token_id, activation_id=activation_id)

    def unlock_vault(
        self, call: EncryptedCall, signed: SignedRequest, *, at: datetime
    ) -> UnlockedVault:
        return vault.unlock(call, signed, at=at)

    def exchanged_status(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        return activation_status.exchanged(call, at=at)

    def allowed_suites(self, application_key: str | None) -> Sequence[str]:
        if application_key is None:
            return [suite.name for suite in available_suites()]
        version = applications.supported_version(application_key)
        if version is None:
            raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
        return [suite.name for suite in allowed_suites.of(version.application_id)]

    def confirm(self, activation_id: str, *, enable_biometry: bool, at: datetime) -> None:
        factor_confirmation.confirm(activation_id, enable_biometry=enable_biometry, at=at)

    def change_password(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        return password.change(call, at=at)

    def add_biometry(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        return biometry.add(call, at=at)

    def remove_biometry(self, activation_id: str, *, at: datetime) -> None:
        biometry.remove(activation_id, at=at)

    def start_upgrade(
        self, activation_id: str, call: EncryptedCall, *, at: datetime
    ) -> SealedResponse:
        return start.start(activation_id, call, at=at)

    def confirm_upgrade(self, activation_id: str, application_key: str, *, at: datetime) -> None:
        confirmation.confirm(activation_id, application_key)


def _detail(activation: Activation) -> ActivationDetail:
    return ActivationDetail(activation_id=str(activation.id), name=activation.name)
