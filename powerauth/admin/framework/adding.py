"""Rows that come into being by a form and a service of the engine, not by saving their columns."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.pages import form_page
from powerauth.admin.framework.tables import TableAdmin

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

F = TypeVar("F", bound=forms.Form)


class AddingAdmin(TableAdmin, Generic[F]):
    """An admin whose page to add a row is the form `add_form`; `added` acts on it.

    `add_context` is what `add_template` needs besides.
    """

    add_form: type[F]
    add_title: ClassVar["_StrOrPromise"]
    add_button: ClassVar["_StrOrPromise"] = _("Create")
    add_template: ClassVar[str] = "backoffice/form.html"
    add_context: ClassVar[Mapping[str, Any]] = {}

    def has_add_permission(self, request: HttpRequest) -> bool:
        codename = get_permission_codename("add", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return form_page(
            self,
            request,
            self.form_to_add(request),
            lambda form: self.added(request, form),
            title=self.add_title,
            button=self.add_button,
            template=self.add_template,
            **self.add_context,
        )

    def form_to_add(self, request: HttpRequest) -> Callable[..., F]:
        """Give what makes the form for whoever asks."""
        return self.add_form

    def added(self, request: HttpRequest, form: F) -> HttpResponse:
        """Add what the valid form says, and answer.

        Raises:
            EngineRefusal: the form shows it.
        """
        raise NotImplementedError
