"""Lists of the back office that stay usable when their table has millions of rows.

Nothing here counts a whole table, searches without an index, or asks a table for all values of a
column.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.links import LinkingAdmin
from powerauth.admin.framework.unfolded import UnfoldAdmin, UnfoldInline
from powerauth.engine.identifiers import parse_id
from powerauth.models import Application

PAGED_ROWS = 10_000  # that can be reached by turning pages; filters reach the others


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Count no further than anybody turns pages."""

    limit = PAGED_ROWS

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.limit].count())


class TableAdmin(LinkingAdmin, UnfoldAdmin):
    """A list that searches whole values of indexed columns.

    `exact_texts` and `exact_ids` name the columns that a search compares: texts, and UUIDs.
    """

    exact_texts: ClassVar[tuple[str, ...]] = ()
    exact_ids: ClassVar[tuple[str, ...]] = ()

    # Any other order would sort the whole table first.
    sortable_by: ClassVar[tuple[str, ...]] = ("created_at",)
    list_per_page = 50
    list_max_show_all = 0
    list_disable_select_all = True
    show_full_result_count = False
    paginator = BoundedPaginator

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["backoffice/backoffice.css"]}

    def gone(self, request: HttpRequest) -> HttpResponse:
        """Say on the list that a row does not exist."""
        self.message_user(request, str(_("It does not exist any more.")), messages.ERROR)
        return HttpResponseRedirect(self.address("changelist"))

    def address(self, page: str, *keys: object) -> str:
        """Give the address of a page of this table: `changelist`, or `change` with a key."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(f"{self.admin_site.name}:{name}", args=keys)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.exact_texts, *self.exact_ids)

    def search(
        self, request: HttpRequest, queryset: QuerySet[Any], text: str
    ) -> tuple[QuerySet[Any], bool]:
        text = text.strip()
        if not text:
            return queryset, False
        wanted = Q()
        for column in self.exact_texts:
            wanted |= Q(**{column: text})
        for column in self.exact_ids:
            wanted |= Q(**{column: parse_id(text)})
        return queryset.filter(wanted), False


class ReadOnlyAdmin(TableAdmin):
    """Rows to look at; what can be done with them is an action."""

    permission_verbs: ClassVar[tuple[str, ...]] = ("view",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(UnfoldInline):
    """Rows that belong to another one, to look at."""

    extra = 0
    max_num = 0
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Rows without a page of their own are part of the one that somebody may see.
        if not self.admin_site.is_registered(self.model):
            return True
        return bool(super().has_view_permission(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecentFilter(admin.SimpleListFilter):
    """What is not older than a time, by the index of `column`."""

    title = _("time")
    parameter_name = "recent"
    column = "created_at"

    _SPANS: ClassVar[dict[str, timedelta]] = {
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(days=7),
        "month": timedelta(days=30),
    }

    @classmethod
    def accepts(cls, value: str) -> bool:
        return value in cls._SPANS

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("hour", _("Last hour")),
            ("day", _("Last 24 hours")),
            ("week", _("Last 7 days")),
            ("month", _("Last 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        span = self._SPANS.get(self.value() or "")
        if span is None:
            return queryset
        return queryset.filter(**{f"{self.column}__gte": timezone.now() - span})


class ColumnFilter(admin.SimpleListFilter):
    """Rows whose `column` has the chosen value; subclasses say what there is to choose from."""

    column: ClassVar[str]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset


class ApplicationFilter(ColumnFilter):
    """Rows of one application; the choices come from the applications, not from the rows."""

    title = _("application")
    parameter_name = column = "application_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        names = Application.objects.order_by("id").values_list("id", flat=True)[:100]
        return [(name, name) for name in names]


class CustomerFilter(ColumnFilter):
    """Rows of one customer; there is nothing to choose from, links lead here."""

    title = _("user")
    parameter_name = column = "user_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(self.value() or "", self.value())] if self.value() else []
