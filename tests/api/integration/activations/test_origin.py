"""Activations that follow from others: protocol-4.md 34.4 and 39.1."""

import uuid
from typing import Any

import pytest
import requests

from powerauth.models import Activation
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, refused
from tests.bank import Bank

pytestmark = pytest.mark.django_db


def begun(http: requests.Session, bank: Bank, **members: object) -> str:
    """Begin an activation of Alice, and give its identifier."""
    answer = ok(
        http, "activation/init", userId="alice", applicationId=bank.application.id, **members
    )
    return str(answer["activationId"])


def told(http: requests.Session, bank: Bank, activation_id: str) -> list[tuple[Any, Any]]:
    """Give what status, list and lookup say of the origin of an activation."""
    listed = ok(http, "activation/list", userId="alice")["activations"]
    found = ok(http, "activation/lookup", userIds=["alice"])["activations"]
    status = ok(http, "activation/status", activationId=activation_id)
    rows = [one for one in [*listed, *found] if one["activationId"] == activation_id]
    return [(row["parentActivationId"], row["transferType"]) for row in [status, *rows]]


@pytest.mark.parametrize("kind", ["SPAWN", "MOVE", None])
def test_an_origin_is_told(
    http: requests.Session, bank: Bank, alice: Phone, kind: str | None
) -> None:
    made = begun(http, bank, parentActivationId=alice.activation_id, transferType=kind)
    assert told(http, bank, made) == [(alice.activation_id, kind)] * 3
    assert told(http, bank, alice.activation_id) == [(None, None)] * 3


def test_nothing_happens_to_an_origin(http: requests.Session, bank: Bank, alice: Phone) -> None:
    before = Activation.objects.values().get()
    code = bank.code("alice", parent_activation_id=alice.activation_id, transfer_type="MOVE")
    bank.blank_phone().activate(code, pin="1234")
    assert Activation.objects.values().get(pk=alice.activation_id) == before
    assert alice.validate_signature(pin="1234").ok


def test_identifiers_are_compared_whatever_their_case(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    made = begun(http, bank, parentActivationId=alice.activation_id.upper())
    assert told(http, bank, made)[0] == (alice.activation_id, None)


@pytest.mark.parametrize(
    "parent", [str(uuid.UUID(int=0)), "", "x", "5e0f6f8e-6a2b-4c8e-9c3e-0d0c8f3f3a11", None]
)
def test_an_origin_that_there_is_not(
    http: requests.Session, bank: Bank, parent: str | None
) -> None:
    members = {"userId": "alice", "applicationId": bank.application.id}
    wanted = {**members, "parentActivationId": parent, "transferType": "SPAWN"}
    assert refused(http, "activation/init", **wanted) == "ERR0024"
    assert not Activation.objects.exists()


def test_an_origin_of_somebody_else(http: requests.Session, bank: Bank, bob: Phone) -> None:
    wanted = {"userId": "alice", "parentActivationId": bob.activation_id}
    answer = refused(http, "activation/init", applicationId=bank.application.id, **wanted)
    assert answer == "ERR0024"


def test_another_kind_of_origin(http: requests.Session, bank: Bank, alice: Phone) -> None:
    wanted = {"userId": "alice", "parentActivationId": alice.activation_id, "transferType": "COPY"}
    answer = refused(http, "activation/init", applicationId=bank.application.id, **wanted)
    assert answer == "ERROR_HTTP_REQUEST"


def test_an_unknown_activation_has_none(http: requests.Session) -> None:
    status = ok(http, "activation/status", activationId=str(uuid.uuid4()))
    assert (status["parentActivationId"], status["transferType"]) == (None, None)
