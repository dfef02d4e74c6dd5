"""Numbers that no column could hold, in what phones send: ignored, or kept to the last digit."""

import pytest

from enrollment_server.api.payloads.json import dump_json
from operations.models import Operation
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from tests.api.operations.calls import MALFORMED, authorize, cancel, error
from tests.bank import Bank

HUGE = b"9223372036854775808"
NUMBERS = [
    HUGE,
    b"-9223372036854775809",
    b"1" * 1000,
    b"1.10",
    b"-0.0",
    b"0.1000000000000000055511151231257827021181583404541015625",
    b"12345678901234567890.123456789",
]


def _approve(phone: Phone, operation: Operation, members: bytes) -> Answer:
    data = dump_json(operation.data)
    body = b'{"requestObject":{"id":"%s","data":%s,%s}}'
    return authorize(phone, body % (str(operation.pk).encode(), data, members))


def _stored(operation: Operation) -> bytes:
    operation.refresh_from_db()
    return dump_json(operation.additional_data["mobileTokenData"])


@pytest.mark.main_path
@pytest.mark.parametrize("number", [*NUMBERS, b"1e400", b"-1E-400", b"1e99999999999999999999"])
def test_member_that_nobody_reads(bank: Bank, alice: Phone, number: bytes) -> None:
    for members in (
        b'"unknown":%s' % number,
        b'"unknown":{"deeply":[%s]}' % number,
        b'"proximityCheck":{"otp":"12345678","timestampReceived":%s}' % number,
        b'"proximityCheck":{"timestampSent":%s}' % number,
    ):
        assert _approve(alice, bank.operation("alice"), members).ok


@pytest.mark.main_path
@pytest.mark.parametrize("number", NUMBERS)
def test_mobile_token_data_keep_their_digits(bank: Bank, alice: Phone, number: bytes) -> None:
    operation = bank.operation("alice")
    data = b'{"a":[%s,{"b":%s}]}' % (number, number)
    assert _approve(alice, operation, b'"mobileTokenData":%s' % data).ok
    # Of a negative zero, PostgreSQL keeps no sign.
    assert _stored(operation) in (data, data.replace(b"-0", b"0"))


def test_rejection_keeps_them_too(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    body = b'{"requestObject":{"id":"%s","mobileTokenData":[1.10]}}' % str(operation.pk).encode()
    assert cancel(alice, body).ok
    assert _stored(operation) == b"[1.10]"


@pytest.mark.parametrize(
    "number",
    [b"NaN", b"Infinity", b"-Infinity", b"01", b"1.", b".5", b"+1", b"0x10", b"1" * 1001, b"1e+"],
)
@pytest.mark.parametrize("member", ["unknown", "mobileTokenData"])
def test_what_is_no_number_is_refused(bank: Bank, alice: Phone, number: bytes, member: str) -> None:
    answer = _approve(alice, bank.operation("alice"), b'"%s":%s' % (member.encode(), number))
    assert error(answer) == MALFORMED


@pytest.mark.parametrize(
    "data",
    [b"1e1001", b"1e-1001", b"1e99999999999999999999", b"[" + b"1e999," * 70 + b"1]"],
)
def test_exponents_cannot_make_a_long_row(bank: Bank, alice: Phone, data: bytes) -> None:
    operation = bank.operation("alice")
    assert error(_approve(alice, operation, b'"mobileTokenData":%s' % data)) == MALFORMED
    operation.refresh_from_db()
    assert operation.status == "PENDING"


def test_identifier_as_a_number_is_read_as_its_text(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", data="12345678901234567890.10")
    body = b'{"requestObject":{"id":"%s","data":12345678901234567890.10}}'
    assert authorize(alice, body % str(operation.pk).encode()).ok
    operation.refresh_from_db()
    assert operation.status == "APPROVED"
