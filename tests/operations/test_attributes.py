import json
import logging
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.screen.attribute_definitions import read_definition
from operations.screen.attributes import attribute_of
from operations.screen.written_attributes import clean_attribute

PARAMETERS: dict[str, str | None] = {
    "sum": "2199.40",
    "code": "CZK",
    "usd": "95.1",
    "usdCode": "USD",
    "yes": "TRUE",
    "text": "Line 1\nLine 2 ${sum}",
    "level": "3",
    "kind": "warning",
    "url": "https://bank.example/a.png",
    "null": None,
}

# type, params, members after `type`, `id` and `label`
COMPLETE: list[tuple[str, dict[str, str], dict[str, object]]] = [
    (
        "AMOUNT",
        {"amount": "sum", "currency": "code"},
        {
            "amount": Decimal("2199.40"),
            "currency": "CZK",
            "amountFormatted": "2\u00a0199,40",
            "currencyFormatted": "Kč",
            "valueFormatted": "2\u00a0199,40\u00a0Kč",
        },
    ),
    (
        "AMOUNT_CONVERSION",
        {
            "dynamic": "yes",
            "sourceAmount": "sum",
            "sourceCurrency": "code",
            "targetAmount": "usd",
            "targetCurrency": "usdCode",
        },
        {
            "dynamic": True,
            "sourceAmount": Decimal("2199.40"),
            "sourceCurrency": "CZK",
            "sourceAmountFormatted": "2\u00a0199,40",
            "sourceCurrencyFormatted": "Kč",
            "sourceValueFormatted": "2\u00a0199,40\u00a0Kč",
            "targetAmount": Decimal("95.10"),
            "targetCurrency": "USD",
            "targetAmountFormatted": "95,10",
            "targetCurrencyFormatted": "US$",
            "targetValueFormatted": "95,10\u00a0US$",
        },
    ),
    ("KEY_VALUE", {"value": "text"}, {"value": "Line 1\nLine 2 ${sum}"}),
    ("NOTE", {"note": "text"}, {"note": "Line 1\nLine 2 ${sum}"}),
    ("HEADING", {"level": "level"}, {"level": 3}),
    ("IMAGE", {"thumbnailUrl": "url"}, {"thumbnailUrl": "https://bank.example/a.png"}),
    (
        "IMAGE",
        {"originalUrl": "sum", "thumbnailUrl": "url"},
        {"thumbnailUrl": "https://bank.example/a.png", "originalUrl": "2199.40"},
    ),
    (
        "PARTY_INFO",
        {"websiteUrl": "text", "description": "kind", "name": "code", "logoUrl": "url"},
        {
            "partyInfo": {
                "logoUrl": "https://bank.example/a.png",
                "name": "CZK",
                "description": "warning",
                "websiteUrl": "Line 1\nLine 2 ${sum}",
            }
        },
    ),
    (
        "PARTY_INFO",
        {"logoUrl": "url", "name": "code", "description": "kind"},
        {
            "partyInfo": {
                "logoUrl": "https://bank.example/a.png",
                "name": "CZK",
                "description": "warning",
            }
        },
    ),
]
REQUIRED = {
    "AMOUNT": ["amount", "currency"],
    "AMOUNT_CONVERSION": ["sourceAmount", "sourceCurrency", "targetAmount", "targetCurrency"],
    "KEY_VALUE": ["value"],
    "NOTE": ["note"],
    "IMAGE": ["thumbnailUrl"],
    "PARTY_INFO": ["logoUrl", "name", "description"],
}


def _build(kind: object, params: object) -> Mapping[str, object] | None:
    definition = {"id": "some.id", "type": kind, "text": "Label ${sum}", "params": params}
    return attribute_of(read_definition(definition), PARAMETERS, "cs")


def _in_english(
    definition: object, parameters: Mapping[str, str | None]
) -> Mapping[str, object] | None:
    return attribute_of(read_definition(definition), parameters, "en")


def _ordered(attribute: Mapping[str, object] | None) -> str:
    return json.dumps(attribute, default=lambda number: f"number {number:f}")


@pytest.mark.parametrize(("kind", "params", "members"), COMPLETE)
def test_complete(kind: str, params: dict[str, str], members: dict[str, object]) -> None:
    expected = {"type": kind, "id": "some.id", "label": "Label ${sum}", **members}
    assert _ordered(_build(kind, params)) == _ordered(expected)


