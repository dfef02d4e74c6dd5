"""Operations below `/rest/v3/operation/`: integration-api.md 13."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from operations.decisions import proximity
from operations.models import Operation, OperationTemplate
from powerauth.engine.activations import flags
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import refusal
from tests.bank import PIN, Bank
from tests.wsgi import BASE_URL

UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"
PAYMENT = {"amount": "100", "currency": "CZK", "iban": "CZ55"}
Call = Callable[..., requests.Response]


@pytest.fixture
def call(http: requests.Session) -> Call:
    """Call a method about operations with the members of its request."""

    def send(method: str, **members: object) -> requests.Response:
        return http.post(
            f"{BASE_URL}/rest/v3/operation/{method}",
            json={"requestObject": members},
            headers={"Authorization": "Basic Og=="},
        )

    return send


def _result(answer: requests.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "OK"
    return answer.json()["responseObject"]


def _payment(bank: Bank, **members: object) -> dict[str, object]:
    return {
        "applications": [bank.application.id],
        "templateName": "payment",
        "parameters": PAYMENT,
        **members,
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


@pytest.mark.main_path
def test_create(bank: Bank, call: Call) -> None:
    OperationTemplate.objects.update(risk_flags="XF")
    before = timezone.now()
    shown = _result(
        call(
            "create",
            **_payment(
                bank,
                userId="alice",
                externalId="E1",
                activationFlag="VIP",
                additionalData={"a": [1, None], "device": 1},
                unknown=1,
            ),
        )
    )
    row = Operation.objects.get()
    assert shown == {
        "id": str(row.id),
        "userId": "alice",
        "applications": [bank.application.id],
        "externalId": "E1",
        "activationFlag": "VIP",
        "operationType": "payment",
        "templateName": "payment",
        "data": "A1*A100CZK*ICZ55",
        "parameters": PAYMENT,
        "additionalData": {"a": [1, None], "device": 1},
        "status": "PENDING",
        "statusReason": None,
        "signatureType": ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"],
        "failureCount": 0,
        "maxFailureCount": 5,
        "timestampCreated": _iso(row.created_at),
        "timestampExpires": _iso(row.created_at + timedelta(seconds=300)),
        "timestampFinalized": None,
        "riskFlags": "XF",
        "proximityOtp": None,
        "activationId": None,
    }
    assert before <= row.created_at <= timezone.now()


def test_values_are_copied_from_the_template(bank: Bank, call: Call) -> None:
    created = _result(call("create", **_payment(bank, userId="alice")))
    OperationTemplate.objects.update(max_failure_count=1, operation_type="other")
    OperationTemplate.objects.all().delete()
    assert _result(call("detail", operationId=created["id"])) == created


@pytest.mark.parametrize("spelling", ["ms", "iso", "Z", "+0000"])
def test_expiry_of_its_own(bank: Bank, call: Call, spelling: str) -> None:
    moment = (timezone.now() + timedelta(hours=1)).replace(microsecond=123000)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.123")
    sent = {
        "ms": int(moment.timestamp() * 1000),
        "iso": _iso(moment),
        "Z": f"{text}Z",
        "+0000": f"{text}+0000",
    }
    shown = _result(call("create", **_payment(bank, timestampExpires=sent[spelling])))
    assert shown["timestampExpires"] == _iso(moment)


@pytest.mark.parametrize(
    "members",
    [
        {"userId": ""},
        {"userId": "x" * 256},
        {"applications": None},
        {"applications": []},
        {"applications": [None]},
        {"templateName": None},
        {"templateName": ""},
        {"activationId": "x" * 38},
        {"activationId": UNKNOWN_ID},
        {"activationId": UNKNOWN_ID, "userId": "alice"},
        {"activationId": ""},
        {"activationFlag": "x" * 256},
        {"externalId": "x" * 256},
        {"parameters": {"a": None}},
        {"parameters": {"a": "x\ty"}},
        {"parameters": {"a": "x\ry"}},
        {"parameters": {"a": "\x1f"}},
        {"timestampExpires": 1_000},
        {"timestampExpires": "2020-01-01T00:00:00Z"},
    ],
)
def test_create_validates(bank: Bank, call: Call, members: dict[str, object]) -> None:
    assert refusal(call("create", **_payment(bank, **members))) == "ERR0024"
    assert not Operation.objects.exists()


@pytest.mark.parametrize(
    "members",
    [
        {"userId": {}},
        {"applications": "app"},
        {"applications": [[1]]},
        {"parameters": []},
        {"parameters": {"a": [1]}},
        {"additionalData": []},
        {"proximityCheckEnabled": "yes"},
        {"timestampExpires": "tomorrow"},
        {"timestampExpires": True},
        {"parameters": {"a": "\x00"}},
    ],
)
def test_wrong_types(bank: Bank, call: Call, members: dict[str, object]) -> None:
    assert refusal(call("create", **_payment(bank, **members))) == "ERROR_HTTP_REQUEST"
    assert not Operation.objects.exists()


def test_create_refusals_in_their_order(bank: Bank, call: Call) -> None:
    past = {"timestampExpires": 1}
    unknown_template = {"templateName": "unknown"}
    unknown_application = {"applications": ["unknown"]}
    assert refusal(
        call("create", **_payment(bank, **past, **unknown_template, **unknown_application))
    ) == ("ERR0024")
    assert refusal(call("create", **_payment(bank, **unknown_template, **unknown_application))) == (
        "ERR0033"
    )
    assert refusal(call("create", **_payment(bank, **unknown_application))) == "ERR0015"
    twice = [bank.application.id] * 2
    assert refusal(call("create", **_payment(bank, applications=twice))) == "ERR0015"
    assert not Operation.objects.exists()


def test_user_of_the_activation(bank: Bank, alice: Phone, call: Call) -> None:
    shown = _result(call("create", **_payment(bank, activationId=alice.activation_id.upper())))
    assert (shown["userId"], shown["activationId"]) == ("alice", alice.activation_id)
    assert alice.operations()[0]["id"] == shown["id"]
    foreign = _payment(bank, activationId=alice.activation_id, userId="bob")
    assert refusal(call("create", **foreign)) == "ERR0024"


def test_values_cannot_forge_data(bank: Bank, call: Call) -> None:
    parameters = {"amount": "1*A9", "currency": "${iban}", "iban": "a\\b\nc"}
    shown = _result(call("create", **_payment(bank, parameters=parameters)))
    assert shown["data"] == "A1*A1\\*A9${iban}*Ia\\\\b\\nc"
    assert shown["parameters"] == parameters


@pytest.mark.parametrize(
    ("template", "request_value", "expected"),
    [
        (True, None, True),
        (True, False, False),
        (False, True, True),
        (False, None, False),
    ],
)
def test_proximity(
    bank: Bank, call: Call, template: bool, request_value: bool | None, expected: bool
) -> None:
    OperationTemplate.objects.update(proximity_check_enabled=template)
    members = _payment(bank, userId="alice", proximityCheckEnabled=request_value)
    shown = _result(call("create", **members))
    assert (shown["proximityOtp"] is not None) is expected
    owner = {"userId": "alice", "applications": [bank.application.id]}
    [in_pending] = _result(call("list/pending", **owner))
    [in_list] = _result(call("list", **owner))
    detail = _result(call("detail", operationId=shown["id"]))
    assert (in_pending["proximityOtp"] is not None) is expected
    assert (detail["proximityOtp"] is not None) is expected
    assert in_list["proximityOtp"] is None
    row = Operation.objects.get()
    if expected:
        now = timezone.now()
        codes = {
            proximity.current_otp(row.proximity_seed, operation_id=row.pk, at=now - age)
            for age in (timedelta(0), timedelta(seconds=30))
        }
        assert {shown["proximityOtp"], detail["proximityOtp"]} <= codes


@pytest.mark.main_path
def test_created_operation_is_approved_on_the_phone(bank: Bank, alice: Phone, call: Call) -> None:
    created = _result(call("create", **_payment(bank, userId="alice", proximityCheckEnabled=True)))
    [shown] = alice.operations()
    assert alice.approve(shown, pin=PIN).status == 401
    otp = _result(call("detail", operationId=created["id"]))["proximityOtp"]
    assert alice.approve(shown, pin=PIN, proximity_otp=otp).ok
    result = _result(call("detail", operationId=created["id"]))
    assert (result["status"], result["failureCount"]) == ("APPROVED", 1)
    assert result["additionalData"]["authFactor"] == "possession_knowledge"
    assert result["additionalData"]["proximity_otp"] == otp
    assert result["timestampFinalized"] is not None


@pytest.mark.parametrize("method", ["detail", "claim"])
def test_claim(bank: Bank, call: Call, method: str) -> None:
    key = str(bank.operation("").id)
    for _ in range(2):
        assert _result(call(method, operationId=key, userId="alice"))["userId"] == "alice"
    assert refusal(call(method, operationId=key, userId="bob")) == "ERR0034"
    assert Operation.objects.get().user_id == "alice"


def test_detail_without_user_checks_no_owner(bank: Bank, call: Call) -> None:
    key = str(bank.operation("alice").id)
    assert _result(call("detail", operationId=key))["userId"] == "alice"
    assert _result(call("detail", operationId=key, userId=None))["userId"] == "alice"


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "CANCELED", "FAILED", "EXPIRED"])
def test_claim_of_what_is_not_pending(bank: Bank, call: Call, status: str) -> None:
    key = str(bank.operation("", status=status).id)
    shown = _result(call("detail", operationId=key, userId="bob"))
    assert (shown["status"], shown["userId"]) == (status, None)


def test_expired_is_reported_and_not_written(bank: Bank, call: Call) -> None:
    past = timezone.now() - timedelta(seconds=1)
    key = str(bank.operation("alice", expires_at=past).id)
    owner = {"userId": "alice", "applications": [bank.application.id]}
    assert _result(call("detail", operationId=key))["status"] == "EXPIRED"
    assert [row["status"] for row in _result(call("list", **owner))] == ["EXPIRED"]
    assert _result(call("list/pending", **owner)) == []
    assert refusal(call("cancel", operationId=key)) == "ERR0036"
    assert Operation.objects.get().status == "PENDING"


@pytest.mark.parametrize("method", ["detail", "claim", "cancel"])
def test_unknown_and_missing_ids(db: None, call: Call, method: str) -> None:
    assert refusal(call(method, operationId=UNKNOWN_ID, userId="alice")) == "ERR0034"
    assert refusal(call(method, operationId="no id", userId="alice")) == "ERR0034"
    assert refusal(call(method, userId="alice")) == "ERR0024"
    assert refusal(call(method, operationId="", userId="alice")) == "ERR0024"
    assert refusal(call(method, operationId=[7])) == "ERROR_HTTP_REQUEST"


def test_claim_needs_a_user(bank: Bank, call: Call) -> None:
    key = str(bank.operation("").id)
    assert refusal(call("claim", operationId=key)) == "ERR0024"
    assert refusal(call("claim", operationId=key, userId="x" * 256)) == "ERR0024"


@pytest.mark.main_path
def test_cancel(bank: Bank, alice: Phone, call: Call) -> None:
    agent = "PowerAuth2/1.7.8 (Android 13, Google Pixel 4)"
    operation = bank.operation("alice", additional_data={"userAgent": agent, "a": 1})
    shown = _result(
        call(
            "cancel",
            operationId=str(operation.id),
            statusReason="x" * 32,
            additionalData={"a": 2},
        )
    )
    assert (shown["status"], shown["statusReason"]) == ("CANCELED", "x" * 32)
    assert shown["timestampFinalized"] is None
    device = shown["additionalData"].pop("device")
    assert (device["model"], device["platform"]) == ("Google Pixel 4", None)
    assert shown["additionalData"] == {"userAgent": agent, "a": 2}
    operation.refresh_from_db()
    assert operation.additional_data == {"userAgent": agent, "a": 2}
    assert refusal(call("cancel", operationId=str(operation.id))) == "ERR0036"
    assert alice.history(PIN)[0]["statusReason"] == "x" * 32


def test_cancel_with_a_long_reason(bank: Bank, call: Call) -> None:
    key = str(bank.operation("alice").id)
    assert refusal(call("cancel", operationId=key, statusReason="x" * 33)) == "ERR0024"
    assert Operation.objects.get().status == "PENDING"


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "CANCELED", "FAILED", "EXPIRED"])
def test_cancel_of_what_is_not_pending(bank: Bank, call: Call, status: str) -> None:
    key = str(bank.operation("alice", status=status).id)
    assert refusal(call("cancel", operationId=key)) == "ERR0036"
    assert Operation.objects.get().status == status


def test_lists(bank: Bank, other_bank: Bank, alice: Phone, call: Call) -> None:
    now = timezone.now()

    def make(age_s: int, user_id: str = "alice", **values: Any) -> str:
        moment = now - timedelta(seconds=age_s)
        return str(bank.operation(user_id, created_at=moment, **values).id)

    newest = make(0)
    done = make(1, status="APPROVED")
    bound = make(2, activation_id=alice.activation_id)
    elsewhere = make(3, activation_id=UNKNOWN_ID)
    shared = make(4, applications=[bank.application.id, other_bank.application.id])
    make(5, applications=[other_bank.application.id])
    make(6, user_id="bob")
    make(7, user_id="")
    owner = {"userId": "alice", "applications": [bank.application.id]}

    def ids(method: str, **members: object) -> list[str]:
        return [row["id"] for row in _result(call(method, **owner, **members))]

    assert ids("list") == [newest, done, bound, elsewhere, shared]
    assert ids("list/pending") == [newest, bound, elsewhere, shared]
    assert ids("list/pending", activationId=alice.activation_id) == [newest, bound, shared]
    assert ids("list", activationId=UNKNOWN_ID) == [newest, done, elsewhere, shared]
    assert ids("list", pageSize=2, pageNumber=1) == [bound, elsewhere]
    assert ids("list", pageNumber=9) == []
    both = [bank.application.id, other_bank.application.id]
    found = _result(call("list", userId="alice", applications=both))
    assert len(found) == len({row["id"] for row in found}) == 6


def test_flags_in_lists(bank: Bank, alice: Phone, call: Call) -> None:
    plain, flagged = bank.operation("alice"), bank.operation("alice", activation_flag="VIP")
    members = {
        "userId": "alice",
        "applications": [bank.application.id],
        "activationId": alice.activation_id,
    }

    def ids() -> set[str]:
        return {row["id"] for row in _result(call("list/pending", **members))}

    assert ids() == {str(plain.id), str(flagged.id)}
    flags.add(alice.activation_id, ["OTHER"])
    assert ids() == {str(plain.id)}


def test_external_list(bank: Bank, call: Call) -> None:
    rows = [
        bank.operation("alice", external_id="E", status="FAILED"),
        bank.operation("", external_id="E"),
    ]
    bank.operation("alice", external_id="F")
    members = {"externalId": "E", "applications": [bank.application.id]}
    found = _result(call("list/external", **members))
    assert [row["id"] for row in found] == [str(rows[1].id), str(rows[0].id)]
    assert len(_result(call("list/external", **members, pageSize=1))) == 1
    assert refusal(call("list/external", **{**members, "externalId": None})) == "ERR0024"


@pytest.mark.parametrize("method", ["list", "list/pending", "list/external"])
@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"userId": None, "externalId": None}, "ERR0024"),
        ({"userId": "", "externalId": ""}, "ERR0024"),
        ({"applications": None}, "ERR0024"),
        ({"applications": []}, "ERR0024"),
        ({"applications": ["unknown"]}, "ERR0015"),
        ({"pageNumber": -1}, "ERR0024"),
        ({"pageSize": 0}, "ERR0024"),
        ({"pageSize": -1}, "ERR0024"),
        ({"pageNumber": 2**62}, "ERR0024"),
        ({"pageSize": "one"}, "ERROR_HTTP_REQUEST"),
        ({"userId": [1], "externalId": [1]}, "ERROR_HTTP_REQUEST"),
    ],
)
def test_lists_validate(
    bank: Bank, call: Call, method: str, members: dict[str, object], code: str
) -> None:
    complete = {"userId": "a", "externalId": "e", "applications": [bank.application.id]}
    assert refusal(call(method, **{**complete, **members})) == code
    twice = [bank.application.id] * 2
    assert refusal(call(method, **{**complete, "applications": twice})) == "ERR0015"


def test_numbers_of_a_phone_cannot_break_the_answer(bank: Bank, alice: Phone, call: Call) -> None:
    operation = bank.operation("alice")
    data = {"a": [1e300, -1e300, 2**63 - 1, 2**63, 1.5]}
    assert alice.approve(str(operation.id), operation.data, pin=PIN, mobile_token_data=data).ok
    shown = _result(call("detail", operationId=str(operation.id)))
    # PostgreSQL writes 1e300 out; its value, and the digits of all others, are those of the phone.
    kept = shown["additionalData"]["mobileTokenData"]["a"]
    assert [Decimal(number) for number in kept[:2]] == [Decimal("1e300"), Decimal("-1e300")]
    assert kept[2:] == data["a"][2:]


def test_device(bank: Bank, call: Call) -> None:
    agent = "PowerAuthNetworking/1.1.7 (en; cellular) com.app/2.0.0 (Apple; iOS/16.6.1; iphone12,3)"
    operation = bank.operation("alice", additional_data={"userAgent": agent})
    key = str(operation.id)
    described = _result(call("detail", operationId=key))["additionalData"]["device"]
    assert described == {
        "networkVersion": "1.1.7",
        "language": "en",
        "connection": "cellular",
        "product": "com.app",
        "version": "2.0.0",
        "platform": "Apple",
        "os": "iOS",
        "osVersion": "16.6.1",
        "model": "iphone12,3",
    }
    operation.refresh_from_db()
    assert "device" not in operation.additional_data


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"requestObject":[]}', b"\xff"])
@pytest.mark.parametrize("method", ["create", "detail", "list", "template/create"])
def test_malformed(db: None, http: requests.Session, method: str, body: bytes) -> None:
    answer = http.post(
        f"{BASE_URL}/rest/v3/operation/{method}",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    assert refusal(answer) == "ERROR_HTTP_REQUEST"


def test_credentials_are_asked_for_if_configured(db: None, call: Call, settings: Settings) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    for method in ("create", "detail", "claim", "cancel", "list", "list/pending", "list/external"):
        answer = call(method)
        assert answer.status_code == 401
        assert answer.json()["responseObject"]["code"] == "ERR_AUTHENTICATION"


def test_operation_id_is_a_random_uuid(bank: Bank, call: Call) -> None:
    shown = _result(call("create", **_payment(bank)))
    assert uuid.UUID(shown["id"]).version == 4
