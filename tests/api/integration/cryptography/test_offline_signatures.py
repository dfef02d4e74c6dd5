"""`signature/offline/*`: integration-api.md 8.3, protocol.md 11."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.signatures.offline import ProximityCheck
from powerauth.models import MasterKeyPair, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.offline import (
    build_offline_data,
    offline_base,
    offline_body,
    parse_payload,
)
from powerauth.protocol.v3.signature import SignatureType
from tests.api.integration.back_end import ok, refused
from tests.api.integration.phone_calls import PK, WRONG_PIN, attempts
from tests.bank import VERSIONS_OF_3, Bank
from tests.offline import typed

PB = SignatureType.POSSESSION_BIOMETRY
NONCE = b64(bytes(range(16)))
OPERATION_DATA = "A1*A100CZK*ICZ1"
DATA = build_offline_data("op-1", "Payment", "Two\nlines", OPERATION_DATA, "B")
SEED = b64(b"seed of sixteen!")
LONG = 10**8  # seconds of a step, so long that none ends during a test
VERIFY = "signature/offline/verify"
PERSONALIZED = "signature/offline/personalized/create"
NON_PERSONALIZED = "signature/offline/non-personalized/create"


def base(nonce: str = NONCE, totp: str | None = None) -> bytes:
    return offline_base(nonce, offline_body("op-1", OPERATION_DATA, totp))


def given(phone: Phone, signature: str, **changes: object) -> dict[str, Any]:
    return {
        "activationId": phone.activation_id,
        "data": base().decode(),
        "signature": signature,
        **changes,
    }


def code(*, steps_ago: int = 0, step: int = 30) -> str:
    return ProximityCheck(seed=SEED, step_s=step).code(timezone.now(), steps_ago=steps_ago)


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_scanned_signed_and_verified(http: requests.Session, bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    made = ok(http, PERSONALIZED, activationId=phone.activation_id, data=DATA)
    scanned = parse_payload(made["offlineData"])
    assert scanned.verify(phone.enrolment_3.server_public_key)
    assert (scanned.key_id, scanned.nonce_b64, scanned.totp) == ("1", made["nonce"], None)
    assert (scanned.operation_id, scanned.message) == ("op-1", "Two\nlines")
    signed = base(made["nonce"])
    answer = ok(http, VERIFY, **given(phone, typed(phone, signed), data=signed.decode()))
    assert answer == {
        "signatureValid": True,
        "activationId": phone.activation_id,
        "activationStatus": "ACTIVE",
        "blockedReason": None,
        "userId": "alice",
        "applicationId": bank.application.id,
        "signatureType": "POSSESSION_KNOWLEDGE",
        "remainingAttempts": 5,
        "applicationRoles": [],
        "activationFlags": [],
    }


@pytest.mark.parametrize("mark", ["", " ", "\u2013", "."])
def test_code_without_its_dash(http: requests.Session, alice: Phone, mark: str) -> None:
    text = typed(alice, base()).replace("-", mark)
    assert ok(http, VERIFY, **given(alice, text))["signatureValid"] is True
    grouped = "-".join(text[start : start + 4] for start in range(0, 16, 4)) if not mark else text
    # A used code is wrong in any spelling, and counts.
    answer = ok(http, VERIFY, **given(alice, grouped))
    assert (answer["signatureValid"], answer["remainingAttempts"]) == (False, 4)


@pytest.mark.parametrize("steps", range(21))
@pytest.mark.parametrize("kind", [PK, PB])
def test_every_step_of_the_window(
    http: requests.Session, alice: Phone, steps: int, kind: SignatureType
) -> None:
    alice.advance(steps)
    text = typed(alice, base(), kind=kind)
    answer = ok(http, VERIFY, **given(alice, text, allowBiometry=True))
    inside = steps < 20
    assert answer["signatureValid"] is inside
    assert answer["signatureType"] == (kind if inside else PK).name
    assert attempts(alice) == ((steps + 1, 0) if inside else (0, 1))


@pytest.mark.parametrize("allowed", [None, False])
def test_biometry_that_is_not_allowed(
    http: requests.Session, alice: Phone, allowed: bool | None
) -> None:
    text = typed(alice, base(), kind=PB)
    answer = ok(http, VERIFY, **given(alice, text, allowBiometry=allowed))
    assert (answer["signatureValid"], answer["remainingAttempts"]) == (False, 4)
    assert answer["signatureType"] == "POSSESSION_KNOWLEDGE"


@pytest.mark.parametrize("steps", [0, 7, 19])
@pytest.mark.parametrize("ago", [0, 1, 2, 3])
@pytest.mark.parametrize("kind", [PK, PB])
def test_proximity_check(
    http: requests.Session, alice: Phone, steps: int, ago: int, kind: SignatureType
) -> None:
    alice.advance(steps)
    text = typed(alice, base(totp=code(steps_ago=ago, step=LONG)), kind=kind)
    check = {"seed": SEED, "stepLength": LONG, "stepCount": 2}
    answer = ok(http, VERIFY, **given(alice, text, proximityCheck=check, allowBiometry=True))
    accepted = ago <= 2
    assert answer["signatureValid"] is accepted
    assert attempts(alice) == ((steps + 1, 0) if accepted else (0, 1))


def test_code_of_the_qr_is_the_code_of_the_check(http: requests.Session, alice: Phone) -> None:
    check = {"seed": SEED, "stepLength": LONG}
    made = ok(http, PERSONALIZED, activationId=alice.activation_id, data=DATA, proximityCheck=check)
    scanned = parse_payload(made["offlineData"])
    assert scanned.totp == code(step=LONG)
    assert scanned.verify(alice.enrolment_3.server_public_key)
    text = typed(alice, base(made["nonce"], scanned.totp))
    members = given(alice, text, data=base(made["nonce"]).decode(), proximityCheck=check)
    assert ok(http, VERIFY, **members)["signatureValid"] is True


@pytest.mark.parametrize("check", [None, {}, {"seed": None}, {"seed": ""}])
def test_check_without_seed_is_none(http: requests.Session, alice: Phone, check: object) -> None:
    made = ok(http, PERSONALIZED, activationId=alice.activation_id, data=DATA, proximityCheck=check)
    assert parse_payload(made["offlineData"]).totp is None
    members = given(alice, typed(alice, base()), proximityCheck=check)
    assert ok(http, VERIFY, **members)["signatureValid"] is True


@pytest.mark.parametrize(
    ("check", "code_"),
    [
        ({"seed": "!"}, "ERR0024"),
        ({"seed": SEED, "stepLength": 0}, "ERR0024"),
        ({"seed": SEED, "stepCount": -1}, "ERR0024"),
        ({"seed": SEED, "stepCount": 61}, "ERR0024"),
        ({"seed": [1]}, "ERROR_HTTP_REQUEST"),
        (1, "ERROR_HTTP_REQUEST"),
    ],
)
def test_malformed_check(http: requests.Session, alice: Phone, check: object, code_: str) -> None:
    members = given(alice, "00000000-00000000", proximityCheck=check)
    assert refused(http, VERIFY, **members) == code_
    assert attempts(alice) == (0, 0)


def test_huge_steps(http: requests.Session, alice: Phone) -> None:
    check = {"seed": SEED, "stepLength": 2**63 - 1, "stepCount": 60}
    members = given(alice, "00000000-00000000", proximityCheck=check)
    assert ok(http, VERIFY, **members)["signatureValid"] is False


def test_failure_counts_once_and_blocks(http: requests.Session, alice: Phone) -> None:
    check = {"seed": SEED, "stepLength": 30, "stepCount": 3}
    for left in (4, 3, 2, 1, 0):
        text = typed(alice, base(), pin=WRONG_PIN)
        members = given(alice, text, proximityCheck=check, allowBiometry=True)
        answer = ok(http, VERIFY, **members)
        assert (answer["signatureValid"], answer["remainingAttempts"]) == (False, left)
    assert (answer["activationStatus"], answer["blockedReason"]) == (
        "BLOCKED",
        "MAX_FAILED_ATTEMPTS",
    )
    assert SignatureAudit.objects.count() == 5
    again = ok(http, VERIFY, **given(alice, typed(alice, base())))
    assert (again["signatureValid"], again["userId"]) == (False, None)
    assert again["activationStatus"] == "BLOCKED"


def test_once(http: requests.Session, alice: Phone) -> None:
    members = given(alice, typed(alice, base()))
    assert [ok(http, VERIFY, **members)["signatureValid"] for _ in range(2)] == [True, False]


@pytest.mark.parametrize("digits", [4, 6, 8])
def test_length_of_components(http: requests.Session, alice: Phone, digits: int) -> None:
    text = typed(alice, base(), digits=digits)
    members = given(alice, text, componentLength=digits)
    assert ok(http, VERIFY, **members)["signatureValid"] is True


def test_default_length(http: requests.Session, alice: Phone, settings: Settings) -> None:
    settings.POWERAUTH_OFFLINE_COMPONENT_LENGTH = 5
    members = given(alice, typed(alice, base(), digits=5))
    assert ok(http, VERIFY, **members)["signatureValid"] is True


@pytest.mark.parametrize(
    "changes",
    [
        {"activationId": None},
        {"data": None},
        {"signature": None},
        {"componentLength": 0},
        {"componentLength": 3},
        {"componentLength": 9},
        {"signature": "1234567-1234567"},
        {"signature": "12345678"},
        {"data": "POST&x&y&!", "proximityCheck": {"seed": SEED}},
    ],
)
def test_what_cannot_be_a_signature(
    http: requests.Session, alice: Phone, changes: dict[str, object]
) -> None:
    members = {**given(alice, "12345678-87654321"), **changes}
    assert refused(http, VERIFY, **members) == "ERR0024"
    assert attempts(alice) == (0, 0)


def test_unknown_activation(http: requests.Session, db: None) -> None:
    answer = ok(http, VERIFY, activationId="x", data="y", signature="12345678-87654321")
    assert (answer["signatureValid"], answer["activationStatus"]) == (False, "REMOVED")
    assert (answer["activationId"], answer["signatureType"]) == ("x", None)


def test_application_version_does_not_matter(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    bank.application.versions.update(supported=False)
    assert ok(http, VERIFY, **given(alice, typed(alice, base())))["signatureValid"] is True


def test_personalized_refusals(http: requests.Session, alice: Phone) -> None:
    members: dict[str, object] = {"activationId": alice.activation_id, "data": DATA}
    assert ok(http, PERSONALIZED, **members, nonce=NONCE)["nonce"] == NONCE
    assert refused(http, PERSONALIZED, **members, nonce="AAAA") == "ERR0024"
    assert refused(http, PERSONALIZED, **{**members, "data": None}) == "ERR0024"
    assert refused(http, PERSONALIZED, **{**members, "activationId": None}) == "ERR0024"
    assert refused(http, PERSONALIZED, **{**members, "activationId": "x"}) == "ERR0009"
    ok(http, "activation/block", activationId=alice.activation_id)
    assert refused(http, PERSONALIZED, **members) == "ERR0008"


def test_non_personalized(http: requests.Session, bank: Bank, alice: Phone) -> None:
    members: dict[str, object] = {"applicationId": bank.application.id, "data": DATA}
    made = ok(http, NON_PERSONALIZED, **members)
    scanned = parse_payload(made["offlineData"])
    assert scanned.verify(alice.config.master_public_key)
    assert (scanned.key_id, scanned.totp, scanned.nonce_b64) == ("0", None, made["nonce"])
    assert len(b64d(made["nonce"])) == 16
    assert made["nonce"] != ok(http, NON_PERSONALIZED, **members)["nonce"]
    assert refused(http, NON_PERSONALIZED, **{**members, "data": None}) == "ERR0024"
    assert refused(http, NON_PERSONALIZED, **{**members, "applicationId": None}) == "ERR0024"
    assert refused(http, NON_PERSONALIZED, **{**members, "applicationId": "x"}) == "ERR0015"
    MasterKeyPair.objects.all().delete()
    assert refused(http, NON_PERSONALIZED, **members) == "ERR0003"


def test_last_use(http: requests.Session, bank: Bank, alice: Phone) -> None:
    long_ago = timezone.now() - timedelta(days=1)
    bank.application.activations.update(last_used_at=long_ago)
    ok(http, VERIFY, **given(alice, "12345678-87654321"))
    assert bank.activation(alice).last_used_at > long_ago
