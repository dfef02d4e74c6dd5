"""`signature/verify` and `signature/ecdsa/*`: integration-api.md 8.1, 8.2 and 19."""

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import flags
from powerauth.engine.applications import applications
from powerauth.models import Activation, ActivationState, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.keys import der_to_jose
from powerauth.protocol.keys import verify as verify_ecdsa
from powerauth.protocol.v3.signature import SignatureType
from tests.api.integration.back_end import ok, refused
from tests.api.integration.phone_calls import PK, WRONG_PIN, attempts, signed
from tests.bank import PIN, VERSIONS_OF_3, Bank

P = SignatureType.POSSESSION
SHORT: dict[str, Any] = {
    "signatureValid": False,
    "blockedReason": None,
    "userId": None,
    "applicationId": None,
    "signatureType": None,
    "remainingAttempts": None,
    "applicationRoles": [],
    "activationFlags": [],
}


def verify(http: requests.Session, phone: Phone, **sign: Any) -> Any:
    return ok(http, "signature/verify", **signed(phone, **sign))


def short(phone: Phone, state: str) -> dict[str, Any]:
    return {**SHORT, "activationId": phone.activation_id, "activationStatus": state}


def note() -> str:
    return SignatureAudit.objects.order_by("-id")[0].note


@pytest.mark.parametrize("version", VERSIONS_OF_3)
@pytest.mark.parametrize("factors", SignatureType)
def test_every_factor_type(
    http: requests.Session, bank: Bank, version: str, factors: SignatureType
) -> None:
    phone = bank.phone("alice", version=version)
    bank.application.roles = ["ROLE"]
    bank.application.save()
    flags.add(phone.activation_id, ["B", "A"])
    assert verify(http, phone, factors=factors) == {
        "signatureValid": True,
        "activationId": phone.activation_id,
        "activationStatus": "ACTIVE",
        "blockedReason": None,
        "userId": "alice",
        "applicationId": bank.application.id,
        "signatureType": factors.name,
        "remainingAttempts": 5,
        "applicationRoles": ["ROLE"],
        "activationFlags": ["A", "B"],
    }
    assert attempts(phone) == (1, 0)
    audit = SignatureAudit.objects.get()
    assert (audit.valid, audit.note) == (True, "signature_ok")
    assert audit.application_key == phone.application_key


@pytest.mark.parametrize(
    "member",
    [
        "activationId",
        "applicationKey",
        "data",
        "signature",
        "signatureType",
        "signatureVersion",
    ],
)
def test_missing_member(http: requests.Session, alice: Phone, member: str) -> None:
    members = {**signed(alice), member: None}
    assert refused(http, "signature/verify", **members) == "ERR0024"
    assert attempts(alice) == (0, 0)


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("signatureVersion", "2.1", "ERR0024"),
        ("signatureVersion", "3.4", "ERR0024"),
        ("signatureVersion", "", "ERR0024"),
        ("signatureType", "possession", "ERROR_HTTP_REQUEST"),
        ("signatureType", "PIN", "ERROR_HTTP_REQUEST"),
        ("data", [1], "ERROR_HTTP_REQUEST"),
        ("forcedSignatureVersion", "three", "ERROR_HTTP_REQUEST"),
    ],
)
def test_malformed_member(
    http: requests.Session, alice: Phone, member: str, value: object, code: str
) -> None:
    assert refused(http, "signature/verify", **{**signed(alice), member: value}) == code
    assert attempts(alice) == (0, 0)


@pytest.mark.parametrize("forced", [None, 2, 3])
def test_forced_version_changes_nothing(
    http: requests.Session, alice: Phone, forced: int | None
) -> None:
    members = {**signed(alice), "forcedSignatureVersion": forced}
    assert ok(http, "signature/verify", **members)["signatureValid"] is True


def test_minimum_version(http: requests.Session, bank: Bank, settings: Settings) -> None:
    phone = bank.phone("alice", version="3.0")
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "3.1"
    assert refused(http, "signature/verify", **signed(phone)) == "ERR0047"
    assert attempts(phone) == (0, 0)


