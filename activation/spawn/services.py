"""Spawning: the user of one activation gets the code of another one. mobile-token-api.md 9.3."""

import logging
from datetime import datetime
from typing import Any

from activation import conf, policy
from activation.mobile.errors import ActivationCodeFailed
from activation.models import SpawnAudit, SpawnOutcome
from activation.spawn.decisions import Decision, SpawnRefused, decide
from activation.spawn.values import IssuedActivation, NewActivation, Source, SpawnOrder
from powerauth.errors import EngineRefusal

logger = logging.getLogger(__name__)


def spawn(order: SpawnOrder, *, at: datetime) -> IssuedActivation:
    """Create an activation for the user of another one, if a rule or the hook admits it.

    Either outcome leaves one audit record; that of a success is stored with the activation or not
    at all, unless the activation is on another server. The hook learns of a success after both are
    stored.

    Raises:
        ActivationCodeFailed: nothing admits the request, or the engine refuses.
        ImproperlyConfigured: the rules or the hook of the settings cannot be used.
    """
    try:
        decision = decide(order)
    except SpawnRefused as refusal:
        raise _refused(order, refusal.reason, at=at) from refusal
    try:
        issued = _create(order, decision, at=at)
    except EngineRefusal as refusal:
        raise _refused(order, refusal.code.value, decision, at=at) from refusal
    _notify(order.source, issued)
    return issued


def _create(order: SpawnOrder, decision: Decision, *, at: datetime) -> IssuedActivation:
    activation = NewActivation(
        user_id=order.source.user_id,
        parent_activation_id=order.source.activation_id,
        application_id=decision.destination,
        flags=decision.flags,
        otp=order.otp,
    )

    def record(issued: IssuedActivation) -> None:
        created = {"destination_activation_id": issued.activation_id}
        _record(order, decision, at=at, outcome=SpawnOutcome.CREATED, **created)

    return conf.get_backend().create(activation, at=at, record=record)


def _refused(
    order: SpawnOrder, reason: str, decision: Decision | None = None, *, at: datetime
) -> ActivationCodeFailed:
    """Write down a refusal, and give what the phone is told."""
    _record(order, decision, at=at, outcome=SpawnOutcome.REFUSED, reason=reason)
    return ActivationCodeFailed(log={"reason": reason})


def _record(order: SpawnOrder, decision: Decision | None, *, at: datetime, **values: Any) -> None:
    SpawnAudit.objects.create(
        user_id=order.source.user_id,
        source_application_id=order.source.application_id,
        source_activation_id=order.source.activation_id,
        requested_id=order.requested,
        destination_application_id=decision.destination if decision else "",
        rule=decision.rule if decision else "",
        created_at=at,
        **values,
    )


def _notify(source: Source, issued: IssuedActivation) -> None:
    try:
        policy.hook().after_success(
            source,
            application_id=issued.application_id,
            activation_id=issued.activation_id,
        )
    except Exception:
        # The activation exists, and the phone waits for its code.
        logger.exception("the spawn hook failed after a success")
