"""The JSON guard: what the database or an answer could not hold is refused at the door."""

from decimal import Decimal

import pytest

from enrollment_server.api.json import MAX_DEPTH, MalformedJson, dump_json, load_json


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
