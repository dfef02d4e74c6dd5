"""Actions that ask before they act, on rows of a list or on the one of a page.

The page in between lists the rows and asks what the action needs to know, such as a reason. Each
row is a call of the same service that the APIs call, and a refusal concerns its row only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from powerauth.admin.recording import recorded
from powerauth.admin.refusals import refusal_text
from powerauth.admin.tables import TableAdmin
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MAX_ROWS = 200  # that one action may change
CONFIRMED = "confirmed"


class NothingToAsk(forms.Form):
    """The form of an action that needs to know nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One confirmed action on one row: who asks, and what the form says."""

    user_name: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """An action that asks first.

    Args:
        name: of the action in the list.
        title: what the button says.
        question: what the page asks.
        logged: what the history of the row says.
        apply: does it to one row; EngineRefusal tells that the row stays as it is.
        form: what the page asks for.
    """

    name: str
    title: "_StrOrPromise"
    question: "_StrOrPromise"
    logged: "_StrOrPromise"
    apply: Callable[[Any, Call], object]
    form: type[forms.Form] = NothingToAsk


class ConfirmingAdmin(TableAdmin):
    """An admin whose actions ask first."""

    def confirm_rows(
        self, request: HttpRequest, queryset: QuerySet[Any], verb: Verb
    ) -> HttpResponse | None:
        """Ask about the chosen rows of a list, or act on them once confirmed."""
        rows = list(queryset[: MAX_ROWS + 1])
        if len(rows) > MAX_ROWS:
            text = _("Choose at most %(number)d rows at once.") % {"number": MAX_ROWS}
            self.message_user(request, text, messages.ERROR)
            return None
        return self._confirm(request, rows, verb, back=request.get_full_path())

    def confirm_one(self, request: HttpRequest, object_id: str, verb: Verb) -> HttpResponse:
        """Ask about the row of a page, or act on it once confirmed."""
        row = self.get_object(request, object_id)
        if row is None:
            return self.gone(request)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return self._confirm(request, [row], verb, back="../change/")

    def _confirm(
        self, request: HttpRequest, rows: Sequence[Model], verb: Verb, *, back: str
    ) -> HttpResponse:
        confirmed = request.method == "POST" and CONFIRMED in request.POST
        form = verb.form(request.POST) if confirmed else verb.form()
        if confirmed and form.is_valid():
            self._apply(request, rows, verb, form.cleaned_data)
            return HttpResponseRedirect(back)
        return TemplateResponse(
            request,
            "backoffice/confirmation.html",
            {
                **self.admin_site.each_context(request),
                "title": verb.title,
                "opts": self.opts,
                "media": self.media,
                "verb": verb,
                "rows": rows,
                "form": form,
                "back": back,
                "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
                "confirmed_name": CONFIRMED,
            },
        )

    def _apply(
        self, request: HttpRequest, rows: Sequence[Model], verb: Verb, answers: Mapping[str, Any]
    ) -> None:
        call = Call(user_name=request.user.get_username(), answers=answers)
        done = 0
        for row in rows:
            try:
                self._apply_one(request, row, verb, call)
            except EngineRefusal as refusal:
                text = f"{row}: {refusal_text(refusal)}"
                self.message_user(request, text, messages.ERROR)
                continue
            done += 1
        if done:
            text = ngettext("%(title)s: %(count)d row.", "%(title)s: %(count)d rows.", done)
            values = {"title": verb.title, "count": done}
            self.message_user(request, text % values, messages.SUCCESS)

    @commits_refusals
    def _apply_one(self, request: HttpRequest, row: Model, verb: Verb, call: Call) -> None:
        with recorded(request, row, verb.name):
            verb.apply(row, call)
            self.log_only(request, row, str(verb.logged))
