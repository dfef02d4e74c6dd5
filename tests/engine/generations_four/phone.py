"""A phone of protocol 4.0 that talks to the engine without HTTP, by the pure functions alone."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from powerauth.engine.activations import activation_init, key_exchange
from powerauth.engine.activations.activation_init import InitRequest
from powerauth.engine.applications import application_config, master_keys
from powerauth.engine.encryption import temporary_keys
from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.engine.generations import four
from powerauth.engine.signatures import signatures
from powerauth.engine.storage import records
from powerauth.models import Activation, Application, ApplicationConfig, CommitPhase
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.signed_request import SignatureType, normalize_request, signature_data
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.activation_messages import KeyExchangeResponse, PublicKeys
from powerauth.protocol.v4.authentication_code import compute_code, next_counter
from powerauth.protocol.v4.encrypted_messages import EncryptedResponse
from powerauth.protocol.v4.encryption import EncryptionContext, Envelope, seal_request
from powerauth.protocol.v4.factor_keys import FactorKeys
from powerauth.protocol.v4.key_agreement import temporary_key
from powerauth.protocol.v4.key_agreement.shared_secret import Offer
from powerauth.protocol.v4.key_agreement.temporary_key import TemporaryKey, TemporaryKeyRequest
from powerauth.protocol.v4.keys import ActivationKeys, application_temporary_key
from powerauth.protocol.v4.suites import Suite
from powerauth.values import EncryptedCall, SealedResponse, SignatureVerdict, SignedRequest

PK = SignatureType.POSSESSION_KNOWLEDGE
PB = SignatureType.POSSESSION_BIOMETRY
PKB = SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY
BODY = b"{}"


def configure(application: Application, key: str, values: list[Any]) -> None:
    """Set what an application is configured with."""
    place = application_config.PLACE(application.id, key)
    record = records.seal(json.dumps(values).encode(), place)
    ApplicationConfig.objects.update_or_create(
        application=application, key=key, defaults={"record": record}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An encrypted request, and what opens its answer."""

    call: EncryptedCall
    envelope: Envelope

    def answer(self, response: SealedResponse | None) -> Any:
        """Decrypt an answer."""
        assert isinstance(response, EncryptedResponse)
        return json.loads(self.envelope.open_response(response))


