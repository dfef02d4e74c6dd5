"""The templates that operations are made from: integration-api.md 12."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from operations.models import OperationTemplate
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.v3.signature import SignatureType
from powerauth.rules import filled, fitting, given, invalid

TEXT_LENGTH = 255  # characters
MAX_NUMBER = 2**31 - 1  # the column holds no more
MAX_EXPIRATION_S = 100 * 366 * 86400  # a later end is a mistake, and dates have a last year

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateValues:
    """The members of a template besides its name, as a back end sends them."""

    operation_type: str | None
    data_template: str | None
    signature_types: Sequence[SignatureType] | None
    max_failure_count: int | None
    expiration_s: int | None
    risk_flags: str | None = None
    proximity_check_enabled: bool | None = None

    def columns(self) -> dict[str, Any]:
        """Give the columns of a row.

        Raises:
            EngineRefusal: INVALID_REQUEST for a member that is absent or breaks a rule.
        """
        kinds = [kind.name for kind in self.signature_types or []]
        if not kinds or len(set(kinds)) != len(kinds):
            raise invalid("signatureType", "must name at least one type, and none twice")
        return {
            "operation_type": filled("operationType", self.operation_type, TEXT_LENGTH),
            "data_template": filled("dataTemplate", self.data_template, TEXT_LENGTH),
            "signature_types": kinds,
            "max_failure_count": _positive("maxFailureCount", self.max_failure_count, MAX_NUMBER),
            "expiration_s": _positive("expiration", self.expiration_s, MAX_EXPIRATION_S),
            "risk_flags": fitting("riskFlags", self.risk_flags, TEXT_LENGTH) or "",
            "proximity_check_enabled": bool(self.proximity_check_enabled),
        }


def every() -> list[OperationTemplate]:
    """List all templates in the order of their creation."""
    return list(OperationTemplate.objects.order_by("id"))


def get(template_id: int | None) -> OperationTemplate:
    """Find a template.

    Raises:
        EngineRefusal: INVALID_REQUEST for no id, OPERATION_TEMPLATE_NOT_FOUND.
    """
    template = OperationTemplate.objects.filter(pk=given("id", template_id)).first()
    if template is None:
        raise EngineRefusal(ErrorCode.OPERATION_TEMPLATE_NOT_FOUND)
    return template


def create(template_name: str | None, values: TemplateValues) -> OperationTemplate:
    """Create a template.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_TEMPLATE_EXISTS.
    """
    name = filled("templateName", template_name, TEXT_LENGTH)
    columns = values.columns()
    try:
        with transaction.atomic():
            template = OperationTemplate.objects.create(template_name=name, **columns)
    except IntegrityError as error:
        raise EngineRefusal(ErrorCode.OPERATION_TEMPLATE_EXISTS) from error
    _tell_of_problems(template)
    return template


def update(template_id: int | None, values: TemplateValues) -> OperationTemplate:
    """Replace the members of a template; existing operations keep theirs.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_TEMPLATE_NOT_FOUND.
    """
    key = given("id", template_id)
    columns = values.columns()
    if not OperationTemplate.objects.filter(pk=key).update(**columns):
        raise EngineRefusal(ErrorCode.OPERATION_TEMPLATE_NOT_FOUND)
    template = get(template_id)
    _tell_of_problems(template)
    return template


def remove(template_id: int | None) -> None:
    """Delete a template; existing operations stay.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_TEMPLATE_NOT_FOUND.
    """
    get(template_id).delete()


def _tell_of_problems(template: OperationTemplate) -> None:
    # Back ends are written against an API that takes any data; the back office refuses these.
    try:
        template.clean()
    except ValidationError as error:
        for problem in error.messages:
            logger.warning("operation template %r: %s", template.template_name, problem)


def _positive(member: str, number: int | None, limit: int) -> int:
    if number is None or not 0 < number <= limit:
        raise invalid(member, f"must be between 1 and {limit}")
    return number
