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
from powerauth.protocol.keys import (
    ActivationKeys,
    KeyPair,
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
from powerauth.protocol.v3.headers import EncryptionHeader, SignatureHeader, TokenHeader
from powerauth.protocol.v3.signature import (
    canonical_query,
    find_counter,
    normalize_request,
    signature_data,
)
from powerauth.protocol.v3.status_blob import StatusFields, seal_status
from powerauth.protocol.v3.temporary_key import (
    TemporaryKey,
    TemporaryKeyRequest,
    request_secret,
    sign_response,
    verify_request,
)
from powerauth.protocol.v3.token import verify_digest
from powerauth.protocol.v3.vault import encrypt_vault_key
from powerauth.protocol.versions import traits_of

BASE_URL = "http://bank.test/context"
LOOK_AHEAD = 20
NOW_MS = 1_700_000_000_000
VALIDITY_MS = 300_000

Members = dict[str, Any]
Tamper = Callable[[str, Any], Any]
Handler = Callable[[requests.PreparedRequest, str], object]


class Refused(Exception):
    """The fake server does not like the request."""


@dataclass
class Activation:
    """The activation of the only phone."""

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
        self.config = MobileSdkConfig(
            application_key=b"K" * 16,
            application_secret=b"S" * 16,
            master_public_key=self.master.public_key,
        )
        self.code = generate_activation_code()
        self.qr_text = f"{self.code}#{sign_activation_code(self.master.private_key, self.code)}"
        self.activation: Activation | None = None
        self.temporary: dict[str, KeyPair] = {}
        self.tokens: dict[str, bytes] = {}
        self.state = 3
        self.redirect: str | None = None
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
        try:
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
        operation = "/api/auth/token/app/operation"
        register, inbox = "/api/push/device/register", "/api/inbox"
        return {
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
    def mine(self) -> Activation:
        """The activation; a request without one is refused."""
        if self.activation is None:
            raise Refused
        return self.activation

    def time(self, _request: requests.PreparedRequest, _path: str) -> object:
        """Tell the time."""
        return wrapped({"serverTime": self.now_ms})

    def keystore(self, request: requests.PreparedRequest, _path: str) -> object:
        """Create a temporary key."""
        jwt = json.loads(raw(request))["requestObject"]["jwt"]
        asked = TemporaryKeyRequest.parse_unverified(jwt)
        own = None if asked.activation_id is None else self.mine
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
        version = EncryptionHeader.parse(header(request, "X-PowerAuth-Encryption")).version
        plaintext, outer = self.open(raw(request), version, Encryptor.APPLICATION_GENERIC)
        layer_1 = json.loads(plaintext)
        inner_body = json.dumps(layer_1["activationData"]).encode()
        plaintext, inner = self.open(inner_body, version, Encryptor.ACTIVATION_LAYER_2)
        layer_2 = json.loads(plaintext)
        self.layers = [layer_1, layer_2]
        if layer_1["identityAttributes"] != {"code": self.code}:
            raise Refused
        device_key = b64d(layer_2["devicePublicKey"])
        secret = master_secret(self.server_keys.private_key, device_key)
        self.activation = Activation(
            device_public_key=device_key, keys=derive_activation_keys(secret), ctr_data=b"C" * 16
        )
        answer = {
            "activationId": self.mine.activation_id,
            "serverPublicKey": b64(self.server_keys.public_key),
            "ctrData": b64(self.mine.ctr_data),
        }
        sealed = self.sealed(inner, self.tamper("layer 2", answer))
        custom = layer_1.get("customAttributes", {})
        return self.sealed(outer, {"activationData": sealed, "customAttributes": custom})

    def status(self, request: requests.PreparedRequest, _path: str) -> object:
        """Tell the status."""
        asked = json.loads(raw(request))["requestObject"]
        challenge = b64d(asked["challenge"]) if "challenge" in asked else None
        fields = StatusFields(
            state=self.state,
            failed_attempts=self.mine.failed,
            max_failed_attempts=5,
            look_ahead=LOOK_AHEAD,
            counter=self.mine.counter,
        )
        blob, nonce = seal_status(
            fields,
            transport_key=self.mine.keys.transport,
            ctr_data=self.mine.ctr_data,
            challenge=challenge,
        )
        answer = {"activationId": asked["activationId"], "encryptedStatusBlob": b64(blob)}
        return wrapped(answer if nonce is None else {**answer, "nonce": b64(nonce)})

    def create_token(self, request: requests.PreparedRequest, _path: str) -> object:
        """Create a token."""
        version = self.check_signature(request, "/pa/token/create", raw(request))
        _, envelope = self.open(raw(request), version, Encryptor.CREATE_TOKEN)
        token_id = str(uuid.uuid4())
        self.tokens[token_id] = b"T" * 16
        return self.sealed(envelope, {"tokenId": token_id, "tokenSecret": b64(b"T" * 16)})

    def vault(self, request: requests.PreparedRequest, _path: str) -> object:
        """Give out the vault key."""
        version = self.check_signature(request, "/pa/vault/unlock", raw(request))
        plaintext, envelope = self.open(raw(request), version, Encryptor.VAULT_UNLOCK)
        self.layers = [json.loads(plaintext)]
        return self.sealed(
            envelope, {"encryptedVaultEncryptionKey": b64(encrypt_vault_key(self.mine.keys))}
        )

    def user_info(self, request: requests.PreparedRequest, _path: str) -> object:
        """Tell about the user."""
        version = EncryptionHeader.parse(header(request, "X-PowerAuth-Encryption")).version
        _, envelope = self.open(raw(request), version, Encryptor.ACTIVATION_GENERIC)
        return self.sealed(envelope, self.user)

    def detail(self, request: requests.PreparedRequest, _path: str) -> object:
        """Tell about the activation."""
        self.check_token(request)
        version = EncryptionHeader.parse(header(request, "X-PowerAuth-Encryption")).version
        _, envelope = self.open(raw(request), version, Encryptor.ACTIVATION_GENERIC)
        return self.sealed(envelope, self.about())

    def rename(self, request: requests.PreparedRequest, _path: str) -> object:
        """Rename the activation."""
        version = SignatureHeader.parse(header(request, "X-PowerAuth-Authorization")).version
        plaintext, envelope = self.open(raw(request), version, Encryptor.ACTIVATION_GENERIC)
        self.check_signature(request, "/pa/activation/rename", plaintext)
        self.mine.name = json.loads(plaintext)["activationName"]
        return self.sealed(envelope, self.about())

    def about(self) -> object:
        """Describe the activation."""
        payload = {"activationId": self.mine.activation_id, "activationName": self.mine.name}
        return wrapped(payload)

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
        parsed = TokenHeader.parse(header(request, "X-PowerAuth-Token"))
        secret = self.tokens.get(parsed.token_id)
        if secret is None or not verify_digest(
            parsed.digest,
            secret=secret,
            nonce=parsed.nonce,
            timestamp=parsed.timestamp,
            version=parsed.version,
        ):
            raise Refused

    def check_signature(
        self, request: requests.PreparedRequest, resource_id: str, body: bytes
    ) -> str:
        """Refuse a wrong signature, else move the counter and return the version."""
        parsed = SignatureHeader.parse(header(request, "X-PowerAuth-Authorization"))
        base = normalize_request(str(request.method), resource_id, parsed.nonce, body)
        data = signature_data(base, b64(self.config.application_secret))
        match = find_counter(
            parsed.signature,
            [(data, parsed.signature_type)],
            keys=self.mine.keys,
            ctr=self.mine.ctr_data,
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

    def open(self, body: bytes, version: str, encryptor: Encryptor) -> tuple[bytes, Envelope]:
        """Decrypt a request."""
        request = EncryptedRequest.parse(json.loads(body), version)
        own = self.mine if encryptor.scope is Scope.ACTIVATION else None
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

    def sealed(self, envelope: Envelope, payload: object) -> Members:
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
