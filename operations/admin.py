"""The back office of operations and their templates."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from operations.models import FormTemplate, Operation, OperationApplication, OperationTemplate
from operations.operation_templates import MAX_EXPIRATION_S
from powerauth.protocol.signature import SignatureType


@admin.register(FormTemplate)
class FormTemplateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """What phones show; the model refuses JSON that they could not be shown."""

    list_display = ["placeholder", "language", "title"]
    list_filter = ["language", "placeholder"]
    search_fields = ["placeholder", "language", "title", "message"]


class OperationTemplateForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """An operation template under the same rules as over the integration API."""

    signature_types = forms.MultipleChoiceField(
        label=_("allowed signature types"),
        choices=[(kind.name, kind.name) for kind in SignatureType],
        widget=forms.CheckboxSelectMultiple,
    )
    max_failure_count = forms.IntegerField(label=_("maximum of failures"), min_value=1)
    expiration_s = forms.IntegerField(
        label=_("validity in seconds"), min_value=1, max_value=MAX_EXPIRATION_S
    )

    class Meta:
        model = OperationTemplate
        fields: ClassVar[list[str]] = [
            "template_name",
            "operation_type",
            "data_template",
            "signature_types",
            "max_failure_count",
            "expiration_s",
            "risk_flags",
            "proximity_check_enabled",
        ]


@admin.register(OperationTemplate)
class OperationTemplateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """What operations are made from; a change concerns new operations only."""

    form = OperationTemplateForm
    list_display = ["template_name", "operation_type", "expiration_s", "max_failure_count"]
    list_filter = ["operation_type"]
    search_fields = ["template_name", "operation_type"]


class OperationApplicationInline(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time
    """The applications that may decide; shown only."""

    model = OperationApplication
    fields = ["application_id"]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Operation)
class OperationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Operations to look at: only users and the integration API decide about them."""

    list_display = ["id", "user_id", "operation_type", "status", "created_at", "expires_at"]
    list_filter = ["status", "operation_type"]
    search_fields = ["=user_id", "=external_id"]
    date_hierarchy = "created_at"
    exclude = ["proximity_seed"]
    inlines = [OperationApplicationInline]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
