"""Devices: push-and-inbox.md 10.3. Phones register them; support can stop or forget them."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework import recording
from powerauth.admin.framework.confirmation import Call, ConfirmingAdmin, Verb, on_page, on_rows
from powerauth.admin.framework.links import ACTIVATION, APPLICATION, to_customer, to_row
from powerauth.admin.framework.pages import form_page
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import ApplicationFilter, CustomerFilter, ReadOnlyAdmin
from powerauth.admin.framework.unfolded import action
from powerauth.engine.activations import activations
from powerauth.engine.audit.audit_log import Change
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import ActivationState
from push.admin import trying
from push.admin.troubles import TroubledAdmin
from push.admin.trying import WordsForm
from push.audited import DEVICE
from push.models import MessageSource, PushDevice
from push.outbox import writing
from push.outbox.values import Outgoing

TEST_VALIDITY = timedelta(minutes=10)  # nobody looks at the phone any longer
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


def _write_test(device: PushDevice, form: WordsForm, *, at: datetime) -> list[int]:
    """Write a message to one device, active or not; give its key, nothing if the device is gone."""
    outgoing = Outgoing(
        application_ids=[device.application_id],
        user_ids=[device.user_id],
        activation_ids=[device.activation_id],
        source=MessageSource.TEST.value,
        message=replace(form.message(), valid_until=at + TEST_VALIDITY),
    )
    return writing.write(outgoing, at=at)


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
class PushDeviceAdmin(TroubledAdmin, ConfirmingAdmin, ReadOnlyAdmin):
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
    actions_detail = ("send_test", "deactivate_one", "activate_one")

    @admin.display(description=_("token"))
    def shown_token(self, device: PushDevice) -> str:
        return f"{device.push_token[:SHOWN_TOKEN_LENGTH]}…"

    has_delete_permission = may("push.delete_pushdevice")
    has_switch_permission = may("push.change_pushdevice")
    has_test_permission = may("push.send_test_pushmessage")

    deactivate = on_rows(DEACTIVATE)
    activate = on_rows(ACTIVATE)
    deactivate_one = on_page(DEACTIVATE)
    activate_one = on_page(ACTIVATE)

    @action(
        description=_("Send a test message"),
        permissions=["test"],
        url_path="test",
        icon="notification_add",
    )
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send a message to this device, and say what its provider said."""
        device = self.get_object(request, object_id)
        if not self.has_view_permission(request, device):
            raise PermissionDenied
        if not isinstance(device, PushDevice):
            return self.gone(request)
        written: list[int] = []
        answer = form_page(
            self,
            request,
            WordsForm,
            lambda form: self._tested(request, device, form, written),
            title=_("Send a test message"),
            button=_("Send"),
        )
        if isinstance(answer, HttpResponseRedirect):
            trying.tell(self, request, written)
        return answer

    def _tested(
        self, request: HttpRequest, device: PushDevice, form: WordsForm, written: list[int]
    ) -> HttpResponse:
        written += _write_test(device, form, at=timezone.now())
        change = Change(
            action="admin/send_test",
            object_type=DEVICE,
            object_id=device.activation_id,
            after={"messages": [*written]},
        )
        self.log_only(request, device, str(_("A test message was sent.")))
        recording.append(request, [change])
        return HttpResponseRedirect("../change/")
