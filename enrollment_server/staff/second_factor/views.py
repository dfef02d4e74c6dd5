"""What somebody who is logged in does with the second factor of their own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from enrollment_server.staff import audited
from enrollment_server.staff.guessing.throttle import Locked
from enrollment_server.staff.login import known_browser, session
from enrollment_server.staff.login import steps as login
from enrollment_server.staff.login.forms import CodeForm
from enrollment_server.staff.login.steps import Refused
from enrollment_server.staff.login.views import refusal_words, set_up
from enrollment_server.staff.models import SecondFactor
from enrollment_server.staff.second_factor import codes as second_factor
from enrollment_server.staff.second_factor.codes import Proof
from powerauth.engine.storage.records import SecretUnreadable


def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Set up, replace, or get new recovery codes; the latter two ask for a code."""
    user = User.objects.get(username=request.user.get_username())
    factor = second_factor.of(user)
    if factor is not None:
        return _manage(request, user, factor)
    codes, page = set_up(request, user, template="staff/own_set_up.html")
    if codes is None:
        return page
    session.mark_proof(request.session, Proof.APP)
    shown = _codes_page(request, codes)
    known_browser.remember(request, shown, user)
    return shown


def _manage(request: HttpRequest, user: User, factor: SecondFactor) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            login.by_code(request, user, form.cleaned_data["code"])
        except (Refused, Locked, SecretUnreadable) as error:
            form.add_error("code", refusal_words(error))
        else:
            return _renew(request, user, factor)
    count = factor.recovery_codes.count()
    return _page(request, "staff/own.html", _("Second factor"), form=form, count=count)


def _renew(request: HttpRequest, user: User, factor: SecondFactor) -> HttpResponse:
    if "replace" in request.POST:
        audited.record(audited.SECOND_FACTOR, actor=user, user=user, change="removed")
        factor.delete()
        messages.info(request, _("The old one is gone. Set up the new one now."))
        return HttpResponseRedirect(reverse("admin:own_second_factor"))
    codes = second_factor.renew_recovery_codes(factor)
    audited.record(audited.RECOVERY_CODES, actor=user, user=user, change="renewed")
    return _codes_page(request, codes)


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return _page(
        request,
        "staff/recovery_codes.html",
        _("Recovery codes"),
        codes=codes,
        go_on=reverse("admin:index"),
    )


def _page(
    request: HttpRequest,
    template: str,
    title: str,
    *,
    form: forms.Form | None = None,
    **context: Any,
) -> TemplateResponse:
    known = admin.site.each_context(request)
    return TemplateResponse(request, template, {**known, "title": title, "form": form, **context})
