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
_TEMPLATES = OperationTemplate._meta.db_table
# Whoever waits sees what the other has committed in their next statement, and not in this one.
# SQLite has one writer anyway.
_TURN = {
    "postgresql": "SELECT CAST(pg_advisory_xact_lock(hashtextextended("  # noqa: S608  # nosec B608
    f"owner.id || CHR(10) || {_TEMPLATES}.template_name, 0)) AS TEXT) "
    f"FROM (SELECT CAST(%s AS TEXT) AS id) owner WHERE owner.id <> '' AND {_TEMPLATES}.rings"
}


def find(template_name: str, application_ids: Collection[str], *, user_id: str) -> Any:
    """Find a template by its name; None if there is none.

    If phones of the user are to ring, others who make operations of this user by this template wait
    for the end of the transaction: what they see then tells them whether to ring once more.

    Args:
        application_ids: names, each of them once.
        user_id: whose the operation will be; empty for nobody's.

    Returns: the row with `forms`, which is for `texts`, and `known_applications`: how many of
        `application_ids` exist.
    """
    values = {_application(number): name for number, name in enumerate(application_ids)}
    if len(values) <= _USUAL:
        query = _query(len(values))
        return query.first(template_name=template_name, user_id=user_id, **values)
    return _rows(template_name, user_id, **values).first()


def texts(forms: str | None) -> list[TemplateTexts]:
    """Read the texts of each form template of an operation type."""
    return [TemplateTexts(**members) for members in orjson.loads(forms or "[]")]


def _rows(template_name: str, user_id: str, **applications: str) -> QuerySet[Any]:
    known = Application.objects.filter(id__in=applications.values())
    turn = _TURN.get(connection.vendor, "SELECT %s")
    return OperationTemplate.objects.filter(template_name=template_name).annotate(
        forms=RawSQL(_forms_lookup(connection.vendor), [], output_field=TextField()),  # noqa: S611  # nosec B611
        known_applications=Subquery(number_of(known)),
        turn=RawSQL(turn, [user_id], output_field=TextField()),  # noqa: S611  # nosec B611
    )


@cache
def _query(applications: int) -> Compiled[Any]:
    names = map(_application, range(applications))
    return Compiled(_rows, template_name=str, user_id=str, **dict.fromkeys(names, str))


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
