"""Who may spawn activations, and which were spawned: mobile-token-api.md 9.3."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from activation.models import SpawnAudit, SpawnOutcome, SpawnRule
from activation.spawn.values import Reason
from powerauth.admin.framework.links import ACTIVATION, APPLICATION, to_customer, to_row
from powerauth.admin.framework.tables import ReadOnlyAdmin, RecentFilter
from powerauth.admin.framework.unfolded import UnfoldAdmin, labelled
from powerauth.admin.framework.words import Word

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


_OUTCOME_LABELS = {
    SpawnOutcome.CREATED.value: "success",
    SpawnOutcome.REFUSED.value: "danger",
}
_REASONS: dict[str, "_StrOrPromise"] = {
    Reason.NO_RULE: _("no rule allows it"),
    Reason.FLAGS_MISSING: _("the source activation lacks a flag"),
    Reason.REFUSED_BY_HOOK: _("refused by the hook"),
    Reason.HOOK_FAILED: _("the hook failed"),
}


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
        "shown_outcome",
        "shown_reason",
    ]
    list_filter = ["outcome", RecentFilter]
    linked = {
        "user_id": to_customer("user_id"),
        "source_activation_id": to_row(ACTIVATION, "source_activation_id"),
        "destination_activation_id": to_row(ACTIVATION, "destination_activation_id"),
        "source_application_id": to_row(APPLICATION, "source_application_id"),
        "destination_application_id": to_row(APPLICATION, "destination_application_id"),
    }
    search_help_text = _("Whole identifier of a user or activation")
    exact_texts = ("user_id", "source_activation_id", "destination_activation_id")
    ordering = ("-created_at", "-id")
    fields = readonly_fields = (
        "created_at",
        "user_id",
        "source_application_id",
        "source_activation_id",
        "requested_id",
        "destination_application_id",
        "destination_activation_id",
        "rule",
        "shown_outcome",
        "shown_reason",
    )

    @labelled(description=_("outcome"), label=_OUTCOME_LABELS)
    def shown_outcome(self, row: SpawnAudit) -> Word:
        outcome = SpawnOutcome(row.outcome)
        return Word(outcome.value, outcome.label)

    @admin.display(description=_("reason"))
    def shown_reason(self, row: SpawnAudit) -> str:
        return str(_REASONS.get(row.reason, row.reason))
