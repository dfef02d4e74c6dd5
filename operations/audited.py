"""What the audit log tells of operations and templates: integration-api.md 12 and 13.

Neither the additional data of an operation, in which codes are, nor its parameters; the data that
users approve says what it was about.
"""

from uuid import UUID

from enrollment_server.database.compiled import Compiled
from operations.models import FormTemplate, Operation, OperationQuerySet, OperationTemplate
from powerauth.engine.audit.audited import Kind, register
from powerauth.engine.identifiers import parse_id

OPERATION = "operation"
OPERATION_TEMPLATE = "operation_template"


def register_kinds() -> None:
    """Make operations and templates known to the audit log."""
    register(
        Kind(
            name=OPERATION,
            model=Operation,
            columns=(
                *("user_id", "activation_id", "activation_flag", "operation_type"),
                *("template_name", "data", "status", "status_reason", "signature_types"),
                *("failure_count", "max_failure_count", "risk_flags", "external_id"),
                *("expires_at", "finalized_at"),
            ),
            hidden=("proximity_seed",),
            computed={"applications": _applications},
            parse=lambda value: parse_id(str(value)),
            find=_operation,
        ),
        Kind(
            name=OPERATION_TEMPLATE,
            model=OperationTemplate,
            columns=(
                *("template_name", "operation_type", "data_template", "signature_types"),
                *("max_failure_count", "expiration_s", "risk_flags", "proximity_check_enabled"),
                *("rings", "push_texts"),
            ),
        ),
        Kind(
            name="form_template",
            model=FormTemplate,
            columns=(
                *("placeholder", "language", "title", "message"),
                *("attributes", "ui", "result_texts"),
            ),
        ),
    )


def _rows(id: UUID) -> OperationQuerySet:
    return Operation.objects.with_application_ids().filter(pk=id)


_FIND: Compiled[Operation] = Compiled(_rows, id=UUID)
_LOCK: Compiled[Operation] = Compiled(lambda id: _rows(id).select_for_update(of=("self",)), id=UUID)


def _operation(id: UUID, lock: bool) -> Operation | None:
    return (_LOCK if lock else _FIND).first(id=id)


def _applications(operation: Operation) -> object:
    return sorted(operation.known_application_ids())
