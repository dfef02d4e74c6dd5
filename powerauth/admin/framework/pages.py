"""Pages of the back office with a form that is not simply the columns of a row."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from powerauth.admin.framework.refusals import refusal_text
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

F = TypeVar("F", bound=forms.Form)


def form_page(
    model_admin: "admin.ModelAdmin[Any]",
    request: HttpRequest,
    form_class: Callable[..., F],
    act: Callable[[F], HttpResponse],
    *,
    title: "_StrOrPromise",
    button: "_StrOrPromise",
    template: str = "backoffice/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, and act on it once it is valid; a refusal of the engine is shown in the form.

    The act is one transaction with its record in the audit log.

    Args:
        form_class: makes the form from the data and files of a request, or from nothing.
        act: what to do with the valid form; gives the answer.
        context: what the template needs besides.
    """
    posted = request.method == "POST"
    form = form_class(request.POST, request.FILES) if posted else form_class()
    if posted and form.is_valid():
        try:
            return commits_refusals(act)(form)
        except EngineRefusal as refusal:
            form.add_error(None, str(refusal_text(refusal)))
    return shown_page(
        model_admin, request, template, title=title, button=button, form=form, **context
    )


def shown_page(
    model_admin: "admin.ModelAdmin[Any]",
    request: HttpRequest,
    template: str,
    *,
    title: "_StrOrPromise",
    **context: Any,
) -> TemplateResponse:
    """Show a page within the frame of the back office."""
    frame = model_admin.admin_site.each_context(request)
    values = {**frame, "title": title, "opts": model_admin.opts, "media": model_admin.media}
    return TemplateResponse(request, template, {**values, **context})
