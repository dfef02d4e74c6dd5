"""Whose devices are whose: activations, locked here, or asked for at the server that has them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from powerauth.engine.activations import activations
from powerauth.engine.activations.activations import PENDING_STATES
from powerauth.engine.applications import applications
from powerauth.engine.identifiers import parse_id
from powerauth.errors import EngineRefusal, RemoteFailure
from powerauth.models import Activation, ActivationState
from powerauth.remote import activations as remote_activations
from powerauth.remote import applications as remote_applications
from powerauth.remote.server import is_remote
from push.models import PushDevice

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


class Owners(Protocol):
    """What a change of devices needs to know of activations; it asks no other server any more."""

    def find(self, activation_id: str) -> Owner | None:
        """Give an activation, None for an unknown one."""
        ...

    def keeping(self, activation_ids: Collection[str]) -> set[str]:
        """Give those of some activations that keep their devices."""
        ...

    def application_exists(self, application_id: str) -> bool:
        """Tell whether there is such an application."""
        ...


def of_device(
    activation_ids: Collection[str], *, application_id: str, token: str, at: datetime
) -> Owners:
    """Give the owners of a device to register, and of those with its token.

    To be called outside of a transaction: nobody waits for another server while rows are locked.

    Raises:
        RemoteFailure: the server that has the activations does not answer.
    """
    if not is_remote():
        return _Here(at)
    asked = {one: _asked(one) for one in activation_ids}
    mine = [owner for owner in asked.values() if owner and owner.application_id == application_id]
    related = PushDevice.objects.related(application_id, token, activation_ids)
    holders = set(related.values_list("activation_id", flat=True))
    # Only a new device can take over the row of another one.
    others = () if holders.issuperset(activation_ids) else holders.difference(activation_ids)
    return _There(
        owners={**asked, **{one: _asked(one) for one in others}},
        applications=[application_id] if len(mine) == len(asked) else remote_applications.known(),
    )


def of_activation(activation_id: str, *, at: datetime) -> Owners:
    """Give the owner of the devices of an activation; else as `of_device`."""
    if not is_remote():
        return _Here(at)
    return _There(owners={activation_id: _asked(activation_id)}, applications=())


class _Here:
    """Activations of our own database, locked as they are found."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def find(self, activation_id: str) -> Owner | None:
        try:
            row = activations.lock(activation_id)
        except EngineRefusal:
            return None
        return Owner(
            activation_id=str(row.pk),
            user_id=row.user_id,
            application_id=row.application_id,
            active=row.state == ActivationState.ACTIVE,
            over=row.state == ActivationState.REMOVED or activations.is_expired(row, at=self._at),
            keeps=ActivationState(row.state).name in _KEEPING,
        )

    def keeping(self, activation_ids: Collection[str]) -> set[str]:
        states = [ActivationState[name] for name in _KEEPING]
        rows = Activation.objects.filter(
            id__in=[parse_id(activation_id) for activation_id in activation_ids], state__in=states
        )
        kept = set(rows.values_list("id", flat=True))
        return {one for one in activation_ids if parse_id(one) in kept}

    def application_exists(self, application_id: str) -> bool:
        return application_id in applications.existing([application_id])


class _There:
    """What another server said of its activations, before."""

    def __init__(
        self, *, owners: Mapping[str, Owner | None], applications: Collection[str]
    ) -> None:
        self._owners = owners
        self._applications = applications

    def find(self, activation_id: str) -> Owner | None:
        return self._owners.get(activation_id)

    def keeping(self, activation_ids: Collection[str]) -> set[str]:
        # Of one that came between nothing was asked: it keeps what it has.
        return {one for one in activation_ids if one not in self._owners or self._keeps(one)}

    def application_exists(self, application_id: str) -> bool:
        return application_id in self._applications

    def _keeps(self, activation_id: str) -> bool:
        owner = self._owners[activation_id]
        return owner is not None and owner.keeps


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
