"""`ecies/decryptor` and `keystore/*`: integration-api.md 9.1, 9.2 and 9.5, protocol.md 5 and 6.

A caller decrypts and encrypts with what it got, and never knows the application secret.
"""

import uuid
from typing import Any

import pytest
import requests
from django.utils import timezone

from powerauth.engine.applications import applications
from powerauth.models import (
    Activation,
    ActivationState,
    MasterKeyPair,
    TemporaryKey,
)
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.encryption import (
    EncryptedRequest,
    EncryptionContext,
    Encryptor,
    Envelope,
    Scope,
)
from powerauth.protocol.v3.envelope import EnvelopeKey
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER
from powerauth.protocol.v3.temporary_key import (
    TemporaryKeyRequest,
    request_secret,
    sign_request,
    verify_response,
)
from powerauth.protocol.versions import traits_of
from tests.api.integration.back_end import ok, refused
from tests.api.integration.phone_calls import sealed
from tests.api.standard.wire import to_bytes
from tests.bank import VERSIONS_OF_3, Bank

PATH = "ecies/decryptor"
APPLICATION = Encryptor.APPLICATION_GENERIC
ACTIVATION = Encryptor.ACTIVATION_GENERIC
SCOPES = [APPLICATION, ACTIVATION]
CONTENT = ("encryptedData", "mac")
MEMBERS = {"temporaryKeyId", "ephemeralPublicKey", "nonce", "timestamp"}


def asking(
    phone: Phone, encryptor: Encryptor, plaintext: bytes = b"{}"
) -> tuple[dict[str, Any], EncryptedRequest, Envelope]:
    """Give what the back end asks with, the phone's request, and what opens the answer."""
    members, envelope = sealed(phone, encryptor, plaintext)
    request = EncryptedRequest.parse(members, phone.version)
    given = {name: value for name, value in members.items() if name not in CONTENT}
    if encryptor.scope is Scope.ACTIVATION:
        given["activationId"] = phone.activation_id
    return given, request, envelope


def received(given: dict[str, Any], request: EncryptedRequest, answer: Any) -> Envelope:
    """Put together the envelope as the back end can."""
    key = b64d(answer["secretKey"], size=48)
    activation_id = given.get("activationId")
    context = EncryptionContext(
        version=given["protocolVersion"],
        encryptor=APPLICATION if activation_id is None else ACTIVATION,
        application_key=given["applicationKey"],
        application_secret="",
        activation_id=activation_id,
        transport_key=bytes(16),
    )
    return Envelope(
        key=EnvelopeKey(enc=key[:16], mac=key[16:32], iv=key[32:]),
        traits=traits_of(given["protocolVersion"]),
        shared_info2_base=b64d(answer["sharedInfo2"], size=32),
        associated_data=context.associated_data(given.get("temporaryKeyId")),
        request_nonce=request.nonce,
    )


@pytest.mark.parametrize("version", VERSIONS_OF_3)
@pytest.mark.parametrize("encryptor", SCOPES)
def test_caller_decrypts_and_encrypts(
    http: requests.Session, bank: Bank, version: str, encryptor: Encryptor
) -> None:
    phone = bank.phone("alice", version=version)
    given, request, of_phone = asking(phone, encryptor, b"from the phone")
    answer = ok(http, PATH, **given)
    assert set(answer) == {"secretKey", "sharedInfo2"}
    envelope = received(given, request, answer)
    plaintext = envelope.key.open(
        request.encrypted_data,
        mac=request.mac,
        nonce=request.nonce,
        shared_info2=envelope.request_shared_info2(request),
    )
    assert plaintext == b"from the phone"
    response = envelope.seal_response(b"from the bank", timestamp=phone.time_ms())
    assert phone.open_answer(response.to_json(), of_phone) == b"from the bank"


@pytest.mark.parametrize("version", VERSIONS_OF_3)
@pytest.mark.parametrize("encryptor", SCOPES)
def test_twice(http: requests.Session, bank: Bank, version: str, encryptor: Encryptor) -> None:
    """Requests before 3.2 carry nothing to tell the second time by."""
    phone = bank.phone("alice", version=version)
    given, _, _ = asking(phone, encryptor)
    first = ok(http, PATH, **given)
    if version in ("3.0", "3.1"):
        assert ok(http, PATH, **given) == first
    else:
        assert refused(http, PATH, **given) == "ERR0024"


