"""Events for back ends, sent or still to be sent: integration-api.md 11.4."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enrollment_server.api.payloads.json import pretty_json
from powerauth.admin.framework.confirmation import Call, ConfirmingAdmin, Verb, on_page, on_rows
from powerauth.admin.framework.links import ACTIVATION, CALLBACK, OPERATION, row_link
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import ReadOnlyAdmin, RecentFilter
from powerauth.admin.framework.unfolded import labelled
from powerauth.admin.framework.words import Word
from powerauth.engine.callbacks import callbacks
from powerauth.engine.identifiers import parse_id
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Callback, CallbackEvent, CallbackEventState
from powerauth.protocol.encoding import is_uuid

EVENT_LABELS = {
    CallbackEventState.PENDING.value: "info",
    CallbackEventState.PROCESSING.value: "info",
    CallbackEventState.COMPLETED.value: "success",
    CallbackEventState.FAILED.value: "danger",
}


def _replay(event: CallbackEvent, call: Call) -> None:
    if not callbacks.replay(event, at=timezone.now()):
        raise EngineRefusal(ErrorCode.UNKNOWN, str(_("It is waiting to be sent anyway.")))


REPLAY = Verb(
    name="replay",
    permission="replay",
    icon="replay",
    title=_("Send again"),
    question=_("Do you want to send these events again? The back end may have seen them before."),
    logged=_("Sent again."),
    apply=_replay,
    possible=lambda event: event.state in callbacks.REPLAYABLE,
    impossible=_("It is waiting to be sent anyway."),
)


class CallbackFilter(admin.SimpleListFilter):
    """Events of one callback; the choices come from the callbacks, not from the events."""

    title = _("callback")
    parameter_name = "callback_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = Callback.objects.order_by("name", "id").values_list("id", "name", "application_id")
        return [(str(pk), f"{name} ({application})") for pk, name, application in rows[:100]]

    @staticmethod
    def accepts(value: str) -> bool:
        return is_uuid(value)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(callback_id=parse_id(self.value() or ""))


def _callback(request: HttpRequest, event: CallbackEvent) -> str:
    return row_link(request, CALLBACK, event.callback_id, event.callback.name)


def _object(request: HttpRequest, event: CallbackEvent) -> str:
    label = OPERATION if event.payload.get("operationId") else ACTIVATION
    key = event.payload.get("operationId") or event.payload.get("activationId")
    return row_link(request, label, key or "")


@admin.register(CallbackEvent)
class CallbackEventAdmin(ConfirmingAdmin, ReadOnlyAdmin):
    """What back ends were told, and what they still have to learn."""

    list_display = ["created_at", "callback", "object_id", "shown_state", "attempts", "last_error"]
    list_display_links = ["created_at"]
    list_select_related = ["callback"]
    list_filter = ["state", CallbackFilter, RecentFilter]
    linked = {"callback": _callback, "object_id": _object}
    search_help_text = _("Whole identifier of an event")
    exact_ids = ("id",)
    ordering = ("-created_at", "-id")
    actions = ("replay",)
    actions_detail = ("replay_one",)
    fieldsets = [
        (
            None,
            {"fields": ["id", "callback", "object_id", "shown_state", "attempts", "last_error"]},
        ),
        (_("Time"), {"fields": ["created_at", "next_attempt_at", "lease_until", "finished_at"]}),
        (_("Content"), {"fields": ["shown_payload"]}),
    ]
    readonly_fields = ("object_id", "shown_state", "shown_payload")

    @labelled(description=_("state"), label=EVENT_LABELS)
    def shown_state(self, event: CallbackEvent) -> Word:
        state = CallbackEventState(event.state)
        return Word(state.value, state.label)

    @admin.display(description=_("of"))
    def object_id(self, event: CallbackEvent) -> str:
        told = event.payload
        return str(told.get("operationId") or told.get("activationId") or "-")

    @admin.display(description=_("all that can be sent"))
    def shown_payload(self, event: CallbackEvent) -> SafeString:
        text = pretty_json(event.payload)
        return format_html("<pre>{}</pre>", text)

    has_replay_permission = may("powerauth.replay_callbackevent")

    replay = on_rows(REPLAY)
    replay_one = on_page(REPLAY)
