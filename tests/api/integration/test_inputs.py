"""Kinds of values that the methods of several apps share."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from enrollment_server.api.payloads.exact_numbers import ExactNumber
from enrollment_server.api.payloads.violations import violations_of
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import (
    INVALID,
    AnyMap,
    Binary,
    EnumField,
    Flag,
    Number,
    Text,
    TextList,
    TextMap,
)
from powerauth.integration.inputs.times import Duration, FlexibleDateTime
from powerauth.models import CommitPhase


class ExampleInput(Input):
    """One member of each kind that has a rule of its own."""

    plain = Text()
    long_wire_name = Text()
    parameters = TextMap()
    additional_data = AnyMap()
    is_set = Flag()
    raw_bytes = Binary()
    number = Number()
    moment = FlexibleDateTime()
    pause = Duration()
    phase = EnumField(CommitPhase)
    names = TextList()


def _read(**members: Any) -> dict[str, Any]:
    body = ExampleInput(data=members)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def test_absent_and_null_members_are_none() -> None:
    nothing = dict.fromkeys(ExampleInput().fields)

    assert _read() == _read(**nothing)
    assert set(_read().values()) == {None}
    assert list(_read())[:4] == ["plain", "long_wire_name", "parameters", "additional_data"]
    assert list(nothing)[:4] == ["plain", "longWireName", "parameters", "additionalData"]


def test_values_arrive_as_they_are() -> None:
    values = _read(
        plain="  spaces  ",
        longWireName="",
        parameters={"a": " b "},
        additionalData={"a": [1, None, {"b": 1.5}]},
        isSet=False,
        rawBytes="AAE=",
    )

    assert {name: value for name, value in values.items() if value is not None} == {
        "plain": "  spaces  ",
        "long_wire_name": "",
        "parameters": {"a": " b "},
        "additional_data": {"a": [1, None, {"b": 1.5}]},
        "is_set": False,
        "raw_bytes": b"\x00\x01",
    }


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("plain", 12345, "12345"),
        ("plain", ExactNumber("1.10"), "1.10"),
        ("plain", ExactNumber("1e400"), "1e400"),
        ("plain", True, "true"),
        ("plain", False, "false"),
        ("parameters", {"amount": 5, "exact": ExactNumber("5.0")}, {"amount": "5", "exact": "5.0"}),
        ("names", ["a", 1, True], ["a", "1", "true"]),
        ("raw_bytes", 1234, b"\xd7m\xf8"),
        ("number", "5", 5),
        ("number", " -5 ", -5),
        ("number", ExactNumber("5.0"), 5),
        ("number", ExactNumber("5e3"), 5000),
        ("number", "", None),
        ("is_set", "true", True),
        ("is_set", "False", False),
        ("is_set", 0, False),
        ("is_set", 7, True),
        ("is_set", " ", None),
        ("moment", "", None),
        ("pause", ExactNumber("2.5"), timedelta(seconds=2.5)),
        ("phase", "ON_COMMIT", CommitPhase.ON_COMMIT),
    ],
)
def test_scalars_of_another_kind_are_converted(name: str, value: object, read: object) -> None:
    wire = {"raw_bytes": "rawBytes", "is_set": "isSet"}.get(name, name)
    assert _read(**{wire: value})[name] == read


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (1729754728123, datetime(2024, 10, 24, 7, 25, 28, 123_000, UTC)),
        ("1729754728123", datetime(2024, 10, 24, 7, 25, 28, 123_000, UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC)),
        (2**63 - 1, datetime.max.replace(tzinfo=UTC)),
        ("2024-10-24T07:25:28.123+00:00", datetime(2024, 10, 24, 7, 25, 28, 123_000, UTC)),
        ("2024-10-24T07:25:28.123Z", datetime(2024, 10, 24, 7, 25, 28, 123_000, UTC)),
        ("2024-10-24T07:25:28.123+0000", datetime(2024, 10, 24, 7, 25, 28, 123_000, UTC)),
        ("2024-10-24T07:25:28.123456789Z", datetime(2024, 10, 24, 7, 25, 28, 123_456, UTC)),
        ("2024-10-24T07:25:28.1Z", datetime(2024, 10, 24, 7, 25, 28, 100_000, UTC)),
        ("2024-10-24T09:25:28+02:00", datetime(2024, 10, 24, 7, 25, 28, tzinfo=UTC)),
        ("2024-10-24T07:25:28-00:30", datetime(2024, 10, 24, 7, 55, 28, tzinfo=UTC)),
    ],
)
def test_times_as_text_and_as_number(sent: object, stored: datetime) -> None:
    assert _read(moment=sent)["moment"] == stored


def _violations(**members: Any) -> list[tuple[str, str, bool]]:
    body = ExampleInput(data=members)
    with pytest.raises(ValidationError) as error:
        body.is_valid(raise_exception=True)
    found = violations_of(error.value.detail)
    return [(one.member, one.rule, one.code == INVALID) for one in found]


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("plain", ["SECRET"], "must be a text"),
        ("parameters", ["SECRET"], "must be an object"),
        ("parameters", "SECRET", "must be an object"),
        ("additionalData", "SECRET", "must be an object"),
        ("isSet", "SECRET", "must be true or false"),
        ("isSet", ExactNumber("1.5"), "must be true or false"),
        ("rawBytes", {"SECRET": 1}, "must be a text"),
        ("number", "SECRET", "must be a whole number of 64 bits"),
        ("number", True, "must be a whole number of 64 bits"),
        ("number", ExactNumber("1.5"), "must be a whole number of 64 bits"),
        ("number", ExactNumber("1" * 40), "must be a whole number of 64 bits"),
        ("number", ExactNumber("1e999999999"), "must be a whole number of 64 bits"),
        ("phase", "SECRET", "must be one of ON_COMMIT, ON_KEY_EXCHANGE"),
        ("phase", 0, "must be one of ON_COMMIT, ON_KEY_EXCHANGE"),
        ("names", "SECRET", "must be a list"),
    ],
)
def test_wrong_types_are_malformed(name: str, value: object, rule: str) -> None:
    assert _violations(**{name: value}) == [(name, rule, False)]


@pytest.mark.parametrize(
    ("name", "value", "member", "rule"),
    [
        ("parameters", {"a": None}, "parameters.a", "must not be null"),
        ("parameters", {"SECRET NAME": None}, "parameters.*", "must not be null"),
        ("names", ["a", None], "names[1]", "must not be null"),
        ("rawBytes", "A", "rawBytes", "must be Base64"),
        (
            "additionalData",
            {"a": ExactNumber("1e1001")},
            "additionalData",
            "must not have numbers of more than 1000 digits",
        ),
    ],
)
def test_values_without_a_rule_are_invalid(
    name: str, value: object, member: str, rule: str
) -> None:
    assert _violations(**{name: value}) == [(member, rule, True)]


def test_place_within_a_list_is_told() -> None:
    assert _violations(names=["a", {}]) == [("names[1]", "must be a text", False)]