@pytest.mark.parametrize("version", ["3.2", "3.3"])
def test_request_that_this_server_has_opened(
    http: requests.Session, bank: Bank, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    members, _ = sealed(phone, ACTIVATION)
    header = phone.encryption_header(Scope.ACTIVATION).format()
    body = {name: members[name] for name in members if name in MEMBERS or name in CONTENT}
    answer = phone.server.post("/pa/v3/user/info", to_bytes(body), {ENCRYPTION_HEADER: header})
    assert answer.status == 200
    given = {name: members[name] for name in members if name not in CONTENT}
    assert refused(http, PATH, **given, activationId=phone.activation_id) == "ERR0024"


@pytest.mark.parametrize("version", ["3.2", "3.3"])
@pytest.mark.parametrize("encryptor", SCOPES)
@pytest.mark.parametrize(
    ("shift", "good"), [(-7_190, True), (-7_210, False), (50, True), (70, False)]
)
def test_time(
    http: requests.Session, bank: Bank, version: str, encryptor: Encryptor, shift: int, good: bool
) -> None:
    phone = bank.phone("alice", version=version)
    given, _, _ = asking(phone, encryptor)
    given["timestamp"] += shift * 1000
    if good:
        assert ok(http, PATH, **given)["secretKey"]
    else:
        assert refused(http, PATH, **given) == "ERR0024"


@pytest.mark.parametrize("encryptor", SCOPES)
@pytest.mark.parametrize("member", ["applicationKey", "ephemeralPublicKey"])
def test_missing_member(
    http: requests.Session, alice: Phone, encryptor: Encryptor, member: str
) -> None:
    given, _, _ = asking(alice, encryptor)
    assert refused(http, PATH, **{**given, member: None}) == "ERR0024"


@pytest.mark.parametrize("encryptor", SCOPES)
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ephemeralPublicKey", b64(bytes(33))),
        ("ephemeralPublicKey", b64(bytes(5))),
        ("nonce", None),
        ("nonce", b64(bytes(15))),
        ("timestamp", None),
        ("timestamp", -1),
        ("protocolVersion", None),
        ("protocolVersion", "2.1"),
        ("protocolVersion", "3.2"),
        ("protocolVersion", "3.0"),
        ("temporaryKeyId", None),
        ("temporaryKeyId", "x"),
    ],
)
def test_unusable_parameters(
    http: requests.Session, alice: Phone, encryptor: Encryptor, member: str, value: object
) -> None:
    given, _, _ = asking(alice, encryptor)
    assert refused(http, PATH, **{**given, member: value}) == "ERR0018"


@pytest.mark.parametrize(("member", "value"), [("nonce", "!"), ("ephemeralPublicKey", "A")])
def test_no_base64(http: requests.Session, alice: Phone, member: str, value: str) -> None:
    given, _, _ = asking(alice, ACTIVATION)
    assert refused(http, PATH, **{**given, member: value}) == "ERR0024"


def test_order_in_application_scope(http: requests.Session, bank: Bank, alice: Phone) -> None:
    given, _, _ = asking(alice, APPLICATION)
    no_key = {**given, "temporaryKeyId": alice.activation_id}
    late = {**given, "timestamp": 0}
    applications.set_supported(bank.application.id, "default", supported=False)
    assert refused(http, PATH, **late) == "ERR0015"
    assert refused(http, PATH, **{**late, "applicationKey": "x"}) == "ERR0015"
    applications.set_supported(bank.application.id, "default", supported=True)
    assert refused(http, PATH, **{**no_key, "timestamp": 0}) == "ERR0024"
    assert refused(http, PATH, **no_key) == "ERR0045"
    # What was refused for its key stays remembered.
    assert refused(http, PATH, **given) == "ERR0024"


@pytest.mark.parametrize("state", ["CREATED", "PENDING_COMMIT", "BLOCKED", "REMOVED"])
def test_order_in_activation_scope(
    http: requests.Session, bank: Bank, alice: Phone, mallory: Phone, state: str
) -> None:
    def fresh() -> dict[str, Any]:
        return asking(alice, ACTIVATION)[0]

    unknown = {"activationId": "unknown", "timestamp": 0}
    assert refused(http, PATH, **{**fresh(), **unknown}) == "ERR0009"
    for key in ("x", mallory.application_key):
        wrong = {"applicationKey": key, "temporaryKeyId": alice.activation_id}
        assert refused(http, PATH, **{**fresh(), **wrong}) == "ERR0015"
    no_key = {"temporaryKeyId": alice.activation_id}
    assert refused(http, PATH, **{**fresh(), **no_key}) == "ERR0045"
    given = {**fresh(), "applicationKey": "x"}
    Activation.objects.filter(id=alice.activation_id).update(state=ActivationState[state])
    assert refused(http, PATH, **{**given, "timestamp": 0}) == "ERR0024"
    assert refused(http, PATH, **given) == "ERR0008"
    assert refused(http, PATH, **given) == "ERR0024"


