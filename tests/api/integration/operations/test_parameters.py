"""What an operation lacks is told before a user is asked to approve it: integration-api.md 13.4."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from pytest_django import Settings

from operations.models import FormTemplate, Operation, OperationTemplate
from powerauth.phone.phone import Phone
from tests.bank import PIN, Bank
from tests.factories import FormTemplateFactory
from tests.wsgi import BASE_URL

PAYMENT = {"amount": "100", "currency": "CZK", "iban": "CZ55"}
Create = Callable[..., requests.Response]


@pytest.fixture
def create(bank: Bank, http: requests.Session) -> Create:
    """Create a payment with these parameters."""

    def send(parameters: dict[str, Any] | None, **members: object) -> requests.Response:
        return http.post(
            f"{BASE_URL}/rest/v3/operation/create",
            json={
                "requestObject": {
                    "userId": "alice",
                    "applications": [bank.application.id],
                    "templateName": "payment",
                    "parameters": parameters,
                    **members,
                }
            },
            headers={"Authorization": "Basic Og=="},
        )

    return send


def _without(*names: str) -> dict[str, str]:
    return {name: value for name, value in PAYMENT.items() if name not in names}


def _message(answer: requests.Response) -> str:
    assert (answer.status_code, answer.json()["responseObject"]["code"]) == (400, "ERR0024")
    return str(answer.json()["responseObject"]["message"])


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        (_without("iban"), "'iban'"),
        (_without("amount", "currency"), "'amount', 'currency'"),
        ({}, "'amount', 'currency', 'iban'"),
        (None, "'amount', 'currency', 'iban'"),
    ],
)
def test_missing_parameters_are_named(
    create: Create,
    parameters: dict[str, Any] | None,
    named: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="enrollment_server.requests")
    answer = create(parameters)
    assert _message(answer) == (
        f"requestObject.parameters - must have {named} for operations of template 'payment'"
    )
    assert not Operation.objects.exists()
    [line] = [one.getMessage() for one in caplog.records if one.name.endswith("requests")]
    members = named.replace("'", "parameters.", 1).replace(", '", ",parameters.").replace("'", "")
    assert f" member={members}" in line


@pytest.mark.parametrize(
    "members",
    [
        {"title": "Payment from ${account}"},
        {"message": "From ${account}?"},
        {"result_texts": json.dumps({"success": "Paid from ${account}"})},
        {
            "attributes": json.dumps(
                [
                    {
                        "id": "fee",
                        "type": "AMOUNT",
                        "text": "Fee",
                        "params": {"amount": "account", "currency": "currency"},
                    }
                ]
            )
        },
    ],
)
def test_what_phones_show_is_needed_in_every_language(
    create: Create, members: dict[str, str]
) -> None:
    FormTemplateFactory.create(language="cs", **members)
    assert "'account'" in _message(create(PAYMENT))
    assert create({**PAYMENT, "account": "5"}).status_code == 200


def test_what_may_be_absent(create: Create) -> None:
    note = {"id": "n", "type": "NOTE", "text": "Note", "params": {"note": "note"}}
    FormTemplate.objects.update(
        attributes=json.dumps([note]), message="For ${whom:-nobody} $${escaped}"
    )
    OperationTemplate.objects.update(data_template="A1*A${amount}${currency}*I${iban}*N${note:-}")
    assert create(PAYMENT).status_code == 200


def test_where_it_is_allowed_it_is_told(
    create: Create, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OPERATION_PARAMETERS_REQUIRED = False
    answer = create(_without("iban"))
    shown = answer.json()["responseObject"]
    assert (answer.status_code, shown["data"]) == (200, "A1*A100CZK*I${iban}")
    [line] = [record for record in caplog.records if record.name == "operations.decisions.creation"]
    assert line.getMessage() == (
        f"operation lacks parameters: id={shown['id']} template='payment' parameters=['iban']"
    )
    assert "100" not in line.getMessage().replace(shown["id"], "")


def test_nobody_approves_a_mistyped_amount_unseen(create: Create, alice: Phone) -> None:
    row = FormTemplate.objects.get()
    row.attributes = row.attributes.replace('"AMOUNT"', '"AMOUNTX"')
    row.save()
    assert "'amount'" in _message(create(_without("amount")))
    operation = create(PAYMENT).json()["responseObject"]
    [shown] = alice.operations()
    assert shown["formData"]["attributes"] == [
        {
            "type": "KEY_VALUE",
            "id": "operation.amount",
            "label": "Amount",
            "value": "100 CZK",
        }
    ]
    alice.approve(operation["id"], operation["data"], pin=PIN)
    assert Operation.objects.get().status == "APPROVED"


def test_data_that_lack_what_is_shown_are_told(
    bank: Bank, http: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    members = {
        "templateName": "payment-short",
        "operationType": "payment",
        "dataTemplate": "A1*A${amount}CZKK",
        "signatureType": ["POSSESSION_KNOWLEDGE"],
        "maxFailureCount": 5,
        "expiration": 300,
    }
    OperationTemplate.objects.all().delete()
    answer = http.post(
        f"{BASE_URL}/rest/v3/operation/template/create",
        json={"requestObject": members},
        headers={"Authorization": "Basic Og=="},
    )
    assert answer.status_code == 200
    said = [record.getMessage() for record in caplog.records]
    lines = [line for line in said if line.startswith("operation template")]
    assert lines == [
        "operation template 'payment-short': 'CZKK' is no currency of ISO 4217",
        "operation template 'payment-short': the data lack what form template payment (en) "
        "shows: iban, currency",
    ]
