"""The preview of a form template while it is written."""

import json
from http import HTTPStatus

import pytest
from django.test import Client

from operations.admin.preview import preview, sample_parameters
from operations.screen.form_data import TemplateTexts
from tests.admin.office import staff

PATH = "/admin/operations/formtemplate/preview/"
ATTRIBUTES = json.dumps(
    [
        {
            "id": "a",
            "type": "AMOUNT",
            "text": "Amount",
            "params": {"amount": "sum", "currency": "in"},
        },
        {"id": "n", "type": "NOTE", "text": "Note", "params": {"note": "note"}},
        {
            "id": "i",
            "type": "IMAGE",
            "text": "Shop",
            "params": {"thumbnailUrl": "logo"},
        },
    ]
)
FORM = {
    "title": "Pay ${sum}",
    "message": "Is it you, ${who:-Sir}?",
    "attributes": ATTRIBUTES,
    "ui": '{"flipButtons": true, "preApprovalScreen": {"type": "WARNING"}}',
    "result_texts": '{"success": "Paid"}',
    "language": "cs",
}


def _texts(**changes: str) -> TemplateTexts:
    names = ("title", "message", "attributes", "ui", "result_texts")
    return TemplateTexts(**{name: {**FORM, **changes}[name] for name in names})


def test_the_page_shows_what_a_phone_shows(chief: Client) -> None:
    values = {**FORM, "preview_parameters": '{"sum": "1949.9", "logo": "https://shop.example/x"}'}
    text = chief.post(PATH, values).content.decode()
    assert "Pay 1949.9" in text
    assert "1\xa0949,90\xa0Kč" in text
    assert "phone-buttons flipped" in text and "phone-screen WARNING" in text
    assert "success: Paid" in text
    assert "<img" not in text and "https://shop.example/x" in text


def test_the_page_shows_the_list_of_screens(chief: Client) -> None:
    screen = {
        "type": "INFO",
        "heading": "Stop",
        "elements": [{"type": "ALERT", "style": "DANGER", "text": "A <trap>"}],
        "controls": {"approve": {"type": "SLIDER", "text": "Go on"}},
    }
    values = {**FORM, "ui": json.dumps({"preApprovalScreens": [screen]})}
    text = chief.post(PATH, values).content.decode()
    assert "Stop" in text and "A &lt;trap&gt;" in text and "Go on" in text
    assert "phone-element ALERT DANGER" in text


def test_texts_of_a_template_are_escaped(chief: Client) -> None:
    values = {**FORM, "title": "<script>alert(1)</script>", "attributes": ""}
    assert "<script>" not in chief.post(PATH, values).content.decode()


def test_samples_fit_what_attributes_make_of_them() -> None:
    samples = sample_parameters(_texts())
    assert samples == {
        "sum": "1949.90",
        "who": "who",
        "in": "CZK",
        "note": "Christmas",
        "logo": "logo",
    }
    shown = preview(_texts(), language="en", parameters_json="")
    assert shown.form_data["attributes"][0]["amount"] > 0
    assert shown.problems == ()


@pytest.mark.parametrize(
    ("member", "text", "problem"),
    [
        ("attributes", "{}", "attributes: attributes have to be a JSON array"),
        ("attributes", "[", "attributes: template is not usable JSON"),
        ("ui", "[]", "ui: the user interface has to be a JSON object"),
        ("result_texts", '{"x": 1}', "result_texts: result texts have only the members"),
    ],
)
def test_problems_are_told(member: str, text: str, problem: str) -> None:
    shown = preview(_texts(**{member: text}), language="en", parameters_json="")
    assert len(shown.problems) == 1 and shown.problems[0].startswith(problem)
    assert shown.form_data == {}


@pytest.mark.parametrize("parameters", ["[", "[]", '"x"', "x" * 30_000])
def test_parameters_have_to_be_an_object(parameters: str) -> None:
    shown = preview(_texts(), language="en", parameters_json=parameters)
    assert len(shown.problems) == 1 and "parameters" in shown.problems[0]


@pytest.mark.parametrize("language", ["", "xx", "not a language", "zh-Hant-TW", "*"])
def test_any_language_can_be_asked_for(language: str) -> None:
    assert preview(_texts(), language=language, parameters_json="").problems == ()


@pytest.mark.django_db
def test_preview_needs_a_right_to_look() -> None:
    assert staff("some").post(PATH, FORM).status_code == HTTPStatus.FORBIDDEN
    assert staff("other", "operations.view_formtemplate").post(PATH, FORM).status_code == 200
    assert Client(SERVER_NAME="testserver").post(PATH, FORM).status_code == HTTPStatus.FOUND


def test_preview_is_asked_for_with_a_form_only(chief: Client) -> None:
    assert chief.get(PATH).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("language", "shown", "button"),
    [
        ("cs", "cs", "Schválit"),
        ("de-AT", "de", "Freigeben"),
        ("en", "en", "Approve"),
        ("fr", "en", "Approve"),
        ("", "en", "Approve"),
    ],
)
def test_the_preview_speaks_the_language_of_the_template(
    chief: Client, language: str, shown: str, button: str
) -> None:
    """Whatever the language of the person who writes it."""
    answer = chief.post(PATH, {**FORM, "language": language}, HTTP_ACCEPT_LANGUAGE="sk")
    text = answer.content.decode()
    assert f'lang="{shown}"' in text and f'"phone-approve">{button}<' in text
