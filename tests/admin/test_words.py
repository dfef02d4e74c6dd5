"""Pages speak in words: no values of the program, times with a zone, numbers that are declined."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.template.defaultfilters import linebreaksbr
from django.test import Client
from django.utils import formats, translation

from enrollment_server.backoffice import counts
from operations.models import Operation, OperationStatus
from powerauth.admin.framework import words
from powerauth.admin.framework.tables import BoundedPaginator
from powerauth.admin.framework.words import Word
from powerauth.models import CallbackEvent
from tests.admin.office import pages, text_of
from tests.bank import Bank

# A tuple, an enumeration, a lazy text, a class or an object of Python.
OF_THE_PROGRAM = re.compile(
    r"\('|\b[A-Z]\w*(?:State|Status|Type|Outcome|Kind|Platform)\.[A-Z_]+"
    r"|__proxy__|<class|object at 0x"
)


def test_no_page_shows_a_value_of_the_program(chief: Client, full_bank: str) -> None:
    opened = 0
    for address in pages():
        answer = chief.get(address)
        if answer.status_code == 200:
            opened += 1
            found = OF_THE_PROGRAM.search(text_of(answer.content))
            assert found is None, (address, found)
    assert opened > 70


def test_states_are_words_on_the_page_of_a_row(chief: Client, full_bank: str) -> None:
    callback = CallbackEvent.objects.all()[0].callback
    told = text_of(chief.get(f"/admin/powerauth/callback/{callback.pk}/change/").content)
    assert re.search(r"State\s+failing\s", told)
    assert re.search(r"Delivered events are kept\s+30 days\s", told)
    for state, word in (("FAILED", "failed"), ("PENDING", "waiting")):
        event = CallbackEvent.objects.get(state=state)
        told = text_of(chief.get(f"/admin/powerauth/callbackevent/{event.pk}/change/").content)
        assert re.search(rf"State\s+{word}\s", told), state


def test_a_word_is_a_label_in_a_list_and_a_text_elsewhere() -> None:
    word: Any = Word("FAILED", OperationStatus.FAILED.label)
    assert word == ("FAILED", "failed")
    assert str(word) == linebreaksbr(word) == f"{word}" == "failed"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("possession_knowledge", "possession + knowledge"),
        ("POSSESSION", "possession"),
        ("possession_pigeon", "possession_pigeon"),
    ],
)
def test_factors_are_named(kind: str, told: str) -> None:
    assert words.signature_kind(kind) == told


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(days=30), "30 days"),
        (timedelta(days=1, hours=2, seconds=1), "1 day 2 hours 1 second"),
        (timedelta(seconds=2.5), "2 seconds 500 milliseconds"),
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(), "0 seconds"),
    ],
)
def test_times_between_are_words(span: timedelta, told: str) -> None:
    assert words.duration(span) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "2026-11-07 04:05:06 UTC"),
        ("cs", "7. 11. 2026 04:05:06 UTC"),
        ("sk", "7. 11. 2026 04:05:06 UTC"),
        ("de", "07.11.2026 04:05:06 UTC"),
    ],
)
def test_times_have_seconds_and_a_zone(bank: Bank, chief: Client, language: str, told: str) -> None:
    at = datetime(2026, 11, 7, 4, 5, 6, tzinfo=UTC)
    with translation.override(language):
        assert formats.localize(at) == told
    operation = bank.operation("alice", created_at=at)
    for address in ("", f"{operation.pk}/change/"):
        answer = chief.get(f"/admin/operations/operation/{address}", HTTP_ACCEPT_LANGUAGE=language)
        assert told in text_of(answer.content), address


def test_every_list_counts_its_rows_in_words(chief: Client, bank: Bank) -> None:
    uncounted = [
        model._meta.label for model in admin.site._registry if not counts.is_counted(model)
    ]
    assert uncounted == []
    for number, told in ((1, "1 operation"), (2, "2 operations")):
        bank.operation("alice")
        page = text_of(chief.get("/admin/operations/operation/").content)
        assert re.search(rf"{told}\s", page), number


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "Zrušit: 0 řádků."),
        (1, "Zrušit: 1 řádek."),
        (2, "Zrušit: 2 řádky."),
        (5, "Zrušit: 5 řádků."),
        (14, "Zrušit: 14 řádků."),
        (22, "Zrušit: 22 řádků."),
    ],
)
def test_czech_numbers_are_declined(number: int, told: str) -> None:
    with translation.override("cs"):
        text = translation.ngettext(
            "%(title)s: %(count)d row.", "%(title)s: %(count)d rows.", number
        )
    assert text % {"title": "Zrušit", "count": number} == told


def test_counting_stops_where_pages_end(
    chief: Client, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundedPaginator, "limit", 2)
    for _number in range(3):
        bank.operation("alice")
    page = text_of(chief.get("/admin/operations/operation/").content)
    assert "2 operations or more" in page
    assert counts.row_count(Operation, 2) == "2 operations"


def test_an_identifier_is_titled_as_it_is(chief: Client, bank: Bank) -> None:
    operation = bank.operation("alice", pk="e7ed9649-79be-4e2a-b6a9-58f31c843a2a")
    page = text_of(chief.get(f"/admin/operations/operation/{operation.pk}/change/").content)
    assert str(operation.pk) in page and "E7ed9649" not in page
