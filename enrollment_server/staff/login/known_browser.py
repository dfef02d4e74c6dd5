"""Browsers in which somebody has logged in before, by a signed cookie for each account.

It proves nothing but that: whoever has it still needs the password and the second factor. Failed
logins from such a browser are counted for themselves (OWASP, "device cookies").
"""

import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

LIFETIME_S = 90 * 24 * 3600
INVITATION_LIFETIME_S = 600
_SALT = "enrollment_server.staff.login.known_browser"
_INVITATION_SALT = "enrollment_server.staff.login.known_browser.invitation"


def identifier(request: HttpRequest, user: AbstractBaseUser | None) -> str | None:
    """Give the identifier of the browser if the user has logged in with it before."""
    if user is None:
        return None
    value = request.COOKIES.get(_name(user), "")
    try:
        known = signing.loads(value, salt=_SALT, max_age=LIFETIME_S)
    except signing.BadSignature:
        return None
    if not isinstance(known, list) or len(known) != 2 or known[0] != user.pk:
        return None
    return str(known[1])


def remember(request: HttpRequest, response: HttpResponseBase, user: AbstractBaseUser) -> None:
    """Let the browser prove from now on that the user has logged in with it."""
    value = identifier(request, user) or secrets.token_urlsafe(12)
    response.set_cookie(
        _name(user),
        signing.dumps([user.pk, value], salt=_SALT),
        max_age=LIFETIME_S,
        path=reverse("admin:index"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def invitation(user: AbstractBaseUser) -> str:
    """Give a text that an operator hands to somebody with a new browser."""
    return signing.dumps(user.pk, salt=_INVITATION_SALT)


def invited(text: str) -> User | None:
    """Give who an invitation is for; None if it is none of ours, or too old."""
    try:
        key = signing.loads(text, salt=_INVITATION_SALT, max_age=INVITATION_LIFETIME_S)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=key).first()


def _name(user: AbstractBaseUser) -> str:
    return f"staff_browser_{user.pk}"
