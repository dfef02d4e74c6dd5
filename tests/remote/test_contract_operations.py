"""The contract of where operations live, embedded or remote: what phones see and decide."""

from datetime import timedelta

import pytest
from django.utils import timezone

from operations.models import FormTemplate, OperationStatus
from powerauth.engine.activations import flags
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.protocol.versions import TRAITS
from tests.api.operations.calls import (
    APPROVAL_FAILS,
    FAILED,
    FINISHED,
    FOREIGN,
    MALFORMED,
    NOT_FOUND,
    REJECTION_FAILS,
    STATES,
    UNAUTHENTICATED,
    UNKNOWN_ID,
    by_token,
    error,
)
from tests.bank import PIN, VERSIONS, Bank
from tests.factories import FormTemplateFactory

pytestmark = pytest.mark.usefixtures("engine")
IMPOSSIBLE = (400, "INVALID_OPERATION", "Operation not found or is in an unexpected state.")
NOT_REJECTABLE = (400, "INVALID_OPERATION", "Operation not found or is in an unexpected state")


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_operation_is_listed_shown_and_approved(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    operation = bank.operation("alice")
    (listed,) = phone.operations()
    assert listed == phone.operation(str(operation.pk))
    assert (listed["id"], listed["data"]) == (str(operation.pk), operation.data)
    assert phone.approve(listed, pin=PIN).ok
    operation.refresh_from_db()
    assert operation.status == OperationStatus.APPROVED
    assert operation.additional_data["activationId"] == phone.activation_id
    assert operation.additional_data["authFactor"] == "possession_knowledge"
    generation = TRAITS[version].generation
    assert operation.additional_data["protocolGeneration"] == generation
    assert phone.operations() == []
    (done,) = phone.history(pin=PIN)
    assert (done["id"], done["status"]) == (str(operation.pk), "APPROVED")
    assert error(phone.approve(listed, pin=PIN)) == FINISHED


def test_operation_is_rejected_with_a_reason(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    assert alice.reject(str(operation.pk), "INCORRECT_DATA").ok
    operation.refresh_from_db()
    assert operation.status == OperationStatus.REJECTED
    assert operation.additional_data["rejectReason"] == "INCORRECT_DATA"
    assert error(alice.reject(str(operation.pk))) == FINISHED


def test_list_is_the_users_own_newest_first(bank: Bank, alice: Phone, bob: Phone) -> None:
    now = timezone.now()
    made = [
        bank.operation("alice", created_at=now - timedelta(seconds=age)) for age in (30, 10, 20)
    ]
    bank.operation("bob")
    bank.operation("alice", activation_id=bob.activation_id)
    bank.operation("alice", expires_at=now - timedelta(seconds=1))
    shown = [operation["id"] for operation in alice.operations()]
    assert shown == [str(made[number].pk) for number in (1, 2, 0)]


def test_list_ends_at_its_limit(bank: Bank, alice: Phone, settings: object) -> None:
    settings.OPERATION_LIST_LIMIT = 2  # type: ignore[attr-defined] # of pytest-django
    for _ in range(3):
        bank.operation("alice")
    assert len(alice.operations()) == 2


def test_texts_in_the_best_language(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    FormTemplateFactory.create(language="cs", title="Platba")
    assert alice.operations(language="cs")[0]["formData"]["title"] == "Platba"
    english = alice.operations(language="en")[0]["formData"]["title"]
    assert alice.operations(language="fr")[0]["formData"]["title"] == english
    FormTemplate.objects.exclude(language="cs").delete()
    assert alice.operation(str(operation.pk), language="fr")["formData"]["title"] == "Platba"
    FormTemplate.objects.all().delete()
    assert alice.operations() == []
    wanted = {"id": str(operation.pk)}
    assert error(by_token(alice, "detail", wanted))[:2] == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_state_errors(
    bank: Bank, alice: Phone, status: str, expected: tuple[int, str, str]
) -> None:
    operation = bank.operation("alice", status=status)
    wanted = {"id": str(operation.pk)}
    assert error(by_token(alice, "detail", wanted)) == expected
    assert error(by_token(alice, "detail/claim", wanted)) == expected
    assert error(alice.approve(str(operation.pk), operation.data, pin=PIN)) == expected
    assert error(alice.reject(str(operation.pk))) == expected
    assert error(alice.approve(str(operation.pk), operation.data, pin="9999")) == expected


def test_unknown_operation(alice: Phone) -> None:
    assert error(by_token(alice, "detail", {"id": UNKNOWN_ID})) == NOT_FOUND
    assert error(by_token(alice, "detail/claim", {"id": UNKNOWN_ID})) == NOT_FOUND
    assert error(by_token(alice, "detail", {"id": "no uuid"})) == NOT_FOUND
    assert error(alice.approve(UNKNOWN_ID, "A1", pin=PIN)) == IMPOSSIBLE
    assert error(alice.reject(UNKNOWN_ID)) == NOT_REJECTABLE
    assert error(alice.approve(UNKNOWN_ID, "A1", pin="9999")) == IMPOSSIBLE
    assert error(by_token(alice, "detail", {"id": " "})) == MALFORMED


def test_strangers_learn_and_count_nothing(bank: Bank, alice: Phone, bob: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=1)
    assert error(by_token(bob, "detail", {"id": str(operation.pk)})) == FOREIGN
    assert error(bob.approve(str(operation.pk), operation.data, pin=PIN)) == APPROVAL_FAILS
    assert error(bob.reject(str(operation.pk))) == REJECTION_FAILS
    assert error(bob.approve(str(operation.pk), "A1", pin="9999")) == UNAUTHENTICATED
    operation.refresh_from_db()
    assert (operation.status, operation.failure_count) == (OperationStatus.PENDING, 0)
    assert alice.approve(str(operation.pk), operation.data, pin=PIN).ok


def test_failures_are_counted_to_the_end(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=3)
    assert error(alice.approve(str(operation.pk), "A2", pin=PIN)) == APPROVAL_FAILS
    assert error(alice.approve(str(operation.pk), operation.data, pin="9999")) == UNAUTHENTICATED
    operation.refresh_from_db()
    assert operation.failure_count == 2
    assert error(alice.approve(str(operation.pk), "A2", pin=PIN)) == FAILED
    operation.refresh_from_db()
    assert operation.status == OperationStatus.FAILED


def test_wrong_pin_may_be_the_last_attempt(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=1)
    assert error(alice.approve(str(operation.pk), operation.data, pin="9999")) == FAILED


def test_claim(bank: Bank, alice: Phone, bob: Phone) -> None:
    operation = bank.operation("")
    assert alice.operations() == []
    assert alice.claim(str(operation.pk))["id"] == str(operation.pk)
    operation.refresh_from_db()
    assert operation.user_id == "alice"
    assert alice.claim(str(operation.pk))["id"] == str(operation.pk)
    assert error(by_token(bob, "detail/claim", {"id": str(operation.pk)})) == NOT_FOUND
    assert alice.approve(str(operation.pk), operation.data, pin=PIN).ok


def test_what_cannot_be_shown_is_not_claimed(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("")
    FormTemplate.objects.all().delete()
    assert error(by_token(alice, "detail/claim", {"id": str(operation.pk)}))[0] == 400
    operation.refresh_from_db()
    assert operation.user_id == ""


def test_flag_that_an_operation_needs(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", activation_flag="VIP")
    refused = error(alice.approve(str(operation.pk), operation.data, pin=PIN))
    assert refused[:2] == (400, "OPERATION_REQUIRES_ACTIVATION_FLAG")
    flags.add(alice.activation_id, ["OTHER"])
    assert alice.operations() == []
    flags.add(alice.activation_id, ["VIP"])
    assert len(alice.operations()) == 1
    assert alice.approve(str(operation.pk), operation.data, pin=PIN).ok


def test_token_that_is_worth_nothing_lists_nothing(alice: Phone) -> None:
    token = alice.create_token()
    alice.remove_token(token, pin=PIN)
    alice.token = token
    with pytest.raises(PhoneFailure) as failure:
        alice.operations()
    assert error(failure.value.answer) == UNAUTHENTICATED
