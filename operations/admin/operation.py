"""Operations: what they are, what happened to them, and how the bank takes one back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enrollment_server.api.payloads.json import pretty_json
from operations.admin.offline import TITLE as OFFLINE_TITLE
from operations.admin.offline import offline_page
from operations.admin.timeline import timeline
from operations.decisions import services
from operations.models import (
    Operation,
    OperationApplication,
    OperationStatus,
    OperationTemplate,
)
from powerauth.admin.framework.confirmation import Call, ConfirmingAdmin, Verb, on_page, on_rows
from powerauth.admin.framework.links import ACTIVATION, row_link, to_customer, to_row
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import (
    ColumnFilter,
    CustomerFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    RecentFilter,
)
from powerauth.admin.framework.unfolded import TextInput, action, labelled
from powerauth.admin.framework.words import Word, signature_kinds

STATUS_LABELS = {
    OperationStatus.PENDING.value: "info",
    OperationStatus.APPROVED.value: "success",
    OperationStatus.REJECTED.value: "warning",
    OperationStatus.CANCELED.value: "default",
    OperationStatus.EXPIRED.value: "default",
    OperationStatus.FAILED.value: "danger",
}
# A code that somebody could still use does not belong onto a page.
_UNSHOWN = frozenset({"proximity_otp"})


class CancelForm(forms.Form):
    """Why an operation is canceled; the phone may show it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=services.REASON_LENGTH,
        widget=TextInput,
        help_text=_("A code such as FRAUD_SUSPECTED, up to 32 characters."),
    )


def _cancel(operation: Operation, call: Call) -> None:
    services.cancel(
        str(operation.pk),
        reason=call.answers["reason"],
        additional_data=None,
        at=timezone.now(),
    )


def is_pending(operation: Operation) -> bool:
    """Tell whether there is still something to decide."""
    return operation.status_at(timezone.now()) is OperationStatus.PENDING


CANCEL = Verb(
    name="cancel",
    permission="cancel",
    icon="cancel",
    title=_("Cancel operation"),
    question=_("Do you want to cancel these operations? Nobody can decide about them any more."),
    logged=_("Canceled."),
    apply=_cancel,
    form=CancelForm,
    possible=is_pending,
    impossible=_("The operation is not pending any more."),
)


class OperationTypeFilter(ColumnFilter):
    """Operations of one type; the choices come from the templates, not from the operations."""

    title = _("type")
    parameter_name = column = "operation_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        kinds = OperationTemplate.objects.order_by("operation_type")
        names = kinds.values_list("operation_type", flat=True).distinct()[:100]
        return [(name, name) for name in names]


@admin.display(description=_("timeline"))
def _events(request: HttpRequest, operation: Operation) -> SafeString:
    events = timeline(
        operation,
        at=timezone.now(),
        shown=lambda activation_id: row_link(request, ACTIVATION, activation_id),
    )
    return render_to_string("backoffice/timeline.html", {"events": events})


class OperationApplicationInline(ReadOnlyInline):
    """The applications that may decide."""

    model = OperationApplication
    fields = readonly_fields = ("application_id",)


@admin.register(Operation)
class OperationAdmin(ConfirmingAdmin, ReadOnlyAdmin):
    """Operations to look at: only users and back ends decide, support can cancel."""

    list_display = ["id", "user_id", "operation_type", "shown_status", "created_at", "expires_at"]
    list_filter = ["status", OperationTypeFilter, RecentFilter, CustomerFilter]
    linked = {
        "user_id": to_customer("user_id"),
        "activation_id": to_row(ACTIVATION, "activation_id"),
        "events": _events,
    }
    search_help_text = _("Whole identifier of an operation or user, or external identifier")
    exact_texts = ("user_id", "external_id")
    exact_ids = ("id",)
    ordering = ("-created_at", "-id")
    actions = ("cancel",)
    actions_detail = ("approve_offline", "cancel_one")
    possible_actions = {"approve_offline": is_pending}
    inlines = [OperationApplicationInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "id",
                    "user_id",
                    "operation_type",
                    "template_name",
                    "shown_status",
                    "data",
                ]
            },
        ),
        (_("What happened"), {"fields": ["events"]}),
        (
            _("Facts"),
            {
                "fields": [
                    "shown_parameters",
                    "shown_additional_data",
                    "status_reason",
                    "shown_signature_types",
                    "failure_count",
                    "max_failure_count",
                    "risk_flags",
                    "external_id",
                    "activation_id",
                    "activation_flag",
                    "created_at",
                    "expires_at",
                    "finalized_at",
                ]
            },
        ),
    ]

    @labelled(description=_("state"), ordering="status", label=STATUS_LABELS)
    def shown_status(self, operation: Operation) -> Word:
        status = operation.status_at(timezone.now())
        return Word(status.value, status.label)

    @admin.display(description=_("allowed signature types"))
    def shown_signature_types(self, operation: Operation) -> str:
        return signature_kinds(operation.signature_types)

    @admin.display(description=_("parameters"))
    def shown_parameters(self, operation: Operation) -> SafeString:
        return _json(operation.parameters)

    @admin.display(description=_("additional data"))
    def shown_additional_data(self, operation: Operation) -> SafeString:
        data = operation.additional_data
        return _json({name: data[name] for name in data if name not in _UNSHOWN})

    has_cancel_permission = may("operations.cancel_operation")
    has_offline_permission = may("operations.approve_operation_offline")

    @action(description=OFFLINE_TITLE, permissions=["offline"], url_path="offline", icon="qr_code")
    def approve_offline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Approve with a phone that has no network."""
        operation = self.get_object(request, object_id)
        if not isinstance(operation, Operation):
            return self.gone(request)
        if not self.has_view_permission(request, operation):
            raise PermissionDenied
        return offline_page(self, request, operation)

    cancel = on_rows(CANCEL)
    cancel_one = on_page(CANCEL)


def _json(value: object) -> SafeString:
    text = pretty_json(value)
    return format_html("<pre>{}</pre>", text)