@pytest.mark.parametrize(
    ("kind", "params", "missing"),
    [
        (kind, params, field)
        for kind, params, _ in COMPLETE
        for field in REQUIRED.get(kind, [])
        if field in params
    ],
)
def test_dropped_without(
    kind: str, params: dict[str, str], missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="operations.screen.form_data")
    without = {field: name for field, name in params.items() if field != missing}
    assert _build(kind, without) is None
    assert _build(kind, params | {missing: "unknown"}) is None
    assert _build(kind, params | {missing: "null"}) is None
    assert [record.name for record in caplog.records] == ["operations.screen.form_data"] * 3
    assert "some.id" in caplog.text
    assert "2199.40" not in caplog.text
    assert "https" not in caplog.text


@pytest.mark.parametrize(
    ("params", "members"),
    [
        (
            {"type": "kind", "title": "code", "message": "text"},
            {"title": "CZK", "message": "Line 1\nLine 2 ${sum}"},
        ),
        ({"type": "kind", "message": "code"}, {"message": "CZK"}),
        ({"type": "kind"}, {"message": ""}),
    ],
)
def test_alert(params: dict[str, str], members: dict[str, str]) -> None:
    expected = {"type": "ALERT", "alertType": "WARNING", "id": "some.id", "label": "Label ${sum}"}
    assert _ordered(_build("ALERT", params)) == _ordered(expected | members)


@pytest.mark.parametrize(
    ("value", "alert_type"),
    [
        *(("SUCCESS", "SUCCESS"), ("success", "SUCCESS"), ("Info", "INFO"), ("error", "ERROR")),
        *(("WARNING", "WARNING"), ("fatal", "INFO"), ("", "INFO"), (None, "INFO")),
    ],
)
def test_alert_type(value: str | None, alert_type: str) -> None:
    definition = {"id": "a", "type": "ALERT", "text": "", "params": {"type": "t"}}
    attribute = _in_english(definition, {"t": value})
    assert attribute is not None
    assert attribute["alertType"] == alert_type


@pytest.mark.parametrize(
    ("value", "dynamic"),
    [("true", True), ("True", True), ("1", False), ("yes", False), (" true", False), (None, False)],
)
def test_dynamic(value: str | None, dynamic: bool) -> None:
    definition = {"id": "a", "type": "AMOUNT_CONVERSION", "params": COMPLETE[1][1]}
    attribute = _in_english(definition, PARAMETERS | {"yes": value})
    assert attribute is not None
    assert attribute["dynamic"] is dynamic


@pytest.mark.parametrize(
    ("value", "level"),
    [
        *(("1", 1), ("+2", 2), ("-1", -1), ("0", 0), ("", 0), ("x", 0), ("1.5", 0), (" 1", 0)),
        *(("9" * 10, 0), ("9" * 5000, 0), ("\u0663", 0), (None, 0)),
    ],
)
def test_level(value: str | None, level: int) -> None:
    definition = {"id": "a", "type": "HEADING", "text": "b", "params": {"level": "l"}}
    expected = {"type": "HEADING", "id": "a", "label": "b", "level": level}
    assert _in_english(definition, {"l": value}) == expected


def test_amount_that_is_not_a_number() -> None:
    assert _ordered(_build("AMOUNT", {"amount": "kind", "currency": "code"})) == _ordered(
        {
            "type": "AMOUNT",
            "id": "some.id",
            "label": "Label ${sum}",
            "currency": "CZK",
            "amountFormatted": "warning",
            "currencyFormatted": "Kč",
            "valueFormatted": "warning CZK",
        }
    )


def test_source_that_is_not_a_number() -> None:
    attribute = _build("AMOUNT_CONVERSION", COMPLETE[1][1] | {"sourceAmount": "kind"})
    assert attribute is not None
    assert "sourceAmount" not in attribute
    assert attribute["sourceValueFormatted"] == "warning CZK"
    assert attribute["targetAmount"] == Decimal("95.10")


def test_empty_value_is_a_value() -> None:
    definition = {"id": "a", "type": "NOTE", "text": "b", "params": {"note": "n"}}
    expected = {"type": "NOTE", "id": "a", "label": "b", "note": ""}
    assert _in_english(definition, {"n": ""}) == expected


@pytest.mark.parametrize("kind", ["BARCODE", "amount", "", None, 5, ["AMOUNT"], {}])
def test_unknown_type(kind: object, caplog: pytest.LogCaptureFixture) -> None:
    expected = {"type": "KEY_VALUE", "id": "some.id", "label": "Label ${sum}", "value": "CZK"}
    assert _build(kind, {"value": "code"}) == expected
    assert "unknown attribute type: id='some.id'" in caplog.text
    assert _build(kind, {}) is None


