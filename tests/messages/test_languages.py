"""What people read follows their language; what programs read does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from enrollment_server.messages.middleware import BackOfficeLanguageMiddleware
from powerauth.phone.phone import Phone
from tests.api.operations.calls import (
    BASE,
    MALFORMED,
    NOT_FOUND,
    UNKNOWN_ID,
    by_token,
    error,
    history,
)
from tests.bank import Bank
from tests.factories import FormTemplateFactory
from tests.messages.catalogues import install
from tests.wsgi import BASE_URL

SLOVAK = {
    "Payment to ${iban}": "Platba na účet ${iban}",
    "Please confirm this payment": "Potvrďte, prosím, túto platbu",
    "Amount": "Suma",
}
LABELLED = ("Payment to CZ1", "Please confirm this payment", "Amount")
IN_SLOVAK = ("Platba na účet CZ1", "Potvrďte, prosím, túto platbu", "Suma")


@pytest.fixture(autouse=True)
def _nothing_is_left_for_the_next_request() -> Iterator[None]:
    yield
    assert translation.get_language() == "en"


@pytest.fixture
def slovak(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "sk", SLOVAK)
    settings.LOCALE_PATHS = [tmp_path, *settings.LOCALE_PATHS]


def _detail(bank: Bank, phone: Phone, language: str, **values: Any) -> Any:
    operation = bank.operation("alice", **values)
    return by_token(phone, "detail", {"id": str(operation.id)}, Accept_Language=language).payload


def _texts(bank: Bank, phone: Phone, language: str) -> tuple[str, str, str]:
    form = _detail(bank, phone, language)["formData"]
    return form["title"], form["message"], form["attributes"][0]["label"]


@pytest.mark.usefixtures("slovak")
@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("sk", IN_SLOVAK),
        ("sk-SK,cs;q=0.9", IN_SLOVAK),
        ("en", LABELLED),
        ("cs", LABELLED),
        ("pl", LABELLED),
        ("*", LABELLED),
        ("sk/../../x", LABELLED),
    ],
)
def test_form_template_in_the_default_language_is_translated(
    bank: Bank, alice: Phone, language: str, texts: tuple[str, str, str]
) -> None:
    assert _texts(bank, alice, language) == texts


@pytest.mark.usefixtures("slovak")
def test_list_and_history_are_translated_too(bank: Bank, alice: Phone) -> None:
    bank.operation("alice")
    listed = by_token(alice, "list", {}, Accept_Language="sk")
    past = history(alice, {}, headers={"Accept-Language": "sk"})
    for answer in (listed, past):
        assert [shown["formData"]["title"] for shown in answer.payload] == [IN_SLOVAK[0]]


@pytest.mark.usefixtures("slovak")
def test_template_in_the_asked_language_wins(bank: Bank, alice: Phone) -> None:
    FormTemplateFactory.create(language="sk", title="Amount", message="Amount", attributes="")
    form = _detail(bank, alice, "sk")["formData"]
    assert (form["title"], form["message"]) == ("Amount", "Amount")


@pytest.mark.usefixtures("slovak")
def test_template_in_a_third_language_stays(bank: Bank, alice: Phone) -> None:
    FormTemplateFactory.create(placeholder="login", language="pl", title="Amount", message="x")
    form = _detail(bank, alice, "sk", operation_type="login")["formData"]
    assert form["title"] == "Amount"


@pytest.mark.usefixtures("slovak")
def test_values_are_never_translated(bank: Bank, alice: Phone) -> None:
    FormTemplateFactory.create(placeholder="login", title="${a}", message="Two\r\nlines ${a}")
    form = _detail(bank, alice, "sk", operation_type="login", parameters={"a": "Amount"})
    shown = form["formData"]
    assert (shown["title"], shown["message"]) == ("Amount", "Two\r\nlines Amount")


@pytest.mark.usefixtures("slovak")
def test_amounts_follow_the_language_of_the_request(bank: Bank, alice: Phone) -> None:
    [amount] = _detail(bank, alice, "sk")["formData"]["attributes"]
    assert amount["amountFormatted"] == "2\u00a0199,40"


def test_empty_texts_are_no_message_ids(bank: Bank, alice: Phone) -> None:
    FormTemplateFactory.create(placeholder="login", title="", message="")
    form = _detail(bank, alice, "cs", operation_type="login")["formData"]
    assert (form["title"], form["message"]) == ("", "")


@pytest.mark.parametrize(
    ("language", "heading", "message"),
    [
        (
            "cs",
            "Pozor na podvod",
            "Tato operace vykazuje známky podvodu. Pokračujte, pouze pokud jste ji zahájili "
            "vy sami.",
        ),
        (
            "sk",
            "Pozor na podvod",
            "Táto operácia vykazuje známky podvodu. Pokračujte, iba ak ste ju začali vy sami.",
        ),
        (
            "de-AT",
            "Vorsicht, Betrug",
            "Dieser Vorgang weist Anzeichen eines Betrugs auf. Fahren Sie nur fort, wenn Sie "
            "ihn selbst veranlasst haben.",
        ),
        (
            "fr",
            "Beware of fraud",
            "This operation shows signs of a fraud. Continue only if you started it yourself.",
        ),
    ],
)
def test_default_fraud_warning(
    bank: Bank, alice: Phone, language: str, heading: str, message: str
) -> None:
    screen = _detail(bank, alice, language, risk_flags="F")["ui"]["preApprovalScreen"]
    assert (screen["heading"], screen["message"]) == (heading, message)


@pytest.mark.parametrize("language", ["cs", "sk-SK", "de"])
def test_errors_stay_english(alice: Phone, http: requests.Session, language: str) -> None:
    unknown = by_token(alice, "detail", {"id": UNKNOWN_ID}, Accept_Language=language)
    assert error(unknown) == NOT_FOUND
    malformed = by_token(alice, "detail", b"{", Accept_Language=language)
    assert error(malformed) == MALFORMED
    headers = {"Accept-Language": language, "Cookie": f"django_language={language}"}
    for method, path in [("GET", f"{BASE}/list"), ("POST", f"{BASE}/list"), ("GET", "/nowhere")]:
        foreign = http.request(method, BASE_URL + path, headers=headers)
        assert foreign.content == http.request(method, BASE_URL + path).content
        assert {"Content-Language", "Vary"}.isdisjoint(foreign.headers)


def test_server_without_a_back_office_has_no_language(settings: Settings) -> None:
    settings.SECTIONS = ["mobile"]
    with pytest.raises(MiddlewareNotUsed):
        BackOfficeLanguageMiddleware(lambda request: HttpResponse())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "language", "button"),
    [
        ("", "en", "Log in"),
        ("fr", "en", "Log in"),
        ("cs", "cs", "Přihlásit se"),
        ("sk-SK,sk;q=0.9", "sk", "Prihlásiť sa"),
        ("de-CH", "de", "Anmelden"),
    ],
)
def test_back_office_follows_the_browser(
    client: Client, header: str, language: str, button: str
) -> None:
    answer = client.get("/admin/login/", headers={"accept-language": header, "host": "testserver"})
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]
    page = answer.content.decode()
    assert f'lang="{language}"' in page
    assert button in page
