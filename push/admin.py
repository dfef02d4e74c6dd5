"""Devices: push-and-inbox.md 10.3. Phones register them; support can stop or forget them."""

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.confirmation import Call, ConfirmingAdmin, Verb, on_page, on_rows
from powerauth.admin.framework.links import ACTIVATION, APPLICATION, to_customer, to_row
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import ApplicationFilter, CustomerFilter, ReadOnlyAdmin
from powerauth.engine.activations import activations
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import ActivationState
from push.models import PushDevice

SHOWN_TOKEN_LENGTH = 8  # characters


def _deactivate(device: PushDevice, call: Call) -> None:
    PushDevice.objects.filter(pk=device.pk).update(is_active=False)


@transaction.atomic
def _activate(device: PushDevice, call: Call) -> None:
    # Under the lock of the activation, as everything that follows its state.
    activation = activations.lock(device.activation_id)
    if activation.state != ActivationState.ACTIVE:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    PushDevice.objects.filter(pk=device.pk).update(is_active=True)


DEACTIVATE = Verb(
    name="deactivate",
    permission="switch",
    title=_("Deactivate"),
    question=_("Do you want to send nothing to these devices until they register again?"),
    logged=_("Deactivated."),
    apply=_deactivate,
    possible=lambda device: device.is_active,
    impossible=_("It is inactive already."),
)
ACTIVATE = Verb(
    name="activate",
    permission="switch",
    title=_("Activate"),
    question=_("Do you want to send messages to these devices again?"),
    logged=_("Activated."),
    apply=_activate,
    possible=lambda device: not device.is_active,
    impossible=_("It is active already."),
)


@admin.register(PushDevice)
class PushDeviceAdmin(ConfirmingAdmin, ReadOnlyAdmin):
    """Where messages go; the provider's whole token stays in the database."""

    permission_verbs = ("view", "change", "delete")
    list_display = [
        "last_registered_at",
        "activation_id",
        "user_id",
        "application_id",
        "platform",
        "environment",
        "is_active",
    ]
    list_filter = ["is_active", "platform", "environment", ApplicationFilter, CustomerFilter]
    list_display_links = ["last_registered_at"]
    linked = {
        "user_id": to_customer("user_id"),
        "activation_id": to_row(ACTIVATION, "activation_id"),
        "application_id": to_row(APPLICATION, "application_id"),
    }
    search_help_text = _("Whole identifier of a user or activation")
    exact_texts = ("user_id", "activation_id")
    # The order of the primary key is about the one of registration, and has an index.
    ordering = ("-id",)
    fields = readonly_fields = (
        "activation_id",
        "user_id",
        "application_id",
        "platform",
        "environment",
        "shown_token",
        "is_active",
        "last_registered_at",
    )
    actions = ("deactivate", "activate")
    actions_detail = ("deactivate_one", "activate_one")

    @admin.display(description=_("token"))
    def shown_token(self, device: PushDevice) -> str:
        return f"{device.push_token[:SHOWN_TOKEN_LENGTH]}…"

    has_delete_permission = may("push.delete_pushdevice")
    has_switch_permission = may("push.change_pushdevice")

    deactivate = on_rows(DEACTIVATE)
    activate = on_rows(ACTIVATE)
    deactivate_one = on_page(DEACTIVATE)
    activate_one = on_page(ACTIVATE)
