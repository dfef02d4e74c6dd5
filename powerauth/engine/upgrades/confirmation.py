"""The end of an upgrade: a code of protocol 4 is its confirmation: protocol-4.md 30.2.

The code at `/pa/upgrade/confirm` is judged by the keys that wait, although the activation still is
of protocol 3. A right one replaces the keys of protocol 3 in the transaction that accepts it, so
it can confirm no other keys than it was made with; a wrong one costs the activation nothing.
Repeated, it is a code of an activation of protocol 4 like any other.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from powerauth.engine import policy
from powerauth.engine.activations import activations, phone_changes
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.applications import applications
from powerauth.engine.generations import four, three
from powerauth.engine.signatures import guessing, judgement, signature_attempt, signature_trail
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, TemporaryKey, Token
from powerauth.protocol.signed_request import CounterMatch, SignatureType, resource_id_of
from powerauth.protocol.versions import TRAITS
from powerauth.rules import given
from powerauth.values import SignatureVerdict, SignedRequest

RESOURCE_ID = "/pa/upgrade/confirm"
_FOUR = four.GENERATION


def is_meant(activation: Activation, request: SignedRequest) -> bool:
    """Tell whether a code is to be judged by the keys that wait: of possession, at this target.

    Any other code of protocol 4 is one of another generation than the activation's.
    """
    return (
        bool(activation.pending_suite)
        and TRAITS[request.version].generation == _FOUR.number
        and request.signature_type is SignatureType.POSSESSION
        and all(resource_id_of(base) == RESOURCE_ID for base in request.bases)
    )


def decide(
    activation: Any,
    request: SignedRequest,
    additional_info: Mapping[str, str],
    *,
    at: datetime,
    admitted: Collection[ActivationState] = activations.ONLY_ACTIVE,
) -> SignatureVerdict:
    """Judge such a code, and do as it says.

    Args:
        activation: locked, with `version_secret`, which is None if the application has no such
            version.
        additional_info: goes to the audit record.
        admitted: states in which the caller accepts a code; here it is accepted in ACTIVE alone.
    """
    secret = activation.version_secret
    attempt = signature_attempt.online(request, secret or "", additional_info)
    match, note = None, judgement.INVALID_APPLICATION
    if secret is not None:
        match, note = _compared(activation, attempt, admitted)
    if match is None:
        outcome = judgement.for_free(
            activation, attempt, note=note, at=at, generation=_FOUR, last_used_at=at
        )
        if outcome.trail is not None:
            outcome.trail.save(force_insert=True)
        activations.update(activation, **outcome.values)
    else:
        trail = signature_trail.record(
            activation, attempt, note=note, at=at, match=match, generation=_FOUR
        )
        trail.save(force_insert=True)
        _replace_keys(activation, match, version=request.version, at=at)
    return judgement.verdict(activation, request.signature_type, note=note)


def confirm(activation_id: str | None, application_key: str | None) -> None:
    """Tell whoever has had the code verified that the activation is of protocol 4 now.

    Verifying it is what ended the upgrade: `signatures.verify_online`, by `auth/verify` or by
    authentication. Here nothing changes, so that nobody confirms without a code.

    Raises:
        EngineRefusal: INVALID_REQUEST for a missing argument, ACTIVATION_NOT_FOUND,
            APPLICATION_NOT_FOUND for a version of another application than the activation's,
            ACTIVATION_STATE for an activation that is not ACTIVE or not of protocol 4.
    """
    activation = activations.find(given("activationId", activation_id))
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    version = applications.supported_version(given("applicationKey", application_key))
    if version is None or version.application_id != activation.application_id:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    is_done = activation.protocol_generation == _FOUR.number
    if activation.state != ActivationState.ACTIVE or not is_done:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)


def _compared(
    activation: Activation, attempt: Attempt, admitted: Collection[ActivationState]
) -> tuple[CounterMatch | None, str]:
    """Compare a code with the keys that wait; give the match, and the word for the record."""
    if activation.state not in activations.ONLY_ACTIVE or activation.state not in admitted:
        return None, judgement.INVALID_STATE
    if activation.failed_attempts >= activation.max_failed_attempts:
        return None, judgement.COUNTER_MISMATCH
    match = _FOUR.codes.find(activation, attempt, look_ahead=policy.look_ahead())
    return match, judgement.SIGNATURE_DOES_NOT_MATCH if match is None else judgement.SIGNATURE_OK


def _replace_keys(
    activation: Activation, match: CounterMatch, *, version: str, at: datetime
) -> None:
    """Make a locked activation one of protocol 4, without anything of protocol 3.

    The number of the counter goes on: phones take it over from protocol 3 (protocol-4.md 32).
    """
    phone_changes.write(
        activation,
        PhoneChange.VERSION,
        at=at,
        **_FOUR.codes.changes(activation, match),
        **three.NO_KEYS,
        **guessing.NOTHING_HELD,
        protocol_generation=_FOUR.number,
        version=_FOUR.number,
        algorithm=activation.pending_suite,
        pending_suite="",
        created_with=version,
        counter=activation.counter + match.steps,
        last_used_at=at,
    )
    Token.objects.filter(activation=activation).delete()
    TemporaryKey.objects.filter(activation_id=activation.pk).delete()
