"""The audit of signatures: integration-api.md 8.4. To look at only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.links import ACTIVATION, APPLICATION, to_customer, to_row
from powerauth.admin.framework.tables import ApplicationFilter, ReadOnlyAdmin, RecentFilter
from powerauth.admin.framework.unfolded import labelled
from powerauth.admin.framework.words import Word, note, signature_kind
from powerauth.models import SignatureAudit


@admin.register(SignatureAudit)
class SignatureAuditAdmin(ReadOnlyAdmin):
    """What was signed, and whether the signature was right."""

    list_display = [
        "created_at",
        "user_id",
        "activation_id",
        "shown_type",
        "generation",
        "valid",
        "shown_note",
    ]
    list_display_links = ["created_at"]
    list_filter = ["valid", ApplicationFilter, RecentFilter]
    linked = {
        "user_id": to_customer("user_id"),
        "activation_id": to_row(ACTIVATION, "activation_id"),
        "application_id": to_row(APPLICATION, "application_id"),
    }
    search_help_text = _("Whole identifier of a user or activation")
    exact_texts = ("user_id",)
    exact_ids = ("activation_id",)
    ordering = ("-created_at", "-id")
    fields = readonly_fields = (
        "created_at",
        "user_id",
        "application_id",
        "activation_id",
        "activation_state",
        "activation_counter",
        "signature",
        "shown_type",
        "generation",
        "signature_version",
        "valid",
        "shown_note",
        "additional_info",
        "signed_text",
    )

    @labelled(
        description=_("note"),
        label={"signature_ok": "success", "signature_does_not_match": "danger"},
    )
    def shown_note(self, row: SignatureAudit) -> Word:
        return note(row.note)

    @admin.display(description=_("signature type"))
    def shown_type(self, row: SignatureAudit) -> str:
        return signature_kind(row.signature_type)

    @admin.display(description=_("signed data"))
    def signed_text(self, row: SignatureAudit) -> str:
        return bytes(row.data).decode("utf-8", "replace")
