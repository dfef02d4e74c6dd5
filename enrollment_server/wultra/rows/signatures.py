"""What was verified there, and with which result: integration-api.md 8.4."""

import hashlib

from django.db.models import Model

from enrollment_server.wultra.facts import GENERATION, Facts
from enrollment_server.wultra.rows.activations import STATES
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import (
    LeftOut,
    decoded,
    identifier,
    json_list,
    known,
    moment,
    signature_type,
)
from powerauth.engine import policy
from powerauth.engine.signatures.signature_trail import DATA_SHA256, DATA_SIZE
from powerauth.models import SignatureAudit
from powerauth.protocol.v3.offline import OFFLINE_SECRET
from powerauth.protocol.v3.signature import signature_data


def audit(row: Row, facts: Facts) -> list[Model]:
    owner = facts.activation(row["activation_id"])
    application = facts.application(owner["application_id"])
    online = bool(row["signature_version"])
    secrets = list(facts.secrets.get(application.id, ())) if online else [("", OFFLINE_SECRET)]
    signed, application_key = without_secret(
        decoded(row["data_base64"] or "", "data_base64"), secrets
    )
    limit, info = policy.audited_bytes(), _info(row["additional_info"])
    if len(signed) > limit:
        info[DATA_SIZE] = str(len(signed))
        info[DATA_SHA256] = hashlib.sha256(signed).hexdigest()
    return [
        SignatureAudit(
            activation_id=identifier(row["activation_id"], "activation_id"),
            application_id=application.id,
            user_id=owner["user_id"],
            activation_counter=row["activation_counter"],
            activation_ctr_data=decoded(row["activation_ctr_data"] or "", "activation_ctr_data"),
            activation_state=known(STATES, row["activation_status"], "activation_status"),
            additional_info=info,
            data=signed[:limit],
            signature=row["signature"],
            signature_type=signature_type(row["signature_type"], "signature_type").value,
            signature_version=row["signature_version"] or "",
            application_key=application_key,
            note=row["note"] or "",
            valid=bool(row["valid"]),
            version=row["version"],
            generation=GENERATION,
            created_at=moment(row["timestamp_created"], facts.zone),
        )
    ]


def without_secret(data: bytes, secrets: list[tuple[str, str]]) -> tuple[bytes, str]:
    """Take the secret of the application from the end of signed data, and tell whose it is.

    Args:
        secrets: application keys and secrets; data that ends with none of them stays as it is.
    """
    for application_key, secret in secrets:
        end = signature_data(b"", secret)
        if data.endswith(end):
            return data.removesuffix(end), application_key
    return data, ""


def _info(text: str | None) -> dict[str, str]:
    found = json_list(text, "additional_info")
    if not all(isinstance(item, dict) and {"key", "value"} <= item.keys() for item in found):
        raise LeftOut("additional_info is no list of keys and values")
    return {str(item["key"]): str(item["value"]) for item in found}
