"""`operation/authorize` without a good signature: mobile-token-api.md 4.6, "Failed
authentication"."""

from datetime import timedelta

import pytest
from django.utils import timezone

from operations.models import Operation
from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationState
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from tests.api.operations.calls import (
    BASE,
    BROKEN_BODIES,
    EXPIRED,
    FAILED,
    STATES,
    UNAUTHENTICATED,
    UNKNOWN_ID,
    authorize,
    cancel,
    error,
)
from tests.bank import PIN, VERSIONS, Bank

Refusal = tuple[int, str, str]
WRONG_PIN = "9999"


def _wrong(phone: Phone, operation: Operation) -> Refusal:
    answer = phone.approve(str(operation.id), operation.data, pin=WRONG_PIN)
    status, code, message = error(answer)
    return status, code or "", message or ""


def _stored(operation: Operation) -> tuple[str, int]:
    operation.refresh_from_db()
    return operation.status, operation.failure_count


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_wrong_pin_counts_on_activation_and_operation(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    operation = bank.operation("alice")
    assert _wrong(phone, operation) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 1)
    assert operation.additional_data == {
        "ipAddress": "127.0.0.1",
        "userAgent": "SoftwarePhone/1.0",
    }
    assert bank.activation(phone).failed_attempts == 1
    assert phone.approve(str(operation.id), operation.data, pin=PIN).ok
    assert _stored(operation) == ("APPROVED", 1)


def test_last_attempt_fails_the_operation(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=2)
    assert _wrong(alice, operation) == UNAUTHENTICATED
    assert _wrong(alice, operation) == FAILED
    assert _stored(operation) == ("FAILED", 2)
    assert operation.finalized_at is not None
    assert _wrong(alice, operation) == FAILED
    assert _stored(operation) == ("FAILED", 2)


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_state_of_the_operation_goes_first(
    bank: Bank, alice: Phone, status: str, expected: Refusal
) -> None:
    operation = bank.operation("alice", status=status)
    assert _wrong(alice, operation) == expected
    assert _stored(operation) == (status, 0)


def test_expired_before_failed(bank: Bank, alice: Phone) -> None:
    past = timezone.now() - timedelta(seconds=1)
    operation = bank.operation("alice", expires_at=past, max_failure_count=1)
    assert _wrong(alice, operation) == EXPIRED
    assert _stored(operation) == ("PENDING", 0)


def test_unknown_operation_is_named_to_a_plausible_phone_only(bank: Bank, alice: Phone) -> None:
    expected = (400, "INVALID_OPERATION", "Operation not found or is in an unexpected state.")
    assert error(alice.approve(UNKNOWN_ID, "A2", pin=WRONG_PIN)) == expected
    Activation.objects.update(state=ActivationState.REMOVED)
    assert error(alice.approve(UNKNOWN_ID, "A2", pin=WRONG_PIN)) == UNAUTHENTICATED
    answer = alice.plain_post(f"{BASE}/authorize", {"id": UNKNOWN_ID, "data": "A2"})
    assert error(answer) == UNAUTHENTICATED


@pytest.mark.parametrize("status", ["PENDING", "APPROVED", "EXPIRED"])
def test_strangers_neither_count_nor_learn_the_state(
    bank: Bank, bob: Phone, mallory: Phone, status: str
) -> None:
    operation = bank.operation("alice", status=status, max_failure_count=1)
    assert _wrong(bob, operation) == UNAUTHENTICATED
    assert _wrong(mallory, operation) == UNAUTHENTICATED
    assert _stored(operation) == (status, 0)


def test_another_activation_of_a_bound_operation_does_not_count(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", activation_id=UNKNOWN_ID, max_failure_count=1)
    assert _wrong(alice, operation) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 0)


def test_unassigned_operation_is_not_counted(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("", max_failure_count=1)
    assert _wrong(alice, operation) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 0)


