"""A login of which only the first step is done.

Until the last one, its session belongs to nobody: no page of the back office can be reached, not
even one that forgets to ask.
"""

import time
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

LIFETIME_S = 600
_KEY, _DRAFT = "staff_pending", "staff_draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Who has done the first step, how, and where to go afterwards."""

    user: User
    method: str
    target: str


def begin(request: HttpRequest, pending: Pending) -> None:
    """Remember the first step in a session of its own."""
    request.session.flush()
    request.session[_KEY] = {
        "user": pending.user.pk,
        "hash": pending.user.get_session_auth_hash(),
        "method": pending.method,
        "target": pending.target,
        "at": time.time(),
    }


def current(session: SessionBase) -> Pending | None:
    """Give the login that waits for its second step, if it has not waited for too long.

    Whoever has lost the right to log in meanwhile, or has another password, has to begin anew.
    """
    kept = session.get(_KEY)
    if kept is None or time.time() - kept["at"] > LIFETIME_S:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user=user, method=kept["method"], target=kept["target"])


def end(session: SessionBase) -> None:
    """Forget the first step."""
    session.pop(_KEY, None)
    forget_draft(session)


def draft(session: SessionBase) -> str:
    """Give the sealed secret that is being set up, empty text for none."""
    return str(session.get(_DRAFT, ""))


def keep_draft(session: SessionBase, sealed: str) -> None:
    """Keep the sealed secret that is being set up."""
    session[_DRAFT] = sealed


def forget_draft(session: SessionBase) -> None:
    """Forget the secret that was being set up."""
    session.pop(_DRAFT, None)
