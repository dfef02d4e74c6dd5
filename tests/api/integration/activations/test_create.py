"""`activation/create`: integration-api.md 7.3."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from powerauth.engine.applications import applications
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    MasterKeyPair,
    OtpValidation,
    UniqueValue,
)
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import generate_key_pair
from powerauth.protocol.v3.encryption import EncryptedResponse, Encryptor
from tests.api.integration.back_end import ok, post, refusal, refused
from tests.api.integration.phone_calls import sealed
from tests.api.standard.wire import flipped, to_bytes
from tests.bank import VERSIONS_OF_3, Bank

PATH = "activation/create"
UNKNOWN_KEY = "00000000-0000-4000-8000-000000000000"
MEMBERS = {
    "activationId",
    "userId",
    "applicationId",
    "encryptedData",
    "mac",
    "nonce",
    "timestamp",
    "activationStatus",
}


def exchange(phone: Phone, **layer_2: object) -> dict[str, Any]:
    """Give the members of a request for Alice with a fresh device key."""
    own = {"devicePublicKey": b64(generate_key_pair().public_key), **layer_2}
    return {"userId": "alice", **sealed(phone, Encryptor.ACTIVATION_LAYER_2, to_bytes(own))[0]}


def assert_nothing_is_left() -> None:
    assert not Activation.objects.exists()
    assert not ActivationHistory.objects.exists()


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_creation_in_every_version(http: requests.Session, bank: Bank, version: str) -> None:
    phone = bank.blank_phone(version=version)
    device = generate_key_pair()
    offer = {
        "devicePublicKey": b64(device.public_key),
        "activationName": "Alice's",
        "platform": "iOS",
    }
    members, envelope = sealed(phone, Encryptor.ACTIVATION_LAYER_2, to_bytes(offer))
    answer = ok(http, PATH, userId="alice", generateRecoveryCodes=True, **members)
    row = Activation.objects.get()
    assert set(answer) == MEMBERS
    assert (answer["activationId"], answer["userId"]) == (str(row.id), "alice")
    assert answer["applicationId"] == bank.application.id
    assert answer["activationStatus"] == "PENDING_COMMIT"
    sent = {name: value for name, value in answer.items() if value is not None}
    opened = envelope.open_response(EncryptedResponse.parse(sent, version))
    assert str(row.id).encode() in opened
    assert b"activationRecovery" not in opened
    assert (row.state, row.version, row.name) == (ActivationState.PENDING_COMMIT, 3, "Alice's")
    assert (row.platform, bytes(row.device_public_key)) == ("ios", device.public_key)
    assert (row.otp_hash, row.commit_phase) == ("", "ON_COMMIT")
    assert list(row.history.order_by("id").values_list("state", flat=True)) == [1, 2]
    assert ok(http, "activation/commit", activationId=str(row.id))["activated"] is True


def test_limits(http: requests.Session, bank: Bank) -> None:
    expires = timezone.now() + timedelta(hours=1)
    members = exchange(bank.blank_phone())
    milliseconds = int(expires.timestamp() * 1000)
    ok(http, PATH, **members, maxFailureCount=255, timestampActivationExpire=milliseconds)
    row = Activation.objects.get()
    assert row.max_failed_attempts == 255
    assert abs(row.expires_at - expires) < timedelta(seconds=1)


def test_reference_defect_otp_at_commit(http: requests.Session, bank: Bank) -> None:
    """The reference server contradicted itself and refused every OTP."""
    answer = ok(http, PATH, **exchange(bank.blank_phone()), activationOtp="1234")
    row = Activation.objects.get()
    assert (row.state, row.otp_validation) == (
        ActivationState.PENDING_COMMIT,
        OtpValidation.ON_COMMIT,
    )
    activation = {"activationId": answer["activationId"]}
    assert refused(http, "activation/commit", **activation) == "ERR0031"
    assert refused(http, "activation/commit", **activation, activationOtp="9999") == "ERR0031"
    ok(http, "activation/commit", **activation, activationOtp="1234")
    row.refresh_from_db()
    assert row.state == ActivationState.ACTIVE


def test_otp_of_the_phone_is_not_evaluated(http: requests.Session, bank: Bank) -> None:
    ok(http, PATH, **exchange(bank.blank_phone(), activationOtp="9999"), activationOtp="1234")
    row = Activation.objects.get()
    assert (row.state, row.failed_attempts) == (ActivationState.PENDING_COMMIT, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"userId": None}, "ERR0024"),
        ({"userId": ""}, "ERR0024"),
        ({"userId": "a" * 256}, "ERR0024"),
        ({"applicationKey": None}, "ERR0024"),
        ({"applicationKey": "unknown"}, "ERR0015"),
        ({"maxFailureCount": 0}, "ERR0040"),
        ({"maxFailureCount": 256}, "ERR0040"),
        ({"timestampActivationExpire": 0}, "ERR0007"),
        ({"protocolVersion": None}, "ERR0024"),
        ({"protocolVersion": "2.1"}, "ERR0024"),
        ({"ephemeralPublicKey": None}, "ERR0024"),
        ({"encryptedData": "no Base64"}, "ERR0024"),
        ({"mac": None}, "ERR0024"),
        ({"nonce": None}, "ERR0024"),
        ({"timestamp": None}, "ERR0024"),
        ({"timestamp": 0}, "ERR0024"),
        ({"temporaryKeyId": None}, "ERR0024"),
        ({"temporaryKeyId": UNKNOWN_KEY}, "ERR0045"),
        ({"mac": b64(bytes(32))}, "ERR0018"),
        ({"userId": [5]}, "ERROR_HTTP_REQUEST"),
    ],
)
def test_refusals(
    http: requests.Session, bank: Bank, changes: dict[str, object], code: str
) -> None:
    members = {**exchange(bank.blank_phone()), **changes}
    assert refusal(post(http, PATH, members)) == code
    assert_nothing_is_left()


@pytest.mark.parametrize(
    ("layer_2", "code"),
    [
        (b"not JSON", "ERR0011"),
        (b"[]", "ERR0011"),
        (b'{"devicePublicKey":[5]}', "ERR0011"),
        (b"{}", "ERR0024"),
        (to_bytes({"devicePublicKey": "no Base64"}), "ERR0007"),
        (to_bytes({"devicePublicKey": b64(b"\x04" + bytes(64))}), "ERR0007"),
    ],
)
def test_refused_inner_layers(
    http: requests.Session, bank: Bank, layer_2: bytes, code: str
) -> None:
    phone = bank.blank_phone()
    members, _ = sealed(phone, Encryptor.ACTIVATION_LAYER_2, layer_2)
    UniqueValue.objects.all().delete()
    assert refused(http, PATH, userId="alice", **members) == code
    assert_nothing_is_left()
    assert UniqueValue.objects.count() == 1
    assert refused(http, PATH, userId="alice", **members) == "ERR0024"


def test_another_encryptor(http: requests.Session, bank: Bank) -> None:
    members, _ = sealed(bank.blank_phone(), Encryptor.APPLICATION_GENERIC)
    assert refused(http, PATH, userId="alice", **members) == "ERR0018"


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_the_same_request_twice(http: requests.Session, bank: Bank, version: str) -> None:
    members = exchange(bank.blank_phone(version=version))
    ok(http, PATH, **members)
    if version in ("3.2", "3.3"):
        assert refused(http, PATH, **members) == "ERR0024"
        assert Activation.objects.count() == 1
    else:
        ok(http, PATH, **members)


def test_garbage_is_not_remembered(http: requests.Session, bank: Bank) -> None:
    phone = bank.blank_phone()
    members = exchange(phone)
    UniqueValue.objects.all().delete()
    broken = {**members, "mac": flipped(str(members["mac"]).encode(), 3).decode()}
    assert refused(http, PATH, **broken) in ("ERR0018", "ERR0024")
    assert not UniqueValue.objects.exists()
    ok(http, PATH, **members)


def test_unsupported_version(http: requests.Session, bank: Bank) -> None:
    members = exchange(bank.blank_phone())
    applications.set_supported(bank.application.id, "default", supported=False)
    assert refused(http, PATH, **members) == "ERR0015"
    assert_nothing_is_left()


def test_application_without_a_key_pair(http: requests.Session, bank: Bank) -> None:
    members = exchange(bank.blank_phone())
    MasterKeyPair.objects.all().delete()
    assert refused(http, PATH, **members) == "ERR0003"
    assert_nothing_is_left()


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"mac": None, "applicationKey": "unknown", "userId": None}, "ERR0024"),
        ({"applicationKey": "unknown", "maxFailureCount": 0}, "ERR0015"),
        ({"maxFailureCount": 0, "timestamp": 0}, "ERR0040"),
        ({"timestamp": 0, "temporaryKeyId": UNKNOWN_KEY}, "ERR0024"),
        ({"temporaryKeyId": UNKNOWN_KEY, "mac": b64(bytes(32))}, "ERR0045"),
        ({"mac": b64(bytes(32)), "timestampActivationExpire": 0}, "ERR0018"),
    ],
)
def test_order_of_the_checks(
    http: requests.Session, bank: Bank, broken: dict[str, object], code: str
) -> None:
    members = {**exchange(bank.blank_phone()), **broken}
    assert refusal(post(http, PATH, members)) == code
