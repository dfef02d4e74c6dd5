"""What users read on the screen of an approval is what the bank wrote, or what it had translated.

Everyday words stand in the catalogues of Django, of the admin and of this project, where they mean
something else.
"""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.utils.translation import gettext, override
from pytest_django import Settings

from enrollment_server.checks import check_settings
from enrollment_server.messages import domains
from operations.offline.offline_text import offline_text
from operations.screen import form_texts
from operations.screen.form_data import TemplateTexts
from operations.screen.locales import RequestLocale
from operations.screen.translation import build_translated_form_data
from operations.values import OperationFacts
from powerauth.phone.phone import Phone
from tests.api.operations.calls import by_token
from tests.bank import Bank
from tests.factories import FormTemplateFactory
from tests.messages.catalogues import install

LANGUAGES = ("cs", "sk", "de")
EVERYDAY = (
    "Order", "Key", "Date", "State", "Add", "All", "Any", "Any date", "Cancel", "Change", "City",
    "Close", "Delete", "Description", "Email", "Error:", "File", "Filter", "Help", "History",
    "Home", "Hide", "Image", "Log in", "Login", "Log out", "May", "Monday", "Name", "No", "None",
    "Note", "Now", "Number", "Operation", "Password", "Phone", "Remove", "Save", "Search", "Show",
    "Status", "Time", "Time:", "Title", "Today", "Unknown", "URL", "User", "Username", "Value",
    "Version", "View", "Yes", "yes", "no", "or", "and", "name", "password",
    "user", "status", "Beware of fraud", "Scan the QR code", "Approve", "Reject", "Activation",
    "Filters", "Run", "Next", "Previous", "General", "System",
)  # fmt: skip


def _guessed() -> set[str]:
    found = set()
    for language in LANGUAGES:
        with override(language):
            found |= {text for text in EVERYDAY if gettext(text) != text}
    return found


def _template(text: str) -> dict[str, str]:
    """A form template that says `text` in every place that takes a text."""
    attribute = {"id": text, "type": "KEY_VALUE", "text": text, "params": {"value": "value"}}
    alert = {"type": "type", "title": "value", "message": "value"}
    screen = {"type": "INFO", "heading": text, "message": text, "items": [text]}
    review = {"type": "KEY_VALUE", "id": text, "label": text, "value": text}
    return {
        "title": text,
        "message": text,
        "attributes": json.dumps([attribute, attribute | {"type": "ALERT", "params": alert}]),
        "ui": json.dumps(
            {
                "preApprovalScreen": screen,
                "preApprovalScreens": [
                    screen | {"elements": [{"id": text, "type": "ALERT", "text": text}]}
                ],
                "postApprovalScreen": {
                    "type": "REVIEW",
                    "heading": text,
                    "message": text,
                    "payload": {"attributes": [review]},
                },
                "templates": {"list": {"header": text}},
            }
        ),
        "result_texts": json.dumps(dict.fromkeys(["success", "failure", "reject"], text)),
    }


# With the number of a screen that has no identifier.
_OF_THE_PROTOCOL = {"KEY_VALUE", "ALERT", "INFO", "REVIEW", "1"}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def test_most_of_the_words_are_known_to_catalogues_that_know_nothing_of_forms() -> None:
    # Otherwise the next test would prove nothing.
    assert len(_guessed()) > len(EVERYDAY) / 2
    assert {"Order", "Key", "Date", "Beware of fraud"} <= _guessed()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_place_of_a_form_template_is_guessed(bank: Bank, alice: Phone, language: str) -> None:
    row = FormTemplateFactory.create(placeholder="everyday")
    for text in EVERYDAY:
        for member, value in _template(text).items():
            setattr(row, member, value)
        row.save()
        operation = bank.operation("alice", operation_type="everyday", parameters={"value": text})
        answer = by_token(alice, "detail", {"id": str(operation.id)}, Accept_Language=language)
        shown = answer.payload
        read = {*_texts(shown["formData"]), *_texts(shown["ui"])} - _OF_THE_PROTOCOL
        assert read == {text}
        assert len(list(_texts([shown["formData"], shown["ui"]]))) == 35


