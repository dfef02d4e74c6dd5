"""Activations: what is known of them, and what support does with them."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from powerauth.admin.activation_commit import COMMIT, fingerprint_text
from powerauth.admin.activation_init import InitForm
from powerauth.admin.activation_protocol import (
    PROTOCOL_LABELS,
    ProtocolFilter,
    UnconfirmedFilter,
    biometry,
    confirmation,
    protocol,
    upgrade,
)
from powerauth.admin.activation_verbs import BLOCK, REMOVE, UNBLOCK
from powerauth.admin.framework.adding import AddingAdmin
from powerauth.admin.framework.confirmation import ConfirmingAdmin, on_page, on_rows
from powerauth.admin.framework.links import APPLICATION, to_customer, to_row
from powerauth.admin.framework.pages import shown_page
from powerauth.admin.framework.qr import qr_svg
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import (
    ApplicationFilter,
    CustomerFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    RecentFilter,
)
from powerauth.admin.framework.unfolded import action, labelled
from powerauth.admin.framework.words import Word, reason
from powerauth.engine.activations import activations, signed_codes
from powerauth.models import Activation, ActivationHistory, ActivationState

STATE_LABELS = {
    ActivationState.CREATED.name: "info",
    ActivationState.PENDING_COMMIT.name: "info",
    ActivationState.ACTIVE.name: "success",
    ActivationState.BLOCKED.name: "warning",
    ActivationState.REMOVED.name: "danger",
}


def waits_for_phone(activation: Activation) -> bool:
    """Tell whether a phone could still use the code of an activation."""
    expired = activations.is_expired(activation, at=timezone.now())
    return activation.state == ActivationState.CREATED and not expired


class HistoryInline(ReadOnlyInline):
    """What happened to an activation, the newest first."""

    model = ActivationHistory
    fields = readonly_fields = (
        "created_at",
        "state",
        "shown_reason",
        "external_user_id",
    )
    verbose_name_plural = _("history")
    ordering = ("-created_at", "-id")
    per_page = 20

    @admin.display(description=_("reason"))
    def shown_reason(self, change: ActivationHistory) -> str:
        return reason(change.event_reason)


@admin.register(Activation)
class ActivationAdmin(ConfirmingAdmin, AddingAdmin[InitForm], ReadOnlyAdmin):
    """Activations without their keys; the code is shown only on a page of its own."""

    add_form = InitForm
    add_title = _("New activation")
    list_display = [
        *("id", "user_id", "application_id", "shown_state", "shown_protocol"),
        *("platform", "created_at"),
    ]
    list_filter = [
        *("state", ProtocolFilter, UnconfirmedFilter),
        *(ApplicationFilter, RecentFilter, CustomerFilter),
    ]
    linked = {
        "user_id": to_customer("user_id"),
        "application_id": to_row(APPLICATION, "application_id"),
    }
    search_help_text = _("Whole identifier of an activation or user")
    exact_texts = ("user_id",)
    exact_ids = ("id",)
    ordering = ("-created_at", "-id")
    actions = ("block", "unblock", "remove")
    actions_detail = ("show_code", "commit_one", "block_one", "unblock_one", "remove_one")
    possible_actions = {"show_code": waits_for_phone}
    readonly_fields = (
        *("fingerprint", "shown_protocol", "shown_upgrade"),
        *("shown_confirmation", "shown_biometry"),
    )
    inlines = [HistoryInline]
    fieldsets = [
        (None, {"fields": ["id", "user_id", "application_id", "state", "blocked_reason"]}),
        (
            _("Use"),
            {
                "fields": [
                    "flags",
                    "failed_attempts",
                    "max_failed_attempts",
                    "last_used_at",
                    "last_change_at",
                    "created_at",
                    "expires_at",
                ]
            },
        ),
        (
            _("Phone"),
            {
                "fields": [
                    *("fingerprint", "name", "platform", "device_info", "external_id"),
                ]
            },
        ),
        (
            _("Protocol"),
            {
                "fields": [
                    *("shown_protocol", "created_with", "shown_upgrade"),
                    *("shown_confirmation", "shown_biometry"),
                ]
            },
        ),
    ]

    @labelled(description=_("state"), ordering="state", label=STATE_LABELS)
    def shown_state(self, activation: Activation) -> Word:
        state = ActivationState(activation.state)
        return Word(state.name, state.label)

    @admin.display(description=_("fingerprint"))
    def fingerprint(self, activation: Activation) -> str:
        return fingerprint_text(activation)

    @labelled(description=_("protocol"), label=PROTOCOL_LABELS)
    def shown_protocol(self, activation: Activation) -> Word:
        return protocol(activation)

    @admin.display(description=_("upgrade"))
    def shown_upgrade(self, activation: Activation) -> str:
        return upgrade(activation)

    @admin.display(description=_("confirmation by the phone"))
    def shown_confirmation(self, activation: Activation) -> str:
        return confirmation(activation)

    @admin.display(description=_("biometry"))
    def shown_biometry(self, activation: Activation) -> str:
        return biometry(activation)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_init_permission(request)

    has_init_permission = may("powerauth.init_activation")
    has_commit_permission = may("powerauth.commit_activation")
    has_block_permission = may("powerauth.block_activation")
    has_unblock_permission = may("powerauth.unblock_activation")
    has_remove_permission = may("powerauth.remove_activation")

    block = on_rows(BLOCK)
    unblock = on_rows(UNBLOCK)
    remove = on_rows(REMOVE)
    commit_one = on_page(COMMIT)
    block_one = on_page(BLOCK)
    unblock_one = on_page(UNBLOCK)
    remove_one = on_page(REMOVE)

    @action(description=_("Code"), permissions=["init"], url_path="code", icon="qr_code")
    def show_code(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the code of an activation that still waits for its phone."""
        activation = self.get_object(request, object_id)
        if not isinstance(activation, Activation):
            return self.gone(request)
        if not waits_for_phone(activation):
            text = _("The code cannot be used any more.")
            self.message_user(request, str(text), messages.ERROR)
            return HttpResponseRedirect("../change/")
        qr_text = signed_codes.qr_text(activation)
        text_for_4 = signed_codes.qr_text_for_4(activation)
        return shown_page(
            self,
            request,
            "backoffice/activation_code.html",
            title=_("Activation code"),
            activation=activation,
            signature=qr_text.partition("#")[2],
            qr=qr_svg(qr_text),
            qr_for_4=qr_svg(text_for_4) if text_for_4 else "",
            signature_for_4=(text_for_4 or "").partition("#")[2],
        )

    def added(self, request: HttpRequest, form: InitForm) -> HttpResponse:
        activation = form.create().activation
        self.log_addition(request, activation, str(_("Created.")))
        return HttpResponseRedirect(self.address("show_code", activation.pk))
