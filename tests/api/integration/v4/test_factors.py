"""`password/change`, `biometry/add` and `biometry/remove`: protocol-4.md 25 and 34.3."""

from typing import Any

import pytest
import requests

from powerauth.models import Activation, ActivationHistory, ActivationState, AuditRecord
from powerauth.phone.phone import Phone
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, SharedSecretResponse
from powerauth.protocol.v4.suites import SUITES
from tests.api.integration.v4.calls import (
    SEALED_ANSWER,
    UNKNOWN_ID,
    complaint,
    ok,
    opened,
    proof,
    refused,
    sealed,
)
from tests.engine.generations_four.phone import PB, PK, Phone4

PASSWORD, ADD, REMOVE = "password/change", "biometry/add", "biometry/remove"
ENCRYPTORS = {PASSWORD: Encryptor.CHANGE_PASSWORD, ADD: Encryptor.ADD_BIOMETRY}
BOTH = pytest.mark.parametrize("path", [PASSWORD, ADD])


def asking(phone: Phone4, path: str, payload: object) -> tuple[dict[str, Any], Any]:
    members, made = sealed(phone, payload, ENCRYPTORS[path])
    return {"activationId": phone.activation_id, **members}, made


def agreed(http: requests.Session, phone: Phone4, path: str) -> bytes:
    """Agree on a key of a factor, and give it."""
    offer = Offer.generate(phone.suite)
    members, made = asking(phone, path, offer.request.to_json())
    answer = ok(http, path, **members)
    assert set(answer) == SEALED_ANSWER
    return offer.accept(SharedSecretResponse.parse(opened(made, answer)))


def is_valid(http: requests.Session, phone: Phone4, kind: Any = PK, **keys: Any) -> bool:
    valid: bool = ok(http, "auth/verify", **proof(phone.signed(kind, **keys)))[
        "authenticationValid"
    ]
    return valid


def test_trap_17_a_new_pin(http: requests.Session, each_phone: Phone4) -> None:
    key = agreed(http, each_phone, PASSWORD)
    assert is_valid(http, each_phone, knowledge=key)
    assert not is_valid(http, each_phone)


def test_trap_18_a_code_with_the_former_pin_drops_the_new_one(
    http: requests.Session, phone: Phone4
) -> None:
    key = agreed(http, phone, PASSWORD)
    assert is_valid(http, phone)
    assert not is_valid(http, phone, knowledge=key)


def test_biometry_on_and_off(http: requests.Session, each_phone: Phone4) -> None:
    first = agreed(http, each_phone, ADD)
    assert is_valid(http, each_phone, PB, biometry=first)
    second = agreed(http, each_phone, ADD)
    assert is_valid(http, each_phone, PB, biometry=second)
    for _ in range(2):
        assert ok(http, REMOVE, activationId=each_phone.activation_id) is None
    assert not is_valid(http, each_phone, PB, biometry=second)
    row = each_phone.row
    assert (row.biometry_enabled, bytes(row.biometry_key)) == (False, b"")


def test_each_change_is_told(http: requests.Session, phone: Phone4) -> None:
    agreed(http, phone, PASSWORD)
    agreed(http, phone, ADD)
    ok(http, REMOVE, activationId=phone.activation_id)
    ok(http, REMOVE, activationId=phone.activation_id)
    history = ActivationHistory.objects.filter(activation=phone.row).order_by("id")
    reasons = [row.event_reason for row in history if row.event_reason]
    assert reasons == ["PASSWORD_CHANGED", "BIOMETRY_ADDED", "BIOMETRY_REMOVED"]
    actions = list(AuditRecord.objects.order_by("sequence").values_list("action", flat=True))
    assert actions[-2:] == [ADD, REMOVE]
    assert set(actions) <= {PASSWORD, ADD, REMOVE}


@BOTH
def test_trap_26_another_suite(http: requests.Session, each_phone: Phone4, path: str) -> None:
    for suite in SUITES:
        if suite != each_phone.suite:
            offered = {
                **Offer.generate(each_phone.suite).request.to_json(),
                "algorithm": suite.name,
            }
            members, _ = asking(each_phone, path, offered)
            said = complaint(http, path, **members)
            assert said == "encryptedData - must hold a key of the activation's suite"
    assert is_valid(http, each_phone)


@BOTH
def test_what_is_no_offer(http: requests.Session, phone: Phone4, path: str) -> None:
    malformed: list[object] = [{}, [], "text", {"algorithm": "EC_P384", "encapsulationKeys": ["!"]}]
    for payload in malformed:
        assert refused(http, path, **asking(phone, path, payload)[0]) == "ERR0024"


@BOTH
def test_a_message_for_another_purpose(http: requests.Session, phone: Phone4, path: str) -> None:
    other = ADD if path == PASSWORD else PASSWORD
    members, _ = asking(phone, other, Offer.generate(phone.suite).request.to_json())
    assert refused(http, path, **members) == "ERR0018"


@BOTH
def test_a_message_a_second_time(http: requests.Session, phone: Phone4, path: str) -> None:
    members, _ = asking(phone, path, Offer.generate(phone.suite).request.to_json())
    ok(http, path, **members)
    assert refused(http, path, **members) == "ERR0024"


@BOTH
@pytest.mark.parametrize("state", ["PENDING_COMMIT", "BLOCKED", "REMOVED"])
def test_only_an_active_activation(
    http: requests.Session, phone: Phone4, path: str, state: str
) -> None:
    members, _ = asking(phone, path, Offer.generate(phone.suite).request.to_json())
    Activation.objects.update(state=ActivationState[state])
    assert refused(http, path, **members) == "ERR0008"
    assert refused(http, REMOVE, activationId=phone.activation_id) == "ERR0008"


@BOTH
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"activationId": None}, "ERR0024"),
        ({"activationId": UNKNOWN_ID}, "ERR0009"),
        ({"applicationKey": None}, "ERR0024"),
        ({"applicationKey": "unknown"}, "ERR0015"),
        ({"protocolVersion": None}, "ERR0024"),
        ({"protocolVersion": "3.3"}, "ERR0024"),
        ({"encryptedData": None}, "ERR0024"),
        ({"temporaryKeyId": UNKNOWN_ID}, "ERR0045"),
    ],
    ids=str,
)
def test_members_that_break_a_rule(
    http: requests.Session, phone: Phone4, path: str, change: dict[str, Any], code: str
) -> None:
    members, _ = asking(phone, path, Offer.generate(phone.suite).request.to_json())
    assert refused(http, path, **{**members, **change}) == code
    assert is_valid(http, phone)


def test_an_activation_of_protocol_3_has_no_factors_here(
    http: requests.Session, phone: Phone4, alice: Phone
) -> None:
    assert refused(http, REMOVE, activationId=alice.activation_id) == "ERR0008"
    assert refused(http, REMOVE, activationId=UNKNOWN_ID) == "ERR0009"
    assert refused(http, REMOVE) == "ERR0024"
    for path in ENCRYPTORS:
        members, _ = asking(phone, path, Offer.generate(phone.suite).request.to_json())
        members["activationId"] = alice.activation_id
        assert refused(http, path, **members) in {"ERR0018", "ERR0024"}
