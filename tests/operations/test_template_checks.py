"""A mistyped word in a template is told, with its place, before a user decides by it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from operations.models import FormTemplate, OperationTemplate
from operations.screen.form_data import TemplateTexts
from operations.template_checks.form_template import problems
from operations.template_checks.operation_template import data_problems
from operations.template_checks.parameters import KnownNames
from operations.template_checks.urls import UrlRules, url_problem
from tests.factories import FormTemplateFactory, OperationTemplateFactory
from tests.operations.test_admin import admin

__all__ = ["admin"]  # a fixture

DEMO = Path("enrollment_server/demo/data")
AMOUNT = {
    "id": "operation.amount",
    "type": "AMOUNT",
    "text": "Amount",
    "params": {"amount": "amount", "currency": "currency"},
}
SIGNED = KnownNames(signed=frozenset({"amount", "currency", "iban"}))


def _problems(known: KnownNames = SIGNED, /, **members: Any) -> list[tuple[str, str]]:
    as_text = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in members.items()
    }
    texts = TemplateTexts(
        **{
            "title": "Payment",
            "message": "Pay?",
            "attributes": "",
            "ui": "",
            "result_texts": "",
            "language": "en",
            **as_text,
        }
    )
    return [(problem.member, problem.text) for problem in problems(texts, known=known)]


def _amount(**changes: Any) -> list[dict[str, Any]]:
    return [{**AMOUNT, **changes}]


def test_a_sound_template_has_no_problem() -> None:
    assert _problems(attributes=[AMOUNT], title="To ${iban}") == []


PLACE = "attribute 1 (operation.amount): "


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        ({"type": "AMOUNTX"}, "unknown type 'AMOUNTX'; did you mean 'AMOUNT'?"),
        ({"type": "amount"}, "unknown type 'amount'; did you mean 'AMOUNT'?"),
        ({"type": "MYSTERY"}, "unknown type 'MYSTERY'"),
        ({"label": "Amount"}, "unknown member 'label'"),
        ({"parms": {}}, "unknown member 'parms'; did you mean 'params'?"),
        ({"params": {"amount": "amount"}}, "AMOUNT needs a parameter for 'currency'"),
        (
            {"params": {"amount": "amount", "currency": ""}},
            "AMOUNT needs a parameter for 'currency'",
        ),
        (
            {"params": {"amount": "amout", "currency": "currency"}},
            "no data template of this operation type has the parameter 'amout'; "
            "did you mean 'amount'?",
        ),
        (
            {"type": "KEY_VALUE", "params": {"value": "CZK"}},
            "no data template of this operation type has the parameter 'CZK'",
        ),
    ],
)
def test_attributes(definition: dict[str, Any], problem: str) -> None:
    assert _problems(attributes=_amount(**definition)) == [("attributes", PLACE + problem)]


def test_fields_of_an_amount() -> None:
    found = _problems(attributes=_amount(params={"ammount": "amount", "currency": "currency"}))
    assert found == [
        ("attributes", PLACE + "AMOUNT has no field 'ammount'; did you mean 'amount'?"),
        ("attributes", PLACE + "AMOUNT needs a parameter for 'amount'"),
    ]


def test_repeated_ids() -> None:
    other = {**AMOUNT, "id": "other"}
    assert _problems(attributes=[AMOUNT, other, AMOUNT]) == [
        ("attributes", "attribute 3 (operation.amount): repeats the id of attribute 1")
    ]


@pytest.mark.parametrize(
    ("members", "member"),
    [
        ({"title": "To ${ibann}"}, "title"),
        ({"message": "To ${ibann:-nobody}"}, "message"),
        ({"ui": {"templates": {"list": {"header": "${ibann}"}}}}, "ui"),
        ({"result_texts": {"success": "Paid to ${ibann}"}}, "result_texts"),
    ],
)
def test_placeholders_of_texts(members: dict[str, Any], member: str) -> None:
    [(found, text)] = _problems(**members)
    assert found == member
    assert text.endswith("parameter 'ibann'; did you mean 'iban'?")


def test_what_need_not_be_signed() -> None:
    picture = {"id": "a", "type": "IMAGE", "text": "", "params": {"thumbnailUrl": "photo"}}
    assert _problems(attributes=[picture], result_texts={"success": "Bye ${name}"}) == []
    # Data without a placeholder, as of a login, say nothing about parameters.
    assert _problems(KnownNames(), title="Log in from ${place}") == []
    for unsigned in ({"place"}, {"*"}):
        known = KnownNames(signed=SIGNED.signed, unsigned=frozenset(unsigned))
        assert _problems(known, title="Log in from ${place}") == []


def test_languages_of_one_type_agree_about_names() -> None:
    known = KnownNames(elsewhere=frozenset({"amount", "place"}))
    assert _problems(known, title="${place} ${other}") == []
    [(_, text)] = _problems(known, title="${plase}")
    assert text == "unknown parameter 'plase'; did you mean 'place'?"
    # Two names that are much alike may both be meant.
    assert _problems(KnownNames(elsewhere=frozenset({"line1", "line2"})), title="${line1}") == []


@pytest.mark.parametrize("language", ["cz", "cs-cz", "", "xx", "english"])
def test_language_that_no_phone_asks_for(language: str) -> None:
    assert _problems(language=language) == [
        ("language", f"'{language}' is no code of a language, such as 'en' or 'cs'")
    ]


def _screen(**members: Any) -> dict[str, Any]:
    return {"type": "INFO", "heading": "H", "message": "M", **members}


def _redirect(**members: Any) -> dict[str, Any]:
    payload = {"redirectText": "t", "redirectUrl": "https://shop.example", "countdown": 5}
    return _screen(type="MERCHANT_REDIRECT", payload={**payload, **members})


def _review(**members: Any) -> dict[str, Any]:
    attribute = {"type": "AMOUNT", "id": "a", "label": "A", "amount": "${amount}", **members}
    return _screen(type="REVIEW", payload={"attributes": [attribute]})


@pytest.mark.parametrize(
    ("ui", "problem"),
    [
        (
            {"flipButton": True},
            "unknown member 'flipButton'; did you mean 'flipButtons'?",
        ),
        ({"flipButtons": "maybe"}, "flipButtons: has to be true or false"),
        (
            {"preApprovalScreen": _screen(type="WARNIN")},
            "preApprovalScreen: unknown type 'WARNIN'; did you mean 'WARNING'?",
        ),
        (
            {"preApprovalScreen": {"type": "INFO", "heading": "H"}},
            "preApprovalScreen: needs a text 'message'",
        ),
        (
            {"preApprovalScreen": _screen(approvalType="BUTTON")},
            "preApprovalScreen: 'approvalType' can only be SLIDER",
        ),
        ({"preApprovalScreen": []}, "preApprovalScreen: has to be a JSON object"),
        ({"preApprovalScreens": {}}, "preApprovalScreens: has to be a list of JSON objects"),
        (
            {"preApprovalScreens": [_screen(), _screen(type="QRSCAN")]},
            "preApprovalScreens: 2: unknown type 'QRSCAN'; did you mean 'QR_SCAN'?",
        ),
        (
            {"postApprovalScreen": _screen(type="REDIRECT")},
            "postApprovalScreen: unknown type 'REDIRECT'",
        ),
        (
            {"postApprovalScreen": _redirect(countdown="soon")},
            "postApprovalScreen: payload: 'countdown' has to be a number of seconds",
        ),
        (
            {"postApprovalScreen": _redirect(redirectUrl="")},
            "postApprovalScreen: payload: needs a text 'redirectUrl'",
        ),
        (
            {"postApprovalScreen": _redirect(redirectUrl="http://shop.example")},
            "postApprovalScreen.payload.redirectUrl: "
            "'http://shop.example' has to begin with https:",
        ),
        (
            {"postApprovalScreen": _review(type="AMONT")},
            "postApprovalScreen: payload: attribute 1 (a): unknown type 'AMONT'; "
            "did you mean 'AMOUNT'?",
        ),
        (
            {"postApprovalScreen": _review(currency="CZKK")},
            "postApprovalScreen: payload: attribute 1 (a): 'CZKK' is no currency of ISO 4217",
        ),
        (
            {"postApprovalScreen": _review(amount="1,50")},
            "postApprovalScreen: payload: attribute 1 (a): '1,50' is no amount",
        ),
        (
            {"postApprovalScreen": _review(curency="CZK")},
            "postApprovalScreen: payload: attribute 1 (a): unknown member 'curency'; "
            "did you mean 'currency'?",
        ),
    ],
)
def test_screens(ui: dict[str, Any], problem: str) -> None:
    assert _problems(ui=ui) == [("ui", problem)]


def test_sound_screens() -> None:
    element = {"type": "BUTTON", "text": "Call", "href": "tel:+420123", "action": "PHONE"}
    ui = {
        "flipButtons": "${flip}",
        "preApprovalScreen": {"type": "warning"},
        "preApprovalScreens": [_screen(elements=[element])],
        "postApprovalScreen": _redirect(redirectUrl="${returnUrl}", countdown="${seconds}"),
        "templates": {"list": {"style": "x", "href": "payment"}},
        "ofTheFuture": 1,
    }
    assert _problems(ui=ui) == []
    assert _problems(ui={"postApprovalScreen": _review(currency="${currency}")}) == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://",
        "https:bank.example",
        "https://bank.example@evil.example/",
        "https://${host}/x",
        "https://bank.example/a b",
        "https://[::1/",
        "https://evilbank.example",
        "https://bank.example.evil.example",
        "bank.example",
        "",
    ],
)
def test_addresses_that_lead_elsewhere(url: str) -> None:
    rules = UrlRules(hosts=("bank.example", "*.bank.example"))
    assert url_problem(url, rules) is not None


@pytest.mark.parametrize(
    "url", ["https://bank.example", "https://a.bank.example/${x}?y=${z}", "${returnUrl}"]
)
def test_addresses_of_the_bank(url: str) -> None:
    assert url_problem(url, UrlRules(hosts=("bank.example", "*.bank.example"))) is None


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("A1*A${amount}CZKK", "'CZKK' is no currency of ISO 4217"),
        ("A1*A100czk", "'czk' is no currency of ISO 4217"),
        ("A1*A${amount", "a placeholder is not closed by }"),
        ("A1*A${ amount }${currency}", "' amount ' is no name of a parameter"),
        ("A1*T${}", "'' is no name of a parameter"),
    ],
)
def test_data_templates(data: str, problem: str) -> None:
    assert list(data_problems(data)) == [problem]


@pytest.mark.parametrize(
    "data", ["A2", "A1*A${amount}${currency}*I${iban}", "A1*A100CZK*TA CZKK", "A1*T$${x}*N${n:-}"]
)
def test_sound_data_templates(data: str) -> None:
    assert list(data_problems(data)) == []


FORM = {"placeholder": "payment", "language": "en", "title": "Payment", "message": "Pay?"}


def _write(path: Path, **members: Any) -> str:
    path.write_text(json.dumps([{**FORM, **members}]))
    return str(path)


def test_an_import_warns_with_the_place(
    tmp_path: Path, db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    OperationTemplateFactory.create()
    path = _write(tmp_path / "a.json", attributes=_amount(type="AMOUNTX"), titel="x", language="cz")
    call_command("import_form_templates", path)
    said = capsys.readouterr().err
    entry = "Warning: entry 1 ('payment', 'cz'): "
    assert f"{entry}unknown member 'titel'; did you mean 'title'?" in said
    assert f"{entry}'attributes': {PLACE}unknown type 'AMOUNTX'; did you mean 'AMOUNT'?" in said
    assert f"{entry}'language': 'cz' is no code of a language" in said
    assert FormTemplate.objects.count() == 1


def test_a_strict_import_refuses_it(tmp_path: Path, db: None) -> None:
    OperationTemplateFactory.create()
    path = _write(tmp_path / "a.json", title="To ${ibann}")
    with pytest.raises(CommandError, match=r"'title': .*'ibann'; did you mean 'iban'\?"):
        call_command("import_form_templates", path, "--strict")
    assert not FormTemplate.objects.exists()


def test_an_import_compares_the_languages_of_a_type(tmp_path: Path, db: None) -> None:
    rows = [
        {**FORM, "placeholder": "login", "title": "From ${place}"},
        # Which of both is mistyped, nobody here can tell.
        {**FORM, "placeholder": "login", "language": "CS", "title": "Z ${plcae}"},
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows))
    with pytest.raises(CommandError, match=r"entry 1 .*'place'; did you mean 'plcae'\?"):
        call_command("import_form_templates", str(path), "--strict")


def test_the_back_office_refuses_it_with_its_place(admin: Any, db: None) -> None:
    OperationTemplateFactory.create()
    values = {**FORM, "attributes": json.dumps(_amount(type="AMOUNTX")), "title": "To ${ibann}"}
    answer = admin.post("/admin/operations/formtemplate/add/", values)
    errors = answer.context["adminform"].form.errors
    assert errors["attributes"] == [PLACE + "unknown type 'AMOUNTX'; did you mean 'AMOUNT'?"]
    assert "did you mean 'iban'?" in errors["title"][0]
    assert not FormTemplate.objects.exists()


def test_the_back_office_refuses_data_that_lack_what_is_shown(admin: Any, db: None) -> None:
    FormTemplateFactory.create()
    values = {
        "template_name": "payment",
        "operation_type": "payment",
        "data_template": "A1*A${amount}CZKK",
        "signature_types": ["POSSESSION_KNOWLEDGE"],
        "max_failure_count": "3",
        "expiration_s": "300",
    }
    answer = admin.post("/admin/operations/operationtemplate/add/", values)
    assert answer.context["adminform"].form.errors["data_template"] == [
        "'CZKK' is no currency of ISO 4217",
        "the data lack what form template payment (en) shows: iban, currency",
    ]
    assert not OperationTemplate.objects.exists()


def test_the_bank_may_show_more_than_is_signed(db: None, settings: Settings) -> None:
    FormTemplateFactory.create()
    row = OperationTemplateFactory.create(data_template="A1*A${amount}${currency}")
    settings.FORM_TEMPLATE_UNSIGNED_PARAMETERS = ["iban"]
    row.clean()
    FormTemplate.objects.get().clean()


def test_stored_templates_can_be_checked(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    OperationTemplateFactory.create()
    form = FormTemplateFactory.create()
    call_command("check_templates")
    assert capsys.readouterr().out == "Templates without a problem: 2\n"
    form.attributes = json.dumps(_amount(type="AMOUNTX"))
    form.save()
    with pytest.raises(
        CommandError, match=r"form template payment \(en\): 'attributes': .*AMOUNTX"
    ):
        call_command("check_templates")


def test_the_demo_bank_is_sound(db: None) -> None:
    for row in json.loads((DEMO / "operation_templates.json").read_text()):
        OperationTemplate(
            template_name=row["templateName"],
            operation_type=row["operationType"],
            data_template=row["dataTemplate"],
            signature_types=row["signatureType"],
            max_failure_count=row["maxFailureCount"],
            expiration_s=row["expiration"],
            push_texts=row["pushTexts"],
        ).save()
    call_command("import_form_templates", str(DEMO / "form_templates.json"), "--strict")
    call_command("check_templates")
