"""What operations are made from: integration-api.md 12."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from operations.admin.push_texts import PushTextsField, languages_of
from operations.models import OperationTemplate
from operations.templates.operation_templates import MAX_EXPIRATION_S
from powerauth.admin.framework.unfolded import CheckboxSelectMultiple, NumberInput, UnfoldAdmin
from powerauth.admin.framework.words import signature_kind
from powerauth.protocol.v3.signature import SignatureType


class OperationTemplateForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """An operation template under the same rules as over the integration API."""

    signature_types = forms.MultipleChoiceField(
        label=_("allowed signature types"),
        choices=lambda: [(kind.name, signature_kind(kind.name)) for kind in SignatureType],
        widget=CheckboxSelectMultiple,
    )
    max_failure_count = forms.IntegerField(
        label=_("maximum of failures"), min_value=1, widget=NumberInput
    )
    expiration_s = forms.IntegerField(
        label=_("validity in seconds"), min_value=1, max_value=MAX_EXPIRATION_S, widget=NumberInput
    )

    push_texts = PushTextsField(
        label=_("push texts"),
        languages=(),
        help_text=_(
            "What phones show of a new operation, also on a locked screen, where anybody reads it. "
            "Placeholders of parameters are as in form templates. Without a text, phones show one "
            "that only says that something waits."
        ),
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
            "rings",
            "push_texts",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Somebody who may only look is shown no fields.
        if "push_texts" in self.fields:
            shown = self.fields["push_texts"]
            self.fields["push_texts"] = PushTextsField(
                label=shown.label,
                languages=languages_of(self.instance.push_texts),
                help_text=shown.help_text,
            )


@admin.register(OperationTemplate)
class OperationTemplateAdmin(UnfoldAdmin):
    """What operations are made from; a change concerns new operations only."""

    form = OperationTemplateForm
    list_display = ["template_name", "operation_type", "expiration_s", "max_failure_count", "rings"]
    list_filter = ["operation_type"]
    search_fields = ["template_name", "operation_type"]
