"""The form template of an operation comes with it, and costs no more for having many languages."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from operations.decisions import selection
from operations.models import Operation, OperationQuerySet
from operations.values import Caller
from tests.factories import FormTemplateFactory, OperationFactory

pytestmark = pytest.mark.django_db

LANGUAGES = ("sk", "de", "en", "cs")


def _with_form(language: str, default: str = "en") -> OperationQuerySet:
    return Operation.objects.with_form(language=language, default_language=default)


@pytest.mark.parametrize(
    ("asked", "default", "found"),
    [("cs", "en", "cs"), ("en", "cs", "en"), ("fr", "en", "en"), ("fr", "pl", "sk")],
)
def test_best_language_wins(asked: str, default: str, found: str) -> None:
    OperationFactory.create(operation_type="payment")
    for language in LANGUAGES:
        FormTemplateFactory.create(placeholder="payment", language=language)
        FormTemplateFactory.create(placeholder="login", language=language)
    row = _with_form(asked, default).get()
    assert json.loads(vars(row)["form"])["language"] == found


def test_type_without_a_template_has_no_form() -> None:
    OperationFactory.create(operation_type="payment")
    FormTemplateFactory.create(placeholder="login", language="en")
    assert vars(_with_form("en").get())["form"] is None


RUNS = ("payment", "payment", "login", "unknown", "unknown", "payment", "login", "login")
"""Types of operations, the newest first; one has no texts."""


def _in_runs(application_id: str) -> Caller:
    at = timezone.now()
    for number, kind in enumerate(RUNS):
        operation = OperationFactory.create(
            user_id="alice",
            operation_type=kind,
            created_at=at - timedelta(seconds=number // 2),
            expires_at=at + timedelta(hours=1),
            id=f"5ff1b1ed-a3cc-45a3-8ab0-ed609503120{number}",
        )
        operation.applications.create(application_id=application_id)
    for language in LANGUAGES:
        for kind in ("payment", "login"):
            FormTemplateFactory.create(placeholder=kind, language=language, title=f"{kind} title")
    return Caller(user_id="alice", application_id=application_id, activation_id="a")


def test_a_list_has_the_texts_of_each_run_of_one_type_once() -> None:
    _in_runs("app")
    rows = Operation.objects.newest_first_with_forms(language="cs", default_language="en")
    found = [(row.operation_type, vars(row)["form"] is not None) for row in rows]
    assert found == [
        ("payment", True),
        ("payment", False),
        ("login", True),
        ("unknown", False),
        ("unknown", False),
        ("payment", True),
        ("login", True),
        ("login", False),
    ]


def test_each_operation_of_a_list_is_shown_with_the_texts_of_its_type() -> None:
    caller = _in_runs("app")
    for listed in (
        selection.pending(caller, language="cs", at=timezone.now()),
        selection.history(caller, language="cs", at=timezone.now()),
    ):
        assert [facts.operation_type for facts in listed] == list(RUNS)
        for facts in listed:
            alone = selection.find(facts.id, caller, language="cs", at=timezone.now())
            assert facts == alone
            title = f"{facts.operation_type} title"
            assert (facts.form and facts.form.title) == (
                None if facts.operation_type == "unknown" else title
            )


@pytest.mark.postgresql
def test_json_is_written_for_one_language_only() -> None:
    OperationFactory.create(operation_type="payment")
    for language in LANGUAGES:
        FormTemplateFactory.create(placeholder="payment", language=language)
    text, parameters = _with_form("cs").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (VERBOSE) {text}", parameters)
        plan = [line for (line,) in cursor.fetchall()]
    sort = next(number for number, line in enumerate(plan) if "Sort Key" in line)
    writing = [number for number, line in enumerate(plan) if "jsonb_build_object" in line]
    # A plan is written from its top: below a sort stands what is done for every row.
    assert writing
    assert not any("jsonb_build_object" in line for line in plan[sort - 1 :] if "Output" in line)