@pytest.mark.parametrize(
    ("kind", "params", "value"),
    [
        ("AMOUNTX", {"amount": "sum", "currency": "code"}, "2199.40 CZK"),
        ("amount", {"amount": "sum", "currency": "null"}, "2199.40"),
        ("AMOUNT", {"ammount": "sum", "currency": "code"}, "2199.40 CZK"),
        ("KEY_VALUE", {"valeu": "code"}, "CZK"),
        (None, {"amount": "sum"}, "2199.40"),
    ],
)
def test_what_a_mistyped_definition_names_is_shown_as_text(
    kind: object, params: dict[str, str], value: str, caplog: pytest.LogCaptureFixture
) -> None:
    expected = {"type": "KEY_VALUE", "id": "some.id", "label": "Label ${sum}", "value": value}
    assert _build(kind, params) == expected
    assert f"miswritten attribute shown as text: id='some.id' type={kind!r}" in caplog.text
    assert value not in caplog.text
    assert _build(kind, dict.fromkeys(params, "unknown")) is None


@pytest.mark.parametrize("definition", [None, "text", 5, True, [], [{"id": "a"}]])
def test_definition_that_is_no_object(definition: object, caplog: pytest.LogCaptureFixture) -> None:
    assert _in_english(definition, PARAMETERS) is None
    assert "not an object" in caplog.text


@pytest.mark.parametrize("odd", [None, 5, [], {}, True])
def test_odd_members_count_as_absent(odd: object) -> None:
    definition = {"id": odd, "type": "HEADING", "text": odd, "params": odd}
    expected = {"type": "HEADING", "id": "", "label": "", "level": 0}
    assert _in_english(definition, PARAMETERS) == expected
    assert _build("HEADING", {"level": odd}) == expected | {
        "id": "some.id",
        "label": "Label ${sum}",
    }


@pytest.mark.parametrize(
    ("attribute", "cleaned"),
    [
        (
            {"label": "L", "value": "v", "id": "i", "type": "KEY_VALUE", "more": None},
            {"type": "KEY_VALUE", "id": "i", "label": "L", "value": "v"},
        ),
        ({"type": "NOTE", "note": 5}, {"type": "NOTE", "id": "", "label": "", "note": "5"}),
        (
            {"type": "AMOUNT", "amount": 2199, "currency": "CZK", "list": [1], "object": {}},
            {
                "type": "AMOUNT",
                "id": "",
                "label": "",
                "amount": Decimal("2199.00"),
                "currency": "CZK",
            },
        ),
        (
            {"type": "AMOUNT_CONVERSION", "sourceAmount": "x", "targetAmount": "1e3"},
            {"type": "AMOUNT_CONVERSION", "id": "", "label": "", "targetAmount": Decimal("1000.0")},
        ),
        (
            {"type": "HEADING", "level": "2", "dynamic": "true"},
            {"type": "HEADING", "id": "", "label": "", "level": 2, "dynamic": True},
        ),
        (
            {
                "type": "PARTY_INFO",
                "partyInfo": {"logoUrl": "u", "name": 1, "description": "d", "websiteUrl": None},
            },
            {
                "type": "PARTY_INFO",
                "id": "",
                "label": "",
                "partyInfo": {"logoUrl": "u", "name": "1", "description": "d"},
            },
        ),
        ({"type": "PARTY_INFO", "partyInfo": {"name": "n"}}, None),
        ({"type": "PARTY_INFO", "partyInfo": "n"}, None),
        ({"id": "a"}, None),
        ({"type": 5}, None),
        ("text", None),
        (None, None),
    ],
)
def test_clean_attribute(attribute: object, cleaned: dict[str, object] | None) -> None:
    assert _ordered(clean_attribute(attribute)) == _ordered(cleaned)


NAMES = st.sampled_from(
    ["id", "type", "text", "label", "params", "partyInfo", "level", "dynamic"]
    + [field for _, params, _ in COMPLETE for field in params]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.text(max_size=5)
    | st.sampled_from([*PARAMETERS, "ALERT", *(kind for kind, _, _ in COMPLETE)])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6)
)


def _assert_safe(attribute: Mapping[str, object] | None) -> None:
    if attribute is None:
        return
    assert next(iter(attribute)) == "type"
    assert all(isinstance(attribute[name], str) for name in ("type", "id", "label"))
    for name, value in attribute.items():
        if name == "partyInfo":
            assert isinstance(value, dict)
            assert {*map(type, value.values())} == {str}
        else:
            assert isinstance(value, str | bool | int | Decimal)


@settings(deadline=None)
@given(JSON, st.dictionaries(st.sampled_from([*PARAMETERS]), st.none() | st.text()))
def test_any_definition(definition: object, parameters: dict[str, str | None]) -> None:
    _assert_safe(attribute_of(read_definition(definition), parameters | PARAMETERS, "cs"))
    _assert_safe(attribute_of(read_definition(definition), parameters, "en"))
    _assert_safe(clean_attribute(definition))
