"""Kinds of values that the methods of several apps share."""

from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.api import Input
from powerauth.integration.fields import AnyMap, Binary, Flag, Text, TextMap


class ExampleInput(Input):
    """One member of each kind that has a rule of its own."""

    plain = Text()
    long_wire_name = Text()
    parameters = TextMap()
    additional_data = AnyMap()
    is_set = Flag()
    raw_bytes = Binary()


def _read(**members: Any) -> dict[str, Any]:
    body = ExampleInput(data=members)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def test_absent_and_null_members_are_none() -> None:
    nothing = dict.fromkeys(ExampleInput().fields)

    names = ["plain", "long_wire_name", "parameters", "additional_data", "is_set", "raw_bytes"]
    assert _read() == _read(**nothing) == dict.fromkeys(names)
    assert list(nothing) == [
        "plain",
        "longWireName",
        "parameters",
        "additionalData",
        "isSet",
        "rawBytes",
    ]


def test_values_arrive_as_they_are() -> None:
    values = _read(
        plain="  spaces  ",
        longWireName="",
        parameters={"a": " b "},
        additionalData={"a": [1, None, {"b": 1.5}]},
        isSet=False,
        rawBytes="AAE=",
    )

    assert values == {
        "plain": "  spaces  ",
        "long_wire_name": "",
        "parameters": {"a": " b "},
        "additional_data": {"a": [1, None, {"b": 1.5}]},
        "is_set": False,
        "raw_bytes": b"\x00\x01",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("plain", 1),
        ("parameters", []),
        ("parameters", "a"),
        ("parameters", {"a": 1}),
        ("additionalData", "a"),
        ("additionalData", [1]),
        ("isSet", 0),
        ("isSet", "false"),
        ("rawBytes", 1),
    ],
)
def test_wrong_types_are_malformed(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        _read(**{name: value})


@pytest.mark.parametrize(("name", "value"), [("parameters", {"a": None}), ("rawBytes", "A")])
def test_values_without_a_rule_are_invalid(name: str, value: object) -> None:
    with pytest.raises(EngineRefusal) as refusal:
        _read(**{name: value})
    assert refusal.value.code is ErrorCode.INVALID_REQUEST
