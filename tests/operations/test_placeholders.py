import json
import time
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.screen.json_templates import expand_json
from operations.screen.placeholders import (
    BrokenTemplate,
    expand,
    parse_json,
    scalar_text,
)

PARAMETERS = {"iban": "CZ1", "a": "x", "nothing": None, "empty": ""}
AWKWARD = [
    'say "hi"',
    "back\\slash",
    "two\nlines",
    "a/b",
    "Jiří",
    "\u2028\t\x01",
    "😀",
    "${iban}",
    "$${iban}",
    "${self}",
    '", "injected": "1',
    "\\u0022",
]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Payment to ${iban}", "Payment to CZ1"),
        ("${unknown}", "${unknown}"),
        ("${unknown:-fallback}", "fallback"),
        ("${iban:-fallback}", "CZ1"),
        ("${unknown:-}", ""),
        ("${unknown:-a:-b}", "a:-b"),
        ("${nothing}", "${nothing}"),
        ("${nothing:-none}", "none"),
        ("${empty}", ""),
        ("${empty:-none}", ""),
        ("$${iban}", "${iban}"),
        ("$$${iban}", "$${iban}"),
        ("$${iban} ${iban}", "${iban} CZ1"),
        ("$${iban", "${iban"),
        ("${ iban }", "${ iban }"),
        ("${IBAN}", "${IBAN}"),
        ("${iban}${a}", "CZ1x"),
        ("${iban", "${iban"),
        ("$ {iban} $iban $$5 {iban} ${}", "$ {iban} $iban $$5 {iban} ${}"),
        ("${a${iban}}", "${a${iban}}"),
        ("", ""),
    ],
)
def test_text(template: str, text: str) -> None:
    assert expand(template, PARAMETERS) == text


def test_defaults_without_any_parameter() -> None:
    assert expand("${a:-b} ${c}", {}) == "b ${c}"


@pytest.mark.parametrize("value", AWKWARD)
def test_value_is_taken_as_it_is(value: str) -> None:
    parameters = {"self": value, "iban": "CZ1"}
    assert expand("<${self}>", parameters) == f"<{value}>"
    assert expand_json('{"a": ["<${self}>"]}', parameters) == {"a": [f"<{value}>"]}
    assert expand_json('{"a": ${self}}', parameters) == {"a": value}


@pytest.mark.parametrize(
    ("template", "parameters", "value"),
    [
        ('{"a": "${x}"}', {"x": "5"}, {"a": "5"}),
        ('{"a": ${x}}', {"x": "5"}, {"a": 5}),
        ('{"a": ${x}}', {"x": "-1.50"}, {"a": Decimal("-1.50")}),
        ('{"a": ${x}}', {"x": "1e3"}, {"a": Decimal(1000)}),
        ('{"a": ${x}}', {"x": "true"}, {"a": True}),
        ('{"a": ${x}}', {"x": "null"}, {"a": None}),
        ('{"a": ${x}}', {"x": "007"}, {"a": "007"}),
        ('{"a": ${x}}', {"x": "NaN"}, {"a": "NaN"}),
        ('{"a": ${x}}', {"x": "1e999999999"}, {"a": "1e999999999"}),
        ('{"a": ${x}}', {"x": "5}"}, {"a": "5}"}),
        ('{"a": ${x}}', {"x": '{"b": 1}'}, {"a": '{"b": 1}'}),
        ('{"a": ${x}}', {"x": '"b"'}, {"a": '"b"'}),
        ('{"a": ${x}}', {"x": "5\n"}, {"a": "5\n"}),
        ('{"a": ${x}}', {}, {"a": "${x}"}),
        ('{"a": ${x:-5}}', {}, {"a": 5}),
        ('{"a": ${x:-}}', {}, {"a": ""}),
        ('{"a": ${x:-some text}}', {}, {"a": "some text"}),
        ('{"a": ${x:-"text"}}', {}, {"a": "text"}),
        ('{"a": ${x:-[]}}', {}, {"a": []}),
        ('{"a": "${x:-say \\"hi\\"}"}', {}, {"a": 'say "hi"'}),
        ('{"a": "\\"${x}\\\\"}', {"x": "5"}, {"a": '"5\\'}),
        ('{"a": "$${x}"}', {"x": "5"}, {"a": "${x}"}),
        ('{"${x}": 1}', {"x": 'k"'}, {'k"': 1}),
        ("${x}", {"x": "[1]"}, "[1]"),
    ],
)
def test_json(template: str, parameters: Mapping[str, str | None], value: object) -> None:
    assert expand_json(template, parameters) == value


@pytest.mark.parametrize(
    "template",
    [
        *("", "{", '{"a"}', '{"a": "b}', '{"a": $${x}}', '{"a": ${x', '"\\', '"\\x"', '"a\nb"'),
        *("NaN", "Infinity", "-Infinity", "1e101", "9" * 300, "[1] []", "'a'", '"\\ud800"'),
        *('{"\\udfff": 1}', "[" * 33 + "]" * 33, "[" * 100_000, '{"a":' * 100_000),
    ],
)
def test_broken_json(template: str) -> None:
    with pytest.raises(BrokenTemplate):
        expand_json(template, {"x": "1"})
    with pytest.raises(BrokenTemplate):
        parse_json(template)


def test_deepest_json() -> None:
    assert json.dumps(parse_json("[" * 32 + "]" * 32)) == "[" * 32 + "]" * 32


@pytest.mark.parametrize("piece", ["${", "$${", "${a", '"\\"', '"', "\\", "${a:-"])
def test_hostile_template_is_cheap(piece: str) -> None:
    template = piece * 50_000
    start = time.perf_counter()
    expand(template, PARAMETERS)
    with pytest.raises(BrokenTemplate):
        expand_json('"' + template, PARAMETERS)
    with pytest.raises(BrokenTemplate):
        expand_json(template, PARAMETERS)
    assert time.perf_counter() - start < 5  # linear: far below; quadratic: far above


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(("a", "a"), ("", ""), (True, "true"), (False, "false"), (5, "5")),
        *((Decimal("1E+3"), "1000"), (Decimal("13.70"), "13.70"), (None, None), ([], None)),
    ],
)
def test_scalar_text(value: object, text: str | None) -> None:
    assert scalar_text(value) == text


@settings(deadline=None)
@given(st.text() | st.text(alphabet='"\\{}[]:,$0-.eatrufls \n'))
def test_value_never_becomes_structure(value: str) -> None:
    template = '{"a": "${x}", "b": ${x}, "c": ["${x}", ${x}], "d": 1}'
    result = expand_json(template, {"x": value})
    assert isinstance(result, dict)
    assert list(result) == ["a", "b", "c", "d"]
    assert result["a"] == value
    assert result["b"] is None or scalar_text(result["b"]) is not None
    assert result["c"] == [value, result["b"]]
    assert result["d"] == 1


@settings(deadline=None)
@given(st.text(alphabet='ax${}:-"\\[] 1'), st.dictionaries(st.sampled_from("ax"), st.text()))
def test_any_template(template: str, parameters: dict[str, str | None]) -> None:
    expand(template, parameters)
    try:
        expand_json(template, parameters)
    except BrokenTemplate as error:
        assert str(error)
