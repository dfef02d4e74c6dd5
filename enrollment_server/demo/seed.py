"""The demo bank as rows: an application, templates in four languages, operations that wait."""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import transaction

from operations.decisions import creation
from operations.decisions.creation import NewOperation
from operations.models import OperationTemplate
from operations.templates import operation_templates
from operations.templates.operation_templates import TemplateValues
from powerauth.engine.applications import applications, key_completion
from powerauth.models import Application
from powerauth.protocol.v3.signature import SignatureType

APPLICATION_ID = "demo-bank"
# A visitor may come back after a weekend and still finds something to decide.
WAITING_TIME = timedelta(days=30)

_DATA = Path(__file__).parent / "data"
FORM_TEMPLATES = _DATA / "form_templates.json"


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return rows


def seed(*, at: datetime) -> bool:
    """Create the demo bank if it is not there; tell whether it was created.

    All or nothing. What is there already, changed or not, stays as it is: the application stands
    for the whole bank. One of a former version gets the master keys of protocol 4.0. The startup
    lock must be held.
    """
    with transaction.atomic():
        if Application.objects.filter(id=APPLICATION_ID).exists():
            key_completion.complete(APPLICATION_ID, at=at)
            return False
        applications.create(APPLICATION_ID)
        _seed_operation_templates()
        call_command("import_form_templates", str(FORM_TEMPLATES), stdout=io.StringIO())
        _seed_operations(at)
    return True


def _seed_operation_templates() -> None:
    known = set(OperationTemplate.objects.values_list("template_name", flat=True))
    for row in _read("operation_templates.json"):
        if row["templateName"] in known:
            continue
        values = TemplateValues(
            operation_type=row["operationType"],
            data_template=row["dataTemplate"],
            signature_types=[SignatureType[name] for name in row["signatureType"]],
            max_failure_count=row["maxFailureCount"],
            expiration_s=row["expiration"],
            risk_flags=row["riskFlags"],
            proximity_check_enabled=row["proximityCheckEnabled"],
        )
        template = operation_templates.create(row["templateName"], values)
        template.rings, template.push_texts = True, row["pushTexts"]
        template.full_clean()
        template.save()


def _seed_operations(at: datetime) -> None:
    for number, row in enumerate(_read("operations.json")):
        wanted = NewOperation(
            template_name=row["templateName"],
            applications=[APPLICATION_ID],
            user_id=row["userId"],
            parameters=row["parameters"],
            expires_at=at + WAITING_TIME,
        )
        # Phones list by time: the order of the file has to be one of time.
        creation.create(wanted, at=at - timedelta(seconds=number))


def demo_parameters(template_name: str) -> dict[str, str]:
    """Give the parameters of the first demo operation that a template makes.

    Raises:
        LookupError: the demo bank has none.
    """
    for row in _read("operations.json"):
        if row["templateName"] == template_name:
            return dict(row["parameters"])
    raise LookupError(f"no demo operation of {template_name}")
