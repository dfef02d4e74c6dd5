"""What a new operation is made from, read in one statement: its template, forms and applications.

Source: integration-api.md 13.4.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet, Subquery, TextField
from django.db.models.expressions import RawSQL

from enrollment_server.database.compiled import Compiled, number_of
from operations.models import FORM_MEMBERS, FormTemplate, OperationTemplate
from operations.screen.form_data import TemplateTexts
from powerauth.models import Application

_USUAL = 4  # applications of an operation; callers name as many as they like


def find(template_name: str, application_ids: Collection[str]) -> Any:
    """Find a template by its name; None if there is none.

    Args:
        application_ids: names, each of them once.

    Returns: the row with `forms`, which is for `texts`, and `known_applications`: how many of
        `application_ids` exist.
    """
    values = {_application(number): name for number, name in enumerate(application_ids)}
    if len(values) <= _USUAL:
        return _query(len(values)).first(template_name=template_name, **values)
    return _rows(template_name, **values).first()


def texts(forms: str | None) -> list[TemplateTexts]:
    """Read the texts of each form template of an operation type."""
    return [TemplateTexts(**members) for members in orjson.loads(forms or "[]")]


def _rows(template_name: str, **applications: str) -> QuerySet[Any]:
    known = Application.objects.filter(id__in=applications.values())
    return OperationTemplate.objects.filter(template_name=template_name).annotate(
        forms=RawSQL(_forms_lookup(connection.vendor), [], output_field=TextField()),  # noqa: S611  # nosec B611
        known_applications=Subquery(number_of(known)),
    )


@cache
def _query(applications: int) -> Compiled[Any]:
    names = map(_application, range(applications))
    return Compiled(_rows, template_name=str, **dict.fromkeys(names, str))


def _application(number: int) -> str:
    return f"application_{number}"


@cache
def _forms_lookup(vendor: str) -> str:
    """Write the subquery that gives the form templates of an operation type: JSON, as its text."""
    build, collect = {
        "postgresql": ("JSON_BUILD_OBJECT", "JSON_AGG(form.members)"),
        # What is sorted is a text again for SQLite.
        "sqlite": ("JSON_OBJECT", "JSON_GROUP_ARRAY(JSON(form.members))"),
    }[vendor]
    members = ", ".join(f"'{name}', form.{name}" for name in FORM_MEMBERS)
    return (
        f"SELECT CAST({collect} AS TEXT) FROM (SELECT {build}({members}) AS members "  # noqa: S608  # nosec B608 # constants
        f"FROM {FormTemplate._meta.db_table} form "
        f"WHERE form.placeholder = {OperationTemplate._meta.db_table}.operation_type "
        "ORDER BY form.language) form"
    )
