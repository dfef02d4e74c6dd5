"""`operation/detail/claim` is for who can decide afterwards: mobile-token-api.md 4.3 and 4.5."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from operations.models import FormTemplate, Operation
from powerauth.engine.activations import flags
from powerauth.phone.phone import Phone
from tests.api.operations.calls import UNAUTHENTICATED, by_token, error
from tests.bank import PIN, Bank

VIP_NEEDED = (
    400,
    "OPERATION_REQUIRES_ACTIVATION_FLAG",
    "Operation requires activation flag: VIP, which is not present on activation.",
)
NO_TEXTS = (400, "INVALID_REQUEST", "Template not found")
BROKEN_TEXTS = (500, "ERR_CONFIG", "Invalid JSON structure for the configuration")
IMPOSSIBLE = (
    400,
    "INVALID_OPERATION",
    "Operation not found or is in an unexpected state.",
)
Refusal = tuple[int, str, str]


def _claim(phone: Phone, operation: Operation) -> Any:
    return by_token(phone, "detail/claim", {"id": str(operation.pk)})


def _owner(operation: Operation) -> tuple[str, bool]:
    operation.refresh_from_db()
    return operation.user_id, operation.claimed_at is not None


@pytest.mark.main_path
def test_flag_that_the_operation_needs(bank: Bank, alice: Phone, bob: Phone) -> None:
    operation = bank.operation("", activation_flag="VIP")
    assert error(_claim(alice, operation)) == VIP_NEEDED
    assert _owner(operation) == ("", False)
    flags.add(bob.activation_id, ["VIP"])
    assert _claim(bob, operation).ok
    assert _owner(operation) == ("bob", True)
    assert bob.approve(str(operation.pk), operation.data, pin=PIN).ok


@pytest.mark.main_path
@pytest.mark.parametrize("flag", ["VERIFICATION_PENDING", "VERIFICATION_IN_PROGRESS"])
@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("POWERAUTH_AUTH_FAIL", UNAUTHENTICATED),
        ("INVALID_ACTIVATION", (400, "INVALID_ACTIVATION", "Activation is not valid")),
    ],
)
def test_disallowed_flag(
    bank: Bank, alice: Phone, settings: Settings, flag: str, setting: str, expected: Refusal
) -> None:
    settings.DISALLOWED_FLAGS_ANSWER = setting
    operation = bank.operation("")
    flags.add(alice.activation_id, [flag])
    assert error(_claim(alice, operation)) == expected
    assert _owner(operation) == ("", False)
    flags.remove(alice.activation_id, [flag])
    assert _claim(alice, operation).ok


@pytest.mark.main_path
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"placeholder": "other"}, NO_TEXTS),
        ({"attributes": "{"}, BROKEN_TEXTS),
        ({"ui": "[]"}, BROKEN_TEXTS),
        ({"result_texts": "["}, BROKEN_TEXTS),
    ],
)
def test_operation_that_cannot_be_shown(
    bank: Bank, alice: Phone, values: dict[str, str], expected: Refusal
) -> None:
    operation = bank.operation("")
    FormTemplate.objects.update(**values)
    assert error(_claim(alice, operation)) == expected
    assert _owner(operation) == ("", False)


@pytest.mark.parametrize("kinds", [["KNOWLEDGE"], ["POSSESSION_KNOWLEDGE_BIOMETRY", "BIOMETRY"]])
def test_operation_that_no_phone_can_sign(bank: Bank, alice: Phone, kinds: list[str]) -> None:
    operation = bank.operation("", signature_types=kinds)
    assert error(_claim(alice, operation)) == IMPOSSIBLE
    assert _owner(operation) == ("", False)


@pytest.mark.parametrize("kind", ["POSSESSION", "POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"])
def test_operation_of_one_kind_of_signature(bank: Bank, alice: Phone, kind: str) -> None:
    operation = bank.operation("", signature_types=[kind])
    assert _claim(alice, operation).ok
    assert alice.approve(str(operation.pk), operation.data, pin=PIN, factors=kind.lower()).ok


def test_defect_while_it_is_shown(
    bank: Bank, alice: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError

    operation = bank.operation("")
    monkeypatch.setattr("operations.screen.presentation.build_ui", broken)
    assert _claim(alice, operation).status == 500
    assert _owner(operation) == ("", False)


def test_what_was_made_for_a_user_is_not_claimed(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", created_at=timezone.now())
    assert _claim(alice, operation).ok
    assert _owner(operation) == ("alice", False)
