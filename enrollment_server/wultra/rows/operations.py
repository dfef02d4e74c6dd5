"""Operations, the templates they are made from, and what phones show of them."""

from django.db.models import Model

from enrollment_server.wultra.facts import Facts
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import (
    LeftOut,
    decoded,
    identifier,
    json_object,
    known,
    moment,
    moment_if_any,
    signature_names,
)
from operations.decisions import proximity
from operations.models import (
    FormTemplate,
    Operation,
    OperationApplication,
    OperationStatus,
    OperationTemplate,
)

_STATUSES = {
    1: OperationStatus.PENDING,
    2: OperationStatus.CANCELED,
    3: OperationStatus.EXPIRED,
    4: OperationStatus.APPROVED,
    5: OperationStatus.REJECTED,
    6: OperationStatus.FAILED,
}


def template(row: Row, facts: Facts) -> list[Model]:
    return [
        OperationTemplate(
            template_name=row["template_name"],
            operation_type=row["operation_type"],
            data_template=row["data_template"],
            signature_types=signature_names(row["signature_type"], "signature_type"),
            max_failure_count=row["max_failure_count"],
            expiration_s=row["expiration"],
            risk_flags=row["risk_flags"] or "",
            proximity_check_enabled=bool(row["proximity_check_enabled"]),
        )
    ]


def form_template(row: Row, facts: Facts) -> list[Model]:
    """The members that hold JSON are kept as the texts that they are."""
    return [
        FormTemplate(
            placeholder=row["placeholder"],
            language=row["language"].strip().lower(),
            title=row["title"],
            message=row["message"],
            attributes=row["attributes"] or "",
            ui=row["ui"] or "",
            result_texts=row.get("result_texts") or "",
        )
    ]


def operation(row: Row, facts: Facts) -> list[Model]:
    """What is pending past its time is expired already: back ends are not told of it again."""
    key = identifier(row["id"], "id")
    status = known(_STATUSES, row["status"], "status")
    expires = moment(row["timestamp_expires"], facts.zone)
    if status is OperationStatus.PENDING and expires < facts.at:
        status = OperationStatus.EXPIRED
    made = Operation(
        id=key,
        user_id=row["user_id"] or "",
        activation_id=_activation_id(row["activation_id"]),
        activation_flag=row["activation_flag"] or "",
        operation_type=row["operation_type"],
        template_name=row["template_name"] or "",
        data=row["data"],
        parameters=_parameters(row["parameters"]),
        additional_data=json_object(row["additional_data"], "additional_data"),
        status=status,
        status_reason=row.get("status_reason") or "",
        signature_types=signature_names(row["signature_type"], "signature_type"),
        failure_count=row["failure_count"],
        max_failure_count=row["max_failure_count"],
        risk_flags=row["risk_flags"] or "",
        external_id=row["external_id"] or "",
        created_at=moment(row["timestamp_created"], facts.zone),
        expires_at=expires,
        finalized_at=moment_if_any(row["timestamp_finalized"], facts.zone),
    )
    if row["totp_seed"]:
        seed = decoded(row["totp_seed"], "totp_seed", size=proximity.SEED_SIZE)
        made.proximity_seed = proximity.seal_seed(seed, key)
    names = facts.application_ids.get(row["id"], ())
    if not names:
        raise LeftOut("none of its applications was taken")
    links = [OperationApplication(operation=made, application_id=name) for name in names]
    return [made, *links]


def _parameters(text: str | None) -> dict[str, str | None]:
    found = json_object(text, "parameters")
    if not all(value is None or isinstance(value, str) for value in found.values()):
        raise LeftOut("parameters holds something else than texts")
    return found


def _activation_id(value: str | None) -> str:
    # Identifiers are compared as texts here, in lower case.
    return str(identifier(value, "activation_id")) if value else ""
