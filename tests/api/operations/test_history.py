"""`operation/history`: mobile-token-api.md 4.4."""

from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from operations.models import FormTemplate
from powerauth.phone.phone import Phone
from tests.api.operations.calls import ANY_BODY, BASE, UNAUTHENTICATED, error, history
from tests.bank import PIN, VERSIONS, Bank
from tests.wsgi import BASE_URL

ALL_STATES = ["PENDING", "APPROVED", "REJECTED", "CANCELED", "EXPIRED", "FAILED"]


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_shows_every_state_newest_first(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    now = timezone.now()
    for age, status in enumerate(ALL_STATES):
        reason = "FRAUD" if status == "CANCELED" else ""
        bank.operation(
            "alice",
            status=status,
            status_reason=reason,
            created_at=now - timedelta(seconds=age),
        )
    answer = history(phone, {})
    assert set(answer.json) == {"status", "responseObject"}
    assert [shown["status"] for shown in answer.payload] == ALL_STATES
    reasons = [shown.get("statusReason") for shown in answer.payload]
    assert reasons == [None, None, None, "FRAUD", None, None]
    assert list(answer.payload[3])[3:5] == ["status", "statusReason"]


def test_reports_expiry_without_writing_it(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", expires_at=timezone.now() - timedelta(seconds=1))
    assert [shown["status"] for shown in alice.history(PIN)] == ["EXPIRED"]
    operation.refresh_from_db()
    assert operation.status == "PENDING"


def test_same_ownership_as_the_list(bank: Bank, alice: Phone, bob: Phone, mallory: Phone) -> None:
    bank.operation("alice", status="APPROVED")
    bank.operation("", status="EXPIRED")
    bank.operation("alice", status="REJECTED", activation_id=bob.activation_id)
    assert [shown["status"] for shown in alice.history(PIN)] == ["APPROVED"]
    assert bob.history(PIN) == []
    assert mallory.history(PIN) == []


def test_never_asks_for_a_scan(bank: Bank, alice: Phone) -> None:
    FormTemplate.objects.update(ui='{"flipButtons":true,"preApprovalScreen":{"type":"QR_SCAN"}}')
    bank.operation("alice", proximity_seed=b"any")
    assert [shown["ui"] for shown in alice.history(PIN)] == [{"flipButtons": True}]


@pytest.mark.parametrize(
    ("factors", "status"),
    [
        ("possession_knowledge", 200),
        ("possession_biometry", 200),
        ("possession", 401),
        ("knowledge", 401),
        ("possession_knowledge_biometry", 401),
    ],
)
def test_factors(alice: Phone, factors: str, status: int) -> None:
    assert history(alice, {}, factors=factors).status == status


def test_a_token_is_not_enough(alice: Phone) -> None:
    assert error(alice.token_post(f"{BASE}/history", {})) == UNAUTHENTICATED


def test_wrong_pin_counts_on_the_activation(bank: Bank, alice: Phone) -> None:
    assert error(history(alice, {}, pin="0000")) == UNAUTHENTICATED
    assert bank.activation(alice).failed_attempts == 1


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
@pytest.mark.parametrize("body", ANY_BODY)
def test_the_body_is_signed_and_not_read(alice: Phone, body: bytes, media_type: str) -> None:
    answer = history(alice, body, headers={"Content-Type": media_type})
    assert (answer.status, answer.payload) == (200, [])


def test_a_signature_for_another_body_is_refused(alice: Phone, http: requests.Session) -> None:
    header = alice.sign("POST", "/operation/history", b"[1]", pin=PIN)
    url, headers = f"{BASE_URL}{BASE}/history", {"X-PowerAuth-Authorization": header}
    assert http.post(url, data=b"[2]", headers=headers).status_code == 401
    header = alice.sign("POST", "/operation/history", b"[2]", pin=PIN)
    headers = {"X-PowerAuth-Authorization": header}
    assert http.post(url, data=b"[2]", headers=headers).status_code == 200
