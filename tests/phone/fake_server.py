"""A minimal server behind `requests`, made of the protocol core only.

It keeps one application and one activation, which is active from the exchange of keys on. Tests
reach into its attributes, and damage its answers through `tamper`.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from powerauth.protocol.activation_code import generate_activation_code, sign_activation_code
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.headers import EncryptionHeader, SignatureHeader, TokenHeader
from powerauth.protocol.keys import (
    ActivationKeys,
    KeyPair,
    activation_fingerprint,
    derive_activation_keys,
    generate_key_pair,
    master_secret,
)
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v3.encryption import (
    EncryptedRequest,
    EncryptionContext,
    Encryptor,
    Envelope,
    Scope,
    open_request,
)
from powerauth.protocol.v3.signature import (
    canonical_query,
    find_counter,
    normalize_request,
    signature_data,
)
from powerauth.protocol.v3.status_blob import StatusFields, random_status, seal_status
from powerauth.protocol.v3.temporary_key import (
    TemporaryKey,
    TemporaryKeyRequest,
    request_secret,
    sign_response,
    verify_request,
)
from powerauth.protocol.v3.token import verify_digest
from powerauth.protocol.v3.vault import encrypt_vault_key
from powerauth.protocol.v4 import encryption as encryption_4
from powerauth.protocol.v4 import token as token_4
from powerauth.protocol.v4.key_agreement import temporary_key as temporary_key_4
from powerauth.protocol.v4.vault import VaultKey
from powerauth.protocol.versions import GENERATION_3, GENERATION_4, traits_of
from tests.phone.fake_generation_four import Activation4, Application4, exchange_of

BASE_URL = "http://bank.test/context"
LOOK_AHEAD = 20
NOW_MS = 1_700_000_000_000
VALIDITY_MS = 300_000

BOTH = GENERATION_3 | GENERATION_4

AnyEnvelope = Envelope | encryption_4.Envelope
Members = dict[str, Any]
Tamper = Callable[[str, Any], Any]
Handler = Callable[[requests.PreparedRequest, str], object]


class Refused(Exception):
    """The fake server does not like the request."""


@dataclass
class Activation:
    """The activation of the only phone, of protocol 3."""

    device_public_key: bytes
    keys: ActivationKeys
    ctr_data: bytes
    activation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    counter: int = 0
    failed: int = 0
    name: str | None = None


def refusal(code: str, status: int = 400) -> tuple[int, object]:
    """Make the status and the body of an error."""
    return status, {"status": "ERROR", "responseObject": {"code": code, "message": "no"}}


class FakeServer(BaseAdapter):
    """The server; mount it in a session with `session`."""

    def __init__(self, *, now_ms: int = NOW_MS) -> None:
        """Make an application and a code that waits for its phone."""
        super().__init__()
        self.now_ms = now_ms
        self.master = generate_key_pair()
        self.server_keys = generate_key_pair()
        self.of_4 = Application4(b64(b"K" * 16), b64(b"S" * 16))
        self.config = MobileSdkConfig(
            application_key=b"K" * 16,
            application_secret=b"S" * 16,
            master_public_key=self.master.public_key,
            further_master_keys=self.of_4.further_master_keys,
        )
        self.code = generate_activation_code()
        self.qr_text = f"{self.code}#{sign_activation_code(self.master.private_key, self.code)}"
        self.activation: Activation | Activation4 | None = None
        self.upgraded: Activation4 | None = None
        self.upgrade_version = 4
        self.temporary: dict[str, KeyPair] = {}
        self.tokens: dict[str, bytes] = {}
        self.state = 3
        self.redirect: str | None = None
        self.down: dict[str, Exception | None] = {}
        """Paths that refuse, or where no connection comes about."""
        self.user: object = {"sub": "alice"}
        self.seen: list[requests.PreparedRequest] = []
        self.layers: list[Members] = []
        self.tamper: Tamper = lambda _path, body: body
        self.operation: Members = {"id": "op-1", "data": "A1*A100CZK", "status": "PENDING"}
        self.messages: list[Members] = [{"id": "msg-1", "subject": "Hello", "read": False}]

    def session(self) -> requests.Session:
        """Make a session that leads here."""
        session = requests.Session()
        session.mount(BASE_URL, self)
        return session

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer one request."""
        self.seen.append(request)
        path = urlsplit(request.url or "").path.removeprefix("/context")
        failure = self.down.get(str(path))
        if failure is not None:
            raise failure
        try:
            if path in self.down:
                raise Refused
            status, body = 200, self.routes()[str(path)](request, str(path))
        except (Refused, ProtocolError):
            status, body = refusal("ERR_AUTHENTICATION", 401)
        response = requests.Response()
        response.status_code = status
        response._content = json.dumps(self.tamper(str(path), body)).encode()
        if self.redirect is not None:
            response.status_code, response.headers["Location"] = 308, self.redirect
        response.request, response.url = request, request.url or ""
        return response

    def close(self) -> None:
        """Nothing to close."""

    def routes(self) -> Mapping[str, Handler]:
        """Map paths to handlers."""
        validate_4 = self.signed("/pa/auth/validate", lambda _: None)
        of_4: dict[str, Handler] = {
            "/pa/v4/status": self.time,
            "/pa/v4/keystore/create": self.keystore,
            "/pa/v4/activation/create": self.create,
            "/pa/v4/activation/confirm": self.signed("/pa/activation/confirm", self.confirm),
            "/pa/v4/activation/status": self.status_4,
            "/pa/v4/activation/detail": self.detail,
            "/pa/v4/activation/rename": self.rename,
            "/pa/v4/activation/remove": self.signed("/pa/activation/remove", self.own_id),
            "/pa/v4/token/create": self.create_token,
            "/pa/v4/token/remove": self.signed("/pa/token/remove", self.echo_token),
            "/pa/v4/vault/unlock": self.vault,
            "/pa/v4/auth/validate": validate_4,
            "/pa/v4/user/info": self.user_info,
            "/pa/v4/password/change": self.change_password,
            "/pa/v4/biometry/add": self.add_biometry,
            "/pa/v4/biometry/remove": self.signed("/pa/biometry/remove", self.remove_biometry),
            "/pa/v4/upgrade/start": self.start_upgrade,
            "/pa/v4/upgrade/confirm": self.confirm_upgrade,
        }
        operation = "/api/auth/token/app/operation"
        register, inbox = "/api/push/device/register", "/api/inbox"
        return {
            **of_4,
            "/pa/v3/status": self.time,
            "/pa/v3/keystore/create": self.keystore,
            "/pa/v3/activation/create": self.create,
            "/pa/v3/activation/status": self.status,
            "/pa/v3/activation/detail": self.detail,
            "/pa/v3/activation/rename": self.rename,
            "/pa/v3/activation/remove": self.signed("/pa/activation/remove", self.own_id),
            "/pa/v3/token/create": self.create_token,
            "/pa/v3/token/remove": self.signed("/pa/token/remove", self.echo_token),
            "/pa/v3/vault/unlock": self.vault,
            "/pa/v3/signature/validate": self.signed("/pa/signature/validate", lambda _: None),
            "/pa/v3/user/info": self.user_info,
            f"{operation}/list": self.with_token(lambda _: [self.operation]),
            f"{operation}/detail": self.with_token(lambda _: self.operation),
            f"{operation}/detail/claim": self.with_token(lambda _: self.operation),
            f"{operation}/history": self.signed("/operation/history", lambda _: [self.operation]),
            f"{operation}/authorize": self.signed("/operation/authorize", lambda _: None),
            f"{operation}/cancel": self.signed("/operation/cancel", lambda _: None),
            register: self.signed(register, lambda _: None),
            f"{register}/token": self.with_token(lambda _: None),
            f"{inbox}/count": self.with_token(lambda _: {"countUnread": len(self.messages)}),
            f"{inbox}/message/list": self.with_token(self.page_of_messages),
            f"{inbox}/message/detail": self.with_token(
                lambda _: {**self.messages[0], "body": "Good\nmorning"}
            ),
            f"{inbox}/message/read": self.with_token(lambda _: None),
            f"{inbox}/message/read-all": self.with_token(lambda _: None),
        }

    @property
    def mine(self) -> Activation | Activation4:
        """The activation; a request without one is refused."""
        if self.activation is None:
            raise Refused
        return self.activation

    @property
    def mine_3(self) -> Activation:
        """The activation of protocol 3; a request without one is refused."""
        if not isinstance(self.activation, Activation):
            raise Refused
        return self.activation

    @property
    def mine_4(self) -> Activation4:
        """The activation of protocol 4.0; a request without one is refused."""
        if not isinstance(self.activation, Activation4):
            raise Refused
        return self.activation

    def time(self, _request: requests.PreparedRequest, _path: str) -> object:
        """Tell the time."""
        return wrapped({"serverTime": self.now_ms})

    def keystore(self, request: requests.PreparedRequest, path: str) -> object:
        """Create a temporary key."""
        jwt = json.loads(raw(request))["requestObject"]["jwt"]
        if path.startswith("/pa/v4"):
            scope = temporary_key_4.TemporaryKeyRequest.parse_unverified(jwt).activation_id
            mine = None if scope is None else self.mine_4
            return wrapped({"jwt": self.of_4.create_key(jwt, mine, self.now_ms)})
        asked = TemporaryKeyRequest.parse_unverified(jwt)
        own = None if asked.activation_id is None else self.mine_3
        secret = b64(self.config.application_secret)
        verify_request(jwt, request_secret(secret, own.keys.transport if own else None))
        pair, key_id = generate_key_pair(), str(uuid.uuid4())
        self.temporary[key_id] = pair
        key = TemporaryKey(
            key_id=key_id,
            application_key=asked.application_key,
            activation_id=asked.activation_id,
            challenge=asked.challenge,
            public_key=pair.public_key,
            issued_at_ms=self.now_ms,
            expires_at_ms=self.now_ms + VALIDITY_MS,
        )
        signer = self.server_keys if own else self.master
        return wrapped({"jwt": sign_response(key, signer.private_key)})

    def create(self, request: requests.PreparedRequest, _path: str) -> object:
        """Exchange keys."""
        version = self.encrypted_in(request)
        plaintext, outer = self.open(raw(request), version, Encryptor.APPLICATION_GENERIC)
        layer_1 = json.loads(plaintext)
        inner_body = json.dumps(layer_1["activationData"]).encode()
        plaintext, inner = self.open(inner_body, version, Encryptor.ACTIVATION_LAYER_2)
        layer_2 = json.loads(plaintext)
        self.layers = [layer_1, layer_2]
        if layer_1["identityAttributes"] != {"code": self.code}:
            raise Refused
        answer = self.enrol_4(layer_2) if version == "4.0" else self.enrol_3(layer_2)
        sealed = self.sealed(inner, self.tamper("layer 2", answer))
        custom = layer_1.get("customAttributes", {})
        return self.sealed(outer, {"activationData": sealed, "customAttributes": custom})

    def enrol_3(self, layer_2: Members) -> Members:
        """Make an activation of protocol 3."""
        device_key = b64d(layer_2["devicePublicKey"])
        secret = master_secret(self.server_keys.private_key, device_key)
        self.activation = Activation(
            device_public_key=device_key, keys=derive_activation_keys(secret), ctr_data=b"C" * 16
        )
        return {
            "activationId": self.mine.activation_id,
            "serverPublicKey": b64(self.server_keys.public_key),
            "ctrData": b64(self.mine.ctr_data),
        }

    def enrol_4(self, layer_2: Members) -> Members:
        """Make an activation of protocol 4.0."""
        own = self.activation = Activation4(exchange_of(layer_2))
        return own.exchange.response(own.activation_id).to_json()

    def status_4(self, request: requests.PreparedRequest, _path: str) -> object:
        """Tell the status in protocol 4.0."""
        version = self.encrypted_in(request)
        _, envelope = self.open(raw(request), version, Encryptor.ACTIVATION_GENERIC)
        blob = self.tamper("blob", self.mine_4.status(self.state))
        return self.sealed(envelope, {"activationStatus": b64(blob)})

    def confirm(self, request: requests.PreparedRequest) -> object:
        """Take the confirmation of the phone."""
        if not self.mine_4.confirmation_pending:
            raise Refused
        asked = json.loads(raw(request))["requestObject"]
        self.mine_4.confirm(enable_biometry=asked["enableBiometry"])
        return None

    def change_password(self, request: requests.PreparedRequest, _path: str) -> object:
        """Agree on a knowledge key."""
        answer, envelope, secret = self.agree(
            request, "/pa/password/change", Encryptor.CHANGE_PASSWORD
        )
        self.mine_4.factors = self.mine_4.factors.with_pending_knowledge(secret)
        return self.sealed(envelope, answer)

    def add_biometry(self, request: requests.PreparedRequest, _path: str) -> object:
        """Agree on a biometry key."""
        answer, envelope, secret = self.agree(request, "/pa/biometry/add", Encryptor.ADD_BIOMETRY)
        self.mine_4.factors = self.mine_4.factors.with_biometry(secret)
        return self.sealed(envelope, answer)

    def agree(
        self, request: requests.PreparedRequest, resource_id: str, encryptor: Encryptor
    ) -> tuple[object, AnyEnvelope, bytes]:
        """Agree on the key of a factor."""
        version = self.check_signature(request, resource_id, raw(request))
        plaintext, envelope = self.open(raw(request), version, encryptor)
        answer, secret = self.mine_4.agree(plaintext)
        return self.tamper("agreement", answer), envelope, secret

    def remove_biometry(self, _request: requests.PreparedRequest) -> object:
        """Turn biometry off."""
        self.mine_4.factors = self.mine_4.factors.without_biometry()
        return None

    def start_upgrade(self, request: requests.PreparedRequest, _path: str) -> object:
        """Exchange the keys of protocol 4.0 beside those of 3."""
        assert self.encrypted_in(request) == "4.0"
        assert self.check_signature(request, "/pa/upgrade/start", raw(request)) == "3.3"
        plaintext, envelope = self.open(raw(request), "4.0", Encryptor.UPGRADE_START)
        asked = json.loads(plaintext)
        self.upgraded = Activation4(exchange_of(asked), self.mine_3.activation_id)
        self.upgraded.confirm(enable_biometry=asked["enableBiometry"])
        answer = self.upgraded.exchange.response(None).to_json()
        return self.sealed(envelope, self.tamper("upgrade", answer))

    def confirm_upgrade(self, request: requests.PreparedRequest, path: str) -> object:
        """Take the keys of protocol 4.0 in the place of those of 3."""
        before = self.activation
        self.activation = self.upgraded
        try:
            return self.signed("/pa/upgrade/confirm", lambda _: None)(request, path)
        except Refused:
            self.activation = before
            raise

    def encrypted_in(self, request: requests.PreparedRequest) -> str:
        """Give the version of an encrypted request."""
        value = header(request, "X-PowerAuth-Encryption")
        return EncryptionHeader.parse(value, BOTH).version

    def status(self, request: requests.PreparedRequest, _path: str) -> object:
        """Tell the status."""
        asked = json.loads(raw(request))["requestObject"]
        challenge = b64d(asked["challenge"]) if "challenge" in asked else None
        if isinstance(self.activation, Activation4):
            noise, nonce = random_status(challenge)
            answer = {"activationId": asked["activationId"], "encryptedStatusBlob": b64(noise)}
            return wrapped(answer if nonce is None else {**answer, "nonce": b64(nonce)})
        fields = StatusFields(
            state=self.state,
            failed_attempts=self.mine.failed,
            max_failed_attempts=5,
            look_ahead=LOOK_AHEAD,
            counter=self.mine.counter,
            upgrade_version=self.upgrade_version,
        )
        blob, nonce = seal_status(
            fields,
            transport_key=self.mine_3.keys.transport,
            ctr_data=self.mine_3.ctr_data,
            challenge=challenge,
        )
        answer = {"activationId": asked["activationId"], "encryptedStatusBlob": b64(blob)}
        return wrapped(answer if nonce is None else {**answer, "nonce": b64(nonce)})

    def create_token(self, request: requests.PreparedRequest, _path: str) -> object:
        """Create a token."""
        version = self.check_signature(request, "/pa/token/create", raw(request))
        _, envelope = self.open(raw(request), version, Encryptor.CREATE_TOKEN)
        token_id = str(uuid.uuid4())
        secret = self.tokens[token_id] = b"T" * (32 if version == "4.0" else 16)
        return self.sealed(envelope, {"tokenId": token_id, "tokenSecret": b64(secret)})

    def vault(self, request: requests.PreparedRequest, _path: str) -> object:
        """Give out the vault key."""
        version = self.check_signature(request, "/pa/vault/unlock", raw(request))
        plaintext, envelope = self.open(raw(request), version, Encryptor.VAULT_UNLOCK)
        self.layers = [json.loads(plaintext)]
        if version == "4.0":
            key = VaultKey.parse(self.layers[0]["keyIdentifier"]).of(self.mine_4.keys)
            return self.sealed(envelope, self.tamper("vault", {"vaultEncryptionKey": b64(key)}))
        encrypted = encrypt_vault_key(self.mine_3.keys)
        return self.sealed(envelope, {"encryptedVaultEncryptionKey": b64(encrypted)})

    def user_info(self, request: requests.PreparedRequest, _path: str) -> object:
        """Tell about the user."""
        version = self.encrypted_in(request)
        _, envelope = self.open(raw(request), version, Encryptor.ACTIVATION_GENERIC)
        return self.sealed(envelope, self.user)

    def detail(self, request: requests.PreparedRequest, _path: str) -> object:
        """Tell about the activation."""
        self.check_token(request)
        version = self.encrypted_in(request)
        _, envelope = self.open(raw(request), version, Encryptor.ACTIVATION_GENERIC)
        return self.sealed(envelope, self.about())

    def rename(self, request: requests.PreparedRequest, _path: str) -> object:
        """Rename the activation."""
        value = header(request, "X-PowerAuth-Authorization")
        version = SignatureHeader.parse(value, BOTH).version
        plaintext, envelope = self.open(raw(request), version, Encryptor.ACTIVATION_GENERIC)
        self.check_signature(request, "/pa/activation/rename", plaintext)
        self.mine.name = json.loads(plaintext)["activationName"]
        return self.sealed(envelope, self.about())

    def about(self) -> object:
        """Describe the activation."""
        payload = {"activationId": self.mine.activation_id, "activationName": self.mine.name}
        return wrapped(payload)

    def fingerprint(self) -> str:
        """Give the digits that the bank shows."""
        own = self.mine
        if isinstance(own, Activation4):
            return own.fingerprint()
        return activation_fingerprint(
            own.device_public_key, own.activation_id, self.server_keys.public_key
        )

    def own_id(self, _request: requests.PreparedRequest) -> object:
        """Name the activation."""
        return {"activationId": self.mine.activation_id}

    def echo_token(self, request: requests.PreparedRequest) -> object:
        """Remove a token."""
        token_id = json.loads(raw(request))["requestObject"]["tokenId"]
        self.tokens.pop(token_id, None)
        return {"tokenId": token_id}

    def page_of_messages(self, request: requests.PreparedRequest) -> object:
        """Give the part of the messages that is asked for."""
        asked = json.loads(raw(request))["requestObject"]
        start = asked["page"] * asked["size"]
        return self.messages[start : start + asked["size"]]

    def signed(
        self, resource_id: str, answer: Callable[[requests.PreparedRequest], object]
    ) -> Handler:
        """Make a handler that checks a plain signature first."""

        def handle(request: requests.PreparedRequest, _path: str) -> object:
            query = urlsplit(request.url or "").query
            get = request.method == "GET"
            self.check_signature(
                request, resource_id, canonical_query(str(query)) if get else raw(request)
            )
            return wrapped(answer(request))

        return handle

    def with_token(self, answer: Callable[[requests.PreparedRequest], object]) -> Handler:
        """Make a handler that checks a token first."""

        def handle(request: requests.PreparedRequest, _path: str) -> object:
            self.check_token(request)
            return wrapped(answer(request))

        return handle

    def check_token(self, request: requests.PreparedRequest) -> None:
        """Refuse a wrong token."""
        parsed = TokenHeader.parse(header(request, "X-PowerAuth-Token"), BOTH)
        secret = self.tokens.get(parsed.token_id)
        if secret is None or not self.is_digest(parsed, secret):
            raise Refused

    def is_digest(self, parsed: TokenHeader, secret: bytes) -> bool:
        """Compare the digest of a token."""
        used = {"secret": secret, "nonce": parsed.nonce}
        if parsed.version == "4.0":
            return token_4.verify_digest(parsed.digest, **used, timestamp=parsed.timestamp)
        return verify_digest(
            parsed.digest, **used, timestamp=parsed.timestamp, version=parsed.version
        )

    def check_signature(
        self, request: requests.PreparedRequest, resource_id: str, body: bytes
    ) -> str:
        """Refuse a wrong signature, else move the counter and return the version."""
        parsed = SignatureHeader.parse(header(request, "X-PowerAuth-Authorization"), BOTH)
        base = normalize_request(str(request.method), resource_id, parsed.nonce, body)
        data = signature_data(base, b64(self.config.application_secret))
        if parsed.version == "4.0":
            match = self.mine_4.find(parsed.signature, (data, parsed.signature_type))
        else:
            match = find_counter(
                parsed.signature,
                [(data, parsed.signature_type)],
                keys=self.mine_3.keys,
                ctr=self.mine_3.ctr_data,
                fmt=traits_of(parsed.version).signature_format,
                look_ahead=LOOK_AHEAD,
            )
        if match is None or parsed.activation_id != self.mine.activation_id:
            self.mine.failed += 1
            raise Refused
        self.mine.failed = 0
        self.mine.counter += match.steps
        self.mine.ctr_data = match.ctr_data
        return parsed.version

    def open(self, body: bytes, version: str, encryptor: Encryptor) -> tuple[bytes, AnyEnvelope]:
        """Decrypt a request."""
        if version == "4.0":
            mine = self.mine_4 if encryptor.scope is Scope.ACTIVATION else None
            return self.of_4.open(json.loads(body), encryptor, mine)
        request = EncryptedRequest.parse(json.loads(body), version)
        own = self.mine_3 if encryptor.scope is Scope.ACTIVATION else None
        context = EncryptionContext(
            version=version,
            encryptor=encryptor,
            application_key=b64(self.config.application_key),
            application_secret=b64(self.config.application_secret),
            activation_id=own.activation_id if own else None,
            transport_key=own.keys.transport if own else None,
        )
        recipient = self.server_keys if own else self.master
        if request.temporary_key_id is not None:
            recipient = self.temporary[request.temporary_key_id]
        return open_request(request, context=context, recipient_private_key=recipient.private_key)

    def sealed(self, envelope: AnyEnvelope, payload: object) -> Members:
        """Encrypt an answer."""
        plaintext = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return envelope.seal_response(plaintext, timestamp=self.now_ms).to_json()


def wrapped(payload: object) -> object:
    """Wrap a plain payload."""
    return {"status": "OK"} if payload is None else {"status": "OK", "responseObject": payload}


def raw(request: requests.PreparedRequest) -> bytes:
    """Return the body as it was sent."""
    body = request.body or b""
    return body if isinstance(body, bytes) else body.encode()


def header(request: requests.PreparedRequest, name: str) -> str:
    """Return a header; a request without it is refused."""
    value = request.headers.get(name)
    if value is None:
        raise Refused
    return value
