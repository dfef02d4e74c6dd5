"""`operation/list`: mobile-token-api.md 4.2."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from operations.models import FormTemplate
from powerauth.engine.activations import flags, lifecycle
from powerauth.phone.phone import Phone
from tests.api.operations.calls import ANY_BODY, BASE, UNAUTHENTICATED, by_token, error
from tests.bank import PIN, VERSIONS, Bank
from tests.factories import FormTemplateFactory


def _ids(phone: Phone) -> list[str]:
    return [operation["id"] for operation in phone.operations()]


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_lists_what_waits(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    created = datetime.fromisoformat("2026-07-02T14:43:13.987+02:00")
    operation = bank.operation(
        "alice", created_at=created, expires_at=timezone.now() + timedelta(minutes=5)
    )
    answer = by_token(phone, "list", {})
    assert answer.status == 200
    assert set(answer.json) == {"status", "currentTimestamp", "responseObject"}
    [shown] = answer.payload
    assert list(shown) == [
        "id",
        "name",
        "data",
        "status",
        "operationCreated",
        "operationExpires",
        "allowedSignatureType",
        "formData",
    ]
    assert shown["id"] == str(operation.id)
    assert (shown["name"], shown["data"]) == ("payment", operation.data)
    assert (shown["status"], shown["operationCreated"]) == ("PENDING", "2026-07-02T12:43:13+0000")
    assert shown["allowedSignatureType"] == {
        "type": "2FA",
        "variants": ["possession_knowledge", "possession_biometry"],
    }
    assert shown["formData"]["title"] == "Payment to CZ1"
    assert b'"amount":2199.40,' in answer.content
    assert b"null" not in answer.content


def test_tells_the_time_of_the_server(alice: Phone) -> None:
    before = timezone.now().replace(microsecond=0)
    text = by_token(alice, "list", {}).json["currentTimestamp"]
    assert before <= datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z") <= timezone.now()
    assert text.endswith("+0000")


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
@pytest.mark.parametrize("body", ANY_BODY)
def test_the_body_is_not_read(alice: Phone, body: bytes, media_type: str) -> None:
    answer = by_token(alice, "list", body, Content_Type=media_type)
    assert (answer.status, answer.payload) == (200, [])


@pytest.mark.parametrize("body", ANY_BODY)
def test_a_signature_covers_the_body_that_is_not_read(alice: Phone, body: bytes) -> None:
    answer = alice.signed_post(
        f"{BASE}/list", body, resource_id="/operation/list", factors="possession"
    )
    assert answer.payload == []


def test_only_what_the_activation_may_see(bank: Bank, alice: Phone, mallory: Phone) -> None:
    mine = bank.operation("alice")
    bound = bank.operation("alice", activation_id=alice.activation_id)
    bank.operation("alice", activation_id="00000000-0000-4000-8000-000000000000")
    bank.operation("bob")
    bank.operation("")
    bank.operation("alice", applications=[])
    bank.operation("alice", applications=["another"])
    assert set(_ids(alice)) == {str(mine.id), str(bound.id)}
    assert _ids(mallory) == []


def test_only_what_is_pending(bank: Bank, alice: Phone) -> None:
    for status in ("APPROVED", "REJECTED", "FAILED", "CANCELED", "EXPIRED"):
        bank.operation("alice", status=status)
    bank.operation("alice", expires_at=timezone.now() - timedelta(seconds=1))
    assert _ids(alice) == []


def test_flags_filter_only_for_activations_with_flags(bank: Bank, alice: Phone) -> None:
    plain = str(bank.operation("alice").id)
    flagged = str(bank.operation("alice", activation_flag="VIP").id)
    assert set(_ids(alice)) == {plain, flagged}
    flags.add(alice.activation_id, ["OTHER"])
    assert _ids(alice) == [plain]
    flags.add(alice.activation_id, ["VIP"])
    assert set(_ids(alice)) == {plain, flagged}


def test_newest_first_then_by_id_up_to_the_limit(bank: Bank, alice: Phone) -> None:
    now = timezone.now()
    rows = [
        bank.operation("alice", created_at=now - timedelta(seconds=second // 2))
        for second in range(101)
    ]
    rows.sort(key=lambda row: (-row.created_at.timestamp(), str(row.id)))
    assert _ids(alice) == [str(row.id) for row in rows[:100]]


def test_limit_is_applied_before_templates(bank: Bank, alice: Phone, settings: Settings) -> None:
    settings.OPERATION_LIST_LIMIT = 2
    now = timezone.now()
    bank.operation("alice", created_at=now, operation_type="unknown")
    shown = bank.operation("alice", created_at=now - timedelta(seconds=1))
    bank.operation("alice", created_at=now - timedelta(seconds=2))
    assert _ids(alice) == [str(shown.id)]


@pytest.mark.parametrize(
    "values",
    [{"attributes": "{"}, {"attributes": "{}"}, {"ui": "[]"}, {"result_texts": "["}],
)
def test_a_broken_template_costs_its_own_operation_only(
    bank: Bank, alice: Phone, values: dict[str, str]
) -> None:
    shown = bank.operation("alice")
    bank.operation("alice", operation_type="broken")
    FormTemplateFactory.create(placeholder="broken", **values)
    assert _ids(alice) == [str(shown.id)]


@pytest.mark.parametrize(
    ("header", "title"),
    [
        ("cs", "Platba"),
        ("cs-CZ,en;q=0.5", "Platba"),
        ("de", "Payment"),
        ("*", "Payment"),
        ("!!", "Payment"),
    ],
)
def test_language_of_the_texts(bank: Bank, alice: Phone, header: str, title: str) -> None:
    FormTemplate.objects.update(title="Payment")
    FormTemplateFactory.create(language="cs", title="Platba")
    bank.operation("alice")
    answer = by_token(alice, "list", {}, Accept_Language=header)
    assert [shown["formData"]["title"] for shown in answer.payload] == [title]


def test_amounts_follow_the_request_even_where_the_texts_do_not(bank: Bank, alice: Phone) -> None:
    bank.operation("alice")
    [shown] = alice.operations(language="cs")
    [amount] = shown["formData"]["attributes"]
    assert shown["formData"]["message"] == "Please confirm this payment"
    assert amount["valueFormatted"] == "2\xa0199,40\xa0Kč"


@pytest.mark.parametrize("factors", ["possession", "possession_knowledge", "possession_biometry"])
def test_a_signature_does_as_well(bank: Bank, alice: Phone, factors: str) -> None:
    operation = bank.operation("alice")
    answer = alice.signed_post(
        f"{BASE}/list", {}, resource_id="/operation/list", factors=factors, pin=PIN
    )
    assert [shown["id"] for shown in answer.payload] == [str(operation.id)]


def test_a_signature_for_another_resource_does_not(alice: Phone) -> None:
    answer = alice.signed_post(
        f"{BASE}/list", {}, resource_id="/operation/history", factors="possession"
    )
    assert error(answer) == UNAUTHENTICATED


@pytest.mark.embedded
def test_an_alias_of_the_resource_is_one_attempt(alice: Phone, settings: Settings) -> None:
    settings.OPERATION_LIST_RESOURCE_IDS = ["/operation/list", "/operation/list/signature"]
    answer = alice.signed_post(
        f"{BASE}/list", {}, resource_id="/operation/list/signature", factors="possession"
    )
    assert answer.payload == []


def test_signatures_can_be_switched_off(alice: Phone, settings: Settings) -> None:
    settings.SIGNATURE_ACCEPTED_WITH_TOKEN = False
    answer = alice.signed_post(
        f"{BASE}/list", {}, resource_id="/operation/list", factors="possession"
    )
    assert error(answer) == UNAUTHENTICATED


def test_with_both_headers_the_token_decides(alice: Phone) -> None:
    answer = by_token(alice, "list", {}, X_PowerAuth_Authorization="PowerAuth broken")
    assert answer.payload == []
    token = alice.usual_token()
    wrong = alice.token_header(token, timestamp=1_000_000_000_000)
    answer = alice.signed_post(
        f"{BASE}/list",
        {},
        resource_id="/operation/list",
        factors="possession",
        headers={"X-PowerAuth-Token": wrong},
    )
    assert error(answer) == UNAUTHENTICATED


def test_nobody_is_refused(alice: Phone) -> None:
    assert error(alice.plain_post(f"{BASE}/list", {})) == UNAUTHENTICATED


def test_blocked_activation_is_refused(alice: Phone) -> None:
    alice.usual_token()
    lifecycle.block(alice.activation_id, reason=None, at=timezone.now())
    assert error(by_token(alice, "list", {})) == UNAUTHENTICATED
