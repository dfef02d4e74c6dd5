"""What the bank reads of one activation."""

from datetime import datetime, timedelta

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from powerauth.models import Activation, ActivationState, Application
from powerauth.phone.phone import Phone
from powerauth.protocol.activation_code import verify_activation_code
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import MalformedPayload
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v3.status_blob import StatusBlob, ctr_data_hash, open_status
from tests.api.integration.back_end import ok, refused
from tests.bank import PIN, VERSIONS_OF_3, Bank, sdk_config

pytestmark = pytest.mark.django_db

CHALLENGE = bytes(range(16))
NIL = "00000000-0000-4000-8000-000000000000"
"""Names no activation."""


def _open(phone: Phone, answer: dict[str, str | None], challenge: bytes | None) -> StatusBlob:
    nonce = answer["encryptedStatusBlobNonce"]
    return open_status(
        b64d(str(answer["encryptedStatusBlob"])),
        transport_key=phone.enrolment_3.transport_key,
        challenge=challenge,
        nonce=None if nonce is None else b64d(nonce, size=16),
    )


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="milliseconds")


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_status_of_an_active_activation(http: requests.Session, bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version, flags=["VIP", "NEW"])
    Application.objects.update(roles=["ROLE_B", "ROLE_A"])
    row = bank.activation(phone)

    answer = ok(
        http, "activation/status", activationId=phone.activation_id, challenge=b64(CHALLENGE)
    )

    assert answer == {
        "activationId": phone.activation_id,
        "activationStatus": "ACTIVE",
        "activationOtpValidation": "NONE",
        "commitPhase": "ON_COMMIT",
        "blockedReason": None,
        "activationName": "Phone",
        "userId": "alice",
        "extras": None,
        "protocol": "powerauth",
        "externalId": None,
        "platform": "android",
        "deviceInfo": "Software phone",
        "applicationId": bank.application.id,
        "failedAttempts": 0,
        "maxFailedAttempts": 5,
        "timestampCreated": _time(row.created_at),
        "timestampLastUsed": _time(row.last_used_at),
        "timestampLastChange": _time(row.last_change_at),
        "encryptedStatusBlob": answer["encryptedStatusBlob"],
        "encryptedStatusBlobNonce": answer["encryptedStatusBlobNonce"],
        "activationCode": None,
        "activationSignature": None,
        "devicePublicKeyFingerprint": phone.fingerprint,
        "version": 3,
        "parentActivationId": None,
        "transferType": None,
        "activationFlags": ["NEW", "VIP"],
        "applicationRoles": ["ROLE_A", "ROLE_B"],
    }
    blob = _open(phone, answer, CHALLENGE)
    assert (blob.state, blob.failed_attempts, blob.max_failed_attempts) == (3, 0, 5)
    assert blob.look_ahead == 20
    assert blob.ctr_data_hash == ctr_data_hash(
        phone.enrolment_3.transport_key, phone.enrolment.ctr_data
    )


def test_status_without_challenge_has_no_nonce(http: requests.Session, alice: Phone) -> None:
    answer = ok(http, "activation/status", activationId=alice.activation_id)

    assert answer["encryptedStatusBlobNonce"] is None
    assert _open(alice, answer, None).state == ActivationState.ACTIVE


def test_status_does_not_count_as_use(http: requests.Session, bank: Bank, alice: Phone) -> None:
    before = Activation.objects.values().get()

    ok(http, "activation/status", activationId=alice.activation_id)

    assert Activation.objects.values().get() == before


def test_status_follows_the_phone(http: requests.Session, bank: Bank, alice: Phone) -> None:
    used = bank.activation(alice).last_used_at
    alice.validate_signature(pin="0000")

    answer = ok(
        http, "activation/status", activationId=alice.activation_id, challenge=b64(CHALLENGE)
    )

    assert (answer["failedAttempts"], _open(alice, answer, CHALLENGE).failed_attempts) == (1, 1)
    assert datetime.fromisoformat(answer["timestampLastUsed"]) > used
    alice.validate_signature(pin=PIN)
    assert ok(http, "activation/status", activationId=alice.activation_id)["failedAttempts"] == 0


@pytest.mark.main_path
def test_status_of_a_created_activation(http: requests.Session, bank: Bank) -> None:
    code = bank.code("alice", otp="123456", max_failed_attempts=7)
    row = Activation.objects.get()

    answer = ok(http, "activation/status", activationId=str(row.id), challenge=b64(CHALLENGE))

    assert answer == {
        "activationId": str(row.id),
        "activationStatus": "CREATED",
        "activationOtpValidation": "NONE",
        "commitPhase": "ON_COMMIT",
        "blockedReason": None,
        "activationName": None,
        "userId": "alice",
        "extras": None,
        "protocol": "powerauth",
        "externalId": None,
        "platform": None,
        "deviceInfo": None,
        "applicationId": bank.application.id,
        "failedAttempts": 0,
        "maxFailedAttempts": 7,
        "timestampCreated": _time(row.created_at),
        "timestampLastUsed": _time(row.created_at),
        "timestampLastChange": _time(row.created_at),
        "encryptedStatusBlob": answer["encryptedStatusBlob"],
        "encryptedStatusBlobNonce": answer["encryptedStatusBlobNonce"],
        "activationCode": code,
        "activationSignature": answer["activationSignature"],
        "devicePublicKeyFingerprint": None,
        "version": 0,
        "parentActivationId": None,
        "transferType": None,
        "activationFlags": [],
        "applicationRoles": [],
    }
    key = MobileSdkConfig.parse(sdk_config(bank.application)).master_public_key
    assert verify_activation_code(key, code, answer["activationSignature"])
    assert len(b64d(answer["encryptedStatusBlob"])) == 32
    assert len(b64d(answer["encryptedStatusBlobNonce"])) == 16


