"""The log of what admins and integrations changed: to look at, and to take away."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import (
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework import recording
from powerauth.admin.framework.links import object_link
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import ColumnFilter, ReadOnlyAdmin, RecentFilter
from powerauth.admin.framework.unfolded import TextFilter
from powerauth.engine.audit import audit_log, audited
from powerauth.engine.audit.audit_log import Change
from powerauth.models import AuditRecord

BATCH = 1000  # records that an export holds in memory
JSON_LINES = "application/x-ndjson"
AUDIT_LOG = "audit_log"  # the type of object that an export concerns


class ObjectTypeFilter(ColumnFilter):
    """Changes of one type of objects; the choices come from the code, not from the rows."""

    title = _("type of object")
    parameter_name = column = "object_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, name) for name in audited.names()]


class ActionFilter(TextFilter):
    """Changes by one method or action, such as `activation/block`."""

    title = _("action")
    parameter_name = "action_name"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = (self.value() or "").strip()
        return queryset.filter(action=name) if name else queryset


class AuditTimeFilter(RecentFilter):
    """What was changed lately."""

    column = "at"


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """Who changed what; the database itself refuses to change it."""

    list_display = [
        "sequence",
        "at",
        "actor_kind",
        "actor_name",
        "action",
        "object_type",
        "object_id",
        "outcome",
    ]
    list_display_links = ["sequence"]
    list_filter = ["actor_kind", ObjectTypeFilter, ActionFilter, AuditTimeFilter]
    linked = {
        "object_id": lambda request, record: object_link(
            request, record.object_type, record.object_id
        )
    }
    search_help_text = _("Whole identifier of an object, or identifier or name of an actor")
    exact_texts = ("object_id", "actor_id", "actor_name")
    ordering = ("-at", "-sequence")
    list_before_template = "backoffice/audit_export.html"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "sequence",
                    "at",
                    "actor_kind",
                    "actor_name",
                    "actor_id",
                    "on_behalf_of",
                    "action",
                    "object_type",
                    "object_id",
                    "outcome",
                    "correlation_id",
                ]
            },
        ),
        (_("Change"), {"fields": ["difference"]}),
        (_("Chain"), {"fields": ["previous_hash", "hash"]}),
    ]
    readonly_fields = ("difference",)

    @admin.display(description=_("before and after"))
    def difference(self, record: AuditRecord) -> SafeString:
        before, after = _members(record.before), _members(record.after)
        rows = [
            {"name": name, "before": before.get(name), "after": after.get(name)}
            for name in sorted({*before, *after})
        ]
        return render_to_string("backoffice/audit_difference.html", {"rows": rows})

    has_export_permission = may("powerauth.export_auditrecord")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"may_export": self.has_export_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="powerauth_auditrecord_export"), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the filtered records as JSON lines, the oldest first; that is recorded, too."""
        if not (self.has_view_permission(request) and self.has_export_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if self.ignore_unusable(request):
            return HttpResponseRedirect("../")
        wanted = self.get_changelist_instance(request).get_queryset(request)
        last = self._recorded_export(request)
        answer = StreamingHttpResponse(_lines(wanted, last=last), content_type=JSON_LINES)
        answer["Content-Disposition"] = f'attachment; filename="audit-{last.sequence}.jsonl"'
        answer["Cache-Control"] = "no-store"
        return answer

    def _recorded_export(self, request: HttpRequest) -> AuditRecord:
        """Give the record about the export, which ends it."""
        asked = {name: value for name, value in request.GET.items() if value}
        change = Change(
            action=f"admin/{recording.EXPORT}", object_type=AUDIT_LOG, after={"filters": asked}
        )
        (record,) = audit_log.append(recording.actor(request), [change], at=timezone.now())
        return record


def _lines(wanted: QuerySet[AuditRecord], *, last: AuditRecord) -> Iterator[str]:
    """Give what was there before `last`, as the list has it: by time, then by number."""
    rows = wanted.order_by("at", "sequence").filter(at__lte=last.at).exclude(pk=last.pk)
    batch = list(rows[:BATCH])
    while batch:
        for record in batch:
            yield audit_log.line(record) + "\n"
        # The bound that an index serves, and then what was read at that time already.
        seen = Q(at=batch[-1].at, sequence__lte=batch[-1].sequence)
        batch = list(rows.filter(at__gte=batch[-1].at).exclude(seen)[:BATCH])


def _members(text: str) -> dict[str, str]:
    """Give the members of `before` or `after` as texts to show."""
    try:
        members = json.loads(text)
    except ValueError:
        # Somebody has changed it: what is there now is all that can be shown.
        return {"": text}
    if not isinstance(members, dict):
        return {"": text}
    return {name: _text(value) for name, value in members.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
