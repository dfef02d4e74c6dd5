"""Whose device it is: the activation, locked here, or asked for at the server that has it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from powerauth.engine.activations import activations
from powerauth.engine.activations.activations import PENDING_STATES
from powerauth.engine.applications import applications
from powerauth.engine.identifiers import parse_id
from powerauth.errors import EngineRefusal, RemoteFailure
from powerauth.models import Activation, ActivationState
from powerauth.remote import activations as remote_activations
from powerauth.remote import applications as remote_applications
from powerauth.remote.server import is_remote

_ACTIVE, _REMOVED = ActivationState.ACTIVE.name, ActivationState.REMOVED.name
# A device of theirs stays theirs: the user still has the phone, or is about to get the app running.
_KEEPING = frozenset({_ACTIVE, *(ActivationState(state).name for state in PENDING_STATES)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An activation as of a moment; one of ours stays as it is until the end of the transaction.

    Args:
        over: it is removed, or waited for its phone too long.
        keeps: its devices stay its own.
    """

    activation_id: str
    user_id: str
    application_id: str
    active: bool
    over: bool
    keeps: bool


def find(activation_id: str, *, at: datetime) -> Owner | None:
    """Give an activation, None for an unknown one.

    Raises:
        RemoteFailure: the server that has it does not answer.
    """
    return _asked(activation_id) if is_remote() else _locked(activation_id, at=at)


def application_exists(application_id: str) -> bool:
    """Tell whether there is such an application; raises as `find`."""
    if is_remote():
        return application_id in remote_applications.known()
    return application_id in applications.existing([application_id])


def keeping(activation_ids: Collection[str]) -> set[str]:
    """Give those of some activations that keep their devices; raises as `find`."""
    if is_remote():
        owners = ((one, _asked(one)) for one in activation_ids)
        return {one for one, owner in owners if owner is not None and owner.keeps}
    states = [ActivationState[name] for name in _KEEPING]
    rows = Activation.objects.filter(
        id__in=[parse_id(activation_id) for activation_id in activation_ids], state__in=states
    )
    kept = set(rows.values_list("id", flat=True))
    return {one for one in activation_ids if parse_id(one) in kept}


def _locked(activation_id: str, *, at: datetime) -> Owner | None:
    try:
        row = activations.lock(activation_id)
    except EngineRefusal:
        return None
    return Owner(
        activation_id=str(row.pk),
        user_id=row.user_id,
        application_id=row.application_id,
        active=row.state == ActivationState.ACTIVE,
        over=row.state == ActivationState.REMOVED or activations.is_expired(row, at=at),
        keeps=ActivationState(row.state).name in _KEEPING,
    )


def _asked(activation_id: str) -> Owner | None:
    try:
        facts = remote_activations.facts(activation_id)
    except RemoteFailure:
        raise
    except EngineRefusal:
        return None
    return Owner(
        activation_id=facts.activation_id,
        user_id=facts.user_id,
        application_id=facts.application_id,
        active=facts.state == _ACTIVE,
        over=facts.state == _REMOVED,
        keeps=facts.state in _KEEPING,
    )
