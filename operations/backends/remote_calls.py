"""The calls about operations on a PowerAuth Server elsewhere: integration-api.md 13."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrollment_server.remote.members import (
    Members,
    WrongShape,
    any_text,
    members,
    moment,
    objects,
    optional_text,
    text,
    text_map,
    texts,
)
from operations.values import Caller, OperationFacts, Result
from powerauth.remote.calls import call

logger = logging.getLogger(__name__)

# A phone reads the whole list or nothing of it, so an entry of a state that it does not know is
# left out: mobile-token-api.md 4.1.
KNOWN_STATES = frozenset({"PENDING", "APPROVED", "REJECTED", "CANCELED", "EXPIRED", "FAILED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a decision, and the operation after it."""

    result: Result
    operation: OperationFacts


def listed(method: str, caller: Caller, *, limit: int) -> list[OperationFacts]:
    """List a user's operations that the caller may see, the newest first.

    Args:
        method: `operation/list` or `operation/list/pending`.

    Raises:
        EngineRefusal, RemoteFailure: as `call`.
    """
    asked = {
        "userId": caller.user_id,
        "applications": [caller.application_id],
        "activationId": caller.activation_id,
        "pageNumber": 0,
        "pageSize": limit,
    }

    def read(answer: object) -> list[OperationFacts]:
        return [_facts(source, caller) for source in objects(answer)]

    found = call(method, asked, read)
    unknown = [operation for operation in found if operation.status not in KNOWN_STATES]
    for operation in unknown:
        logger.warning("operation left out: id=%s reason=unknown_state", operation.id)
    return [operation for operation in found if operation.status in KNOWN_STATES]


def detail(operation_id: str, caller: Caller) -> OperationFacts:
    """Give an operation, whoever it belongs to, as the caller sees it; raises as `listed`."""
    return _one("operation/detail", {"operationId": operation_id}, caller)


def claim(operation_id: str, caller: Caller) -> OperationFacts:
    """Make the caller the user of an operation that has none; raises as `listed`.

    Servers up to 1.9 do so when they are asked for the detail by a user, later ones if asked to.
    """
    asked = {"operationId": operation_id, "userId": caller.user_id}
    claimed = _one("operation/detail", asked, caller)
    if claimed.user_id:
        return claimed
    return _one("operation/claim", asked, caller)


def decide(method: str, asked: Mapping[str, Any], caller: Caller, *results: Result) -> Outcome:
    """Approve, count a failed approval, or reject; raises as `listed`.

    Args:
        results: what can become of it; another result says nothing.
    """

    def read(answer: object) -> Outcome:
        source = members(answer)
        result = text(source, "result")
        if result not in results:
            raise WrongShape("an unknown result")
        operation = members(source.get("operation"), "operation")
        return Outcome(result=Result(result), operation=_facts(operation, caller))

    return call(method, asked, read)


def _one(method: str, asked: Mapping[str, Any], caller: Caller) -> OperationFacts:
    return call(method, asked, lambda answer: _facts(members(answer), caller))


def _facts(source: Members, caller: Caller) -> OperationFacts:
    return OperationFacts(
        id=text(source, "id"),
        user_id=optional_text(source, "userId"),
        activation_id=optional_text(source, "activationId"),
        activation_flag=optional_text(source, "activationFlag"),
        operation_type=text(source, "operationType"),
        data=any_text(source, "data"),
        parameters=text_map(source, "parameters"),
        status=text(source, "status"),
        status_reason=optional_text(source, "statusReason"),
        signature_types=texts(source, "signatureType"),
        risk_flags=optional_text(source, "riskFlags"),
        created_at=moment(source, "timestampCreated"),
        expires_at=moment(source, "timestampExpires"),
        in_application=caller.application_id in texts(source, "applications"),
        # Only the list of what waits, and the detail, tell it.
        proximity_available=bool(source.get("proximityOtp")),
    )
