"""The operation object that an app reads: mobile-token-api.md 4.1."""

import logging
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from typing import Annotated, Literal, NotRequired, TypedDict

from enrollment_server.api.contract.shapes import Shape, one_of
from operations.errors import TemplateNotFound, TemplateUnusable
from operations.screen.form_data import FormData
from operations.screen.locales import RequestLocale
from operations.screen.placeholders import BrokenTemplate
from operations.screen.translation import build_translated_form_data
from operations.screen.ui.extensions import build_ui
from operations.screen.ui.shapes import UiExtensions
from operations.values import OperationFacts

_VARIANTS = {name: name.lower() for name in ("POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY")}

logger = logging.getLogger(__name__)


class AllowedSignatureType(TypedDict):
    """Which factors suffice for the approval."""

    type: Annotated[Literal["1FA", "2FA", "ECDSA"], Shape("`ECDSA` is reserved.")]
    variants: Annotated[
        list[Annotated[str, one_of("possession_knowledge", "possession_biometry", "possession")]],
        Shape("Empty for `1FA`."),
    ]


class Operation(TypedDict):
    """An operation as a phone shows it."""

    id: Annotated[str, Shape("Opaque; a UUID.")]
    name: Annotated[str, Shape("Type of the operation.")]
    data: Annotated[str, Shape("What is signed; the app sends it back as it is.")]
    status: Annotated[
        str, one_of("PENDING", "APPROVED", "REJECTED", "CANCELED", "EXPIRED", "FAILED")
    ]
    statusReason: NotRequired[Annotated[str, Shape("Why a back end canceled it.")]]
    operationCreated: Annotated[
        str, Shape("UTC, whole seconds.", keywords={"example": "2018-07-02T14:43:13+0000"})
    ]
    operationExpires: Annotated[
        str, Shape("UTC, whole seconds.", keywords={"example": "2018-07-02T14:48:13+0000"})
    ]
    ui: NotRequired[UiExtensions]
    allowedSignatureType: AllowedSignatureType
    formData: FormData


# Members that may be left out in the midst of others.
class _Reason(TypedDict, total=False):
    statusReason: str


class _Ui(TypedDict, total=False):
    ui: UiExtensions


def format_time(moment: datetime) -> str:
    """Write a date as every app parses it: UTC, the fraction cut off (mobile-token-api.md 1.4)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "+0000"


def present(
    operation: OperationFacts, *, locale: RequestLocale, ask_proximity: bool = True
) -> Operation:
    """Build the object of one operation, members in the documented order, none of them null.

    Args:
        ask_proximity: False where no screen may ask for a proximity OTP, as in the history.

    Raises:
        TemplateNotFound: no texts in any language.
        TemplateUnusable: the JSON of the texts is broken.
    """
    if operation.form is None:
        raise TemplateNotFound
    try:
        ui = build_ui(
            operation.form.ui,
            risk_flags=operation.risk_flags,
            parameters=operation.parameters,
            proximity_available=operation.proximity_available and ask_proximity,
            locale=locale,
        )
        form_data = build_translated_form_data(operation.form, operation.parameters, locale)
    except BrokenTemplate as error:
        logger.error("broken form template: type=%r: %s", operation.operation_type, error)
        raise TemplateUnusable from error
    reason: _Reason = {"statusReason": operation.status_reason} if operation.status_reason else {}
    around: _Ui = {} if ui is None else {"ui": ui}
    return {
        "id": operation.id,
        "name": operation.operation_type,
        "data": operation.data,
        "status": operation.status,
        **reason,
        "operationCreated": format_time(operation.created_at),
        "operationExpires": format_time(operation.expires_at),
        **around,
        "allowedSignatureType": _allowed_signature_type(operation.signature_types),
        "formData": form_data,
    }


def present_all(
    operations: Iterable[OperationFacts], *, locale: RequestLocale, ask_proximity: bool = True
) -> list[Operation]:
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


def _allowed_signature_type(allowed: Container[str]) -> AllowedSignatureType:
    if "POSSESSION" in allowed:
        return {"type": "1FA", "variants": []}
    return {
        "type": "2FA",
        "variants": [shown for name, shown in _VARIANTS.items() if name in allowed],
    }
