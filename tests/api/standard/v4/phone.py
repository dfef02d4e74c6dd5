"""A phone of protocol 4.0 that reaches the server by HTTP, made of the pure functions alone."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.models import Application
from powerauth.phone.requests.transport import Answer, Server
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import (
    ENCRYPTION_HEADER,
    SIGNATURE_HEADER,
    TOKEN_HEADER,
    EncryptionHeader,
    SignatureHeader,
    TokenHeader,
)
from powerauth.protocol.signed_request import SignatureType, normalize_request, signature_data
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.activation_messages import KeyExchangeResponse
from powerauth.protocol.v4.authentication_code import compute_code, next_counter
from powerauth.protocol.v4.encrypted_messages import EncryptedResponse
from powerauth.protocol.v4.encryption import Envelope
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, SharedSecretResponse
from powerauth.protocol.v4.key_agreement.temporary_key import TemporaryKey
from powerauth.protocol.v4.status_blob import StatusBlob, read_status
from powerauth.protocol.v4.suites import Suite
from powerauth.protocol.v4.token import compute_digest
from tests import wsgi
from tests.engine.generations_four.phone import PK, Phone4, Sealed

NONCE = b64(bytes(16))
AGREEMENTS = {
    "knowledge": ("/password/change", Encryptor.CHANGE_PASSWORD),
    "biometry": ("/biometry/add", Encryptor.ADD_BIOMETRY),
}
"""Path and encryptor by the factor that gets another key."""


def to_bytes(members: object) -> bytes:
    """Write JSON; bytes stay as they are."""
    return members if isinstance(members, bytes) else json.dumps(members).encode()


def opened(envelope: Envelope, answer: Answer) -> Any:
    """Decrypt an answer."""
    assert answer.status == 200, answer.content
    return json.loads(envelope.open_response(EncryptedResponse.parse(answer.json)))


@dataclass(slots=True, kw_only=True)
class WirePhone(Phone4):
    """A phone that sends what `Phone4` computes.

    Args:
        factors: keys in the place of the ones that it began with, by factor.
    """

    server: Server = field(default_factory=lambda: Server(wsgi.BASE_URL, wsgi.session()))
    factors: dict[str, bytes] = field(default_factory=dict)

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Post below `/pa/v4`."""
        return self.server.post(f"/pa/v4{path}", to_bytes(body), headers)

    def asked(self, jwt: object) -> Answer:
        """Ask for a temporary key."""
        return self.post("/keystore/create", {"requestObject": {"jwt": jwt}})

    def ask_temporary_key(self, scope: Scope) -> TemporaryKey:
        """Get a temporary key of a scope."""
        jwt, offer = self.key_request(scope)
        told = self.verified(scope, self.asked(jwt).payload["jwt"])
        self.temporary[scope] = (told.key_id, offer.accept(told.shared_secret))
        return told

    def encryption_header(self, scope: Scope) -> dict[str, str]:
        """Say who encrypts."""
        header = EncryptionHeader(
            application_key=self.version.application_key,
            activation_id=self.activation_id if scope is Scope.ACTIVATION else None,
            version="4.0",
        )
        return {ENCRYPTION_HEADER: header.format()}

    def post_sealed(
        self, path: str, sealed: Sealed, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send an encrypted request under the header of its scope, or other ones."""
        own = self.encryption_header(sealed.call.encryptor.scope)
        return self.post(path, sealed.call.request.to_json(), own if headers is None else headers)

    def layers(self, code: str, **changes: Any) -> tuple[Sealed, Sealed]:
        """Encrypt an activation in its two layers, the outer one first."""
        inner = self.seal(self.offered(**changes), Encryptor.ACTIVATION_LAYER_2)
        order = {
            "type": "CODE",
            "identityAttributes": {"code": code},
            "activationData": inner.call.request.to_json(),
        }
        return self.seal(order, Encryptor.APPLICATION_GENERIC), inner

    def activate(self, code: str, **changes: Any) -> None:
        """Exchange keys over HTTP."""
        outer, inner = self.layers(code, **changes)
        answer = opened(outer.envelope, self.post_sealed("/activation/create", outer))
        sealed = EncryptedResponse.parse(answer["activationData"])
        self.accept(json.loads(inner.envelope.open_response(sealed)))

    def accept(self, answer: object) -> None:
        """Take over the keys of an exchange."""
        response = KeyExchangeResponse.parse(answer)
        self.secret, self.server_keys = self.device.accept(response)
        self.activation_id, self.ctr = response.activation_id or "", response.ctr_data

    def code_header(
        self,
        resource: str,
        body: bytes,
        kind: SignatureType = PK,
        method: str = "POST",
        **replaced: bytes,
    ) -> dict[str, str]:
        """Make a code at the phone's counter, which goes on.

        Args:
            replaced: factor keys in the place of the phone's, by factor.
        """
        first = {"possession": self.keys.possession, "knowledge": self.keys.knowledge}
        known = {**first, "biometry": self.keys.biometry, **self.factors, **replaced}
        base = normalize_request(method, resource, NONCE, body)
        data = signature_data(base, self.version.application_secret)
        code = compute_code(data, keys=[known[each] for each in kind.factors], ctr=self.ctr)
        self.ctr = next_counter(self.ctr)
        header = SignatureHeader(
            activation_id=self.activation_id,
            application_key=self.version.application_key,
            nonce=NONCE,
            signature_type=kind,
            signature=code,
            version="4.0",
        )
        return {SIGNATURE_HEADER: header.format()}

    def post_signed(
        self, path: str, resource: str, body: object, kind: SignatureType = PK, **replaced: bytes
    ) -> Answer:
        """Send a body with a code over it."""
        data = to_bytes(body)
        return self.post(path, data, self.code_header(resource, data, kind, "POST", **replaced))

    def validate(self, kind: SignatureType = PK, **replaced: bytes) -> Answer:
        """Have a code validated."""
        return self.post_signed("/auth/validate", "/pa/auth/validate", {}, kind, **replaced)

    def post_sealed_signed(
        self,
        path: str,
        sealed: Sealed,
        kind: SignatureType = PK,
        headers: Mapping[str, str] | None = None,
        **replaced: bytes,
    ) -> Answer:
        """Send an encrypted body with a code over it, as it travels.

        Args:
            path: below `/pa/v4`, and below `/pa` what the code names.
        """
        body = to_bytes(sealed.call.request.to_json())
        code = self.code_header(f"/pa{path}", body, kind, "POST", **replaced)
        return self.post(path, body, {**code, **(headers or {})})

    def confirm(self, *, enable_biometry: bool = False) -> Answer:
        """Confirm the activation."""
        body = {"requestObject": {"enableBiometry": enable_biometry}}
        return self.post_signed("/activation/confirm", "/pa/activation/confirm", body)

    def new_key(self, factor: str, *, answer_arrives: bool = True) -> bytes:
        """Agree on another key of knowledge or biometry, and use it from now on.

        Args:
            answer_arrives: or else the phone keeps the former one.
        """
        path, encryptor = AGREEMENTS[factor]
        offer = Offer.generate(self.suite)
        sealed = self.seal(offer.request.to_json(), encryptor)
        answer = opened(sealed.envelope, self.post_sealed_signed(path, sealed))
        secret = offer.accept(SharedSecretResponse.parse(answer))
        if answer_arrives:
            self.factors[factor] = secret
        return secret

    def remove_biometry(self) -> Answer:
        """Turn biometry off."""
        kind = SignatureType.POSSESSION
        return self.post_signed("/biometry/remove", "/pa/biometry/remove", b"", kind)

    def status(self) -> StatusBlob:
        """Ask for the status, and check whose counter it is."""
        sealed = self.seal({}, Encryptor.ACTIVATION_GENERIC)
        answer = opened(sealed.envelope, self.post_sealed("/activation/status", sealed))
        return read_status(b64d(answer["activationStatus"]), self.keys)

    def create_token(self, kind: SignatureType = PK) -> tuple[str, bytes]:
        """Give identifier and secret of a new token."""
        sealed = self.seal({}, Encryptor.CREATE_TOKEN)
        answer = opened(sealed.envelope, self.post_sealed_signed("/token/create", sealed, kind))
        return answer["tokenId"], b64d(answer["tokenSecret"])

    def token_header(self, token: tuple[str, bytes], version: str = "4.0") -> dict[str, str]:
        """Make a digest of a token."""
        token_id, secret = token
        nonce, now = secrets.token_bytes(16), milliseconds_of(timezone.now())
        digest = compute_digest(secret=secret, nonce=nonce, timestamp=now)
        header = TokenHeader(
            token_id=token_id, digest=digest, nonce=nonce, timestamp=now, version=version
        )
        return {TOKEN_HEADER: header.format()}


def wire_phone(application: Application, suite: Suite) -> WirePhone:
    """Give a phone of an application, which has not exchanged keys yet."""
    return WirePhone(application=application, suite=suite, device=DeviceExchange.generate(suite))
