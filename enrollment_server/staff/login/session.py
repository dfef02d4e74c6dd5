"""How long a login lasts: sessions of the back office end by themselves, on the server.

Django ends those of a user whose password has changed or who is not active any more.
"""

import time
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from enrollment_server.staff.second_factor.codes import Proof

_SINCE, _SEEN, _PROOF = "staff_since", "staff_seen", "staff_proof"
# A session is a row: it is not written at every request only to say that somebody is there.
_SEEN_EVERY_S = 20


class End(StrEnum):
    """Why a session ends."""

    IDLE = "idle"
    TOO_LONG = "too long"
    NO_SECOND_FACTOR = "no second factor"


def mark_login(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Let the time of a session begin, at whichever login."""
    now = time.time()
    request.session[_SINCE] = request.session[_SEEN] = now


def mark_proof(session: SessionBase, proof: str) -> None:
    """Note what was proven besides the password."""
    session[_PROOF] = proof


def end_of(session: SessionBase) -> End | None:
    """Tell why a session has to end now, None if it goes on."""
    now = time.time()
    since, seen = session.get(_SINCE, 0), session.get(_SEEN, 0)
    if now - since >= settings.STAFF_SESSION_MAX_S:
        return End.TOO_LONG
    if now - seen >= settings.STAFF_SESSION_IDLE_S:
        return End.IDLE
    # It may have begun before the setting was made.
    return None if _is_proven(session) else End.NO_SECOND_FACTOR


def _is_proven(session: SessionBase) -> bool:
    proof = session.get(_PROOF)
    if settings.STAFF_SECOND_FACTOR == "always":
        return proof not in (None, Proof.PROVIDER)
    return proof is not None or settings.STAFF_SECOND_FACTOR == "optional"


def touch(session: SessionBase) -> None:
    """Note that somebody is there."""
    now = time.time()
    if now - session.get(_SEEN, 0) >= min(_SEEN_EVERY_S, settings.STAFF_SESSION_IDLE_S // 4):
        session[_SEEN] = now
