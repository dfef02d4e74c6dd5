"""What phones show when they ring: written with a template, in the way of no operation."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from operations.decisions import creation
from operations.decisions.creation import NewOperation
from operations.models import OperationTemplate
from operations.ringing.texts import generic
from operations.template_checks.parameters import KnownNames
from operations.template_checks.push_texts import problems
from powerauth.announcements import Announcement, News
from tests.bank import Bank
from tests.factories import FormTemplateFactory, OperationTemplateFactory
from tests.messages.catalogues import install
from tests.operations.test_admin import TEMPLATE, admin

__all__ = ["admin"]  # a fixture

PAGE = "/admin/operations/operationtemplate"
IBAN = {"amount": "1", "currency": "CZK", "iban": "CZ1"}
ENGLISH = {"title": "Payment", "body": "To ${iban}${note:-!}"}
CZECH = {"title": "Platba", "body": "Na ${iban}"}


def _shown(
    bank: Bank, announced: list[Announcement], texts: Any, **parameters: str
) -> dict[str, News]:
    """Make an operation by a template with these texts; give what phones show."""
    OperationTemplate.objects.update(rings=True, push_texts=texts)
    wanted = NewOperation(
        template_name="payment",
        applications=[bank.application.id],
        user_id="alice",
        parameters={**IBAN, **parameters},
    )
    creation.create(wanted, at=timezone.now())
    return dict(announced[-1].texts)


@pytest.mark.main_path
def test_texts_are_filled_in_each_language(bank: Bank, announced: list[Announcement]) -> None:
    shown = _shown(bank, announced, {"cs": CZECH, "en": ENGLISH, "pl": ENGLISH}, note="${iban}")
    english = News(title="Payment", body="To CZ1${iban}")
    assert (shown["en"], shown["pl"], shown[""]) == (english, english, english)
    assert shown["cs"] == News(title="Platba", body="Na CZ1")


def test_whoever_has_no_text_of_their_own_sees_another(
    bank: Bank, announced: list[Announcement]
) -> None:
    shown = _shown(bank, announced, {"cs": CZECH})
    assert shown == dict.fromkeys(("cs", ""), News(title="Platba", body="Na CZ1"))


def test_texts_in_the_default_language_are_translated_by_the_form_texts(
    bank: Bank, announced: list[Announcement], tmp_path: Path, settings: Settings
) -> None:
    install(tmp_path, "sk", {"To ${iban}${note:-!}": "Na účet ${iban}", "CZ1": "never"})
    settings.LOCALE_PATHS = [tmp_path]
    shown = _shown(bank, announced, {"en": ENGLISH, "cs": CZECH})
    assert shown["sk"] == News(title="Payment", body="Na účet CZ1")
    assert shown["cs"] == News(title="Platba", body="Na CZ1")
    assert shown["de"] == shown[""] == News(title="Payment", body="To CZ1!")


@pytest.mark.parametrize(
    ("body", "parameters", "reason"),
    [
        ("To ${iban}, ${payee} of ${town}", {}, "no parameter payee, town"),
        ("${note}", {"note": "x" * 1025}, "too long"),
        # More than a provider takes, though not too many characters.
        ("${note}", {"note": "\N{SNOWMAN}" * 1010}, "too long"),
        ("${note}", {"note": " \n"}, "empty"),
    ],
)
def test_what_cannot_be_shown_gives_way_to_a_general_text(
    bank: Bank,
    announced: list[Announcement],
    caplog: pytest.LogCaptureFixture,
    body: str,
    parameters: dict[str, str],
    reason: str,
) -> None:
    broken = {"title": "Platba", "body": body}
    sound = {"title": "Payment", "body": "To ${iban}"}
    shown = _shown(bank, announced, {"en": sound, "cs": broken, "pl": broken}, **parameters)
    assert (shown["cs"], shown["pl"]) == (generic()["cs"], generic()[""])
    assert shown["en"] == News(title="Payment", body="To CZ1")
    assert f"push text not shown: template='payment' language='cs': {reason}" in caplog.text
    assert "xxx" not in caplog.text


@pytest.mark.parametrize("texts", [[], {"en": None}, {"en": {"titel": "x"}}, {"en": {"title": 1}}])
def test_rows_that_make_no_sense_stop_no_operation(
    bank: Bank, announced: list[Announcement], caplog: pytest.LogCaptureFixture, texts: Any
) -> None:
    assert _shown(bank, announced, texts) == generic()
    assert "push texts cannot be used: template='payment'" in caplog.text


def test_general_texts_are_in_every_language_of_the_server() -> None:
    assert set(generic()) == {"en", "cs", "sk", "de", ""}


KNOWN = KnownNames(signed=frozenset({"amount", "iban"}), elsewhere=frozenset({"town"}))
UNKNOWN = "en: unknown parameter 'ibann'; did you mean 'iban'?"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ({}, []),
        ({"en": ENGLISH | {"body": "${iban} ${town}"}}, []),
        ({"en": ENGLISH | {"body": "${ibann} ${ibann:-?}"}}, [UNKNOWN]),
        ({"en": ENGLISH | {"title": "${ibann}", "body": "b"}}, [UNKNOWN]),
        ({"en": ENGLISH | {"body": "${mystery}"}}, ["en: unknown parameter 'mystery'"]),
        ({"en": {"title": "x"}}, ["en: needs a text 'body'"]),
        ({"en": {"title": " ", "body": "x"}}, ["en: needs a text 'title'"]),
        ({"en": None}, ["en: needs a text 'title'", "en: needs a text 'body'"]),
        ({"en": {"title": "x" * 255, "body": "x" * 1024}}, []),
        ({"en": {"title": "x" * 256, "body": "b"}}, ["en: 'title' has more than 255 characters"]),
        ({"en": {"title": "t", "body": "x" * 1025}}, ["en: 'body' has more than 1024 characters"]),
        (
            {"cz": {"title": "t", "body": "b"}},
            ["cz: 'cz' is no code of a language, such as 'en' or 'cs'"],
        ),
        ([], ["has to be a JSON object"]),
    ],
)
def test_problems(texts: Any, found: list[str]) -> None:
    assert list(problems(texts, KNOWN)) == found


def test_parameters_that_nobody_could_know_are_no_problem() -> None:
    texts = {"en": {"title": "From ${place}", "body": "b"}}
    assert list(problems(texts, KnownNames())) == []
    every = KnownNames(signed=KNOWN.signed, unsigned=frozenset({"*"}))
    assert list(problems(texts, every)) == []


def test_check_templates_tells_of_them(db: None) -> None:
    OperationTemplateFactory.create(push_texts={"en": ENGLISH | {"body": "${place}"}})
    with pytest.raises(CommandError, match="'push_texts': en: unknown parameter 'place'"):
        call_command("check_templates")
    # What a form template of the type shows, operations have.
    FormTemplateFactory.create(result_texts='{"success": "In ${place}"}')
    call_command("check_templates")


def _form(**texts: str) -> dict[str, Any]:
    values = {"push_texts_en_title": "Log in", "push_texts_en_body": "Is it\r\nyou?", **texts}
    return {**TEMPLATE, "rings": "on", **values}


@pytest.mark.main_path
def test_texts_are_written_in_the_form_of_the_template(admin: Client) -> None:
    other = {"other_language": " PL ", "other_title": "Logowanie", "other_body": "To ty?"}
    values = _form(**{f"push_texts_{name}": text for name, text in other.items()})
    assert admin.post(f"{PAGE}/add/", values).status_code == 302
    row = OperationTemplate.objects.get()
    assert row.rings
    assert row.push_texts == {
        "en": {"title": "Log in", "body": "Is it\nyou?"},
        "pl": {"title": "Logowanie", "body": "To ty?"},
    }
    page = f"{PAGE}/{row.pk}/change/"
    content = admin.get(page).content.decode()
    assert "also on a locked screen" in content
    assert 'name="push_texts_pl_title" value="Logowanie"' in content
    assert admin.post(page, {**TEMPLATE, "push_texts_pl_title": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.rings, row.push_texts) == (False, {})


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"push_texts_en_body": ""}, "en: needs a text &#x27;body&#x27;"),
        ({"push_texts_en_body": "x" * 1025}, "at most 1024 characters"),
        (
            {"push_texts_other_title": "t", "push_texts_other_body": "b"},
            "is no code of a language",
        ),
        (
            {
                "push_texts_other_language": "EN",
                "push_texts_other_title": "t",
                "push_texts_other_body": "b",
            },
            "The other language has a line of its own.",
        ),
    ],
)
def test_texts_that_are_refused(admin: Client, texts: dict[str, str], problem: str) -> None:
    answer = admin.post(f"{PAGE}/add/", _form(**texts))
    assert answer.status_code == 200
    assert problem in answer.content.decode()
    assert not OperationTemplate.objects.exists()
