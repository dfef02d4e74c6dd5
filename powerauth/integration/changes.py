"""Methods that change something, and their records in the audit log: integration-api.md 6.5."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from enrollment_server.api.errors import ApiError
from powerauth.engine.audit import audit_log, audited
from powerauth.engine.audit.audit_log import OK, Actor, Change
from powerauth.engine.audit.audited import Described, Kind, Members
from powerauth.engine.transactions import one_transaction
from powerauth.errors import EngineRefusal
from powerauth.models import ActorKind, Integration

Target = tuple[Any, ...]  # the values that find one object

_STRANGER = Actor(kind=ActorKind.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Which objects a method changes.

    Args:
        kind: their type in the log; see `audited.register`.
        given: members of the input that name the object.
        each: a member of the input that lists several objects.
        made: a member of the result that names a new object.
        find: finds the objects by the input, where none of it names them.
        if_given: a member without which the method only reads.
        lock: whether to lock the objects first; not where the method locks others before them.
    """

    kind: str
    given: tuple[str, ...] = ()
    each: str = ""
    made: str = ""
    find: Callable[[Mapping[str, Any]], Iterable[Any]] | None = None
    if_given: str = ""
    lock: bool = True

    def apply_to(self, body: Mapping[str, Any]) -> bool:
        """Tell whether a call with this input may change anything."""
        return not self.if_given or body[self.if_given] is not None

    def targets(self, body: Mapping[str, Any]) -> Iterator[Target]:
        """Give what the input names, in the order in which it is to be locked."""
        if self.given:
            yield tuple(body[name] for name in self.given)
        if self.each:
            yield from ((value,) for value in sorted(set(body[self.each] or ()), key=str.lower))
        if self.find:
            yield from ((value,) for value in self.find(body))

    def new_targets(self, result: object) -> Iterator[Target]:
        """Give what the result names."""
        if self.made and isinstance(result, Mapping):
            value = result[self.made]
            values = value if isinstance(value, list) else [value]
            yield from ((one,) for one in values)


def actor(caller: object) -> Actor:
    """Give who calls; nobody knows while access is not restricted."""
    if isinstance(caller, Integration):
        return Actor(kind=ActorKind.INTEGRATION, id=str(caller.pk), name=caller.name)
    return _STRANGER


def recorded(
    changes: Changes,
    body: Mapping[str, Any],
    call: Callable[[], object],
    *,
    caller: object,
    action: str,
    left: Sequence[Model] = (),
) -> object:
    """Do a call and record what it changed, in one transaction that a refusal commits, too.

    What the input names is locked before, so that the record tells what this call has found and
    left, and nothing that others did meanwhile. A call that changed nothing leaves no record.

    Args:
        left: where the call puts rows as it left them; what it does not put there is read again.

    Raises:
        EngineRefusal, ApiError: those of the call.
    """
    kind = audited.kind_named(changes.kind)
    refusal: EngineRefusal | ApiError | None = None
    result: object = None
    with one_transaction():
        before: dict[Target, Members | None] = {
            target: kind.snapshot(target, lock=changes.lock) for target in changes.targets(body)
        }
        try:
            result = call()
        except (EngineRefusal, ApiError) as error:
            if transaction.get_rollback():
                raise
            refusal = error
        before.update((target, None) for target in changes.new_targets(result))
        found = [
            Change(
                action=action,
                object_type=changes.kind,
                object_id=" ".join(str(value) for value in target),
                before=differing[0],
                after=differing[1],
                outcome=OK if refusal is None else _code(refusal),
                on_behalf_of=body.get("external_user_id") or "",
            )
            for target, old in before.items()
            if any(differing := audited.difference(old, _as_left(kind, target, left)))
        ]
        audit_log.append(actor(caller), found, at=timezone.now())
    if refusal is not None:
        raise refusal
    return result


def _as_left(kind: Described, target: Target, left: Sequence[Model]) -> Members | None:
    if isinstance(kind, Kind):
        for row in left:
            if kind.is_named(row, target):
                return kind.members(row)
    return kind.snapshot(target, lock=False)


def _code(refusal: EngineRefusal | ApiError) -> str:
    return refusal.code.value if isinstance(refusal, EngineRefusal) else refusal.code