@pytest.mark.parametrize("activation_id", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_unknown_activation(http: requests.Session, alice: Phone, activation_id: str) -> None:
    members = {**signed(alice), "activationId": activation_id}
    answer = ok(http, "signature/verify", **members)
    assert answer == {**SHORT, "activationId": activation_id, "activationStatus": "REMOVED"}
    assert attempts(alice) == (0, 0)
    assert not SignatureAudit.objects.exists()


@pytest.mark.parametrize(("wrong", "left"), [(1, 4), (4, 1)])
def test_wrong_then_right(http: requests.Session, alice: Phone, wrong: int, left: int) -> None:
    for _ in range(wrong):
        answer = verify(http, alice, pin=WRONG_PIN)
    assert (answer["signatureValid"], answer["remainingAttempts"]) == (False, left)
    assert answer["signatureType"] == "POSSESSION_KNOWLEDGE"
    assert attempts(alice) == (0, wrong)
    answer = verify(http, alice)
    assert (answer["signatureValid"], answer["remainingAttempts"]) == (True, 5)
    assert attempts(alice) == (wrong + 1, 0)


def test_five_wrong_block(http: requests.Session, bank: Bank, alice: Phone) -> None:
    answers = [verify(http, alice, pin=WRONG_PIN) for _ in range(5)]
    assert [it["remainingAttempts"] for it in answers] == [4, 3, 2, 1, 0]
    last = answers[-1]
    assert (last["activationStatus"], last["blockedReason"]) == ("BLOCKED", "MAX_FAILED_ATTEMPTS")
    assert verify(http, alice) == short(alice, "BLOCKED")
    assert note() == "activation_invalid_state"
    history = bank.activation(alice).history.filter(state=ActivationState.BLOCKED)
    assert [it.event_reason for it in history] == ["MAX_FAILED_ATTEMPTS"]
    ok(http, "activation/unblock", activationId=alice.activation_id)
    assert verify(http, alice)["signatureValid"] is True


def test_possession_alone_neither_blocks_nor_resets(http: requests.Session, alice: Phone) -> None:
    verify(http, alice, pin=WRONG_PIN)
    members = {**signed(alice, factors=P), "data": "other"}
    for _ in range(6):
        answer = ok(http, "signature/verify", **members)
        assert (answer["signatureValid"], answer["remainingAttempts"]) == (False, 4)
    assert verify(http, alice, factors=P)["signatureValid"] is True
    assert attempts(alice)[1] == 1


@pytest.mark.parametrize(("ahead", "valid"), [(19, True), (20, False)])
def test_look_ahead(http: requests.Session, alice: Phone, ahead: int, valid: bool) -> None:
    alice.advance(ahead)
    assert verify(http, alice)["signatureValid"] is valid
    assert attempts(alice) == ((20, 0) if valid else (0, 1))


def test_same_signature_twice(http: requests.Session, alice: Phone) -> None:
    members = signed(alice)
    assert ok(http, "signature/verify", **members)["signatureValid"] is True
    again = ok(http, "signature/verify", **members)
    assert (again["signatureValid"], again["remainingAttempts"]) == (False, 4)
    assert attempts(alice) == (1, 1)
    assert note() == "signature_does_not_match"


def test_other_data(http: requests.Session, alice: Phone) -> None:
    for changes in ({"data": "POST&x"}, {"signatureType": "POSSESSION_BIOMETRY"}):
        answer = ok(http, "signature/verify", **{**signed(alice), **changes})
        assert answer["signatureValid"] is False
    assert attempts(alice) == (0, 2)


@pytest.mark.parametrize(("factors", "failed"), [(PK, 1), (P, 0)])
def test_unsupported_version_of_the_application(
    http: requests.Session, bank: Bank, alice: Phone, factors: SignatureType, failed: int
) -> None:
    applications.set_supported(bank.application.id, "default", supported=False)
    assert verify(http, alice, factors=factors) == short(alice, "ACTIVE")
    assert note() == "activation_invalid_application"
    assert attempts(alice) == (0, failed)
    applications.set_supported(bank.application.id, "default", supported=True)
    assert verify(http, alice)["signatureValid"] is True


def test_unknown_and_foreign_application_block(
    http: requests.Session, alice: Phone, mallory: Phone
) -> None:
    for key in (mallory.application_key, "x", "x" * 1000, "", b64(bytes(16))):
        answer = ok(http, "signature/verify", **{**signed(alice), "applicationKey": key})
    assert answer == short(alice, "BLOCKED")
    assert attempts(alice) == (0, 5)
    assert SignatureAudit.objects.filter(note="activation_invalid_application").count() == 5


@pytest.mark.parametrize("state", ["CREATED", "PENDING_COMMIT", "BLOCKED", "REMOVED"])
def test_state(http: requests.Session, bank: Bank, alice: Phone, state: str) -> None:
    used = timezone.now() - timedelta(days=1)
    Activation.objects.update(state=ActivationState[state], last_used_at=used)
    assert verify(http, alice, pin=WRONG_PIN) == short(alice, state)
    assert (note(), attempts(alice)) == ("activation_invalid_state", (0, 0))
    assert bank.activation(alice).last_used_at > used


@pytest.mark.parametrize("state", ["CREATED", "PENDING_COMMIT", "BLOCKED", "REMOVED"])
def test_reference_defect_wrong_application_counts_only_on_active(
    http: requests.Session, bank: Bank, alice: Phone, state: str
) -> None:
    Activation.objects.update(state=ActivationState[state])
    for _ in range(6):
        answer = ok(http, "signature/verify", **{**signed(alice), "applicationKey": "x"})
    assert answer == short(alice, state)
    assert bank.activation(alice).state == ActivationState[state]


def test_created_activation_without_counter(http: requests.Session, bank: Bank) -> None:
    code = bank.code("alice")
    row = bank.application.activations.get(activation_code=code)
    answer = ok(
        http,
        "signature/verify",
        activationId=str(row.id),
        applicationKey=bank.application.versions.get().application_key,
        data="x",
        signature="y",
        signatureType="POSSESSION",
        signatureVersion="3.3",
    )
    assert answer == {**SHORT, "activationId": str(row.id), "activationStatus": "CREATED"}
    item = ok(http, "signature/list", userId="alice")["items"][0]
    assert item["activationCtrData"] is None


def test_forced_block(http: requests.Session, bank: Bank, alice: Phone) -> None:
    Activation.objects.update(failed_attempts=5)
    assert verify(http, alice) == short(alice, "BLOCKED")
    assert note() == "activation_invalid_state_ctr_mismatch"
    assert bank.activation(alice).blocked_reason == "MAX_FAILED_ATTEMPTS"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pin", [PIN, WRONG_PIN])
def test_statements(http: requests.Session, alice: Phone, pin: str) -> None:
    members = signed(alice, pin=pin)
    with CaptureQueriesContext(connection) as captured:
        ok(http, "signature/verify", **members)
    texts = [str(query["sql"]) for query in captured.captured_queries]
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    assert len([text for text in texts if not text.startswith(control)]) == 2


def test_ecdsa_of_the_device(http: requests.Session, alice: Phone, bob: Phone) -> None:
    der = alice.sign_with_device_key(b"contract", PIN)
    given = {"activationId": alice.activation_id, "data": b64(b"contract"), "signature": b64(der)}
    jose = b64(der_to_jose(der))
    table: list[tuple[dict[str, Any], bool]] = [
        ({}, True),
        ({"signatureFormat": "DER"}, True),
        ({"signatureFormat": "JOSE", "signature": jose}, True),
        ({"signatureFormat": "JOSE"}, False),
        ({"signature": jose}, False),
        ({"signature": "no Base64"}, False),
        ({"signature": b64(b"x" * 64)}, False),
        ({"data": b64(b"other")}, False),
        ({"activationId": bob.activation_id}, False),
        ({"activationId": "unknown"}, False),
    ]
    for changes, valid in table:
        answer = ok(http, "signature/ecdsa/verify", **{**given, **changes})
        assert answer == {"signatureValid": valid}, json.dumps(changes)
    for member in given:
        assert refused(http, "signature/ecdsa/verify", **{**given, member: None}) == "ERR0024"
    wrong = {**given, "signatureFormat": "RAW"}
    assert refused(http, "signature/ecdsa/verify", **wrong) == "ERROR_HTTP_REQUEST"
    assert refused(http, "signature/ecdsa/verify", **{**given, "data": "!"}) == "ERR0024"
    ok(http, "activation/block", activationId=alice.activation_id)
    assert ok(http, "signature/ecdsa/verify", **given) == {"signatureValid": False}


def test_ecdsa_of_the_server(http: requests.Session, alice: Phone) -> None:
    given = {"activationId": alice.activation_id, "data": b64(b"contract")}
    signature = b64d(ok(http, "signature/ecdsa/sign", **given)["signature"])
    assert verify_ecdsa(alice.enrolment_3.server_public_key, b"contract", signature)
    for member in given:
        assert refused(http, "signature/ecdsa/sign", **{**given, member: None}) == "ERR0024"
    unknown = {**given, "activationId": "unknown"}
    assert refused(http, "signature/ecdsa/sign", **unknown) == "ERR0009"
    ok(http, "activation/block", activationId=alice.activation_id)
    assert refused(http, "signature/ecdsa/sign", **given) == "ERR0008"
