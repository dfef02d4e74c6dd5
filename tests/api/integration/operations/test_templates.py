"""Operation templates below `/rest/v3/operation/template/`: integration-api.md 12."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from operations.models import OperationTemplate
from tests.factories import OperationTemplateFactory
from tests.wsgi import BASE_URL

TEMPLATE: dict[str, Any] = {
    "templateName": "login",
    "operationType": "login",
    "dataTemplate": "A2",
    "signatureType": [
        "POSSESSION",
        "KNOWLEDGE",
        "BIOMETRY",
        "POSSESSION_KNOWLEDGE",
        "POSSESSION_BIOMETRY",
        "POSSESSION_KNOWLEDGE_BIOMETRY",
    ],
    "maxFailureCount": 5,
    "expiration": 300,
    "riskFlags": "XFC",
    "proximityCheckEnabled": True,
}
Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def call(db: None, http: requests.Session) -> Call:
    """Call a method about templates; gives the status, and the result or the error code."""

    def send(method: str, members: object = None) -> tuple[int, Any]:
        url = f"{BASE_URL}/rest/v3/operation/template/{method}"
        answer = http.post(url, json={"requestObject": members})
        payload = answer.json().get("responseObject")
        return answer.status_code, payload if answer.ok else payload["code"]

    return send


@pytest.mark.main_path
def test_life_of_a_template(call: Call) -> None:
    assert call("list") == (200, [])
    status, created = call("create", TEMPLATE)
    assert (status, created) == (200, {"id": created["id"], **TEMPLATE})
    assert call("create", TEMPLATE) == (400, "ERR0039")
    assert call("detail", {"id": created["id"]}) == (200, created)
    changes = {
        "operationType": "login2",
        "dataTemplate": "A1",
        "signatureType": ["POSSESSION"],
        "maxFailureCount": 1,
        "expiration": 1,
        "riskFlags": None,
        "proximityCheckEnabled": False,
    }
    changed = {**created, **changes}
    assert call("update", {"id": created["id"], **changes, "templateName": "x"}) == (200, changed)
    assert call("list") == (200, [changed])
    assert call("remove", {"id": created["id"]}) == (200, None)
    assert call("list", {}) == (200, [])
    for method in ("detail", "update", "remove"):
        assert call(method, {"id": created["id"], **changes}) == (400, "ERR0033")


def test_back_ends_neither_see_nor_change_what_rings(call: Call) -> None:
    texts = {"en": {"title": "Log in", "body": "Is it you?"}}
    row = OperationTemplateFactory.create(template_name="login", rings=True, push_texts=texts)
    assert call("update", {"id": row.pk, **TEMPLATE}) == (200, {"id": row.pk, **TEMPLATE})
    row.refresh_from_db()
    assert (row.operation_type, row.rings, row.push_texts) == ("login", True, texts)


@pytest.mark.parametrize(
    "change",
    [
        {"operationType": None},
        {"operationType": ""},
        {"operationType": "x" * 256},
        {"dataTemplate": None},
        {"dataTemplate": ""},
        {"dataTemplate": "x" * 256},
        {"signatureType": None},
        {"signatureType": []},
        {"signatureType": [None]},
        {"signatureType": ["POSSESSION", "POSSESSION"]},
        {"expiration": None},
        {"expiration": 0},
        {"expiration": -1},
        {"expiration": 2**40},
        {"maxFailureCount": None},
        {"maxFailureCount": 0},
        {"maxFailureCount": 2**31},
        {"riskFlags": "x" * 256},
    ],
)
def test_validation(call: Call, change: dict[str, object]) -> None:
    existing = OperationTemplateFactory.create()
    assert call("create", {**TEMPLATE, **change}) == (400, "ERR0024")
    assert call("update", {**TEMPLATE, **change, "id": existing.pk}) == (400, "ERR0024")
    assert list(OperationTemplate.objects.values_list("operation_type", flat=True)) == ["payment"]


@pytest.mark.parametrize("name", [None, "", "x" * 256])
def test_name(call: Call, name: str | None) -> None:
    assert call("create", {**TEMPLATE, "templateName": name}) == (400, "ERR0024")


@pytest.mark.parametrize(
    "change",
    [
        {"templateName": []},
        {"signatureType": "POSSESSION"},
        {"signatureType": ["possession"]},
        {"signatureType": ["ECDSA"]},
        {"expiration": "5 minutes"},
        {"expiration": 1.5},
        {"maxFailureCount": True},
        {"proximityCheckEnabled": "on"},
    ],
)
def test_wrong_types(call: Call, change: dict[str, object]) -> None:
    assert call("create", {**TEMPLATE, **change}) == (400, "ERROR_HTTP_REQUEST")


@pytest.mark.parametrize("method", ["detail", "update", "remove"])
def test_identifiers(call: Call, method: str) -> None:
    members = {**TEMPLATE, "id": None}
    assert call(method, members) == (400, "ERR0024")
    assert call(method, {**TEMPLATE}) == (400, "ERR0024")
    assert call(method, {**TEMPLATE, "id": 987654321}) == (400, "ERR0033")
    assert call(method, {**TEMPLATE, "id": 2**63 - 1}) == (400, "ERR0033")
    assert call(method, {**TEMPLATE, "id": "first"}) == (400, "ERROR_HTTP_REQUEST")


def test_defaults(call: Call) -> None:
    members = {**TEMPLATE, "riskFlags": None, "proximityCheckEnabled": None}
    _, created = call("create", members)
    assert (created["riskFlags"], created["proximityCheckEnabled"]) == (None, False)
