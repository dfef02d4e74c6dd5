"""The JSON guard: what the database or an answer could not hold is refused at the door."""

from decimal import Decimal

import pytest

from enrollment_server.api.payloads.exact_numbers import MAX_DIGITS, ExactNumber, TooManyDigits
from enrollment_server.api.payloads.json import (
    MAX_DEPTH,
    MalformedJson,
    dump_json,
    load_exact,
    load_json,
    stored_size,
)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a":1}x',
        b'"\\u0000"',
        b'{"\\u0000":1}',
        b'"\\ud800"',
        b'["ok","\\udfff\\ud800"]',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e999",
        b"9223372036854775808",
        b"-9223372036854775809",
        b"1" * 5000,
        nested(MAX_DEPTH + 1),
        nested(100_000),
    ],
)
def test_malformed_json_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedJson):
        load_json(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"requestObject":null}', {"requestObject": None}),
        (b' {"a":[1,-2.5,true]} ', {"a": [1, -2.5, True]}),
        ('"Ji\\u0159\u00ed \\ud83d\\ude00"'.encode(), "Ji\u0159\u00ed \U0001f600"),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b'"\\/"', "/"),
    ],
)
def test_sound_json_is_read(data: bytes, value: object) -> None:
    assert load_json(data) == value


def test_depth_is_bounded_exactly() -> None:
    assert load_json(nested(MAX_DEPTH)) is not None


@pytest.mark.parametrize(
    ("number", "text"),
    [("2199.40", b"2199.40"), ("1E+3", b"1000"), ("0.000000000000000001", b"0.000000000000000001")],
)
def test_decimal_keeps_its_digits(number: str, text: bytes) -> None:
    assert dump_json([Decimal(number)]) == b"[" + text + b"]"


def test_unknown_value_is_no_json() -> None:
    with pytest.raises(TypeError):
        dump_json(object())


EXACT = [
    "9223372036854775808",
    "-9223372036854775809",
    "1.10",
    "-0",
    "1e400",
    "1E-5",
    "0.1000000000000000055511151231257827021181583404541015625",
    "1" * MAX_DIGITS,
]


@pytest.mark.parametrize("literal", EXACT)
def test_numbers_of_clients_keep_their_digits(literal: str) -> None:
    text = f'{{"a":[{literal}]}}'.encode()
    assert load_exact(text) == {"a": [ExactNumber(literal)]}
    assert dump_json(load_exact(text)) == text


@pytest.mark.parametrize("number", [0, 1, -1, 2**63 - 1, -(2**63), 10**18])
def test_whole_numbers_of_64_bits_stay_plain(number: int) -> None:
    assert load_exact(str(number).encode()) == number


@pytest.mark.parametrize(
    "data",
    [b"NaN", b"[-Infinity]", b"1" * (MAX_DIGITS + 1), b"0." + b"1" * MAX_DIGITS, b'"\\u0000"'],
)
def test_what_clients_may_not_send(data: bytes) -> None:
    with pytest.raises(MalformedJson):
        load_exact(data)


@pytest.mark.parametrize(
    ("literal", "size"),
    [("1e3", 4), ("1.50", 4), ("1e-3", 4), ("1e400", 401), ("-1e-2", 5), ("12345678901e-3", 14)],
)
def test_size_without_exponents(literal: str, size: int) -> None:
    assert stored_size(ExactNumber(literal)) >= size
    assert stored_size([ExactNumber(literal)]) <= size + 4


@pytest.mark.parametrize("literal", ["1e1000", "1e-1000", "1e999999999", "1e99999999999999999999"])
def test_exponents_are_bounded(literal: str) -> None:
    with pytest.raises(TooManyDigits):
        stored_size({"a": [ExactNumber(literal)]})
