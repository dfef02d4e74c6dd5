"""The operation object that an app reads: mobile-token-api.md 4.1."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import override

from operations.errors import TemplateNotFound, TemplateUnusable
from operations.screen.locales import RequestLocale
from operations.screen.placeholders import BrokenTemplate
from operations.screen.translation import build_translated_form_data, catalogue_of
from operations.screen.ui_extensions import build_ui
from operations.values import OperationFacts

_VARIANTS = ("POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY")

logger = logging.getLogger(__name__)


def format_time(moment: datetime) -> str:
    """Write a date as every app parses it: UTC, the fraction cut off (mobile-token-api.md 1.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def present(
    operation: OperationFacts, *, locale: RequestLocale, ask_proximity: bool = True
) -> dict[str, Any]:
    """Build the object of one operation, members in the documented order, none of them null.

    Args:
        ask_proximity: False where no screen may ask for a proximity OTP, as in the history.

    Raises:
        TemplateNotFound: no texts in any language.
        TemplateUnusable: the JSON of the texts is broken.
    """
    if operation.form is None:
        raise TemplateNotFound
    shown: dict[str, Any] = {
        "id": operation.id,
        "name": operation.operation_type,
        "data": operation.data,
        "status": operation.status,
    }
    if operation.status_reason:
        shown["statusReason"] = operation.status_reason
    shown["operationCreated"] = format_time(operation.created_at)
    shown["operationExpires"] = format_time(operation.expires_at)
    try:
        with override(catalogue_of(locale)):
            ui = build_ui(
                operation.form.ui,
                risk_flags=operation.risk_flags,
                parameters=operation.parameters,
                proximity_available=operation.proximity_available and ask_proximity,
            )
        form_data = build_translated_form_data(operation.form, operation.parameters, locale)
    except BrokenTemplate as error:
        logger.error("broken form template: type=%r: %s", operation.operation_type, error)
        raise TemplateUnusable from error
    if ui is not None:
        shown["ui"] = ui
    shown["allowedSignatureType"] = _allowed_signature_type(operation.signature_types)
    shown["formData"] = form_data
    return shown


def present_all(
    operations: Iterable[OperationFacts], *, locale: RequestLocale, ask_proximity: bool = True
) -> list[dict[str, Any]]:
    """Build the objects of a list; what cannot be shown is left out and logged."""
    shown = []
    for operation in operations:
        try:
            shown.append(present(operation, locale=locale, ask_proximity=ask_proximity))
        except (TemplateNotFound, TemplateUnusable) as error:
            logger.warning(
                "operation left out: id=%s type=%r reason=%s",
                operation.id,
                operation.operation_type,
                type(error).__name__,
            )
    return shown


def _allowed_signature_type(names: Iterable[str]) -> dict[str, Any]:
    allowed = frozenset(names)
    if "POSSESSION" in allowed:
        return {"type": "1FA", "variants": []}
    return {"type": "2FA", "variants": [name.lower() for name in _VARIANTS if name in allowed]}
