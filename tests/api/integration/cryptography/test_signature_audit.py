"""`signature/list`: integration-api.md 8.4."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from powerauth.models import SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64, b64d
from tests.api.integration.back_end import ok, refused
from tests.api.integration.phone_calls import WRONG_PIN, signed
from tests.bank import VERSIONS_OF_3, Bank


def items(http: requests.Session, **members: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(http, "signature/list", **{"userId": "alice", **members})[
        "items"
    ]
    return found


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_every_member(http: requests.Session, bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    before = b64(bytes(bank.activation(phone).ctr_data))
    members = signed(phone)
    ok(http, "signature/verify", **members)
    row = SignatureAudit.objects.get()
    verified = f"{members['data']}&{phone.application_secret}".encode()
    moment = row.created_at.isoformat(timespec="milliseconds")
    assert items(http) == [
        {
            "id": row.pk,
            "userId": "alice",
            "applicationId": bank.application.id,
            "activationId": phone.activation_id,
            "activationCounter": 0,
            "activationCtrData": before,
            "activationStatus": "ACTIVE",
            "additionalInfo": [],
            "dataBase64": b64(verified),
            "signatureVersion": version,
            "signatureType": "POSSESSION_KNOWLEDGE",
            "signature": members["signature"],
            "note": "signature_ok",
            "valid": True,
            "version": 3,
            "timestampCreated": moment,
        }
    ]


def test_no_secret_is_stored(http: requests.Session, alice: Phone) -> None:
    ok(http, "signature/verify", **signed(alice))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM powerauth_signatureaudit")
        stored = [bytes(it) if isinstance(it, memoryview) else it for it in cursor.fetchall()[0]]
    assert alice.application_key in stored
    assert not any(alice.application_secret in str(value) for value in stored)


def test_secret_of_the_version_that_signed(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    version = ok(
        http,
        "application/version/create",
        applicationId=bank.application.id,
        applicationVersionId="2",
    )
    attempt = {**signed(alice, pin=WRONG_PIN), "applicationKey": version["applicationKey"]}
    ok(http, "signature/verify", **attempt)
    end = f"&{version['applicationSecret']}".encode()
    assert b64d(items(http)[0]["dataBase64"]) == attempt["data"].encode() + end
    bank.application.versions.filter(name="2").delete()
    assert b64d(items(http)[0]["dataBase64"]) == attempt["data"].encode()


def test_key_of_another_application_adds_no_secret(
    http: requests.Session, alice: Phone, mallory: Phone
) -> None:
    attempt = {**signed(alice), "applicationKey": mallory.application_key}
    ok(http, "signature/verify", **attempt)
    item = items(http)[0]
    assert b64d(item["dataBase64"]) == attempt["data"].encode()
    assert (item["note"], item["valid"]) == ("activation_invalid_application", False)


def test_offline_attempt(http: requests.Session, alice: Phone) -> None:
    members = {"activationId": alice.activation_id, "data": "POST&x&y&eA=="}
    ok(
        http,
        "signature/offline/verify",
        **members,
        signature="00000000-00000000",
        allowBiometry=True,
    )
    item = items(http)[0]
    assert b64d(item["dataBase64"]) == b"POST&x&y&eA==&offline"
    assert item["signatureVersion"] is None
    assert item["signatureType"] == "POSSESSION_KNOWLEDGE"
    assert item["additionalInfo"] == [{"key": "BIOMETRY_ALLOWED", "value": "TRUE"}]


def test_reason_of_blocking(http: requests.Session, alice: Phone) -> None:
    ok(http, "activation/block", activationId=alice.activation_id, reason="LOST")
    ok(http, "signature/verify", **signed(alice))
    item = items(http)[0]
    assert item["additionalInfo"] == [{"key": "BLOCKED_REASON", "value": "LOST"}]
    assert (item["activationStatus"], item["note"]) == ("BLOCKED", "activation_invalid_state")


def test_whose_attempts(http: requests.Session, bank: Bank, alice: Phone, mallory: Phone) -> None:
    """Mallory is another application's alice."""
    for phone in (alice, mallory, bank.phone("bob")):
        ok(http, "signature/verify", **signed(phone))
    listed = [item["activationId"] for item in items(http)]
    assert listed == [mallory.activation_id, alice.activation_id]
    own = items(http, applicationId=bank.application.id)
    assert [item["activationId"] for item in own] == [alice.activation_id]
    assert items(http, userId="nobody") == []
    assert refused(http, "signature/list", userId=None) == "ERR0024"


def test_period(http: requests.Session, alice: Phone) -> None:
    start = datetime(2024, 10, 24, 7, 25, 28, 123456, tzinfo=UTC)
    for step in range(3):
        ok(http, "signature/verify", **signed(alice))
        newest = SignatureAudit.objects.order_by("-id")[0]
        newest.created_at = start + timedelta(milliseconds=step)
        newest.save()
    first, middle, last = sorted(item["timestampCreated"] for item in items(http))

    def within(**bounds: object) -> list[str]:
        return [item["timestampCreated"] for item in items(http, **bounds)]

    assert within() == [last, middle, first]
    assert within(timestampFrom=None, timestampTo=None) == [last, middle, first]
    assert within(timestampFrom=middle) == [last, middle]
    assert within(timestampTo=middle) == [middle, first]
    assert within(timestampFrom=middle, timestampTo=middle) == [middle]
    milliseconds = int(start.timestamp() * 1000) + 1
    assert within(timestampFrom=milliseconds, timestampTo=milliseconds) == [middle]
    assert within(timestampTo=milliseconds - 2) == []


@pytest.mark.django_db(transaction=True)
def test_statements(http: requests.Session, alice: Phone) -> None:
    for _ in range(3):
        ok(http, "signature/verify", **signed(alice))
    with CaptureQueriesContext(connection) as captured:
        assert len(items(http)) == 3
    assert len(captured) == 2


def test_pages(http: requests.Session, alice: Phone) -> None:
    for _ in range(5):
        ok(http, "signature/verify", **signed(alice))
    everything = [item["id"] for item in items(http)]
    assert len(everything) == 5
    pages = [[i["id"] for i in items(http, pageNumber=n, pageSize=2)] for n in range(4)]
    assert pages == [everything[:2], everything[2:4], everything[4:], []]


def test_a_list_without_a_page_size_is_one_page(
    http: requests.Session, alice: Phone, settings: Settings
) -> None:
    settings.POWERAUTH_PAGE_SIZE = 2
    for _ in range(3):
        ok(http, "signature/verify", **signed(alice))
    assert [item["activationCounter"] for item in items(http)] == [2, 1]
    assert [item["activationCounter"] for item in items(http, pageNumber=1)] == [0]


@pytest.mark.parametrize("page", [{"pageNumber": -1}, {"pageSize": 0}, {"pageSize": 2**40}])
def test_a_page_that_cannot_be(http: requests.Session, alice: Phone, page: dict[str, int]) -> None:
    assert refused(http, "signature/list", userId="alice", **page) == "ERR0024"
