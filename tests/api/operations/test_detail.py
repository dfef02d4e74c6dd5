"""`operation/detail` and `operation/detail/claim`: mobile-token-api.md 4.3."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from operations.models import FormTemplate, Operation
from powerauth.phone.phone import Phone
from tests.api.operations.calls import (
    BASE,
    BROKEN_BODIES,
    EXPIRED,
    FOREIGN,
    MALFORMED,
    NOT_FOUND,
    STATES,
    UNAUTHENTICATED,
    UNKNOWN_ID,
    by_token,
    error,
)
from tests.bank import Bank
from tests.factories import FormTemplateFactory

ACTIONS = ["detail", "detail/claim"]
both = pytest.mark.parametrize("action", ACTIONS)
Refusal = tuple[int, str, str]


def _ask(phone: Phone, action: str, operation: Operation) -> Refusal:
    status, code, message = error(by_token(phone, action, {"id": str(operation.id)}))
    return status, code or "", message or ""


@pytest.mark.main_path
@both
def test_shows_one_operation(bank: Bank, alice: Phone, action: str) -> None:
    operation = bank.operation("alice")
    answer = by_token(alice, action, {"id": str(operation.id)})
    assert set(answer.json) == {"status", "currentTimestamp", "responseObject"}
    assert answer.payload == alice.operations()[0]
    assert answer.payload["id"] == str(operation.id)


@both
def test_accepts_upper_case_and_unknown_members(bank: Bank, alice: Phone, action: str) -> None:
    operation = bank.operation("alice")
    answer = by_token(alice, action, {"id": str(operation.id).upper(), "new": [None]})
    assert answer.payload["id"] == str(operation.id)


@both
@pytest.mark.parametrize(("status", "expected"), STATES)
def test_states(bank: Bank, alice: Phone, action: str, status: str, expected: Refusal) -> None:
    assert _ask(alice, action, bank.operation("alice", status=status)) == expected


@both
def test_expired_by_time(bank: Bank, alice: Phone, action: str) -> None:
    operation = bank.operation("alice", expires_at=timezone.now() - timedelta(seconds=1))
    assert _ask(alice, action, operation) == EXPIRED
    operation.refresh_from_db()
    assert operation.status == "PENDING"


@both
@pytest.mark.parametrize("operation_id", [UNKNOWN_ID, "x", "../detail", "1' OR '1'='1"])
def test_unknown(alice: Phone, action: str, operation_id: str) -> None:
    assert error(by_token(alice, action, {"id": operation_id})) == NOT_FOUND


@both
@pytest.mark.parametrize("body", BROKEN_BODIES)
def test_malformed(alice: Phone, action: str, body: bytes) -> None:
    assert error(by_token(alice, action, body)) == MALFORMED


@pytest.mark.parametrize("status", ["PENDING", "APPROVED", "CANCELED"])
def test_strangers_learn_no_state(bank: Bank, bob: Phone, mallory: Phone, status: str) -> None:
    operation = bank.operation("alice", status=status)
    assert _ask(bob, "detail", operation) == FOREIGN
    assert _ask(mallory, "detail", operation) == FOREIGN
    assert _ask(bob, "detail/claim", operation) == NOT_FOUND
    assert _ask(mallory, "detail/claim", operation) == FOREIGN


@both
def test_bound_to_another_activation(bank: Bank, alice: Phone, action: str) -> None:
    operation = bank.operation("alice", activation_id=bank.phone("alice").activation_id)
    assert _ask(alice, action, operation) == FOREIGN


def test_unassigned_is_shown_without_being_claimed(bank: Bank, alice: Phone, bob: Phone) -> None:
    operation = bank.operation("")
    assert alice.operation(str(operation.id))["id"] == str(operation.id)
    assert bob.operation(str(operation.id))["id"] == str(operation.id)
    operation.refresh_from_db()
    assert operation.user_id == ""


@pytest.mark.main_path
def test_claim_takes_an_unassigned_operation_once(bank: Bank, alice: Phone, bob: Phone) -> None:
    operation = bank.operation("")
    assert alice.operations() == []
    assert alice.claim(str(operation.id)) == alice.claim(str(operation.id))
    assert _ask(bob, "detail/claim", operation) == NOT_FOUND
    assert [shown["id"] for shown in alice.operations()] == [str(operation.id)]
    operation.refresh_from_db()
    assert operation.user_id == "alice"


@pytest.mark.parametrize("values", [{"applications": []}, {"activation_id": UNKNOWN_ID}])
def test_claim_of_what_is_not_for_this_phone(
    bank: Bank, alice: Phone, values: dict[str, object]
) -> None:
    operation = bank.operation("", **values)
    assert _ask(alice, "detail/claim", operation) == FOREIGN
    operation.refresh_from_db()
    assert operation.user_id == ""


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_claim_needs_a_pending_operation(
    bank: Bank, alice: Phone, status: str, expected: Refusal
) -> None:
    operation = bank.operation("", status=status)
    assert _ask(alice, "detail/claim", operation) == expected
    operation.refresh_from_db()
    assert operation.user_id == ""


@both
def test_no_template(bank: Bank, alice: Phone, action: str) -> None:
    operation = bank.operation("alice", operation_type="unknown")
    assert _ask(alice, action, operation) == (400, "INVALID_REQUEST", "Template not found")


@both
@pytest.mark.parametrize("member", ["attributes", "ui", "result_texts"])
def test_broken_template(bank: Bank, alice: Phone, action: str, member: str) -> None:
    FormTemplate.objects.update(**{member: '{"secret": ${x'})
    answer = by_token(alice, action, {"id": str(bank.operation("alice").id)})
    expected = (500, "ERR_CONFIG", "Invalid JSON structure for the configuration")
    assert error(answer) == expected


def test_any_language_is_better_than_none(bank: Bank, alice: Phone) -> None:
    FormTemplate.objects.all().delete()
    FormTemplateFactory.create(language="sk", title="Prvý")
    FormTemplateFactory.create(language="cs", title="Druhý")
    shown = alice.operation(str(bank.operation("alice").id), language="de")
    assert shown["formData"]["title"] == "Prvý"


@both
def test_signature_for_its_own_resource_only(bank: Bank, alice: Phone, action: str) -> None:
    payload = {"id": str(bank.operation("alice").id)}

    def ask(resource_id: str) -> int:
        return alice.signed_post(
            f"{BASE}/{action}", payload, resource_id=resource_id, factors="possession"
        ).status

    assert ask(f"/operation/{action}") == 200
    assert ask("/operation/list") == 401


@both
def test_nobody_is_refused_before_the_body_is_read(alice: Phone, action: str) -> None:
    assert error(alice.plain_post(f"{BASE}/{action}", b"{")) == UNAUTHENTICATED


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["POSSESSION"], {"type": "1FA", "variants": []}),
        (["POSSESSION_KNOWLEDGE", "POSSESSION"], {"type": "1FA", "variants": []}),
        (["POSSESSION_BIOMETRY"], {"type": "2FA", "variants": ["possession_biometry"]}),
        (
            ["POSSESSION_KNOWLEDGE_BIOMETRY", "POSSESSION_BIOMETRY", "POSSESSION_KNOWLEDGE"],
            {"type": "2FA", "variants": ["possession_knowledge", "possession_biometry"]},
        ),
        (["POSSESSION_KNOWLEDGE_BIOMETRY"], {"type": "2FA", "variants": []}),
    ],
)
def test_allowed_signature_type(
    bank: Bank, alice: Phone, kinds: list[str], expected: dict[str, object]
) -> None:
    operation = bank.operation("alice", signature_types=kinds)
    assert alice.operation(str(operation.id))["allowedSignatureType"] == expected


def test_fraud_warning_is_in_the_language_of_the_user(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", risk_flags="XFC")
    ui = alice.operation(str(operation.id), language="xx")["ui"]
    assert (ui["flipButtons"], ui["blockApprovalOnCall"]) == (True, True)
    assert ui["preApprovalScreen"]["heading"] == "Beware of fraud"


def test_screens_before_the_approval_are_a_list_beside_the_former_one(
    bank: Bank, alice: Phone
) -> None:
    """Release line 2.0: protocol-4.md 35, mobile-token-api.md 7.4."""
    warning = {"type": "WARNING", "heading": "Stop, ${who}", "message": "m"}
    button = {"type": "BUTTON", "text": "Call us", "action": "PHONE", "href": "tel:112"}
    listed = [
        warning | {"elements": [button], "controls": {"approve": {"type": "SLIDER"}}},
        {"type": "QR_SCAN"},
    ]
    ui = {"preApprovalScreen": warning, "preApprovalScreens": listed}
    FormTemplate.objects.update(ui=json.dumps(ui))
    operation = bank.operation("alice", parameters={"who": "Alice"})
    shown = alice.operation(str(operation.id))["ui"]
    told = {"type": "WARNING", "heading": "Stop, Alice", "message": "m"}
    assert shown["preApprovalScreen"] == told
    # There is nothing to scan.
    assert shown["preApprovalScreens"] == [
        {
            "id": "1",
            **told,
            "elements": [{"id": "1", **button}],
            "controls": {"approve": {"type": "SLIDER"}},
        }
    ]


def test_texts_are_plain_and_json_is_safe(bank: Bank, alice: Phone) -> None:
    FormTemplate.objects.update(
        title="To ${who}",
        result_texts='{"success":"Paid ${who}","failure":" ","reject":null}',
        ui='{"preApprovalScreen":{"type":"INFO","heading":"${who}","message":"m"},'
        '"templates":{"list":null}}',
    )
    who = 'Jiří "a/b"\\\n${amount}'
    operation = bank.operation("alice", parameters={"who": who, "amount": "1", "currency": "CZK"})
    shown = alice.operation(str(operation.id))
    assert shown["formData"]["title"] == f"To {who}"
    assert shown["formData"]["resultTexts"] == {"success": f"Paid {who}"}
    assert shown["ui"]["preApprovalScreen"]["heading"] == who
    assert shown["ui"]["templates"] == {"list": None}
