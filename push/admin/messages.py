"""Messages: to which devices they go, what providers said of them, and when."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment_server.api.payloads.json import pretty_json
from powerauth.admin.framework.links import (
    ACTIVATION,
    APPLICATION,
    MESSAGE,
    OPERATION,
    row_link,
    to_customer,
    to_row,
)
from powerauth.admin.framework.tables import (
    PAGED_ROWS,
    ApplicationFilter,
    CustomerFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
)
from powerauth.admin.framework.unfolded import labelled
from powerauth.admin.framework.words import Word
from push.admin.troubles import TroubledAdmin
from push.models import DeliveryState, MessageSource, PushDelivery, PushMessage

READ = "push.read_pushmessage"
CAMPAIGN = "push.pushcampaign"
STATE_LABELS = {
    DeliveryState.PENDING.value: "info",
    DeliveryState.PROCESSING.value: "info",
    DeliveryState.SENT.value: "success",
    DeliveryState.FAILED.value: "danger",
    DeliveryState.EXPIRED.value: "warning",
}
# What a message of several devices is called: the first that applies.
_WORST = (
    DeliveryState.FAILED,
    DeliveryState.PROCESSING,
    DeliveryState.PENDING,
    DeliveryState.EXPIRED,
    DeliveryState.SENT,
)
_CAUSES = {
    MessageSource.OPERATION.value: OPERATION,
    MessageSource.INBOX.value: MESSAGE,
    MessageSource.CAMPAIGN.value: CAMPAIGN,
}
_RECENT_FAILURES = 1000  # among which reasons are looked for to choose from


def _newest(**wanted: object) -> "QuerySet[PushDelivery, Any]":
    """Select the messages of the newest deliveries of a kind, as many as a list can show."""
    return PushDelivery.objects.filter(**wanted).order_by("-pk").values("message")[:PAGED_ROWS]


class DeliveryStateFilter(admin.SimpleListFilter):
    """Messages with a delivery in a state, among the newest of these deliveries."""

    title = _("state")
    parameter_name = "state"

    @staticmethod
    def accepts(value: str) -> bool:
        return value in DeliveryState.values

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(DeliveryState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=_newest(state=self.value()))


class ReasonFilter(admin.SimpleListFilter):
    """Messages that failed for a reason; the choices come from the newest failures."""

    title = _("reason of a failure")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        failed = PushDelivery.objects.filter(state=DeliveryState.FAILED).order_by("-pk")
        reasons = set(failed.values_list("reason", flat=True)[:_RECENT_FAILURES])
        chosen = {self.value() or ""}
        return [(reason, reason) for reason in sorted((reasons | chosen) - {""})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        failed = _newest(state=DeliveryState.FAILED, reason=self.value())
        return queryset.filter(pk__in=failed)


class DeliveryInline(ReadOnlyInline):
    """The devices that a message goes to."""

    model = PushDelivery
    verbose_name_plural = _("Devices")
    ordering = ("pk",)
    fields = readonly_fields = (
        "platform",
        "device",
        "state",
        "attempts",
        "reason",
        "attempted_at",
        "shown_next_attempt",
        "finished_at",
    )

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # Django makes inlines for each request, and tells them of it here.
        self._request = request
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=_("activation"))
    def device(self, delivery: PushDelivery) -> str:
        return row_link(self._request, ACTIVATION, delivery.activation_id)

    @admin.display(description=_("next attempt"))
    def shown_next_attempt(self, delivery: PushDelivery) -> Any:
        return delivery.next_attempt_at if delivery.state == DeliveryState.PENDING else None


def _cause(request: HttpRequest, message: PushMessage) -> str:
    """Show what a message is about as a link; a campaign that was looked at is its cause, too."""
    kind, _colon, key = message.cause.partition(":")
    label = _CAUSES.get(kind)
    if not label or not key:
        return message.cause or "-"
    return row_link(request, label, key, message.cause)


def _text(request: HttpRequest, message: PushMessage) -> str:
    """Show what a message says; of a personal one to those only who may read it."""
    if message.personal and not request.user.has_perm(READ):
        return gettext("You may not read personal messages.")
    if not message.content:
        return gettext("It is over, and what it said is forgotten.")
    shown = {"message": message.content, **({"texts": message.texts} if message.texts else {})}
    return format_html("<pre>{}</pre>", pretty_json(shown))


@admin.register(PushMessage)
class PushMessageAdmin(TroubledAdmin, ReadOnlyAdmin):
    """What was sent to phones, for what, and what became of it."""

    list_display = ["created_at", "user_id", "application_id", "source", "shown_state", "silent"]
    list_display_links = ["created_at"]
    list_filter = [
        DeliveryStateFilter,
        ReasonFilter,
        "source",
        ApplicationFilter,
        CustomerFilter,
    ]
    linked = {
        "user_id": to_customer("user_id"),
        "application_id": to_row(APPLICATION, "application_id"),
        "cause": _cause,
        "text": _text,
    }
    search_help_text = _("Whole identifier of a user")
    exact_texts = ("user_id",)
    # The order of the keys is the one of time, and only it has an index.
    ordering = ("-id",)
    sortable_by = ()
    inlines = [DeliveryInline]
    fieldsets = [
        (None, {"fields": ["user_id", "application_id", "source", "cause", "shown_state"]}),
        (_("Time"), {"fields": ["created_at", "valid_until", "finished_at"]}),
        (_("Content"), {"fields": ["silent", "personal", "priority", "text"]}),
    ]
    readonly_fields = ("shown_state", "text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushMessage]:
        rows: QuerySet[PushMessage] = super().get_queryset(request)
        states = PushDelivery.objects.only("message", "state")
        # A list of long messages would be megabytes that nobody sees.
        return rows.defer("content", "texts").prefetch_related(Prefetch("deliveries", states))

    @labelled(description=_("state"), label=STATE_LABELS)
    def shown_state(self, message: PushMessage) -> Word:
        states = {delivery.state for delivery in message.deliveries.all()}
        worst = next((state for state in _WORST if state in states), None)
        return Word("", "-") if worst is None else Word(worst.value, worst.label)

    @admin.display(description=_("text"))
    def text(self, message: PushMessage) -> str:
        """Stand for `_text`, which knows who asks."""
        return "-"
