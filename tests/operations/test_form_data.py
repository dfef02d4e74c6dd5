import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.screen.form_data import FormData, TemplateTexts, build_form_data
from operations.screen.locales import RequestLocale
from operations.screen.placeholders import BrokenTemplate

CZECH = RequestLocale(tag="cs-CZ", language="cs")
AMOUNT = {
    "id": "operation.amount",
    "type": "AMOUNT",
    "text": "Amount",
    "params": {"amount": "amount", "currency": "currency"},
}


def _template(
    *,
    title: str = "Payment to ${iban}",
    message: str = "Hello, ${name:-client}.",
    attributes: str | None = None,
    result_texts: str | None = None,
) -> TemplateTexts:
    return TemplateTexts(
        title=title, message=message, attributes=attributes, ui=None, result_texts=result_texts
    )


def test_whole_form_data() -> None:
    template = _template(
        attributes=json.dumps([AMOUNT, {"id": "n", "type": "NOTE", "text": "", "params": {}}]),
        result_texts='{"success":"Payment of ${amount} ${currency} was confirmed"}',
    )
    parameters = {"iban": "CZ1", "amount": "13.7", "currency": "EUR"}
    form_data = build_form_data(template, parameters, CZECH)
    expected = {
        "title": "Payment to CZ1",
        "message": "Hello, client.",
        "attributes": [
            {
                "type": "AMOUNT",
                "id": "operation.amount",
                "label": "Amount",
                "amount": Decimal("13.70"),
                "currency": "EUR",
                "amountFormatted": "13,70",
                "currencyFormatted": "€",
                "valueFormatted": "13,70\u00a0€",
            }
        ],
        "resultTexts": {"success": "Payment of 13.7 EUR was confirmed"},
    }
    assert json.dumps(form_data, default=str) == json.dumps(expected, default=str)


@pytest.mark.parametrize("value", ['"', "\\", "\n", "a/b", "Jiří", "${iban}", "${name}"])
def test_values_are_shown_as_they_are(value: str) -> None:
    template = _template(title="${name}", message="${name}!", result_texts='{"reject":"${name}."}')
    expected: FormData = {
        "title": value,
        "message": f"{value}!",
        "attributes": [],
        "resultTexts": {"reject": f"{value}."},
    }
    assert build_form_data(template, {"name": value, "iban": "CZ1"}, CZECH) == expected


@pytest.mark.parametrize("blank", [None, "", " \n", "null"])
def test_blank_json_counts_as_none(blank: str | None) -> None:
    template = _template(attributes=blank, result_texts=blank)
    form_data = build_form_data(template, {}, "en")
    assert list(form_data) == ["title", "message", "attributes"]
    assert form_data["attributes"] == []


@pytest.mark.parametrize(
    ("result_texts", "expected"),
    [
        ('{"reject":"r","failure":"f","success":"s","x":"y"}', ["success", "failure", "reject"]),
        ('{"success":" ","failure":"","reject":null}', None),
        ('{"success":["a"],"failure":"f"}', ["failure"]),
        ('{"success":"${empty}","failure":${amount}}', ["failure"]),
        ("{}", None),
    ],
)
def test_result_texts(result_texts: str, expected: list[str] | None) -> None:
    template = _template(result_texts=result_texts)
    texts = build_form_data(template, {"empty": "", "amount": "13.70"}, "en").get("resultTexts")
    assert (list(texts) if isinstance(texts, dict) else None) == expected


def test_unquoted_number_in_a_result_text() -> None:
    template = _template(result_texts='{"success":${amount}}')
    form_data = build_form_data(template, {"amount": "13.70"}, "en")
    assert form_data["resultTexts"] == {"success": "13.70"}


@pytest.mark.parametrize("broken", ["{", "5", '"text"', "[", "[1,]", "true"])
def test_broken_template(broken: str) -> None:
    with pytest.raises(BrokenTemplate):
        build_form_data(_template(attributes=broken), {}, "en")
    with pytest.raises(BrokenTemplate):
        build_form_data(_template(result_texts=broken), {}, "en")


def test_wrong_kind_of_json() -> None:
    with pytest.raises(BrokenTemplate, match="have to be a JSON array"):
        build_form_data(_template(attributes="{}"), {}, "en")
    with pytest.raises(BrokenTemplate, match="have to be a JSON object"):
        build_form_data(_template(result_texts="[]"), {}, "en")


def test_one_odd_definition_does_not_hide_the_others() -> None:
    attributes = json.dumps([5, None, [AMOUNT], {"type": []}, AMOUNT])
    form_data = build_form_data(
        _template(attributes=attributes), {"amount": "1", "currency": "CZK"}, "en"
    )
    shown = form_data["attributes"]
    assert isinstance(shown, list)
    assert [attribute["id"] for attribute in shown] == ["operation.amount"]


def test_labels_are_not_expanded() -> None:
    attributes = '[{"id":"${a}","type":"HEADING","text":"${a}"}]'
    form_data = build_form_data(_template(attributes=attributes), {"a": "b"}, "en")
    assert form_data["attributes"] == [
        {"type": "HEADING", "id": "${a}", "label": "${a}", "level": 0}
    ]


@settings(deadline=None)
@given(st.text(), st.text(alphabet='[]{}":,null12 \\'), st.text(alphabet='{}":,${a}success \\'))
def test_only_broken_template_escapes(title: str, attributes: str, result_texts: str) -> None:
    template = _template(title=title, attributes=attributes, result_texts=result_texts)
    try:
        form_data = build_form_data(template, {"a": '"'}, CZECH)
    except BrokenTemplate:
        return
    assert None not in form_data.values()
