"""Who may spawn activations, and which were spawned: mobile-token-api.md 9.3."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from activation.models import SpawnAudit, SpawnRule
from powerauth.admin.tables import ReadOnlyAdmin, RecentFilter
from powerauth.admin.unfolded import UnfoldAdmin


@admin.register(SpawnRule)
class SpawnRuleAdmin(UnfoldAdmin):
    """Allow rules; without one, and without one in the settings, nobody gets an activation."""

    list_display = [
        "source_application_id",
        "requested_id",
        "destination_application_id",
        "enabled",
    ]
    list_filter = ["enabled", "source_application_id"]
    search_fields = ["source_application_id", "requested_id", "destination_application_id"]


@admin.register(SpawnAudit)
class SpawnAuditAdmin(ReadOnlyAdmin):
    """Requests for activation codes, and what came of them."""

    list_display = [
        "created_at",
        "user_id",
        "source_application_id",
        "requested_id",
        "outcome",
        "reason",
    ]
    list_filter = ["outcome", RecentFilter]
    search_help_text = _("Whole identifier of a user or activation")
    exact_texts = ("user_id", "source_activation_id", "destination_activation_id")
    ordering = ("-created_at", "-id")
