"""The life of an activation, driven by the bank over HTTP and by real phones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from powerauth.engine.activations import activation_init, otp
from powerauth.engine.applications import master_keys
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    Application,
    MasterKeyPair,
)
from powerauth.phone.phone import Phone
from powerauth.protocol.activation_code import verify_activation_code
from tests.api.integration.back_end import ok, refused
from tests.bank import PIN, Bank

pytestmark = pytest.mark.django_db

NIL = "00000000-0000-4000-8000-000000000000"
CHANGES = ["commit", "otp/update", "remove", "block", "unblock"]


def _state(phone: Phone) -> str:
    return ActivationState(Activation.objects.get(id=phone.activation_id).state).name


def _expire(phone: Phone) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Activation.objects.filter(id=phone.activation_id).update(expires_at=past)


def _pending(bank: Bank, **init: Any) -> Phone:
    return bank.phone("alice", commit=False, **init)


def _changes(phone: Phone) -> list[tuple[str, str, str]]:
    rows = ActivationHistory.objects.filter(activation_id=phone.activation_id).order_by("id")
    return [(ActivationState(r.state).name, r.event_reason, r.external_user_id) for r in rows]


def _wrong_pin(phone: Phone) -> None:
    assert phone.validate_signature(pin="0000").status == 401


# --- init ---------------------------------------------------------------------------------------


@pytest.mark.main_path
def test_init_gives_a_signed_code(http: requests.Session, bank: Bank) -> None:
    before = timezone.now()

    answer = ok(http, "activation/init", userId="alice", applicationId=bank.application.id)

    row = Activation.objects.get()
    assert answer == {
        "activationId": str(row.id),
        "activationCode": row.activation_code,
        "activationSignature": answer["activationSignature"],
        "activationSignatures": answer["activationSignatures"],
        "userId": "alice",
        "applicationId": bank.application.id,
    }
    master_key = master_keys.public_key(bank.application.id)
    assert verify_activation_code(
        master_key, answer["activationCode"], answer["activationSignature"]
    )
    assert (row.state, row.counter, row.version) == (ActivationState.CREATED, 0, None)
    assert (row.commit_phase, row.otp_validation, row.otp_hash) == ("ON_COMMIT", "NONE", "")
    assert (row.max_failed_attempts, row.flags, row.last_used_at) == (5, [], row.created_at)
    assert before + timedelta(minutes=5) <= row.expires_at < before + timedelta(minutes=6)
    assert list(row.history.values_list("state", flat=True)) == [ActivationState.CREATED]


def test_init_takes_every_property(http: requests.Session, bank: Bank) -> None:
    ok(
        http,
        "activation/init",
        protocol="powerauth",
        userId="u" * 255,
        applicationId=bank.application.id,
        timestampActivationExpire="2099-01-01T00:00:00Z",
        maxFailureCount=255,
        commitPhase="ON_KEY_EXCHANGE",
        activationOtp="123456",
        flags=["B", "A", "B"],
    )

    row = Activation.objects.get()
    assert (row.user_id, row.max_failed_attempts, row.flags) == ("u" * 255, 255, ["A", "B"])
    assert row.expires_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert (row.commit_phase, row.otp_validation) == ("ON_KEY_EXCHANGE", "NONE")
    assert otp.matches("123456", row.otp_hash)


@pytest.mark.parametrize("mode", ["ON_KEY_EXCHANGE", "ON_COMMIT"])
def test_init_takes_the_older_mode(http: requests.Session, bank: Bank, mode: str) -> None:
    ok(
        http,
        "activation/init",
        userId="alice",
        applicationId=bank.application.id,
        activationOtpValidation=mode,
        activationOtp="1",
    )

    assert Activation.objects.get().otp_validation == mode


@pytest.mark.parametrize("phase", ["ON_COMMIT", "ON_KEY_EXCHANGE"])
def test_init_takes_no_validation_with_a_phase(
    http: requests.Session, bank: Bank, phase: str
) -> None:
    members = {"activationOtpValidation": "NONE", "commitPhase": phase}

    ok(http, "activation/init", userId="alice", applicationId=bank.application.id, **members)

    assert Activation.objects.get().commit_phase == phase


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"userId": None}, "ERR0024"),
        ({"userId": ""}, "ERR0024"),
        ({"userId": "u" * 256}, "ERR0024"),
        ({"applicationId": None}, "ERR0002"),
        ({"applicationId": ""}, "ERR0015"),
        ({"applicationId": "unknown"}, "ERR0015"),
        ({"applicationId": "a" * 300}, "ERR0015"),
        ({"maxFailureCount": 0}, "ERR0040"),
        ({"maxFailureCount": -1}, "ERR0040"),
        ({"maxFailureCount": 256}, "ERR0040"),
        ({"maxFailureCount": 2**62}, "ERR0040"),
        ({"activationOtpValidation": "ON_COMMIT"}, "ERR0024"),
        ({"activationOtpValidation": "ON_COMMIT", "activationOtp": ""}, "ERR0024"),
        (
            {
                "activationOtpValidation": "ON_COMMIT",
                "activationOtp": "1",
                "commitPhase": "ON_COMMIT",
            },
            "ERR0024",
        ),
        ({"protocol": "fido2"}, "ERR0024"),
        ({"flags": [""]}, "ERR0024"),
        ({"flags": ["f" * 256]}, "ERR0024"),
        ({"flags": ["f" * 127 + "1", "f" * 127 + "2"]}, "ERR0024"),
        # The order of the checks: each of these fails twice.
        ({"userId": None, "applicationId": None}, "ERR0024"),
        ({"applicationId": None, "maxFailureCount": 0}, "ERR0002"),
        ({"applicationId": "unknown", "maxFailureCount": 0}, "ERR0015"),
        ({"maxFailureCount": 0, "activationOtpValidation": "ON_COMMIT"}, "ERR0040"),
    ],
)
def test_init_refused(
    http: requests.Session, bank: Bank, members: dict[str, object], code: str
) -> None:
    default = {"userId": "alice", "applicationId": bank.application.id}

    assert refused(http, "activation/init", **{**default, **members}) == code
    assert not Activation.objects.exists()


def test_init_without_master_key(http: requests.Session, bank: Bank) -> None:
    MasterKeyPair.objects.all().delete()

    code = refused(http, "activation/init", userId="alice", applicationId=bank.application.id)

    assert code == "ERR0003"


def test_init_gives_up_when_every_code_is_taken(
    http: requests.Session, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = bank.code("alice")
    monkeypatch.setattr(activation_init, "generate_activation_code", lambda: code)

    response = http.post(
        "http://testserver/rest/v3/activation/init",
        json={"requestObject": {"userId": "bob", "applicationId": bank.application.id}},
    )

    assert (response.status_code, response.json()["responseObject"]["code"]) == (400, "ERR0006")
    assert Activation.objects.count() == 1


# --- commit -------------------------------------------------------------------------------------


@pytest.mark.main_path
def test_commit_makes_active_once(http: requests.Session, bank: Bank) -> None:
    phone = _pending(bank)
    assert _state(phone) == "PENDING_COMMIT"
    members = {"activationId": phone.activation_id, "externalUserId": "clerk"}

    assert ok(http, "activation/commit", **members) == {
        "activationId": phone.activation_id,
        "activated": True,
    }

    assert _state(phone) == "ACTIVE"
    assert _changes(phone)[-1] == ("ACTIVE", "", "clerk")
    assert phone.validate_signature(pin=PIN).status == 200
    assert refused(http, "activation/commit", **members) == "ERR0008"


def test_commit_of_created(http: requests.Session, bank: Bank) -> None:
    bank.code("alice")
    row = Activation.objects.get()

    assert refused(http, "activation/commit", activationId=str(row.id)) == "ERR0008"


def test_commit_after_expiry_removes(http: requests.Session, bank: Bank) -> None:
    phone = _pending(bank)
    _expire(phone)

    assert refused(http, "activation/commit", activationId=phone.activation_id) == "ERR0007"
    assert _changes(phone)[-1] == ("REMOVED", "", "")
    status = ok(http, "activation/status", activationId=phone.activation_id)
    assert status["activationStatus"] == "REMOVED"
    assert refused(http, "activation/commit", activationId=phone.activation_id) == "ERR0007"
    assert len(_changes(phone)) == 3


def test_commit_in_the_other_phase(http: requests.Session, bank: Bank) -> None:
    phone = _pending(bank)
    Activation.objects.update(commit_phase="ON_KEY_EXCHANGE")

    assert refused(http, "activation/commit", activationId=phone.activation_id) == "ERR0008"


def test_commit_with_wrong_and_right_otp(http: requests.Session, bank: Bank) -> None:
    phone = _pending(bank, otp="123456")
    activation_id = phone.activation_id
    for wrong in ["000000", "123456 "]:
        code = refused(http, "activation/commit", activationId=activation_id, activationOtp=wrong)
        assert code == "ERR0031"
    for missing in [None, ""]:
        code = refused(http, "activation/commit", activationId=activation_id, activationOtp=missing)
        assert code == "ERR0031"
    assert bank.activation(phone).failed_attempts == 2
    assert _changes(phone)[-1] == ("PENDING_COMMIT", "OTP_FAILED_ATTEMPT", "")

    ok(http, "activation/commit", activationId=activation_id, activationOtp="123456")

    row = bank.activation(phone)
    assert (row.state, row.failed_attempts) == (ActivationState.ACTIVE, 0)


def test_commit_with_wrong_otp_five_times_removes(http: requests.Session, bank: Bank) -> None:
    phone = _pending(bank, otp="123456")
    members = {"activationId": phone.activation_id}

    for _ in range(5):
        assert refused(http, "activation/commit", **members, activationOtp="0") == "ERR0031"

    assert _changes(phone)[-1] == ("REMOVED", "OTP_MAX_FAILED_ATTEMPTS", "")
    assert refused(http, "activation/commit", **members, activationOtp="123456") == "ERR0007"


def test_commit_with_an_unexpected_otp(http: requests.Session, bank: Bank) -> None:
    phone = _pending(bank)
    members = {"activationId": phone.activation_id, "activationOtp": "123456"}

    assert refused(http, "activation/commit", **members) == "ERR0031"
    assert (_state(phone), bank.activation(phone).failed_attempts) == ("PENDING_COMMIT", 0)


# --- otp/update ---------------------------------------------------------------------------------


def test_otp_update_replaces_the_otp(http: requests.Session, bank: Bank) -> None:
    phone = _pending(bank)
    members = {"activationId": phone.activation_id, "externalUserId": "clerk"}

    answer = ok(http, "activation/otp/update", **members, activationOtp="111111")

    assert answer == {"activationId": phone.activation_id, "updated": True}
    assert _changes(phone)[-1] == ("PENDING_COMMIT", "OTP_VALUE_UPDATE", "clerk")
    assert bank.activation(phone).otp_validation == "ON_COMMIT"
    ok(http, "activation/otp/update", **members, activationOtp="222222")
    assert refused(http, "activation/commit", **members, activationOtp="111111") == "ERR0031"
    ok(http, "activation/commit", **members, activationOtp="222222")
    assert _state(phone) == "ACTIVE"


@pytest.mark.parametrize(
    ("activation_id", "otp_text", "code"),
    [
        (None, "1", "ERR0024"),
        ("", "1", "ERR0024"),
        ("given", None, "ERR0024"),
        ("given", "", "ERR0024"),
        (NIL, "1", "ERR0009"),
    ],
)
def test_otp_update_refused(
    http: requests.Session,
    bank: Bank,
    activation_id: str | None,
    otp_text: str | None,
    code: str,
) -> None:
    phone = _pending(bank)
    if activation_id == "given":
        activation_id = phone.activation_id
    members = {"activationId": activation_id, "activationOtp": otp_text}

    assert refused(http, "activation/otp/update", **members) == code
    assert bank.activation(phone).otp_hash == ""


def test_otp_update_needs_a_pending_activation(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    bank.code("alice")
    created = Activation.objects.get(state=ActivationState.CREATED)
    expired = _pending(bank)
    _expire(expired)

    for activation_id in [alice.activation_id, str(created.id), expired.activation_id]:
        members = {"activationId": activation_id, "activationOtp": "1"}
        assert refused(http, "activation/otp/update", **members) == "ERR0008"
    assert _state(expired) == "REMOVED"


def test_otp_update_in_the_key_exchange_mode(http: requests.Session, bank: Bank) -> None:
    phone = _pending(bank)
    Activation.objects.update(otp_validation="ON_KEY_EXCHANGE")
    members = {"activationId": phone.activation_id, "activationOtp": "1"}

    assert refused(http, "activation/otp/update", **members) == "ERR0032"


# --- remove, block, unblock ---------------------------------------------------------------------


@pytest.mark.main_path
def test_remove_is_final_and_can_be_repeated(http: requests.Session, alice: Phone) -> None:
    members = {"activationId": alice.activation_id, "externalUserId": "clerk"}

    for _ in range(2):
        answer = ok(http, "activation/remove", **members, revokeRecoveryCodes=True)
        assert answer == {"activationId": alice.activation_id, "removed": True}

    assert _changes(alice)[-2:] == [("REMOVED", "", "clerk")] * 2
    assert alice.validate_signature(pin=PIN).status == 401
    for method in ["block", "unblock"]:
        assert refused(http, f"activation/{method}", **members) == "ERR0008"
    assert refused(http, "activation/commit", **members) == "ERR0007"


def test_remove_of_every_state(http: requests.Session, bank: Bank, alice: Phone) -> None:
    for state in ActivationState:
        Activation.objects.update(state=state)
        ok(http, "activation/remove", activationId=alice.activation_id)
        assert _state(alice) == "REMOVED"


@pytest.mark.main_path
def test_block_and_unblock(http: requests.Session, bank: Bank, alice: Phone) -> None:
    members = {"activationId": alice.activation_id, "externalUserId": "clerk"}

    blocked = ok(http, "activation/block", **members, reason="LOST")

    assert blocked == {
        "activationId": alice.activation_id,
        "activationStatus": "BLOCKED",
        "blockedReason": "LOST",
    }
    assert _changes(alice)[-1] == ("BLOCKED", "LOST", "clerk")
    assert alice.validate_signature(pin=PIN).status == 401
    again = ok(http, "activation/block", **members, reason="OTHER")
    assert again["blockedReason"] == "LOST"
    for _ in range(2):
        assert ok(http, "activation/unblock", **members) == {
            "activationId": alice.activation_id,
            "activationStatus": "ACTIVE",
        }
    assert [state for state, _, _ in _changes(alice)][-3:] == ["ACTIVE", "BLOCKED", "ACTIVE"]
    assert alice.validate_signature(pin=PIN).status == 200


@pytest.mark.parametrize("reason", [None, ""])
def test_block_without_reason(http: requests.Session, alice: Phone, reason: str | None) -> None:
    answer = ok(http, "activation/block", activationId=alice.activation_id, reason=reason)

    assert answer["blockedReason"] == "NOT_SPECIFIED"


def test_wrong_pins_block_until_unblocked(http: requests.Session, bank: Bank, alice: Phone) -> None:
    for attempt in range(1, 5):
        _wrong_pin(alice)
        assert bank.activation(alice).failed_attempts == attempt
    assert _state(alice) == "ACTIVE"
    _wrong_pin(alice)

    status = ok(http, "activation/status", activationId=alice.activation_id)
    assert (status["activationStatus"], status["blockedReason"], status["failedAttempts"]) == (
        "BLOCKED",
        "MAX_FAILED_ATTEMPTS",
        5,
    )
    again = ok(http, "activation/block", activationId=alice.activation_id, reason="LOST")
    assert again["blockedReason"] == "MAX_FAILED_ATTEMPTS"
    ok(http, "activation/unblock", activationId=alice.activation_id)
    status = ok(http, "activation/status", activationId=alice.activation_id)
    assert (status["activationStatus"], status["blockedReason"], status["failedAttempts"]) == (
        "ACTIVE",
        None,
        0,
    )
    assert alice.validate_signature(pin=PIN).status == 200


@pytest.mark.parametrize("method", ["block", "unblock"])
def test_pending_activations_cannot_be_blocked(
    http: requests.Session, bank: Bank, method: str
) -> None:
    phone = _pending(bank)
    bank.code("alice")
    created = Activation.objects.get(state=ActivationState.CREATED)

    for activation_id in [phone.activation_id, str(created.id)]:
        assert refused(http, f"activation/{method}", activationId=activation_id) == "ERR0008"
    assert _state(phone) == "PENDING_COMMIT"


# --- all changes --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize(
    ("activation_id", "code"),
    [(None, "ERR0024"), (NIL, "ERR0009"), ("x", "ERR0009"), ("x" * 9999, "ERR0009")],
)
def test_change_of_nothing(
    http: requests.Session, method: str, activation_id: str | None, code: str
) -> None:
    members = {"activationId": activation_id}
    if method == "otp/update":
        members["activationOtp"] = "1"

    assert refused(http, f"activation/{method}", **members) == code


@pytest.mark.parametrize("method", CHANGES)
def test_change_by_somebody_with_too_long_a_name(
    http: requests.Session, bank: Bank, method: str
) -> None:
    phone = _pending(bank)
    members = {"activationId": phone.activation_id, "externalUserId": "u" * 256}
    if method == "otp/update":
        members["activationOtp"] = "1"

    assert refused(http, f"activation/{method}", **members) == "ERR0024"
    assert _state(phone) == "PENDING_COMMIT"


def test_block_with_too_long_a_reason(http: requests.Session, alice: Phone) -> None:
    members = {"activationId": alice.activation_id, "reason": "r" * 256}

    assert refused(http, "activation/block", **members) == "ERR0024"
    assert _state(alice) == "ACTIVE"


def test_identifier_in_capitals(http: requests.Session, alice: Phone) -> None:
    answer = ok(http, "activation/block", activationId=alice.activation_id.upper())

    assert answer["activationId"] == alice.activation_id


def test_unsupported_version_fails_signatures(http: requests.Session, alice: Phone) -> None:
    application = Application.objects.get(id__isnull=False)
    members = {"applicationId": application.id, "applicationVersionId": "default"}

    ok(http, "application/version/unsupport", **members)
    assert alice.validate_signature(pin=PIN).status == 401
    ok(http, "application/version/support", **members)
    assert alice.validate_signature(pin=PIN).status == 200
