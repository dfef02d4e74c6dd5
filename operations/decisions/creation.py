"""New operations: integration-api.md 13.4."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from enrollment_server.api.payloads import violations
from enrollment_server.database.writes import execute_together, inserting
from operations import policy
from operations.decisions import callbacks, data_template, proximity
from operations.decisions.missing_parameters import missing_parameters, needed_parameters
from operations.decisions.ownership import PHONE_FACTORS
from operations.models import ID_LENGTH, Operation, OperationApplication, OperationTemplate
from operations.ringing import announcing, identical, texts
from operations.templates import blueprints
from powerauth.engine.activations import activations
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation
from powerauth.rules import NOT_EMPTY, complaint, filled, fitting, invalid

ACTIVATION_ID_LENGTH = 37  # characters
TEXT_LENGTH = 255  # characters

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOperation:
    """What a back end says of an operation to create; None where it says nothing.

    Args:
        user_id: whose it is; without it and `activation_id`, it waits to be claimed.
        activation_id: the only activation that may decide.
        expires_at: instead of the template's validity.
        proximity_check: instead of the template's setting.
    """

    template_name: str | None
    applications: Sequence[str] | None
    user_id: str | None = None
    activation_id: str | None = None
    activation_flag: str | None = None
    external_id: str | None = None
    parameters: Mapping[str, str] | None = None
    additional_data: Mapping[str, Any] | None = None
    expires_at: datetime | None = None
    proximity_check: bool | None = None


@commits_refusals
def create(wanted: NewOperation, *, at: datetime) -> Operation:
    """Create a pending operation from its template.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_TEMPLATE_NOT_FOUND, APPLICATION_NOT_FOUND.

    Source: integration-api.md 13.4, in the order that it gives. There, parameters may be missing;
    OPERATION_PARAMETERS_REQUIRED refuses that, since nobody can tell what they would approve.
    """
    _check_texts(wanted)
    activation = _activation(wanted)
    _check_parameters(wanted.parameters or {})
    if wanted.expires_at is not None and wanted.expires_at < at:
        raise invalid("timestampExpires", "must not be in the past")
    applications = list(wanted.applications or [])
    user_id = wanted.user_id or (activation.user_id if activation else "")
    template = blueprints.find(wanted.template_name or "", set(applications), user_id=user_id)
    if template is None:
        raise EngineRefusal(ErrorCode.OPERATION_TEMPLATE_NOT_FOUND)
    if template.known_applications != len(applications):
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    # Only a known activation can decide; its user is the operation's, if nobody else was named.
    if wanted.activation_id is not None and activation is None:
        raise invalid("activationId", "must be an activation")
    missing = _missing_parameters(wanted, template)
    operation = _operation(wanted, template, activation, at=at)
    operation.application_ids = applications
    told = announcing.concerned(operation) if _rings(operation, template) else announcing.NOBODY
    operation.announced = told != announcing.NOBODY
    muted = _store(operation, applications, at=at)
    if operation.announced:
        shown = {} if muted else texts.of_template(template, operation.parameters)
        announcing.created(operation, told, shown, at=at)
    if missing:
        logger.warning(
            "operation lacks parameters: id=%s template=%r parameters=%s",
            operation.pk,
            template.template_name,
            missing,
        )
    return operation


def _missing_parameters(wanted: NewOperation, template: Any) -> list[str]:
    """Name what is missing where that is allowed, and refuse it where it is not."""
    needed = _needed_parameters(template.data_template, template.forms)
    missing = missing_parameters(needed, wanted.parameters or {})
    if missing and policy.parameters_required():
        listed = ", ".join(f"'{parameter}'" for parameter in missing)
        rule = f"must have {listed} for operations of template '{template.template_name}'"
        raise EngineRefusal(
            ErrorCode.INVALID_REQUEST,
            complaint("parameters", rule),
            member=",".join(violations.joined("parameters", name) for name in missing),
        )
    return missing


@lru_cache(maxsize=256)
def _needed_parameters(data_template: str, forms: str | None) -> tuple[str, ...]:
    return needed_parameters(data_template, blueprints.texts(forms))


def _check_texts(wanted: NewOperation) -> None:
    if not wanted.applications:
        raise invalid("applications", NOT_EMPTY)
    filled("templateName", wanted.template_name)
    if wanted.user_id is not None:
        filled("userId", wanted.user_id, ID_LENGTH)
    fitting("activationId", wanted.activation_id, ACTIVATION_ID_LENGTH)
    fitting("activationFlag", wanted.activation_flag, TEXT_LENGTH)
    fitting("externalId", wanted.external_id, TEXT_LENGTH)


def _check_parameters(parameters: Mapping[str, str]) -> None:
    for name, value in parameters.items():
        if not data_template.is_allowed(value):
            raise invalid(
                violations.joined("parameters", name),
                "must not contain control characters but line feeds",
            )


def _activation(wanted: NewOperation) -> Activation | None:
    if wanted.activation_id is None:
        return None
    activation = activations.find(wanted.activation_id)
    if wanted.user_id is not None and (activation is None or activation.user_id != wanted.user_id):
        raise invalid("activationId", "must be an activation of the user")
    return activation


def _rings(operation: Operation, template: OperationTemplate) -> bool:
    """Tell whether there is a user to tell, who could decide: what is nobody's is claimed."""
    decidable = not PHONE_FACTORS.isdisjoint(operation.signature_types)
    return template.rings and bool(operation.user_id) and decidable


def _store(operation: Operation, application_ids: Sequence[str], *, at: datetime) -> bool:
    """Write an operation; tell whether phones have rung for the same one, which still waits."""
    links = [
        OperationApplication(operation=operation, application_id=application_id)
        for application_id in application_ids
    ]
    telling = callbacks.statement(operation, application_ids, at=at)
    if not operation.announced:
        execute_together(inserting([operation]), inserting(links), telling)
        return False
    waiting = identical.waiting(operation, at=at)
    return bool(execute_together(inserting([operation]), inserting(links), telling, waiting).rows)


def _operation(
    wanted: NewOperation,
    template: OperationTemplate,
    activation: Activation | None,
    *,
    at: datetime,
) -> Operation:
    operation_id = uuid.uuid4()
    parameters = dict(wanted.parameters or {})
    has_proximity_check = (
        template.proximity_check_enabled
        if wanted.proximity_check is None
        else wanted.proximity_check
    )
    return Operation(
        id=operation_id,
        user_id=wanted.user_id or (activation.user_id if activation else ""),
        activation_id=str(activation.pk) if activation else "",
        activation_flag=wanted.activation_flag or "",
        operation_type=template.operation_type,
        template_name=template.template_name,
        data=data_template.fill(template.data_template, parameters),
        parameters=parameters,
        additional_data=dict(wanted.additional_data or {}),
        signature_types=template.signature_types,
        max_failure_count=template.max_failure_count,
        risk_flags=template.risk_flags,
        proximity_seed=proximity.new_seed(operation_id) if has_proximity_check else b"",
        external_id=wanted.external_id or "",
        created_at=at,
        expires_at=wanted.expires_at or at + timedelta(seconds=template.expiration_s),
    )
