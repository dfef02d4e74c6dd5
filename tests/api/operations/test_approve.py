"""`operation/authorize` with a good signature: mobile-token-api.md 4.5 and 4.6."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from operations.models import Operation
from powerauth.engine.activations import flags
from powerauth.phone.phone import Phone
from powerauth.protocol.versions import TRAITS
from tests.api.operations.calls import (
    APPROVAL_FAILS,
    BASE,
    EXPIRED,
    FAILED,
    FINISHED,
    STATES,
    UNAUTHENTICATED,
    UNKNOWN_ID,
    authorize,
    error,
)
from tests.bank import PIN, VERSIONS, Bank

Refusal = tuple[int, str, str]
IMPOSSIBLE = (400, "INVALID_OPERATION", "Operation not found or is in an unexpected state.")


def _stored(operation: Operation) -> tuple[str, int, str]:
    operation.refresh_from_db()
    return operation.status, operation.failure_count, operation.user_id


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("factors", ["possession_knowledge", "possession_biometry"])
def test_approves(bank: Bank, version: str, factors: str) -> None:
    phone = bank.phone("alice", version=version)
    operation = bank.operation("alice", additional_data={"channel": "web", "authFactor": "none"})
    before = timezone.now()
    answer = phone.approve(phone.operations()[0], pin=PIN, factors=factors)
    assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert _stored(operation) == ("APPROVED", 0, "alice")
    assert operation.finalized_at is not None
    assert before <= operation.finalized_at <= timezone.now()
    assert operation.additional_data == {
        "channel": "web",
        "activationId": phone.activation_id,
        "applicationId": bank.application.id,
        "ipAddress": "127.0.0.1",
        "userAgent": "SoftwarePhone/1.0",
        "authFactor": factors,
        "protocolGeneration": TRAITS[version].generation,
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_one_factor_is_enough_where_the_operation_says_so(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    operation = bank.operation("alice", data="A2", signature_types=["POSSESSION"])
    assert phone.approve(str(operation.id), "A2", factors="possession").ok
    assert _stored(operation) == ("APPROVED", 0, "alice")


def test_body_of_the_document(bank: Bank, alice: Phone) -> None:
    data = "A1*A100CZK*Q238400856/0300**D20190629*NUtility Bill Payment - 05/2019"
    operation = bank.operation("alice", data=data)
    escaped = data.replace("/", "\\/").replace("U", "\\u0055")
    body = (
        f'{{\n  "requestObject": {{\n    "id": "{operation.id}",\n    "data": "{escaped}"\n  }}\n}}'
    )
    assert authorize(alice, body.encode()).json == {"status": "OK"}
    assert _stored(operation)[0] == "APPROVED"


def test_explicit_nulls_and_unknown_members(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    payload = {
        "id": str(operation.id),
        "data": operation.data,
        "proximityCheck": None,
        "mobileTokenData": None,
        "unknown": {"a": [1]},
    }
    assert authorize(alice, payload).ok
    operation.refresh_from_db()
    assert "proximity_otp" not in operation.additional_data
    assert "mobileTokenData" not in operation.additional_data


@pytest.mark.parametrize(
    "data", [{"preApprovalScreens": [{"screen": "a", "n": 15, "x": None}]}, '{"a":1}', []]
)
def test_mobile_token_data_are_stored_verbatim(bank: Bank, alice: Phone, data: object) -> None:
    operation = bank.operation("alice")
    assert alice.approve(str(operation.id), operation.data, pin=PIN, mobile_token_data=data).ok
    operation.refresh_from_db()
    assert operation.additional_data["mobileTokenData"] == data


@pytest.mark.embedded
def test_empty_data_fit_an_operation_without_data_only(bank: Bank, alice: Phone) -> None:
    empty, full = bank.operation("alice", data=""), bank.operation("alice")
    assert alice.approve(str(empty.id), "", pin=PIN).ok
    assert error(alice.approve(str(full.id), "", pin=PIN)) == APPROVAL_FAILS
    assert _stored(full) == ("PENDING", 1, "alice")


def test_unassigned_operation_gets_the_user(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("")
    assert alice.approve(str(operation.id), operation.data, pin=PIN).ok
    assert _stored(operation) == ("APPROVED", 0, "alice")


def test_operation_bound_to_this_activation(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", activation_id=alice.activation_id)
    assert alice.approve(str(operation.id), operation.data, pin=PIN).ok


@pytest.mark.parametrize(
    "change", [lambda d: d + " ", lambda d: d.lower(), lambda d: d[:-1], lambda d: f" {d}"]
)
def test_other_data_count_as_a_failure(bank: Bank, alice: Phone, change: Any) -> None:
    operation = bank.operation("alice")
    answer = alice.approve(str(operation.id), change(operation.data), pin=PIN)
    assert error(answer) == APPROVAL_FAILS
    assert _stored(operation) == ("PENDING", 1, "alice")
    assert operation.additional_data["authFactor"] == "possession_knowledge"


@pytest.mark.parametrize(
    ("allowed", "factors"),
    [
        (["POSSESSION_KNOWLEDGE"], "possession"),
        (["POSSESSION_KNOWLEDGE"], "possession_biometry"),
        (["POSSESSION"], "possession_knowledge"),
        (["POSSESSION_KNOWLEDGE_BIOMETRY"], "possession_knowledge"),
    ],
)
def test_factors_that_the_operation_does_not_allow(
    bank: Bank, alice: Phone, allowed: list[str], factors: str
) -> None:
    operation = bank.operation("alice", signature_types=allowed)
    answer = alice.approve(str(operation.id), operation.data, pin=PIN, factors=factors)
    assert error(answer) == APPROVAL_FAILS
    assert _stored(operation) == ("PENDING", 1, "alice")


@pytest.mark.main_path
def test_last_attempt_fails_the_operation(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=2)
    assert error(alice.approve(str(operation.id), "A2", pin=PIN)) == APPROVAL_FAILS
    assert error(alice.approve(str(operation.id), "A2", pin=PIN)) == FAILED
    assert _stored(operation) == ("FAILED", 2, "alice")
    assert operation.finalized_at is not None
    assert error(alice.approve(str(operation.id), operation.data, pin=PIN)) == FAILED
    assert _stored(operation) == ("FAILED", 2, "alice")


def test_failed_attempts_do_not_give_the_operation_away(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("")
    alice.approve(str(operation.id), "A2", pin=PIN)
    assert _stored(operation) == ("PENDING", 1, "")


def test_twice(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    assert alice.approve(str(operation.id), operation.data, pin=PIN).ok
    first = _stored(operation), operation.finalized_at
    assert error(alice.approve(str(operation.id), operation.data, pin=PIN)) == FINISHED
    assert error(alice.reject(str(operation.id))) == FINISHED
    assert (_stored(operation), operation.finalized_at) == first


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_states(bank: Bank, alice: Phone, status: str, expected: Refusal) -> None:
    operation = bank.operation("alice", status=status)
    assert error(alice.approve(str(operation.id), operation.data, pin=PIN)) == expected
    assert _stored(operation) == (status, 0, "alice")


@pytest.mark.parametrize("data", ["A1*A2199.40CZK*ICZ1", "wrong"])
def test_expired_before_failed(bank: Bank, alice: Phone, data: str) -> None:
    operation = bank.operation(
        "alice",
        data="A1*A2199.40CZK*ICZ1",
        max_failure_count=1,
        expires_at=timezone.now() - timedelta(milliseconds=1),
    )
    assert error(alice.approve(str(operation.id), data, pin=PIN)) == EXPIRED
    assert _stored(operation) == ("PENDING", 0, "alice")


@pytest.mark.parametrize("operation_id", [UNKNOWN_ID, "x"])
def test_unknown(alice: Phone, operation_id: str) -> None:
    assert error(alice.approve(operation_id, "A2", pin=PIN)) == IMPOSSIBLE


@pytest.mark.main_path
@pytest.mark.parametrize("status", ["PENDING", "APPROVED", "FAILED"])
def test_strangers_are_refused_and_not_counted(
    bank: Bank, bob: Phone, mallory: Phone, status: str
) -> None:
    operation = bank.operation("alice", status=status, max_failure_count=1)
    for phone in (bob, mallory):
        answer = phone.approve(str(operation.id), operation.data, pin=PIN)
        assert error(answer) == APPROVAL_FAILS
    assert _stored(operation) == (status, 0, "alice")
    assert operation.additional_data == {}


def test_unassigned_operation_of_another_application(bank: Bank, mallory: Phone) -> None:
    operation = bank.operation("", max_failure_count=1)
    answer = mallory.approve(str(operation.id), operation.data, pin=PIN)
    assert error(answer) == APPROVAL_FAILS
    assert _stored(operation) == ("PENDING", 0, "")


def test_bound_to_another_activation_of_the_user(bank: Bank, alice: Phone) -> None:
    other = bank.phone("alice")
    operation = bank.operation("alice", activation_id=other.activation_id, max_failure_count=1)
    answer = alice.approve(str(operation.id), operation.data, pin=PIN)
    assert error(answer) == APPROVAL_FAILS
    assert _stored(operation) == ("PENDING", 0, "alice")
    assert other.approve(str(operation.id), operation.data, pin=PIN).ok


def test_activation_flag_is_required(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", activation_flag="VIP")
    expected = (
        400,
        "OPERATION_REQUIRES_ACTIVATION_FLAG",
        "Operation requires activation flag: VIP, which is not present on activation.",
    )
    assert error(alice.approve(str(operation.id), operation.data, pin=PIN)) == expected
    assert error(alice.reject(str(operation.id))) == expected
    assert _stored(operation) == ("PENDING", 0, "alice")
    flags.add(alice.activation_id, ["VIP", "OTHER"])
    assert alice.approve(str(operation.id), operation.data, pin=PIN).ok


@pytest.mark.parametrize("flag", ["VERIFICATION_PENDING", "VERIFICATION_IN_PROGRESS"])
def test_onboarding_forbids_to_approve_but_not_to_reject(
    bank: Bank, alice: Phone, flag: str
) -> None:
    operation = bank.operation("alice", max_failure_count=1)
    flags.add(alice.activation_id, [flag])
    answer = alice.approve(str(operation.id), operation.data, pin=PIN)
    assert error(answer) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 0, "alice")
    assert operation.additional_data == {}
    assert alice.reject(str(operation.id)).ok


def test_answer_to_onboarding_can_be_chosen(bank: Bank, alice: Phone, settings: Settings) -> None:
    settings.DISALLOWED_FLAGS_ANSWER = "INVALID_ACTIVATION"
    settings.DISALLOWED_ACTIVATION_FLAGS = ["TRIAL"]
    operation = bank.operation("alice")
    flags.add(alice.activation_id, ["TRIAL"])
    answer = alice.approve(str(operation.id), operation.data, pin=PIN)
    assert error(answer) == (400, "INVALID_ACTIVATION", "Activation is not valid")


def test_a_refused_operation_does_not_give_the_counter_back(bank: Bank, alice: Phone) -> None:
    before = bank.activation(alice).counter
    alice.approve(UNKNOWN_ID, "A2", pin=PIN)
    assert bank.activation(alice).counter == before + 1


def test_address_behind_a_trusted_proxy(bank: Bank, alice: Phone, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    operation = bank.operation("alice")
    payload = {"id": str(operation.id), "data": operation.data}
    headers = {"X-Forwarded-For": "10.0.0.9, 192.0.2.7", "User-Agent": "App\x7f/1 (x)"}
    answer = alice.signed_post(
        f"{BASE}/authorize",
        payload,
        resource_id="/operation/authorize",
        pin=PIN,
        headers=headers,
    )
    assert answer.ok
    operation.refresh_from_db()
    assert operation.additional_data["ipAddress"] == "192.0.2.7"
    assert operation.additional_data["userAgent"] == "App/1 (x)"
