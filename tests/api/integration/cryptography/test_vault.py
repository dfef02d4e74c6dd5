"""`vault/unlock` and `upgrade/*`: integration-api.md 9.4."""

from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.applications import applications
from powerauth.models import Activation, ActivationState, SignatureAudit, TemporaryKey
from powerauth.phone.phone import Phone
from powerauth.phone.requests.answers import json_object
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.primitives import ZERO_IV, aes_cbc_decrypt
from powerauth.protocol.v3.encryption import Encryptor, Envelope
from powerauth.protocol.v3.signature import SignatureType
from tests.api.integration.back_end import ok, refused
from tests.api.integration.phone_calls import PK, WRONG_PIN, attempts, sealed, signed
from tests.api.standard.wire import to_bytes
from tests.bank import PIN, VERSIONS_OF_3, Bank

PATH = "vault/unlock"
RESOURCE = "/pa/vault/unlock"
LOCKED = {
    "encryptedData": None,
    "mac": None,
    "nonce": None,
    "timestamp": None,
    "signatureValid": False,
}
ENVELOPE = {
    "temporaryKeyId",
    "ephemeralPublicKey",
    "encryptedData",
    "mac",
    "nonce",
    "timestamp",
}


def unlocking(
    phone: Phone,
    plaintext: bytes = b'{"reason":"ADD_BIOMETRY"}',
    *,
    encryptor: Encryptor = Encryptor.VAULT_UNLOCK,
    factors: SignatureType = PK,
    pin: str = PIN,
) -> tuple[dict[str, Any], Envelope]:
    """Give the members of `vault/unlock`, and what opens the answer."""
    members, envelope = sealed(phone, encryptor, plaintext)
    request = {name: members[name] for name in members if name in ENVELOPE}
    proof = signed(phone, to_bytes(request), factors=factors, pin=pin, resource_id=RESOURCE)
    proof["signedData"] = proof.pop("data")
    return {**request, **proof}, envelope


def content(phone: Phone, answer: Any, envelope: Envelope) -> Any:
    """Decrypt what only the phone can read."""
    response = {name: answer[name] for name in ("encryptedData", "mac", "nonce", "timestamp")}
    return json_object(phone.open_answer(response, envelope))["encryptedVaultEncryptionKey"]


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_key_of_the_vault(http: requests.Session, bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    members, envelope = unlocking(phone)
    answer = ok(http, PATH, **members)
    assert (answer["signatureValid"], set(answer)) == (True, set(LOCKED))
    key = b64d(content(phone, answer, envelope))
    opened = aes_cbc_decrypt(phone.enrolment_3.transport_key, ZERO_IV, key)
    assert opened == phone.unlock_vault(PIN)
    audit = SignatureAudit.objects.order_by("id")[0]
    assert audit.additional_info == {"VAULT_UNLOCKED_REASON": "ADD_BIOMETRY"}
    assert (audit.valid, audit.application_key) == (True, phone.application_key)
    item = ok(http, "signature/list", userId="alice")["items"][-1]
    expected = [{"key": "VAULT_UNLOCKED_REASON", "value": "ADD_BIOMETRY"}]
    assert item["additionalInfo"] == expected


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_wrong_signature_is_answered_in_an_envelope(
    http: requests.Session, bank: Bank, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    members, envelope = unlocking(phone, pin=WRONG_PIN)
    answer = ok(http, PATH, **members)
    assert answer["signatureValid"] is False
    assert content(phone, answer, envelope) is None
    assert attempts(phone) == (0, 1)
    audit = SignatureAudit.objects.get()
    assert audit.additional_info == {"VAULT_UNLOCKED_REASON": "ADD_BIOMETRY"}


def test_five_wrong_signatures_block(http: requests.Session, bank: Bank, alice: Phone) -> None:
    for _ in range(5):
        assert ok(http, PATH, **unlocking(alice, pin=WRONG_PIN)[0])["mac"]
    assert bank.activation(alice).state == ActivationState.BLOCKED
    Activation.objects.update(state=ActivationState.ACTIVE, failed_attempts=0)
    members, _ = unlocking(alice)
    ok(http, "activation/block", activationId=alice.activation_id)
    assert ok(http, PATH, **members) == LOCKED


@pytest.mark.parametrize(
    "member",
    [
        "activationId",
        "applicationKey",
        "signedData",
        "signature",
        "signatureType",
        "signatureVersion",
    ],
)
def test_missing_argument(http: requests.Session, alice: Phone, member: str) -> None:
    members, _ = unlocking(alice, factors=SignatureType.POSSESSION)
    assert refused(http, PATH, **{**members, member: None}) == "ERR0024"
    assert attempts(alice) == (0, 0)


@pytest.mark.parametrize("kind", [it for it in SignatureType if it is not PK])
def test_factors_are_refused_before_the_envelope(
    http: requests.Session, alice: Phone, kind: SignatureType
) -> None:
    members, _ = unlocking(alice, factors=kind)
    assert refused(http, PATH, **{**members, "mac": None}) == "ERR0012"
    assert attempts(alice) == (0, 0)


def test_biometry_where_it_is_allowed(
    http: requests.Session, alice: Phone, settings: Settings
) -> None:
    settings.POWERAUTH_VAULT_BIOMETRY_ENABLED = True
    members, _ = unlocking(alice, factors=SignatureType.POSSESSION_BIOMETRY)
    assert ok(http, PATH, **members)["signatureValid"] is True


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("encryptedData", None),
        ("mac", "AAAA"),
        ("nonce", None),
        ("timestamp", None),
        ("temporaryKeyId", None),
        ("ephemeralPublicKey", "!"),
        ("signatureVersion", "2.1"),
    ],
)
def test_envelope_is_malformed_before_the_activation_is_unknown(
    http: requests.Session, alice: Phone, member: str, value: object
) -> None:
    members, _ = unlocking(alice)
    assert refused(http, PATH, **{**members, "activationId": "x", member: value}) == "ERR0024"


