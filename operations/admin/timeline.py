"""What happened to an operation, as its row and the audit of signatures tell it."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from operations.models import Operation, OperationStatus
from powerauth.admin.framework.words import signature_kind
from powerauth.models import SignatureAudit

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# A signature is stored within moments of the decision that needed it.
NEAR = timedelta(seconds=5)
MAX_SIGNATURES = 100  # of a user, that are looked through

Shown = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; without a time where the row does not keep it."""

    text: "_StrOrPromise"
    at: datetime | None = None
    refused: bool = False


def timeline(operation: Operation, *, at: datetime, shown: Shown = str) -> list[Event]:
    """Tell what happened to an operation until `at`, in this order.

    Args:
        shown: how an activation is written, by its identifier.
    """
    events = [_created(operation)]
    if operation.failure_count:
        numbers = {"count": operation.failure_count, "limit": operation.max_failure_count}
        text = _("Failed attempts: %(count)d of %(limit)d.") % numbers
        events.append(Event(text=text, refused=True))
    events += _signatures(operation, at=at, shown=shown)
    events.append(_state(operation, at=at))
    return events


def _created(operation: Operation) -> Event:
    if operation.user_id:
        return Event(
            text=_("Created; it belongs to %(user)s.") % {"user": operation.user_id},
            at=operation.created_at,
        )
    return Event(text=_("Created; nobody has claimed it."), at=operation.created_at)


def _state(operation: Operation, *, at: datetime) -> Event:
    status = operation.status_at(at)
    match status:
        case OperationStatus.PENDING:
            return Event(text=_("Expires, if nobody decides."), at=operation.expires_at)
        case OperationStatus.EXPIRED:
            return Event(text=_("Expired."), at=operation.expires_at, refused=True)
        case OperationStatus.APPROVED:
            return Event(text=_("Approved."), at=operation.finalized_at)
        case OperationStatus.REJECTED:
            return Event(text=_("Rejected by the user."), at=operation.finalized_at, refused=True)
        case OperationStatus.FAILED:
            text = _("Failed: no attempt was left.")
            return Event(text=text, at=operation.finalized_at, refused=True)
        case OperationStatus.CANCELED:
            text = _("Canceled: %(reason)s.") % {"reason": operation.status_reason or "-"}
            return Event(text=text, refused=True)


def _signatures(operation: Operation, *, at: datetime, shown: Shown) -> list[Event]:
    """Find the signatures of the user that are about this operation, the oldest first."""
    if not operation.user_id:
        return []
    until = operation.finalized_at or min(at, operation.expires_at)
    rows = SignatureAudit.objects.filter(
        user_id=operation.user_id,
        created_at__gte=operation.created_at,
        created_at__lte=until + NEAR,
    )
    newest = rows.order_by("-created_at", "-id")[:MAX_SIGNATURES]
    return [_signature(row, shown) for row in reversed(newest) if _is_about(row, operation)]


def _is_about(row: SignatureAudit, operation: Operation) -> bool:
    """Tell whether a request was signed whose body names the operation: protocol.md 7.2."""
    body_b64 = bytes(row.data).split(b"&")[-1]
    try:
        body = base64.b64decode(body_b64)
    except binascii.Error:
        return False
    return str(operation.pk).encode() in body


def _signature(row: SignatureAudit, shown: Shown) -> Event:
    if row.valid:
        text = _("Signature {kind} of activation {activation} verified.")
    else:
        text = _("Signature {kind} of activation {activation} refused.")
    told = format_html(text, kind=_kind(row), activation=shown(str(row.activation_id)))
    return Event(text=told, at=row.created_at, refused=not row.valid)


def _kind(row: SignatureAudit) -> str:
    """Name the factors, and the generation of the protocol where the record has it."""
    kind = signature_kind(row.signature_type)
    if row.generation is None:
        return kind
    names = {"kind": kind, "number": row.generation}
    return _("%(kind)s by protocol %(number)d") % names