@pytest.mark.parametrize("header", [None, "", "PowerAuth", "Basic Og==", 'PowerAuth a="b"'])
def test_without_a_plausible_header_nothing_counts(
    bank: Bank, alice: Phone, header: str | None
) -> None:
    operation = bank.operation("alice", max_failure_count=1)
    headers = {} if header is None else {SIGNATURE_HEADER: header}
    payload = {"id": str(operation.id), "data": operation.data}
    answer = alice.plain_post(f"{BASE}/authorize", payload, headers=headers)
    assert error(answer) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 0)


def test_a_token_is_not_enough_and_does_not_count(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=1)
    payload = {"id": str(operation.id), "data": operation.data}
    for action in ("authorize", "cancel"):
        assert error(alice.token_post(f"{BASE}/{action}", payload)) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 0)


@pytest.mark.parametrize("body", BROKEN_BODIES)
def test_body_is_not_judged(alice: Phone, body: bytes) -> None:
    assert error(authorize(alice, body, pin=WRONG_PIN)) == UNAUTHENTICATED


def test_body_changed_on_the_way(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", data="A1*A1CZK")
    signed = f'{{"requestObject":{{"id":"{operation.id}","data":"A1*A9CZK"}}}}'.encode()
    header = alice.sign("POST", "/operation/authorize", signed, pin=PIN)
    answer = alice.plain_post(
        f"{BASE}/authorize",
        signed.replace(b"A9CZK", b"A1CZK"),
        headers={SIGNATURE_HEADER: header},
    )
    assert error(answer) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 1)


def test_request_sent_again(bank: Bank, alice: Phone) -> None:
    operation, other = bank.operation("alice"), bank.operation("alice")
    body = f'{{"requestObject":{{"id":"{operation.id}","data":"{operation.data}"}}}}'.encode()
    headers = {SIGNATURE_HEADER: alice.sign("POST", "/operation/authorize", body, pin=PIN)}
    assert alice.plain_post(f"{BASE}/authorize", body, headers=headers).ok
    again = alice.plain_post(f"{BASE}/authorize", body, headers=headers)
    assert again.code == "OPERATION_ALREADY_FINISHED"
    moved = body.replace(str(operation.id).encode(), str(other.id).encode())
    assert error(alice.plain_post(f"{BASE}/authorize", moved, headers=headers)) == UNAUTHENTICATED
    assert _stored(other) == ("PENDING", 1)


@pytest.mark.parametrize("factors", ["knowledge", "biometry", "possession_knowledge_biometry"])
def test_factors_that_the_endpoint_does_not_know(bank: Bank, alice: Phone, factors: str) -> None:
    operation = bank.operation("alice", signature_types=[factors.upper()])
    answer = alice.approve(str(operation.id), operation.data, pin=PIN, factors=factors)
    assert error(answer) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 1)


def test_signature_for_another_endpoint(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    payload = {"id": str(operation.id), "data": operation.data}
    answer = alice.signed_post(
        f"{BASE}/authorize", payload, resource_id="/operation/cancel", pin=PIN
    )
    assert error(answer) == UNAUTHENTICATED


def test_blocked_activation(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    lifecycle.block(alice.activation_id, at=timezone.now())
    answer = alice.approve(str(operation.id), operation.data, pin=PIN)
    assert error(answer) == UNAUTHENTICATED
    assert error(alice.reject(str(operation.id))) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 1)
    lifecycle.unblock(alice.activation_id, at=timezone.now())
    assert alice.approve(str(operation.id), operation.data, pin=PIN).ok


def test_removed_activation_speaks_for_nobody(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=1)
    lifecycle.remove(alice.activation_id, at=timezone.now())
    answer = alice.approve(str(operation.id), operation.data, pin=PIN)
    assert error(answer) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 0)


def test_five_wrong_pins_block_and_the_sixth_right_one_is_refused(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=10)
    for _ in range(5):
        assert _wrong(alice, operation) == UNAUTHENTICATED
    answer = alice.approve(str(operation.id), operation.data, pin=PIN)
    assert error(answer) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 6)


def test_failed_rejection_is_not_reported(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=1)
    payload = {"id": str(operation.id)}
    answer = cancel(alice, payload, factors="possession_knowledge", pin=PIN)
    assert error(answer) == UNAUTHENTICATED
    assert _stored(operation) == ("PENDING", 0)
