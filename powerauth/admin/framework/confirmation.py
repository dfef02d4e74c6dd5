"""Actions that ask before they act, on rows of a list or on the one of a page.

The page in between lists the rows and asks what the action needs to know, such as a reason. Each
row is a call of the same service that the APIs call, and a refusal concerns its row only. What the
state of a row forbids is not offered on its page, and changes and records nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from powerauth.admin.framework.recording import recorded
from powerauth.admin.framework.refusals import refusal_text
from powerauth.admin.framework.tables import TableAdmin
from powerauth.admin.framework.unfolded import action
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MAX_ROWS = 200  # that one action may change
CONFIRMED = "confirmed"
IMPOSSIBLE = gettext_lazy("Its state does not allow this.")


class NothingToAsk(forms.Form):
    """The form of an action that needs to know nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One confirmed action on one row: who asks, and what the form says."""

    user_name: str
    answers: Mapping[str, Any]


def always(row: Any) -> bool:
    """Tell that the state of a row never forbids an action."""
    return True


def no_facts(row: Any) -> Mapping[str, str]:
    """Tell nothing about a row but its name."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """An action that asks first.

    Args:
        name: of the action in the list.
        permission: who may do it, as the admin's method `has_PERMISSION_permission` tells.
        icon: of the button; none if empty.
        title: what the button says.
        question: what the page asks.
        logged: what the history of the row says.
        apply: does it to one row; EngineRefusal tells that the row stays as it is.
        form: what the page asks for.
        form_of: what it asks for about one row, where that depends on the row.
        possible: tells whether the state of a row allows it.
        impossible: what is said where it does not.
        facts: what to look at before one row is decided about, by title.
    """

    name: str
    permission: str
    icon: str = ""
    title: "_StrOrPromise"
    question: "_StrOrPromise"
    logged: "_StrOrPromise"
    apply: Callable[[Any, Call], object]
    form: type[forms.Form] = NothingToAsk
    form_of: Callable[[Any], type[forms.Form]] | None = None
    possible: Callable[[Any], bool] = always
    impossible: "_StrOrPromise" = IMPOSSIBLE
    facts: Callable[[Any], Mapping[str, str]] = no_facts


class ConfirmingAdmin(TableAdmin):
    """An admin whose actions ask first.

    `possible_actions` tells of other actions on a page, by name, whether a row allows them.
    """

    possible_actions: ClassVar[Mapping[str, Callable[[Any], bool]]] = {}

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        offered: list[Any] = super().get_actions_detail(request, object_id)
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return []
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [
            one
            for one in offered
            if self.possible_actions.get(
                one.action_name.removeprefix(prefix), getattr(one.method, "possible", always)
            )(row)
        ]

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
        if not verb.possible(row):
            self.message_user(request, f"{row}: {verb.impossible}", messages.ERROR)
            return HttpResponseRedirect("../change/")
        return self._confirm(request, [row], verb, back="../change/")

    def _confirm(
        self, request: HttpRequest, rows: Sequence[Model], verb: Verb, *, back: str
    ) -> HttpResponse:
        confirmed = request.method == "POST" and CONFIRMED in request.POST
        form_class = verb.form_of(rows[0]) if verb.form_of and len(rows) == 1 else verb.form
        form = form_class(request.POST) if confirmed else form_class()
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
                "facts": verb.facts(rows[0]) if len(rows) == 1 else {},
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
            # The state counts that it has now, under the lock.
            if not verb.possible(_again(row)):
                raise EngineRefusal(ErrorCode.UNKNOWN, str(verb.impossible))
            verb.apply(row, call)
            self.log_only(request, row, str(verb.logged))


def on_rows(verb: Verb) -> Callable[..., HttpResponse | None]:
    """Make the action of a list that asks about the chosen rows, for `actions`."""

    def act(
        self: ConfirmingAdmin, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        return self.confirm_rows(request, queryset, verb)

    act.__name__ = verb.name
    return action(description=verb.title, permissions=[verb.permission], icon=verb.icon)(act)


def on_page(verb: Verb) -> Callable[..., HttpResponse]:
    """Make the action that asks about the row of a page, for `actions_detail`.

    The admin keeps it as `NAME_one`, at the address `NAME/`, where the row allows it.
    """

    def act(self: ConfirmingAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.confirm_one(request, object_id, verb)

    act.__name__ = f"{verb.name}_one"
    act.possible = verb.possible  # type: ignore[attr-defined]  # see get_actions_detail
    return action(
        description=verb.title,
        permissions=[verb.permission],
        url_path=verb.name,
        icon=verb.icon,
    )(act)


def _again(row: Model) -> Model:
    """Read a row as it is now.

    Raises:
        EngineRefusal: it is gone.
    """
    try:
        row.refresh_from_db()
    except ObjectDoesNotExist as error:
        text = str(_("It does not exist any more."))
        raise EngineRefusal(ErrorCode.UNKNOWN, text) from error
    return row
