"""Numbers of back ends: ignored where nobody reads them, kept to the last digit where free."""

import json
from decimal import Decimal

import pytest
import requests

from enrollment_server.api.payloads.json import dump_json
from operations.models import Operation
from powerauth.models import Activation, CallbackEvent, CallbackType
from tests.api.integration.back_end import told
from tests.bank import Bank
from tests.engine.test_callback_outbox import listen
from tests.wsgi import BASE_URL

HUGE = b"9223372036854775808"
EXACT = [
    HUGE,
    b"-" + HUGE,
    b"1.10",
    b"2199.40",
    b"0.1000000000000000055511151231257827021181583404541015625",
    b"9" * 1000,
]


def _post(http: requests.Session, path: str, members: bytes) -> requests.Response:
    return http.post(
        f"{BASE_URL}/rest/v3/{path}",
        data=b'{"requestObject":{%s}}' % members,
        headers={"Content-Type": "application/json"},
    )


def _create(http: requests.Session, bank: Bank, members: bytes) -> requests.Response:
    application = json.dumps([bank.application.id]).encode()
    needed = b'"userId":"alice","templateName":"payment","applications":%s,' % application
    parameters = b'"parameters":{"amount":"1","currency":"CZK","iban":"CZ1"},'
    return _post(http, "operation/create", needed + parameters + members)


@pytest.mark.main_path
@pytest.mark.parametrize("number", [*EXACT, b"1e400", b"1e-99999999999999999999"])
def test_member_that_nobody_reads(http: requests.Session, bank: Bank, number: bytes) -> None:
    assert _create(http, bank, b'"unknown":{"a":[%s]}' % number).status_code == 200


@pytest.mark.main_path
@pytest.mark.parametrize("number", EXACT)
def test_additional_data_keep_their_digits(
    http: requests.Session, bank: Bank, number: bytes
) -> None:
    listen(bank.application.id, CallbackType.OPERATION_STATUS_CHANGE)
    created = _create(http, bank, b'"additionalData":{"a":%s}' % number)
    key = created.json()["responseObject"]["id"].encode()
    shown = _post(http, "operation/detail", b'"operationId":"%s"' % key)
    canceled = _post(
        http, "operation/cancel", b'"operationId":"%s","additionalData":{"b":%s}' % (key, number)
    )
    for answer in (created, shown, canceled):
        assert answer.status_code == 200, answer.text
        assert b'"a":%s' % number in answer.content
    assert b'"b":%s' % number in canceled.content
    for event in CallbackEvent.objects.all():
        assert b'"a":%s' % number in dump_json(event.payload)
    assert CallbackEvent.objects.count() == 2


def test_exponent_keeps_its_value(http: requests.Session, bank: Bank) -> None:
    answer = _create(http, bank, b'"additionalData":{"a":1e400,"b":-2.50E-3}')
    assert answer.status_code == 200
    shown = json.loads(
        dump_json(Operation.objects.get().additional_data), parse_float=Decimal, parse_int=Decimal
    )
    assert shown == {"a": Decimal("1e400"), "b": Decimal("-0.00250")}


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity", b"1" * 1001])
def test_what_is_no_number_is_refused(http: requests.Session, bank: Bank, number: bytes) -> None:
    code, message = told(_create(http, bank, b'"additionalData":{"a":%s}' % number))
    assert code == "ERROR_HTTP_REQUEST"
    assert message.startswith("The body is not usable: ")
    assert number.decode() not in message


@pytest.mark.parametrize("data", [b"1e1001", b"1e-1001", b"[%s1]" % (b"1e999," * 1100)])
def test_exponents_cannot_make_a_long_row(http: requests.Session, bank: Bank, data: bytes) -> None:
    code, message = told(_create(http, bank, b'"additionalData":{"a":%s}' % data))
    assert (code, message.split(" - ")[0]) == ("ERR0024", "requestObject.additionalData")


@pytest.mark.main_path
def test_scalars_stand_for_texts(http: requests.Session, bank: Bank) -> None:
    application = json.dumps(bank.application.id).encode()
    members = b'"userId":12345,"applicationId":%s,"maxFailureCount":"7"' % application
    assert _post(http, "activation/init", members).status_code == 200
    activation = Activation.objects.get()
    assert (activation.user_id, activation.max_failed_attempts) == ("12345", 7)
    parameters = b'"parameters":{"amount":5,"currency":"CZK","iban":1.10,"urgent":true}'
    answer = _create(http, bank, b'%s,"externalId":7,"proximityCheckEnabled":"true"' % parameters)
    shown = answer.json()["responseObject"]
    assert shown["parameters"] == {
        "amount": "5",
        "currency": "CZK",
        "iban": "1.10",
        "urgent": "true",
    }
    assert (shown["data"], shown["externalId"]) == ("A1*A5CZK*I1.10", "7")
    assert len(shown["proximityOtp"]) == 8


@pytest.mark.parametrize("value", [b"[1]", b'{"a":1}'])
def test_objects_and_arrays_stand_for_nothing(
    http: requests.Session, bank: Bank, value: bytes
) -> None:
    for name in (b"externalId", b"proximityCheckEnabled", b"timestampExpires"):
        code, message = told(_create(http, bank, b'"%s":%s' % (name, value)))
        assert code == "ERROR_HTTP_REQUEST"
        assert message.startswith(f"requestObject.{name.decode()} - must be ")
