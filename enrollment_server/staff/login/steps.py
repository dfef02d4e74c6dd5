"""The steps of a login: the password, the second factor, and being in.

Each refusal has one cause in the log and in the audit log, and the same words for whoever tries.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth import login as begin_session
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from enrollment_server.api.clients import client_address
from enrollment_server.staff import audited
from enrollment_server.staff.guessing import throttle
from enrollment_server.staff.guessing.room import Busy
from enrollment_server.staff.guessing.throttle import Attempt, Counter, Locked
from enrollment_server.staff.login import known_browser, session
from enrollment_server.staff.models import ProviderAccount
from enrollment_server.staff.second_factor import codes as second_factor
from enrollment_server.staff.second_factor.codes import Proof

logger = logging.getLogger(__name__)

PASSWORD, FACTOR, PROVIDER = "password", "second factor", "provider"  # steps
BASIC = "HTTP Basic"
FAILED = "FAILED"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class Refused(Exception):
    """Who it is has not been proven."""


def by_password(request: HttpRequest, user_name: str, password: str) -> User:
    """Do the first step.

    Raises:
        Refused: name and password do not belong to somebody who may log in so.
        Locked: too many have failed.
        Busy: too many log in at this moment.
    """
    if not settings.STAFF_PASSWORD_LOGIN:
        raise Refused
    user = User.objects.filter(username=user_name).first()
    attempt = _begin(request, _counters(request, PASSWORD, user, user_name))
    try:
        found = authenticate(request, username=user_name, password=password)
    except Busy:
        throttle.take_back(attempt)
        raise
    reason = _reason_against(user, is_right=isinstance(found, User))
    if reason is not None or not isinstance(found, User):
        _failed(request, attempt, PASSWORD, user, reason or "wrong password")
        raise Refused
    throttle.succeeded(attempt)
    # Not what was read before: the hash may have been renewed meanwhile.
    return found


def by_password_only(request: HttpRequest, user_name: str, password: str) -> User:
    """Let somebody in for one request; raises as `by_password`, and if a password is not enough."""
    user = by_password(request, user_name, password)
    address = client_address(request)
    if needs_second_factor(user, method=PASSWORD):
        logger.warning("user %s from %s needs a second factor", user.pk, address)
        audited.record(
            audited.LOGIN, user=user, outcome=FAILED, reason="no second factor", address=address
        )
        raise Refused
    audited.record(audited.LOGIN, actor=user, user=user, method=BASIC, address=address)
    return user


def by_code(request: HttpRequest, user: User, code: str) -> Proof:
    """Do the second step of somebody who has done the first one.

    Raises:
        Refused: the code is wrong, or used.
        Locked: too many have failed.
    """
    attempt = _begin(request, _counters(request, FACTOR, user, user.get_username()))
    proof = second_factor.verify(user, code, at=timezone.now())
    if proof is None:
        _failed(request, attempt, FACTOR, user, "wrong code")
        raise Refused
    throttle.succeeded(attempt)
    return proof


def needs_second_factor(user: User, *, method: str) -> bool:
    """Tell whether somebody has to prove more than the first step."""
    if method == PROVIDER:
        return bool(settings.STAFF_SECOND_FACTOR == "always")
    return settings.STAFF_SECOND_FACTOR != "optional" or second_factor.of(user) is not None


@transaction.atomic
def enter(request: HttpRequest, user: User, *, method: str, proof: Proof | None) -> None:
    """Let somebody in who has done all steps."""
    begin_session(request, user, backend=_BACKEND)
    if proof is not None:
        session.mark_proof(request.session, proof)
    logger.info("user %s has logged in", user.pk)
    audited.record(
        audited.LOGIN,
        actor=user,
        user=user,
        method=method,
        secondFactor=proof,
        address=client_address(request),
    )


def begin_at_provider(request: HttpRequest) -> Attempt:
    """Count a login at the OpenID provider, of nobody known yet; raises `Locked`."""
    counter = throttle.address_counter(step=PROVIDER, address=client_address(request))
    return _begin(request, (counter,))


def failed_at_provider(
    request: HttpRequest, attempt: Attempt, user: User | None, reason: str
) -> None:
    """Record a login that the provider or its claims refuse."""
    _failed(request, attempt, PROVIDER, user, reason)


def _counters(
    request: HttpRequest, step: str, user: User | None, user_name: str
) -> tuple[Counter, ...]:
    return throttle.counters(
        step=step,
        user_name=user_name,
        user=user,
        browser=known_browser.identifier(request, user),
        address=client_address(request),
    )


def _begin(request: HttpRequest, counted: tuple[Counter, ...]) -> Attempt:
    at: datetime = timezone.now()
    try:
        return throttle.begin(counted, at=at)
    except Locked as locked:
        # Each one in the audit log would let strangers fill it: the next record has their number.
        logger.warning(
            "login from %s refused: %s is locked", client_address(request), ", ".join(locked.scopes)
        )
        raise


def _reason_against(user: User | None, *, is_right: bool) -> str | None:
    if user is None:
        return "unknown user"
    if not user.is_active:
        return "not active"
    if not is_right:
        return "wrong password"
    if not user.is_staff:
        return "not of the staff"
    if settings.STAFF_OIDC_ISSUER and ProviderAccount.objects.filter(user=user).exists():
        return "belongs to the OpenID provider"
    return None


def _failed(
    request: HttpRequest, attempt: Attempt, step: str, user: User | None, reason: str
) -> None:
    address = client_address(request)
    who = "of nobody known" if user is None else f"of user {user.pk}"
    logger.warning("login %s from %s failed at the %s: %s", who, address, step, reason)
    audited.record(
        audited.LOGIN, user=user, outcome=FAILED, step=step, reason=reason, address=address
    )
    for lock in attempt.locks:
        logger.warning("%s locked for %s s", lock.counter.scope, lock.seconds)
        audited.record(
            audited.LOCK,
            user=user,
            locked=str(lock.counter.scope),
            seconds=lock.seconds,
            failures=lock.failures,
            refusedBefore=lock.refused or None,
            address=address,
        )
