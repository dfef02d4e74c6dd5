"""Approval without a network: a QR code for the app, and the code that its user types.

Source: mobile-token-api.md 13, protocol.md 11, integration-api.md 8.3.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from operations import policy
from operations.decisions import decisions, listing, proximity, selection
from operations.decisions.decisions import Attempt, Decision, Locked
from operations.decisions.ownership import STATES_IN_USE, caller_of
from operations.models import Operation, OperationStatus
from operations.offline.offline_text import offline_text
from operations.offline.targets import Target, can_decide
from operations.screen.locales import parse_accept_language
from operations.values import Caller, OperationFacts
from powerauth.engine import policy as engine_policy
from powerauth.engine.activations import activations
from powerauth.engine.signatures import offline
from powerauth.engine.signatures.offline import OfflineData
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState
from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.offline import NONCE_SIZE, offline_base, offline_body
from powerauth.protocol.v3.signature import SignatureType
from powerauth.rules import filled, invalid
from powerauth.values import SignatureVerdict

_BIOMETRY = SignatureType.POSSESSION_BIOMETRY.name
# What an offline signature can prove: always two factors.
_OFFLINE_FACTORS = frozenset({SignatureType.POSSESSION_KNOWLEDGE.name, _BIOMETRY})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineDecision:
    """What came of a typed code: the verdict on the signature, and the decision that it led to."""

    verdict: SignatureVerdict
    decision: Decision


@transaction.atomic
def create(
    operation_id: str | None, target: Target, *, language: str | None, at: datetime
) -> OfflineData:
    """Make the text of a QR code for a pending operation, under the operation's one nonce.

    A refusal leaves the operation without the nonce that it would have got.

    Args:
        language: of title and message, as in `Accept-Language`.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_NOT_FOUND, ACTIVATION_NOT_FOUND,
            ACTIVATION_STATE, APPLICATION_NOT_FOUND, OPERATION_STATE, OPERATION_NOT_APPROVABLE,
            NO_MASTER_KEY_PAIR.
    """
    if bool(target.activation_id) is bool(target.application_id):
        raise invalid("activationId", "must be given, or applicationId instead of it")
    row = listing.get(operation_id)
    caller = _caller(target)
    locale = parse_accept_language(language, default=policy.default_language())
    facts = selection.find(str(row.pk), caller, language=locale.language, at=at)
    if facts is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    _require_pending(row, at=at)
    _require_decider(facts, caller, everybody=not target.activation_id)
    biometry = _BIOMETRY in facts.signature_types
    try:
        text = offline_text(facts, biometry=biometry, locale=locale)
    except ProtocolError as error:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_APPROVABLE) from error
    return _signed(row, target, text, at=at)


@commits_refusals
def approve(
    operation_id: str | None,
    *,
    activation_id: str | None,
    code: str | None,
    additional_data: Mapping[str, Any] | None,
    at: datetime,
) -> OfflineDecision:
    """Approve an operation by the code that its user typed; a wrong code is counted.

    It counts on the activation and on the operation. A refusal counts nothing: it comes before the
    signature is looked at, and the row of the operation stays locked meanwhile, so that nobody
    else decides between the two.

    Args:
        code: the digits that the app shows, in any groups.

    Raises:
        EngineRefusal: INVALID_REQUEST, ACTIVATION_NOT_FOUND, ACTIVATION_STATE,
            OPERATION_NOT_FOUND, OPERATION_STATE, OPERATION_NOT_APPROVABLE.
    """
    operation_id = filled("operationId", operation_id)
    activation_id = filled("activationId", activation_id)
    code = filled("code", code)
    signature = offline.regrouped(code, engine_policy.offline_component_length())
    activation = _activation(activation_id, *STATES_IN_USE)
    locked = decisions.lock(operation_id, application_id=activation.application_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    _require_pending(locked.row, at=at)
    facts = selection.facts_of(locked.row, in_application=locked.in_application, at=at)
    _require_decider(facts, caller_of(activation), everybody=False)
    if not locked.row.offline_nonce:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_APPROVABLE)
    verdict = _verify(locked.row, activation, signature, at=at)
    generation = activation.protocol_generation
    decision = _decide(locked, verdict, additional_data or {}, generation=generation, at=at)
    return OfflineDecision(verdict=verdict, decision=decision)


def _caller(target: Target) -> Caller:
    if target.activation_id:
        return caller_of(_activation(target.activation_id, ActivationState.ACTIVE))
    return Caller(user_id="", application_id=target.application_id or "", activation_id="")


def _activation(activation_id: str, *states: ActivationState) -> Activation:
    activation = activations.find(activation_id)
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    if activation.state not in states:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    return activation


def _require_pending(operation: Operation, *, at: datetime) -> None:
    if operation.status_at(at) is not OperationStatus.PENDING:
        raise EngineRefusal(ErrorCode.OPERATION_STATE)


def _require_decider(facts: OperationFacts, caller: Caller, *, everybody: bool) -> None:
    # Only a code for one activation can carry the code of a proximity check: protocol.md 11.1.
    allowed = (
        facts.in_application and not facts.proximity_available
        if everybody
        else can_decide(facts, caller)
    )
    if not allowed or _OFFLINE_FACTORS.isdisjoint(facts.signature_types):
        raise EngineRefusal(ErrorCode.OPERATION_NOT_APPROVABLE)


def _signed(row: Operation, target: Target, text: str, *, at: datetime) -> OfflineData:
    nonce = _nonce(row)
    if target.application_id:
        return offline.non_personalized(
            target.application_id, text, nonce=nonce, generation=target.generation
        )
    check = proximity.check_of(row.proximity_seed, operation_id=row.pk)
    return offline.personalized(
        target.activation_id or "", text, nonce=nonce, proximity=check, at=at
    )


def _nonce(operation: Operation) -> str:
    """Give the nonce of an operation, made by the first who asks, whoever asks beside them."""
    if operation.offline_nonce:
        return operation.offline_nonce
    row = Operation.objects.filter(pk=operation.pk)
    fresh = b64(secrets.token_bytes(NONCE_SIZE))
    row.filter(status=OperationStatus.PENDING, offline_nonce="").update(offline_nonce=fresh)
    stored = row.values_list("offline_nonce", flat=True).first()
    if not stored:
        raise EngineRefusal(ErrorCode.OPERATION_STATE)
    return stored


def _verify(
    operation: Operation, activation: Activation, signature: str, *, at: datetime
) -> SignatureVerdict:
    body = offline_body(str(operation.pk), operation.data)
    return offline.verify(
        str(activation.pk),
        offline_base(operation.offline_nonce, body),
        signature,
        allow_biometry=_BIOMETRY in operation.signature_types,
        proximity=proximity.check_of(operation.proximity_seed, operation_id=operation.pk),
        at=at,
    )


def _decide(
    locked: Locked,
    verdict: SignatureVerdict,
    additional_data: Mapping[str, Any],
    *,
    generation: int,
    at: datetime,
) -> Decision:
    if not verdict.valid:
        return decisions.count_failure(locked.row, additional_data, at=at)
    signer = verdict.activation
    attempt = Attempt(
        user_id=signer.user_id,
        data=locked.row.data,
        signature_type=verdict.signature_type,
        additional_data={
            **additional_data,
            "activationId": signer.activation_id,
            "applicationId": signer.application_id,
            "authFactor": verdict.signature_type.value,
            "protocolGeneration": generation,
        },
        proximity_signed=True,
    )
    return decisions.decide_approval(locked, attempt, at=at)
