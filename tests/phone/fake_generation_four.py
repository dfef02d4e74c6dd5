"""What the fake server does in protocol 4.0, made of the protocol core only."""

import json
import uuid
from dataclasses import dataclass, field

from powerauth.protocol.curves import KeyPair
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.signed_request import CounterMatch, SignatureType
from powerauth.protocol.v4.activation import ServerExchange, fingerprint
from powerauth.protocol.v4.activation_messages import KeyExchangeRequest, PublicKeys
from powerauth.protocol.v4.authentication_code import find_counter
from powerauth.protocol.v4.encrypted_messages import EncryptedRequest
from powerauth.protocol.v4.encryption import EncryptionContext, Envelope, open_request
from powerauth.protocol.v4.factor_keys import FactorKeys
from powerauth.protocol.v4.key_agreement.shared_secret import (
    SharedSecretRequest,
    encapsulate,
)
from powerauth.protocol.v4.key_agreement.temporary_key import (
    TemporaryKey,
    TemporaryKeyRequest,
    sign_response,
    verify_request,
)
from powerauth.protocol.v4.keys import ActivationKeys, application_temporary_key
from powerauth.protocol.v4.primitives.signing import (
    ECDSA_P384,
    MLDSA_65,
    MLDSA_87,
    SigningAlgorithm,
)
from powerauth.protocol.v4.status_blob import StatusFields, build_status
from powerauth.protocol.v4.suites import Suite

LOOK_AHEAD = 20
VALIDITY_MS = 300_000


@dataclass
class Activation4:
    """The activation of a phone of protocol 4.0."""

    exchange: ServerExchange
    activation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    counter: int = 0
    failed: int = 0
    name: str | None = None
    confirmation_pending: bool = True

    def __post_init__(self) -> None:
        """Begin with the keys of the exchange."""
        self.ctr_data = self.exchange.ctr_data
        self.factors = FactorKeys.initial(self.keys)

    @property
    def keys(self) -> ActivationKeys:
        """All keys."""
        return ActivationKeys(self.exchange.activation_secret)

    @property
    def suite(self) -> Suite:
        """The suite."""
        return self.exchange.suite

    @property
    def server_keys(self) -> PublicKeys:
        """The server's public keys."""
        return PublicKeys.of(self.exchange.server_pairs)

    def fingerprint(self) -> str:
        """Give the digits that the bank shows."""
        return fingerprint(
            self.suite,
            device_keys=self.exchange.device_keys,
            activation_id=self.activation_id,
            server_keys=self.server_keys,
        )

    def signers(self) -> list[tuple[SigningAlgorithm, bytes]]:
        """Give the server's private keys by algorithm."""
        keys = (pair.private_key for pair in self.exchange.server_pairs)
        return list(zip(self.suite.signing, keys, strict=True))

    def find(self, code: str, candidate: tuple[bytes, SignatureType]) -> CounterMatch | None:
        """Compare a code."""
        match = find_counter(
            code,
            [candidate],
            keys=self.factors,
            ctr=self.ctr_data,
            look_ahead=LOOK_AHEAD,
        )
        if match is not None:
            self.factors = self.factors.after(match)
        return match

    def confirm(self, *, enable_biometry: bool) -> None:
        """Take the confirmation of the phone."""
        self.factors = self.factors.confirmed(enable_biometry=enable_biometry)
        self.confirmation_pending = False

    def agree(self, plaintext: bytes) -> tuple[object, bytes]:
        """Make a new key of a factor."""
        request = SharedSecretRequest.parse(json.loads(plaintext))
        response, secret = encapsulate(request, (self.suite,))
        return response.to_json(), secret

    def status(self, state: int) -> bytes:
        """Write the status."""
        fields = StatusFields(
            state=state,
            counter=self.counter,
            failed_attempts=self.failed,
            max_failed_attempts=5,
            look_ahead=LOOK_AHEAD,
            confirmation_pending=self.confirmation_pending,
            upgrade_pending=False,
            suite_not_allowed=False,
            biometry_enabled=self.factors.biometry_enabled,
        )
        return build_status(fields, keys=self.keys, ctr_data=self.ctr_data)


@dataclass
class Application4:
    """What the application has for phones of protocol 4.0."""

    application_key: str
    application_secret: str
    master: dict[SigningAlgorithm, KeyPair] = field(
        default_factory=lambda: {
            algorithm: algorithm.generate_key_pair()
            for algorithm in (ECDSA_P384, MLDSA_65, MLDSA_87)
        }
    )
    temporary: dict[str, bytes] = field(default_factory=dict)

    @property
    def further_master_keys(self) -> dict[int, bytes]:
        """Public keys as the configuration numbers them."""
        return {alg.configuration_id: pair.public_key for alg, pair in self.master.items()}

    def create_key(self, jwt: str, own: Activation4 | None, now_ms: int) -> str:
        """Make a temporary key; give the signed answer."""
        mac_key = application_temporary_key(self.application_secret)
        asked = verify_request(jwt, mac_key if own is None else own.keys.temporary_key)
        shared, secret = encapsulate(asked.shared_secret)
        key = TemporaryKey(
            key_id=str(uuid.uuid4()),
            application_key=asked.application_key,
            activation_id=asked.activation_id,
            challenge=asked.challenge,
            shared_secret=shared,
            issued_at_ms=now_ms,
            expires_at_ms=now_ms + VALIDITY_MS,
        )
        self.temporary[key.key_id] = secret
        return sign_response(key, self.signers(asked) if own is None else own.signers())

    def signers(self, asked: TemporaryKeyRequest) -> list[tuple[SigningAlgorithm, bytes]]:
        """Give the master keys of a suite."""
        level = {"EC_P384_ML_L3": [MLDSA_65], "EC_P384_ML_L5": [MLDSA_87]}
        algorithms = [ECDSA_P384, *level.get(asked.shared_secret.algorithm, [])]
        return [(each, self.master[each].private_key) for each in algorithms]

    def open(
        self, members: object, encryptor: Encryptor, own: Activation4 | None
    ) -> tuple[bytes, Envelope]:
        """Decrypt a request."""
        request = EncryptedRequest.parse(members)
        inside = own if encryptor.scope is Scope.ACTIVATION else None
        context = EncryptionContext(
            encryptor=encryptor,
            application_key=self.application_key,
            application_secret=self.application_secret,
            activation_id=None if inside is None else inside.activation_id,
            shared_info2_key=None if inside is None else inside.keys.shared_info2,
        )
        return open_request(request, context=context, key=self.temporary[request.temporary_key_id])


def exchange_of(members: object) -> ServerExchange:
    """Answer an exchange of keys."""
    return ServerExchange.answer(KeyExchangeRequest.parse(members))
