"""Who can scan the QR code of an operation, and who can approve it by what the phone shows."""

from dataclasses import dataclass
from datetime import datetime

from operations import policy
from operations.decisions import selection
from operations.decisions.ownership import belongs_to, caller_of, has_flag
from operations.models import Operation
from operations.values import Caller, OperationFacts
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Generation
from powerauth.models import Activation, ActivationState

MAX_DECIDERS = 50  # activations that are offered to choose from


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Who is to scan a QR code: one activation, or everybody in an application.

    Args:
        generation: of everybody's phones; an activation has its own.
    """

    activation_id: str | None = None
    application_id: str | None = None
    generation: Generation = choice.THREE


def can_decide(facts: OperationFacts, caller: Caller) -> bool:
    """Tell whether an activation may approve an operation at all."""
    return (
        # An operation without a user is everybody's: nobody may decide about it as nobody.
        bool(caller.user_id)
        and belongs_to(facts, caller)
        and has_flag(facts, caller)
        and policy.disallowed_flags().isdisjoint(caller.flags)
    )


def deciders(operation: Operation, *, at: datetime) -> list[Activation]:
    """List the activations that could approve an operation offline, the latest used first."""
    if not operation.user_id:
        return []
    rows = Activation.objects.filter(
        user_id=operation.user_id,
        state=ActivationState.ACTIVE,
        application_id__in=operation.applications.values("application_id"),
    ).order_by("-last_used_at", "id")[:MAX_DECIDERS]
    facts = selection.facts_of(operation, in_application=True, at=at)
    return [row for row in rows if can_decide(facts, caller_of(row))]


def audiences(operation: Operation) -> list[Target]:
    """List the applications whose users could all scan one QR code, by generation of their phones.

    None for an operation with a proximity check: only a code for one activation can carry its code.
    """
    if operation.proximity_seed:
        return []
    names = operation.applications.values_list("application_id", flat=True)
    return [
        Target(application_id=name, generation=generation)
        for name in names
        for generation in choice.GENERATIONS.values()
        if generation.offline.serves_all(name)
    ]
