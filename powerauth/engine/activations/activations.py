"""Activations: finding, locking, changing state, history. The verbs are in `lifecycle`.

Every change of a row that leads to another state goes through `change`, which writes history and
callback events in the same transaction (integration-api.md 6.1, 6.5), and tells those who observe
states.
"""

import logging
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from enrollment_server.database.compiled import Compiled
from powerauth.engine.activations import activation_events
from powerauth.engine.generations import choice
from powerauth.engine.identifiers import parse_id
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationHistory, ActivationState, TemporaryKey
from powerauth.rules import given
from powerauth.values import ActivationFacts

logger = logging.getLogger(__name__)

PENDING_STATES = (ActivationState.CREATED, ActivationState.PENDING_COMMIT)
ONLY_ACTIVE: Collection[ActivationState] = frozenset({ActivationState.ACTIVE})
MAX_FAILED_ATTEMPTS = "MAX_FAILED_ATTEMPTS"
NOT_SPECIFIED = "NOT_SPECIFIED"
OTP_FAILED_ATTEMPT = "OTP_FAILED_ATTEMPT"
OTP_MAX_FAILED_ATTEMPTS = "OTP_MAX_FAILED_ATTEMPTS"
OTP_VALUE_UPDATE = "OTP_VALUE_UPDATE"
ACTIVATION_NAME_UPDATED = "ACTIVATION_NAME_UPDATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """An activation that has just gone from one state to another."""

    activation_id: str
    before: ActivationState
    after: ActivationState


Observer = Callable[[StateChange], None]
_OBSERVERS: list[Observer] = []


def observe(observer: Observer) -> None:
    """Call `observer` at each change of state from now on, once, whoever asks how often.

    It runs in the transaction of the change, under the lock of the activation: it has to be short,
    and its failure undoes the change. A change that keeps the state is not reported.
    """
    if observer not in _OBSERVERS:
        _OBSERVERS.append(observer)


def facts(activation: Activation) -> ActivationFacts:
    """Give what callers may know of an activation; its application has to be loaded."""
    return ActivationFacts(
        activation_id=str(activation.id),
        state=ActivationState(activation.state).name,
        user_id=activation.user_id,
        application_id=activation.application_id,
        blocked_reason=activation.blocked_reason,
        flags=tuple(activation.flags),
        roles=tuple(activation.application.roles),
    )


def unknown_facts(activation_id: str) -> ActivationFacts:
    """Give the facts of an activation that does not exist: it is reported as removed."""
    return ActivationFacts(activation_id=activation_id, state=ActivationState.REMOVED.name)


def lock(activation_id: str | uuid.UUID | None) -> Activation:
    """Lock an activation for the rest of the transaction.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier, ACTIVATION_NOT_FOUND for an unknown one.
    """
    if isinstance(activation_id, uuid.UUID):
        key = activation_id
    else:
        key = parse_id(given("activationId", activation_id))
    row = _LOCK.first(id=key)
    if row is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    return row


def find(activation_id: str) -> Activation | None:
    """Find an activation without locking it."""
    return _FIND.first(id=parse_id(activation_id))


def _with_application(id: uuid.UUID) -> QuerySet[Activation]:
    return Activation.objects.select_related("application").filter(id=id)


_FIND: Compiled[Activation] = Compiled(_with_application, id=uuid.UUID)
_LOCK: Compiled[Activation] = Compiled(
    lambda id: _with_application(id).select_for_update(of=("self",)), id=uuid.UUID
)


def change(
    activation: Activation,
    *,
    at: datetime,
    reason: str = "",
    external_user_id: str | None = None,
    callback: bool = True,
    **values: Any,
) -> None:
    """Change columns of a locked activation, write one history row and the callback events.

    Args:
        reason: why, where the new state does not say it; BLOCKED rows carry their own reason.
        external_user_id: who asked for it, if the caller said so.
        callback: whether back ends are told; the table of integration-api.md 6.5 says where not.
        values: columns by name.
    """
    before = ActivationState(activation.state)
    update(activation, last_change_at=at, **values)
    blocked = activation.state == ActivationState.BLOCKED
    if activation.state == ActivationState.REMOVED and not _may_ask_for_its_status(activation):
        TemporaryKey.objects.filter(activation_id=activation.pk).delete()
    ActivationHistory.objects.create(
        activation=activation,
        state=activation.state,
        event_reason=activation.blocked_reason if blocked else reason,
        external_user_id=external_user_id or "",
        activation_name=activation.name,
        version=activation.version,
        created_at=at,
    )
    if callback:
        activation_events.write(activation, at=at)
    if activation.state != before:
        if blocked:
            transaction.on_commit(partial(_tell_of_blocking, activation))
        _report(activation, before)


def _may_ask_for_its_status(activation: Activation) -> bool:
    """Tell whether a phone encrypts with temporary keys to learn that it was removed."""
    return choice.of(activation).temporary_keys.is_served(activation)


def _tell_of_blocking(activation: Activation) -> None:
    logger.info("activation blocked: activation=%s reason=%s", activation.pk, _reason(activation))


def _reason(activation: Activation) -> str:
    # Back ends choose other reasons, which may be anything.
    known = activation.blocked_reason in (MAX_FAILED_ATTEMPTS, NOT_SPECIFIED)
    return activation.blocked_reason if known else "OTHER"


def _report(activation: Activation, before: ActivationState) -> None:
    change_of_state = StateChange(
        activation_id=str(activation.pk), before=before, after=ActivationState(activation.state)
    )
    for observer in _OBSERVERS:
        observer(change_of_state)


def update(activation: Activation, **values: Any) -> None:
    """Change columns of a locked activation in one statement, without history."""
    Activation.objects.filter(pk=activation.pk).update(**values)
    for name, value in values.items():
        setattr(activation, name, value)


def remove_expired(activation: Activation, *, at: datetime) -> bool:
    """Remove a locked pending activation whose time is over; tell whether it was."""
    if activation.state not in PENDING_STATES or activation.expires_at >= at:
        return False
    change(activation, at=at, state=ActivationState.REMOVED)
    return True


def is_expired(activation: Activation, *, at: datetime) -> bool:
    """Tell whether a pending activation is past its time but not removed yet."""
    return activation.state in PENDING_STATES and activation.expires_at < at
