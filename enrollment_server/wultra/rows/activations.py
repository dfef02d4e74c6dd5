"""Activations, their history and their tokens: protocol.md 2.1 and 4, integration-api.md 6."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from enrollment_server.wultra.encrypted import server_private_key
from enrollment_server.wultra.facts import GENERATION, Facts, check_supported
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import (
    LeftOut,
    decoded,
    identifier,
    json_object,
    known,
    moment,
    moment_if_any,
    signature_type,
    texts,
)
from powerauth.engine.activations.activations import PENDING_STATES
from powerauth.engine.generations.three.key_exchange import CTR_DATA_SIZE, derive
from powerauth.engine.generations.three.stored_keys import SUITE
from powerauth.engine.generations.three.tokens import SECRET_SIZE
from powerauth.engine.storage import record_places, records
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    CommitPhase,
    OtpValidation,
    Token,
)
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.keys import key_pair_of, normalize_public_key

STATES = {state.value: state for state in ActivationState}
_OTP_VALIDATIONS = {
    0: OtpValidation.NONE,
    1: OtpValidation.ON_KEY_EXCHANGE,
    2: OtpValidation.ON_COMMIT,
}
_COMMIT_PHASES = {
    None: CommitPhase.ON_COMMIT,
    0: CommitPhase.ON_COMMIT,
    1: CommitPhase.ON_KEY_EXCHANGE,
}


def activation(row: Row, facts: Facts) -> list[Model]:
    check_supported(row)
    key = identifier(row["activation_id"], "activation_id")
    owner = facts.application(row["application_id"])
    return [
        Activation(
            id=key,
            application=owner,
            user_id=row["user_id"],
            state=state(row, facts, at=facts.at),
            blocked_reason=row["blocked_reason"] or "",
            name=row["activation_name"] or "",
            flags=sorted(set(texts(row["flags"], "flags"))),
            activation_code=row["activation_code"] or "",
            **_otp(row),
            **_keys(row, facts),
            counter=row["counter"],
            failed_attempts=row["failed_attempts"],
            max_failed_attempts=row["max_failed_attempts"],
            version=row["version"],
            created_with=facts.versions.get(row["activation_id"], ""),
            platform=row["platform"] or "",
            device_info=row["device_info"] or "",
            extras=row["extras"] or "",
            external_id=row.get("external_id") or "",
            custom_attributes=json_object(row.get("additional_data"), "additional_data"),
            expires_at=moment(row["timestamp_activation_expire"], facts.zone),
            created_at=moment(row["timestamp_created"], facts.zone),
            last_used_at=moment(row["timestamp_last_used"], facts.zone),
            last_change_at=moment_if_any(row["timestamp_last_change"], facts.zone),
        )
    ]


def state(row: Row, facts: Facts, *, at: datetime) -> ActivationState:
    """Give the state; a half-finished activation past its time is removed, whoever noticed."""
    found = known(STATES, row["activation_status"], "activation_status")
    expires = moment(row["timestamp_activation_expire"], facts.zone)
    return ActivationState.REMOVED if found in PENDING_STATES and expires < at else found


def _otp(row: Row) -> dict[str, Any]:
    return {
        "otp_hash": row["activation_otp"] or "",
        "otp_validation": known(
            _OTP_VALIDATIONS, row["activation_otp_validation"], "activation_otp_validation"
        ),
        "commit_phase": known(_COMMIT_PHASES, row.get("commit_phase"), "commit_phase"),
    }


def _keys(row: Row, facts: Facts) -> dict[str, Any]:
    """Give the keys in the form of here: those that a phone shares are derived once."""
    key = identifier(row["activation_id"], "activation_id")
    owner = (key, facts.application(row["application_id"]).id, row["user_id"])
    pair = key_pair_of(server_private_key(row, facts.key))
    values: dict[str, Any] = {
        "protocol_generation": GENERATION,
        "algorithm": SUITE,
        "server_public_key": pair.public_key,
        "server_private_key": records.seal(pair.private_key, record_places.server_key(*owner)),
    }
    device_key = device_public_key(row)
    if device_key is None:
        return values
    derived = derive(pair.private_key, device_key)
    return {
        **values,
        "device_public_key": device_key,
        "derived_keys": records.seal(derived, record_places.derived_keys(*owner)),
        "ctr_data": decoded(row["ctr_data"], "ctr_data", size=CTR_DATA_SIZE),
    }


def device_public_key(row: Row) -> bytes | None:
    """Give the key of the phone; None before the key exchange.

    Raises:
        LeftOut: no point of the curve.
    """
    if row["device_public_key_base64"] is None:
        return None
    key = decoded(row["device_public_key_base64"], "device_public_key_base64")
    try:
        return normalize_public_key(key)
    except ProtocolError as error:
        raise LeftOut("device_public_key_base64 is no valid key") from error


def history(row: Row, facts: Facts) -> list[Model]:
    facts.activation(row["activation_id"])
    return [
        ActivationHistory(
            activation_id=identifier(row["activation_id"], "activation_id"),
            state=known(STATES, row["activation_status"], "activation_status"),
            event_reason=row["event_reason"] or "",
            external_user_id=row["external_user_id"] or "",
            activation_name=row.get("activation_name") or "",
            version=row.get("activation_version"),
            created_at=moment(row["timestamp_created"], facts.zone),
        )
    ]


def token(row: Row, facts: Facts) -> list[Model]:
    facts.activation(row["activation_id"])
    key = identifier(row["token_id"], "token_id")
    owner = identifier(row["activation_id"], "activation_id")
    secret = decoded(row["token_secret"], "token_secret", size=SECRET_SIZE)
    return [
        Token(
            id=key,
            activation_id=owner,
            secret=records.seal(secret, record_places.token(key, owner)),
            signature_type=signature_type(row["signature_type"], "signature_type").value,
            created_at=moment(row["timestamp_created"], facts.zone),
        )
    ]