@pytest.mark.parametrize("language", LANGUAGES)
def test_offline_codes_are_not_guessed_either(language: str) -> None:
    facts = OperationFacts(
        id="5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6",
        user_id="alice",
        activation_id="",
        activation_flag="",
        operation_type="login",
        data="A2",
        parameters={},
        status="PENDING",
        status_reason="",
        signature_types=("POSSESSION_KNOWLEDGE",),
        risk_flags="",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        expires_at=datetime(2026, 1, 2, tzinfo=UTC),
        form=_texts_of(title="Order", message="Date"),
    )
    locale = RequestLocale(tag=language, language=language)
    lines = offline_text(facts, biometry=False, locale=locale).split("\n")
    assert lines[1:3] == ["Order", "Date"]


def _texts_of(*, title: str, message: str = "Date") -> TemplateTexts:
    return TemplateTexts(
        title=title, message=message, attributes="", ui="", result_texts="", language="en"
    )


def _title(language: str) -> object:
    locale = RequestLocale(tag=language, language=language)
    return build_translated_form_data(_texts_of(title="Order"), {}, locale)["title"]


@pytest.fixture
def bank_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.FORM_TEXTS_LOCALE_DIR = str(tmp_path)
    settings.LOCALE_PATHS = [tmp_path, *configured.LOCALE_PATHS]
    return tmp_path


@pytest.mark.parametrize("domain", [domains.FORM_TEXTS, domains.CODE])
def test_catalogues_of_the_bank_are_read(bank_folder: Path, domain: str) -> None:
    install(bank_folder, "cs", {"Order": "Příkaz"}, domain=domain)
    assert (_title("cs"), _title("de")) == ("Příkaz", "Order")
    assert check_settings(None) == []


def test_newer_catalogues_of_the_bank_win_and_older_ones_fill_in(bank_folder: Path) -> None:
    install(bank_folder, "cs", {"Order": "Pokyn", "Date": "Den"}, domain=domains.CODE)
    install(bank_folder, "cs", {"Order": "Příkaz"})
    locale = RequestLocale(tag="cs", language="cs")
    shown = build_translated_form_data(_texts_of(title="Order"), {}, locale)
    assert (shown["title"], shown["message"]) == ("Příkaz", "Den")


def test_other_folders_hold_no_older_catalogues(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "cs", {"Order": "Pokyn"}, domain=domains.CODE)
    settings.LOCALE_PATHS = [tmp_path]
    assert _title("cs") == "Order"
    install(tmp_path, "sk", {"Order": "Príkaz"})
    assert _title("sk") == "Príkaz"


def test_a_damaged_catalogue_stops_the_server_before_a_phone_needs_it(bank_folder: Path) -> None:
    file = install(bank_folder, "de", {"Order": "Auftrag"})
    file.mo.write_bytes(b"damaged")
    [error] = check_settings(None)
    assert error.id == "enrollment_server.E180"
    assert str(file.mo) in error.msg
    with pytest.raises(form_texts.UnreadableFormTexts):
        _title("de")


_GETTEXT = re.compile(r"_|(n?p?|u)gettext(_lazy|_noop)?")


def _packages() -> list[Path]:
    paths = (Path(config.path) for config in apps.get_app_configs())
    return [path for path in paths if path.parent == configured.BASE_DIR]


def _called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def test_only_texts_of_the_code_are_looked_up_among_the_texts_of_the_code() -> None:
    found, calls = [], 0
    for path in (path for package in _packages() for path in package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _GETTEXT.fullmatch(_called(node)):
                calls += 1
                if not (node.args and isinstance(node.args[0], ast.Constant)):
                    found.append(f"{path.name}:{node.lineno}")
    assert calls > 500
    # This one asks the catalogues of form texts.
    assert [place.split(":")[0] for place in found] == ["form_texts.py"]


def test_no_page_looks_up_a_value() -> None:
    variable = re.compile(r"{%-?\s*trans(?:late)?\s+[^\"'\s]|\b_\(\s*[^\"'\s]")
    pages = [path for package in _packages() for path in package.rglob("*.html")]
    assert len(pages) > 10
    assert [str(path) for path in pages if variable.search(path.read_text())] == []
    assert variable.search("{% translate title %}")