def test_temporary_key_of_another_scope(http: requests.Session, alice: Phone, bob: Phone) -> None:
    of_application, _, _ = asking(alice, APPLICATION)
    of_activation, _, _ = asking(alice, ACTIVATION)
    assert refused(http, PATH, **{**of_application, "activationId": alice.activation_id}) == (
        "ERR0045"
    )
    assert refused(http, PATH, **{**of_activation, "activationId": None}) == "ERR0045"
    other, _, _ = asking(alice, ACTIVATION)
    assert refused(http, PATH, **{**other, "activationId": bob.activation_id}) == "ERR0045"


def test_no_master_key_pair(http: requests.Session, bank: Bank) -> None:
    phone = bank.phone("alice", version="3.2")
    given, _, _ = asking(phone, APPLICATION)
    MasterKeyPair.objects.all().delete()
    assert refused(http, PATH, **given) == "ERR0003"


def key_request(phone: Phone, scope: Scope, **changes: Any) -> str:
    inside = scope is Scope.ACTIVATION
    secret = request_secret(
        phone.application_secret, phone.enrolment_3.transport_key if inside else None
    )
    values = {
        "application_key": phone.application_key,
        "activation_id": phone.activation_id if inside else None,
        "challenge": b64(bytes(18)),
        **changes,
    }
    return sign_request(TemporaryKeyRequest(**values), secret=secret)


@pytest.mark.parametrize("scope", Scope)
def test_temporary_key(http: requests.Session, alice: Phone, scope: Scope) -> None:
    answer = ok(http, "keystore/create", jwt=key_request(alice, scope))
    lasting = {
        Scope.APPLICATION: alice.config.master_public_key,
        Scope.ACTIVATION: alice.enrolment_3.server_public_key,
    }
    key = verify_response(answer["jwt"], lasting[scope])
    assert key.expires_at_ms - key.issued_at_ms == 300_000
    alice.temporary_keys[scope] = key
    encryptor = ACTIVATION if scope is Scope.ACTIVATION else APPLICATION
    assert ok(http, PATH, **asking(alice, encryptor)[0])["secretKey"]
    removed = {"id": key.key_id, "removed": True}
    assert ok(http, "keystore/remove", id=key.key_id) == removed
    assert not TemporaryKey.objects.filter(id=key.key_id).exists()
    assert refused(http, PATH, **asking(alice, encryptor)[0]) == "ERR0045"
    assert ok(http, "keystore/remove", id=key.key_id) == removed


def test_expired_temporary_key(http: requests.Session, alice: Phone) -> None:
    given, _, _ = asking(alice, ACTIVATION)
    TemporaryKey.objects.update(expires_at=timezone.now())
    assert refused(http, PATH, **given) == "ERR0045"


def test_keystore_refusals(
    http: requests.Session, bank: Bank, alice: Phone, mallory: Phone
) -> None:
    def create(scope: Scope, **changes: Any) -> str:
        return refused(http, "keystore/create", jwt=key_request(alice, scope, **changes))

    for jwt in (None, "", "x", "a.b.c", key_request(alice, Scope.APPLICATION)[:-4] + "AAAA"):
        assert refused(http, "keystore/create", jwt=jwt) == "ERR0024"
    assert refused(http, "keystore/remove", id=None) == "ERR0024"
    assert create(Scope.APPLICATION, application_key=b64(bytes(16))) == "ERR0015"
    unknown = str(uuid.uuid4())
    assert create(Scope.ACTIVATION, activation_id=unknown) == "ERR0009"
    assert create(Scope.ACTIVATION, activation_id=mallory.activation_id) == "ERR0009"
    ok(http, "activation/block", activationId=alice.activation_id)
    assert ok(http, "keystore/create", jwt=key_request(alice, Scope.ACTIVATION))["jwt"]
    ok(http, "activation/remove", activationId=alice.activation_id)
    assert create(Scope.ACTIVATION) == "ERR0009"
    applications.set_supported(bank.application.id, "default", supported=False)
    assert create(Scope.APPLICATION) == "ERR0015"
