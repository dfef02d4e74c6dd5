"""The page that asks providers whether they take credentials, without any device."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework import recording
from powerauth.admin.framework.pages import shown_page
from powerauth.admin.framework.tables import TableAdmin
from powerauth.engine.audit.audit_log import Change
from push.audited import CREDENTIALS
from push.credentials.probing import Probe, probe
from push.models import PushAppCredentials
from push.providers.values import Outcome

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_SAYS = {
    Outcome.SENT: _("takes the credentials"),
    Outcome.FAILED: _("refuses the credentials"),
    Outcome.PENDING: _("cannot be asked now"),
}
# Providers may take long to answer, and the other threads of a process serve phones.
_ROOM = BoundedSemaphore(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a page says of one provider."""

    provider: str
    verdict: "_StrOrPromise"
    reason: str
    good: bool


def page(model_admin: TableAdmin, request: HttpRequest, row: PushAppCredentials) -> HttpResponse:
    """Ask before asking the providers, and show what they said."""
    said: Sequence[Said] | None = None
    problem = ""
    if request.method == "POST":
        said, problem = _ask(request, row)
    return shown_page(
        model_admin,
        request,
        "backoffice/push_probe.html",
        title=_("Test connection"),
        application=row.application_id,
        said=said,
        problem=problem,
        back="../change/",
    )


def _ask(request: HttpRequest, row: PushAppCredentials) -> tuple[Sequence[Said] | None, str]:
    if not _ROOM.acquire(blocking=False):
        return None, gettext("Somebody else is asking just now. Try again in a moment.")
    try:
        found = probe(row, at=timezone.now())
    except OSError:
        return None, gettext("PUSH_CA_FILE of the server cannot be used.")
    finally:
        _ROOM.release()
    told = {_provider(each): each.result.outcome.value for each in found}
    change = Change(
        action="admin/test_connection",
        object_type=CREDENTIALS,
        object_id=row.application_id,
        after=told,
    )
    with transaction.atomic():
        recording.append(request, [change])
    return [_said(each) for each in found], ""


def _said(each: Probe) -> Said:
    outcome = each.result.outcome
    return Said(
        provider=_provider(each),
        verdict=_SAYS[outcome],
        reason=each.result.reason,
        good=outcome is Outcome.SENT,
    )


def _provider(each: Probe) -> str:
    return f"{each.platform.label} {each.environment}".strip()