@dataclass(slots=True, kw_only=True)
class Phone4:
    """A phone with the keys that it would store.

    Args:
        temporary: identifier and secret of the temporary key of each scope.
    """

    application: Application
    suite: Suite
    device: DeviceExchange
    activation_id: str = ""
    server_keys: PublicKeys | None = None
    secret: bytes = bytes(32)
    ctr: bytes = b""
    biometry: bool = False
    temporary: dict[Scope, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def version(self) -> Any:
        """The one version of the application."""
        return self.application.versions.get()

    @property
    def keys(self) -> ActivationKeys:
        return ActivationKeys(self.secret)

    @property
    def row(self) -> Activation:
        """The activation as it is in the database."""
        return Activation.objects.get(pk=self.activation_id)

    def key_request(self, scope: Scope, suite: Suite | None = None) -> tuple[str, Offer]:
        """Sign a request for a temporary key."""
        offer = Offer.generate(suite or self.suite)
        in_activation = scope is Scope.ACTIVATION
        request = TemporaryKeyRequest(
            application_key=self.version.application_key,
            activation_id=self.activation_id if in_activation else None,
            challenge="challenge",
            shared_secret=offer.request,
        )
        return temporary_key.sign_request(request, key=self.mac_key(scope)), offer

    def mac_key(self, scope: Scope) -> bytes:
        """Give what signs requests for temporary keys."""
        if scope is Scope.ACTIVATION:
            return self.keys.temporary_key
        return application_temporary_key(self.version.application_secret)

    def verified(self, scope: Scope, answer: str) -> TemporaryKey:
        """Check the signatures of an announced temporary key."""
        if scope is Scope.ACTIVATION and self.server_keys is not None:
            verifiers = self.server_keys.by_algorithm(self.suite)
        else:
            verifiers = [
                (each, master_keys.public_key(self.application.id, each))
                for each in self.suite.signing
            ]
        return temporary_key.verify_response(answer, verifiers)

    def ask_temporary_key(self, scope: Scope) -> TemporaryKey:
        """Get a temporary key of a scope."""
        jwt, offer = self.key_request(scope)
        text = temporary_keys.create(jwt, generation=four.GENERATION, at=timezone.now())
        told = self.verified(scope, text)
        self.temporary[scope] = (told.key_id, offer.accept(told.shared_secret))
        return told

    def seal(
        self, payload: object, encryptor: Encryptor, *, at: datetime | None = None, **other: Any
    ) -> Sealed:
        """Encrypt a payload.

        Args:
            other: members of the context that are not as they should be.
        """
        if encryptor.scope not in self.temporary:
            self.ask_temporary_key(encryptor.scope)
        key_id, key = self.temporary[encryptor.scope]
        activation_id = self.activation_id if encryptor.scope is Scope.ACTIVATION else None
        context = {
            "encryptor": encryptor,
            "application_key": self.version.application_key,
            "application_secret": self.version.application_secret,
            "activation_id": activation_id,
            "shared_info2_key": self.keys.shared_info2 if activation_id else None,
        }
        request, envelope = seal_request(
            json.dumps(payload).encode(),
            context=EncryptionContext(**{**context, **other}),
            key=key,
            temporary_key_id=key_id,
            timestamp=milliseconds_of(at or timezone.now()),
        )
        call = EncryptedCall(
            request=request,
            encryptor=encryptor,
            version="4.0",
            application_key=self.version.application_key,
            activation_id=activation_id,
        )
        return Sealed(call=call, envelope=envelope)

    def begin(self, **init: Any) -> str:
        """Let the bank begin an activation, and give its code."""
        init.setdefault("commit_phase", CommitPhase.ON_KEY_EXCHANGE)
        request = InitRequest(user_id="alice", application_id=self.application.id, **init)
        return activation_init.init(request, at=timezone.now()).activation_code

    def offered(self, **changes: Any) -> dict[str, object]:
        """Give layer 2 of an activation, with members that are not as they should be."""
        return {**self.device.request.to_json(), "activationName": "phone", **changes}

    def activate(self, code: str, **changes: Any) -> None:
        """Exchange keys."""
        sealed = self.seal(self.offered(**changes), Encryptor.ACTIVATION_LAYER_2)
        prepared = key_exchange.prepare(
            code=code, call=sealed.call, custom_attributes={}, at=timezone.now()
        )
        response = KeyExchangeResponse.parse(sealed.answer(prepared.response))
        self.secret, self.server_keys = self.device.accept(response)
        self.activation_id, self.ctr = response.activation_id or "", response.ctr_data

    def factor_keys(self) -> FactorKeys:
        """Give the keys that the phone began with."""
        return FactorKeys.initial(self.keys).confirmed(enable_biometry=self.biometry)

    def signed(
        self, kind: SignatureType = PK, *, resource: str = "/operation", **replaced: bytes
    ) -> SignedRequest:
        """Make a code at the phone's counter, which goes on.

        Args:
            replaced: factor keys in the place of the first ones, by factor.
        """
        first = {"possession": self.keys.possession, "knowledge": self.keys.knowledge}
        known = {**first, "biometry": self.keys.biometry, **replaced}
        base = normalize_request("POST", resource, b64(bytes(16)), BODY)
        data = signature_data(base, self.version.application_secret)
        code = compute_code(data, keys=[known[each] for each in kind.factors], ctr=self.ctr)
        self.ctr = next_counter(self.ctr)
        return SignedRequest(
            activation_id=self.activation_id,
            application_key=self.version.application_key,
            signature=code,
            signature_type=kind,
            version="4.0",
            bases=[base],
        )

    def sign(self, kind: SignatureType = PK, **replaced: bytes) -> SignatureVerdict:
        """Let the engine verify a code."""
        request = self.signed(kind, resource="/operation", **replaced)
        return signatures.verify_online(request, at=timezone.now())


def new_phone(application: Application, suite: Suite) -> Phone4:
    """Give a phone of an application, which has not exchanged keys yet."""
    return Phone4(application=application, suite=suite, device=DeviceExchange.generate(suite))
