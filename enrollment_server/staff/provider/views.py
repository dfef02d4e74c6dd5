"""The way to the bank's OpenID provider and back."""

import logging
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from enrollment_server.api.views import not_found
from enrollment_server.staff.guessing import throttle
from enrollment_server.staff.guessing.room import Busy, Room, half_of_the_threads
from enrollment_server.staff.guessing.throttle import Attempt, Locked
from enrollment_server.staff.login import steps as login
from enrollment_server.staff.login.views import next_step, refusal_words, target_of
from enrollment_server.staff.provider import client as provider
from enrollment_server.staff.provider.client import Begun
from enrollment_server.staff.provider.people import NotOfTheStaff, user_of
from powerauth.oidc.errors import OidcRefused

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

logger = logging.getLogger(__name__)

_NOT_LOGGED_IN = _("The login at your bank's provider did not succeed.")


@lru_cache(maxsize=1)
def _room() -> Room:
    """A slow provider holds no more threads than phones can do without."""
    return Room(half_of_the_threads())


@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    if not provider.is_configured():
        return not_found(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    begun = Begun.new(target_of(request))
    try:
        attempt = login.begin_at_provider(request)
    except Locked as error:
        return _back(request, refusal_words(error))
    try:
        with _room().place():
            address = provider.address(begun, _redirect_uri(request))
    except Busy as error:
        throttle.take_back(attempt)
        return _back(request, refusal_words(error))
    except OidcRefused as error:
        # Nobody has tried to be somebody yet: it is not them who fail.
        throttle.take_back(attempt)
        logger.error("the OpenID provider of the staff cannot be used: %s", error)
        return _back(request, _NOT_LOGGED_IN)
    throttle.take_back(attempt)
    response = HttpResponseRedirect(address)
    response.set_cookie(
        provider.COOKIE,
        begun.signed(),
        max_age=provider.LIFETIME_S,
        path=reverse("admin:index"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        # The browser comes back from another site, by a link.
        samesite="Lax",
    )
    return response


@never_cache
def come_back(request: HttpRequest) -> HttpResponse:
    """Take the browser that the provider sends back."""
    if not provider.is_configured():
        return not_found(request)
    try:
        attempt = login.begin_at_provider(request)
    except Locked as error:
        return _back(request, refusal_words(error))
    try:
        begun = Begun.of(request.COOKIES.get(provider.COOKIE, ""))
        at = timezone.now()
        with _room().place():
            verified = provider.finish(begun, request.GET.dict(), _redirect_uri(request), at=at)
        user = user_of(verified, at=at)
    except Busy as error:
        throttle.take_back(attempt)
        return _back(request, refusal_words(error))
    except NotOfTheStaff as error:
        return _refused(request, attempt, error.user, error)
    except OidcRefused as error:
        return _refused(request, attempt, None, error)
    throttle.succeeded(attempt)
    response = next_step(request, user, method=login.PROVIDER, target=begun.target)
    _forget(response)
    return response


def _redirect_uri(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("admin:provider_callback"))


def _refused(
    request: HttpRequest, attempt: Attempt, user: User | None, reason: OidcRefused
) -> HttpResponse:
    login.failed_at_provider(request, attempt, user, str(reason))
    return _back(request, _NOT_LOGGED_IN)


def _back(request: HttpRequest, words: "_StrOrPromise") -> HttpResponse:
    messages.error(request, str(words))
    response = HttpResponseRedirect(reverse("admin:login"))
    _forget(response)
    return response


def _forget(response: HttpResponse) -> None:
    response.delete_cookie(provider.COOKIE, path=reverse("admin:index"), samesite="Lax")