def test_status_between_key_exchange_and_commit(http: requests.Session, bank: Bank) -> None:
    phone = bank.phone("alice", commit=False)

    answer = ok(
        http, "activation/status", activationId=phone.activation_id, challenge=b64(CHALLENGE)
    )

    assert (answer["activationStatus"], answer["activationCode"], answer["version"]) == (
        "PENDING_COMMIT",
        None,
        3,
    )
    assert answer["devicePublicKeyFingerprint"] == phone.fingerprint
    assert _open(phone, answer, CHALLENGE).state == ActivationState.PENDING_COMMIT


@pytest.mark.parametrize("method", ["block", "remove"])
def test_status_after_a_change_opens_with_the_phones_keys(
    http: requests.Session, alice: Phone, method: str
) -> None:
    ok(http, f"activation/{method}", activationId=alice.activation_id)

    answer = ok(
        http, "activation/status", activationId=alice.activation_id, challenge=b64(CHALLENGE)
    )

    expected = {"block": ActivationState.BLOCKED, "remove": ActivationState.REMOVED}[method]
    assert answer["activationStatus"] == expected.name
    assert answer["blockedReason"] == ("NOT_SPECIFIED" if method == "block" else None)
    assert _open(alice, answer, CHALLENGE).state == expected


def test_reason_is_not_told_after_a_blocked_activation_is_removed(
    http: requests.Session, alice: Phone
) -> None:
    ok(http, "activation/block", activationId=alice.activation_id, reason="LOST")
    ok(http, "activation/remove", activationId=alice.activation_id)

    status = ok(http, "activation/status", activationId=alice.activation_id)

    assert (status["activationStatus"], status["blockedReason"]) == ("REMOVED", None)


def test_status_removes_what_has_expired(http: requests.Session, bank: Bank) -> None:
    bank.code("alice", expires_at=timezone.now() - timedelta(seconds=1))
    row = Activation.objects.get()

    for _ in range(2):
        answer = ok(http, "activation/status", activationId=str(row.id))
        assert (answer["activationStatus"], answer["activationCode"]) == ("REMOVED", None)
        assert answer["activationSignature"] is None

    assert Activation.objects.get().state == ActivationState.REMOVED
    assert row.history.count() == 2


@pytest.mark.main_path
@pytest.mark.parametrize("activation_id", [NIL, "no UUID at all", ""])
def test_status_of_an_unknown_activation(
    http: requests.Session, settings: Settings, activation_id: str
) -> None:
    settings.POWERAUTH_SIGNATURE_MAX_FAILED_ATTEMPTS = 9

    answer = ok(http, "activation/status", activationId=activation_id, challenge=b64(CHALLENGE))

    assert answer == {
        "activationId": activation_id,
        "activationStatus": "REMOVED",
        "activationOtpValidation": "NONE",
        "commitPhase": "ON_COMMIT",
        "blockedReason": None,
        "activationName": "unknown",
        "userId": "unknown",
        "extras": None,
        "protocol": None,
        "externalId": None,
        "platform": None,
        "deviceInfo": None,
        "applicationId": None,
        "failedAttempts": 0,
        "maxFailedAttempts": 9,
        "timestampCreated": "1970-01-01T00:00:00.000+00:00",
        "timestampLastUsed": "1970-01-01T00:00:00.000+00:00",
        "timestampLastChange": None,
        "encryptedStatusBlob": answer["encryptedStatusBlob"],
        "encryptedStatusBlobNonce": answer["encryptedStatusBlobNonce"],
        "activationCode": None,
        "activationSignature": None,
        "devicePublicKeyFingerprint": None,
        "version": 0,
        "parentActivationId": None,
        "transferType": None,
        "activationFlags": [],
        "applicationRoles": [],
    }
    assert len(b64d(answer["encryptedStatusBlob"])) == 32
    assert len(b64d(answer["encryptedStatusBlobNonce"])) == 16


def test_another_phone_cannot_open_a_status(
    http: requests.Session, alice: Phone, bob: Phone
) -> None:
    answer = ok(
        http, "activation/status", activationId=alice.activation_id, challenge=b64(CHALLENGE)
    )

    with pytest.raises(MalformedPayload):
        _open(bob, answer, CHALLENGE)


def test_status_needs_an_identifier(http: requests.Session) -> None:
    assert refused(http, "activation/status", activationId=None) == "ERR0024"