def test_unknown_activation_and_application(
    http: requests.Session, bank: Bank, alice: Phone, mallory: Phone
) -> None:
    members, _ = unlocking(alice)
    late = {**members, "timestamp": 0}
    assert ok(http, PATH, **{**late, "activationId": "x"}) == LOCKED
    for key in ("x", mallory.application_key):
        assert ok(http, PATH, **{**late, "applicationKey": key}) == LOCKED
    applications.set_supported(bank.application.id, "default", supported=False)
    assert ok(http, PATH, **late) == LOCKED
    assert attempts(alice) == (0, 0)


def test_replay_key_and_content(http: requests.Session, alice: Phone) -> None:
    members, _ = unlocking(alice)
    assert refused(http, PATH, **{**members, "timestamp": 0}) == "ERR0024"
    other_key = {**members, "temporaryKeyId": alice.activation_id}
    assert refused(http, PATH, **other_key) == "ERR0045"
    assert refused(http, PATH, **{**members, "mac": b64(bytes(32))}) == "ERR0018"
    assert ok(http, PATH, **members)["signatureValid"] is True
    assert refused(http, PATH, **members) == "ERR0024"
    wrong, _ = unlocking(alice, encryptor=Encryptor.CREATE_TOKEN)
    assert refused(http, PATH, **wrong) == "ERR0018"
    last, _ = unlocking(alice)
    TemporaryKey.objects.update(expires_at=timezone.now())
    assert refused(http, PATH, **last) == "ERR0045"
    assert attempts(alice) == (1, 0)


@pytest.mark.parametrize("plaintext", [b"", b"no JSON", b"[]"])
def test_content_that_is_no_object(http: requests.Session, alice: Phone, plaintext: bytes) -> None:
    assert ok(http, PATH, **unlocking(alice, plaintext)[0]) == LOCKED
    assert attempts(alice) == (0, 0)


@pytest.mark.parametrize("reason", ["x", "with blank", 1])
def test_malformed_reason(http: requests.Session, alice: Phone, reason: object) -> None:
    members, _ = unlocking(alice, to_bytes({"reason": reason}), pin=WRONG_PIN)
    assert refused(http, PATH, **members) == "ERR0011"
    assert attempts(alice) == (0, 0)


def starting(phone: Phone) -> dict[str, Any]:
    members, _ = sealed(phone, Encryptor.UPGRADE)
    return {**members, "activationId": phone.activation_id}


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_nothing_to_upgrade(http: requests.Session, bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    assert refused(http, "upgrade/start", **starting(phone)) == "ERR0008"
    given = {"activationId": phone.activation_id, "applicationKey": phone.application_key}
    assert refused(http, "upgrade/commit", **given) == "ERR0008"
    assert bank.activation(phone).version == 3


def test_order_of_upgrade_start(http: requests.Session, alice: Phone) -> None:
    members = starting(alice)
    for name in ("activationId", "applicationKey", "encryptedData", "ephemeralPublicKey", "mac"):
        assert refused(http, "upgrade/start", **{**members, name: None}) == "ERR0024"
    wrong = {**members, "activationId": "x", "timestamp": 0}
    for changes in ({"mac": "AAAA"}, {"nonce": None}, {"protocolVersion": "2.1"}):
        assert refused(http, "upgrade/start", **{**wrong, **changes}) == "ERR0018"
    assert refused(http, "upgrade/start", **wrong) == "ERR0024"
    assert refused(http, "upgrade/start", **{**members, "activationId": "x"}) == "ERR0009"
    assert refused(http, "upgrade/start", **{**members, "applicationKey": "x"}) == "ERR0008"
    assert refused(http, "upgrade/start", **members) == "ERR0024"


def test_order_of_upgrade_commit(http: requests.Session, alice: Phone) -> None:
    given: dict[str, object] = {"activationId": "x", "applicationKey": alice.application_key}
    for name in given:
        assert refused(http, "upgrade/commit", **{**given, name: None}) == "ERR0018"
    assert refused(http, "upgrade/commit", **given) == "ERR0009"
