"""The pages of a login: password, code, and setting up an app for codes."""

import logging
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from enrollment_server.staff import audited
from enrollment_server.staff.guessing.room import Busy
from enrollment_server.staff.guessing.throttle import Locked
from enrollment_server.staff.login import known_browser, pending
from enrollment_server.staff.login import steps as login
from enrollment_server.staff.login.forms import CodeForm, PasswordForm
from enrollment_server.staff.login.pending import Pending
from enrollment_server.staff.login.steps import Refused
from enrollment_server.staff.provider import client as provider
from enrollment_server.staff.second_factor import codes as second_factor
from enrollment_server.staff.second_factor.codes import Draft, Proof
from powerauth.admin.framework.qr import qr_svg
from powerauth.engine.storage.records import SecretUnreadable

logger = logging.getLogger(__name__)


@sensitive_post_parameters("password")
@never_cache
def password_page(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, or send to the bank's provider."""
    if request.method != "POST" and admin.site.has_permission(request):
        return HttpResponseRedirect(target_of(request))
    form = PasswordForm(request, request.POST if request.method == "POST" else None)
    refusal: Exception | None = None
    if form.is_valid():
        name, password = form.cleaned_data["username"], form.cleaned_data["password"]
        try:
            user = login.by_password(request, name, password)
        except (Refused, Locked, Busy) as error:
            refusal = error
            form.add_error(None, _words(error, form))
        else:
            return next_step(request, user, method=login.PASSWORD, target=target_of(request))
    return _page(
        request,
        "staff/login.html",
        _("Log in"),
        form=form,
        refusal=refusal,
        password_login=settings.STAFF_PASSWORD_LOGIN,
        target=target_of(request),
    )


@sensitive_post_parameters("code")
@never_cache
def code_page(request: HttpRequest) -> HttpResponse:
    """Ask somebody who has done the first step for a code."""
    waiting = pending.current(request.session)
    if waiting is None:
        return _begin_anew(request)
    if second_factor.of(waiting.user) is None:
        return HttpResponseRedirect(reverse("admin:second_factor_set_up"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    refusal: Exception | None = None
    if form.is_valid():
        try:
            proof = login.by_code(request, waiting.user, form.cleaned_data["code"])
        except (Refused, Locked, SecretUnreadable) as error:
            refusal = error
            form.add_error("code", _words(error))
        else:
            return entered(request, waiting, proof)
    return _page(request, "staff/code.html", _("Second factor"), form=form, refusal=refusal)


@sensitive_post_parameters("code")
@never_cache
def set_up_page(request: HttpRequest) -> HttpResponse:
    """Let somebody set up an app for codes who has to have one and has none."""
    waiting = pending.current(request.session)
    if waiting is None:
        return _begin_anew(request)
    if second_factor.of(waiting.user) is not None:
        return HttpResponseRedirect(reverse("admin:second_factor"))
    codes, page = set_up(request, waiting.user, template="staff/set_up.html")
    if codes is None:
        return page
    entered(request, waiting, Proof.APP)
    shown = _page(
        request, "staff/recovery_codes.html", _("Recovery codes"), codes=codes, go_on=waiting.target
    )
    known_browser.remember(request, shown, waiting.user)
    return shown


@never_cache
def known_browser_page(request: HttpRequest) -> HttpResponse:
    """Make the browser of an invited person a known one; it still has to log in."""
    user = known_browser.invited(request.GET.get("invitation", ""))
    response = HttpResponseRedirect(reverse("admin:login"))
    if user is None:
        messages.error(request, _("This invitation is not valid any more."))
    else:
        known_browser.remember(request, response, user)
    return response


def set_up(
    request: HttpRequest, user: User, *, template: str
) -> tuple[list[str] | None, HttpResponse]:
    """Show a new secret until a code of it is typed; then give the recovery codes, with no page."""
    draft = Draft.unsealed(pending.draft(request.session), user)
    if draft is None:
        draft = Draft.new()
        pending.keep_draft(request.session, draft.sealed(user))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        codes = second_factor.set_up(user, draft, form.cleaned_data["code"], at=timezone.now())
        if codes is not None:
            pending.forget_draft(request.session)
            audited.record(audited.SECOND_FACTOR, actor=user, user=user, change="set up")
            return codes, HttpResponse()
        form.add_error("code", _("This is not the code that the app shows now."))
    drawn = qr_svg(draft.address(user.get_username()))
    title = _("Set up your second factor")
    return None, _page(request, template, title, form=form, qr=drawn, secret=draft.text)


def next_step(request: HttpRequest, user: User, *, method: str, target: str) -> HttpResponse:
    """Go on after the first step: to the second one, or in."""
    waiting = Pending(user=user, method=method, target=target)
    if login.needs_second_factor(user, method=method):
        pending.begin(request, waiting)
        return HttpResponseRedirect(reverse("admin:second_factor"))
    return entered(request, waiting, Proof.PROVIDER if method == login.PROVIDER else None)


def entered(request: HttpRequest, waiting: Pending, proof: Proof | None) -> HttpResponse:
    """Let somebody in, and go where they wanted to."""
    pending.end(request.session)
    login.enter(request, waiting.user, method=waiting.method, proof=proof)
    response = HttpResponseRedirect(waiting.target)
    known_browser.remember(request, response, waiting.user)
    return response


def target_of(request: HttpRequest) -> str:
    """Give where to go after a login: a page of this server only."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("admin:index")


def busy_page(request: HttpRequest) -> HttpResponse:
    """Say that somebody may try again at once."""
    return _page(request, "staff/busy.html", _("Please try again"), refusal=Busy())


def refusal_words(error: Exception) -> str:
    """Say to whoever is refused what can be said; see `_words`."""
    return str(_words(error))


def _begin_anew(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("The login has taken too long. Please begin anew."))
    return HttpResponseRedirect(reverse("admin:login"))


def _words(error: Exception, form: PasswordForm | None = None) -> Any:
    if isinstance(error, Locked):
        seconds = (error.until - timezone.now()).total_seconds()
        minutes = max(1, -(-int(seconds) // 60))
        return ngettext(
            "Too many failed logins. Please try again in %(count)d minute.",
            "Too many failed logins. Please try again in %(count)d minutes.",
            minutes,
        ) % {"count": minutes}
    if isinstance(error, Busy):
        return _("Many people log in at this moment. Please try again.")
    if isinstance(error, SecretUnreadable):
        logger.error("the secret of a second factor does not open: look at the master keys")
        return _("Your code cannot be verified at present. Please ask your administrator.")
    if form is not None:
        return form.get_invalid_login_error()
    return _("The code is wrong or was used before.")


def _page(
    request: HttpRequest,
    template: str,
    title: str,
    *,
    form: forms.Form | None = None,
    refusal: Exception | None = None,
    **context: Any,
) -> TemplateResponse:
    response = TemplateResponse(
        request,
        template,
        {
            **admin.site.each_context(request),
            "title": title,
            "form": form,
            "app_path": request.get_full_path(),
            "provider_page": reverse("admin:provider_login") if provider.is_configured() else "",
            **context,
        },
        status=_status(refusal),
    )
    if isinstance(refusal, Locked):
        seconds = int((refusal.until - timezone.now()).total_seconds()) + 1
        response["Retry-After"] = str(max(1, seconds))
    elif isinstance(refusal, Busy):
        response["Retry-After"] = "1"
    return response


def _status(refusal: Exception | None) -> int:
    if isinstance(refusal, Locked):
        return HTTPStatus.TOO_MANY_REQUESTS
    if isinstance(refusal, Busy | SecretUnreadable):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK
