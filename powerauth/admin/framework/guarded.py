"""What every admin of the back office is made of: it reads only what it means to read.

A list takes only the parameters that it declares, no column that is secret gets near a page, and
a value that the database would refuse is ignored with a message instead of ending in an error. A
system check (see `checks`) refuses admins that are made of anything else.
"""

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import ShowFacets, helpers
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from powerauth.admin.framework.parameters import (
    declared,
    unusable_parameters,
    usable_number,
    usable_text,
    usable_value,
)
from powerauth.models.secrecy import leads_to_secret, secret_columns

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object

_NAMED = 5  # parameters that a message names
_NAME_LENGTH = 40  # characters of each
_INLINE_PAGE = "-page"  # ends the parameter with the page of rows that belong to another row


class SecretKeeping(_Base):
    """Forms and pages without secret columns, also where nobody says which columns they have."""

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*(super().get_exclude(request, obj) or ()), *secret_columns(self.model)]


class GuardedAdmin(SecretKeeping):
    """An admin whose pages take only what they declare."""

    # The verbs of Django's permissions that its pages ask for; forms offer no others.
    permission_verbs: ClassVar[tuple[str, ...]] = ("view", "add", "change", "delete")
    # Counting rows beside each filter would ask for all of them.
    show_facets = ShowFacets.NEVER

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        if request is None or leads_to_secret(self.model, lookup):
            return False
        return lookup in declared(self, request)

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return not leads_to_secret(self.model, to_field) and super().to_field_allowed(
            request, to_field
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        # An action on a list that is not the one that was asked for could hit any row.
        if self.ignore_unusable(request) and request.method == "POST":
            return self.list_again(request)
        if request.method == "POST":
            self._keep_usable_selection(request)
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        self.ignore_unusable(request)
        try:
            return super().get_changelist_instance(request)
        except (IncorrectLookupParameters, ValueError, OverflowError):
            # Each value is fine, and together they are not: a page that is not there, 30 February.
            page_only = PAGE_VAR in request.GET
            self._without(request, [PAGE_VAR] if page_only else list(request.GET))
            return self.get_changelist_instance(request) if request.GET else self._bare(request)

    def _bare(self, request: HttpRequest) -> Any:
        return super().get_changelist_instance(request)

    def ignore_unusable(self, request: HttpRequest) -> list[str]:
        """Take out of the query what the list cannot use, and say so; give the names of it."""
        names = unusable_parameters(self, request)
        empty = [name for name in names if not any(request.GET.getlist(name))]
        told = [name for name in names if name not in empty]
        if names:
            self._without(request, names, told=told)
        return told

    def list_again(self, request: HttpRequest) -> HttpResponse:
        """Go back to the list with what is left of the query."""
        query = request.GET.urlencode()
        return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)

    def _without(
        self, request: HttpRequest, names: list[str], *, told: list[str] | None = None
    ) -> None:
        told = names if told is None else told
        left = request.GET.copy()
        for name in names:
            del left[name]
        request.GET = left  # type: ignore[assignment]  # a copy can be changed, which nobody does
        if not told:
            return
        shown = [Truncator(name.replace("\0", "?")).chars(_NAME_LENGTH) for name in told[:_NAMED]]
        logger.info("unusable filters of %s: %s", self.opts.label, ascii(shown))
        text = _("These filters cannot be used and were ignored: %(names)s.")
        self.message_user(request, text % {"names": ", ".join(shown)}, messages.WARNING)

    def _keep_usable_selection(self, request: HttpRequest) -> None:
        """Keep the chosen rows that could exist; choose all only where the list offers it."""
        posted = request.POST.copy()
        chosen = posted.getlist(helpers.ACTION_CHECKBOX_NAME)
        usable = [value for value in chosen if usable_value(self.opts.pk, value)]
        posted.setlist(helpers.ACTION_CHECKBOX_NAME, usable)
        if getattr(self, "list_disable_select_all", False):
            posted["select_across"] = "0"
        request.POST = posted  # type: ignore[assignment]  # a copy can be changed, which nobody does
        if len(usable) < len(chosen):
            text = _("Rows that cannot exist were left out.")
            self.message_user(request, text, messages.WARNING)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        field = self.opts.get_field(from_field) if from_field else self.opts.pk
        if not usable_value(field, str(object_id)):
            return None
        found: Model | None = super().get_object(request, object_id, from_field)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not usable_text(search_term):
            return queryset.none(), False
        return self.search(request, queryset, search_term)

    def search(
        self, request: HttpRequest, queryset: QuerySet[Any], text: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find rows by a text that can be compared; tell also whether rows may repeat."""
        return super().get_search_results(request, queryset, text)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # A link that fills a form in beforehand puts words into somebody's mouth.
        return {}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        pages = [name for name in request.GET if name.endswith(_INLINE_PAGE)]
        broken = [name for name in pages if not usable_number(str(request.GET[name]))]
        if broken:
            self._without(request, broken)
        if request.method == "POST":
            request.POST = _with_usable_pages(request.POST)  # type: ignore[assignment]  # as above
        return super().changeform_view(request, object_id, form_url, extra_context)


def _with_usable_pages(posted: QueryDict) -> QueryDict:
    kept = posted.copy()
    for name in posted:
        if name.endswith(_INLINE_PAGE) and not usable_number(str(posted[name])):
            del kept[name]
    return kept
