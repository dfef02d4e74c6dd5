"""The form template of an operation comes with it, and costs no more for having many languages."""

import json

import pytest
from django.db import connection

from operations.models import Operation, OperationQuerySet
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
