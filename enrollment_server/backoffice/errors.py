"""What the back office shows instead of a page; whoever is not in it gets the error envelope."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from enrollment_server.api import views as api

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PREFIX = "/admin/"
_FRAMED = "backoffice/error.html"
_BARE = "backoffice/error_bare.html"

_TEXTS: dict[int, tuple["_StrOrPromise", "_StrOrPromise"]] = {
    HTTPStatus.BAD_REQUEST: (
        _("The request cannot be understood"),
        _("Go back, load the page again, and repeat what you did."),
    ),
    HTTPStatus.FORBIDDEN: (
        _("You may not see this page"),
        _("Your account does not have the right for it. Ask an administrator if you need it."),
    ),
    HTTPStatus.NOT_FOUND: (
        _("There is no such page"),
        _("The address is wrong, or what it showed does not exist any more."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        _("The page cannot be shown"),
        _("Something failed on the server; its log says what. Try it again in a moment."),
    ),
}
_FORGED = (
    _("The form has expired"),
    _("Go back, load the page again, and send the form again. The browser has to keep cookies."),
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400 to what no view could read."""
    return _answer(request, HTTPStatus.BAD_REQUEST, api.bad_request)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 to somebody without the right for a page."""
    return _answer(request, HTTPStatus.FORBIDDEN, api.forbidden)


# It has nothing that a forged request could reach, and its answer is no page about cookies.
@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 to an unknown path, or to one of something that does not exist."""
    return _answer(request, HTTPStatus.NOT_FOUND, api.not_found)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; the database may be what failed, so that nothing here asks it."""
    if not _is_page(request):
        return api.server_error(request)
    return _bare(HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that was not sent from one of our pages, or too late."""
    if not _is_page(request):
        return api.forbidden(request)
    return _bare(HTTPStatus.FORBIDDEN, _FORGED)


def _is_page(request: HttpRequest) -> bool:
    return "admin" in settings.SECTIONS and request.path_info.startswith(PREFIX)


def _answer(
    request: HttpRequest, status: HTTPStatus, envelope: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    if not _is_page(request):
        return envelope(request)
    # A request that failed early has no user yet.
    if not hasattr(request, "user") or not admin.site.has_permission(request):
        return _bare(status)
    context = {**admin.site.each_context(request), **_content(_TEXTS[status])}
    return render(request, _FRAMED, context, status=status)


def _bare(
    status: HTTPStatus, texts: tuple["_StrOrPromise", "_StrOrPromise"] | None = None
) -> HttpResponse:
    """Answer without the frame: who asks, and what they may see, is not looked up."""
    look = {"site_title": settings.UNFOLD["SITE_TITLE"], "form_classes": {}}
    page = render_to_string(_BARE, {**look, **_content(texts or _TEXTS[status])})
    return HttpResponse(page, status=status)


def _content(texts: tuple["_StrOrPromise", "_StrOrPromise"]) -> dict[str, Any]:
    title, advice = texts
    return {"title": title, "advice": advice}
