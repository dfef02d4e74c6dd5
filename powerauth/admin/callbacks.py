"""Callbacks to back ends: integration-api.md 11.1."""

from collections.abc import Callable
from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from powerauth.admin.callback_events import CallbackFilter
from powerauth.admin.callback_form import CallbackForm
from powerauth.admin.framework.adding import AddingAdmin
from powerauth.admin.framework.confirmation import Call, ConfirmingAdmin, Verb, on_page, on_rows
from powerauth.admin.framework.links import APPLICATION, to_row
from powerauth.admin.framework.pages import form_page, shown_page
from powerauth.admin.framework.recording import recorded
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import ApplicationFilter, ReadOnlyAdmin
from powerauth.admin.framework.unfolded import action, labelled
from powerauth.admin.framework.words import Word, duration
from powerauth.engine.callbacks import callbacks
from powerauth.models import Callback

_OFF, _PAUSED, _FAILING, _WORKING = "OFF", "PAUSED", "FAILING", "WORKING"
_CONDITIONS = {
    _OFF: _("disabled"),
    _PAUSED: _("paused after failures"),
    _FAILING: _("failing"),
    _WORKING: _("enabled"),
}
_CONDITION_LABELS = {
    _OFF: "default",
    _PAUSED: "danger",
    _FAILING: "warning",
    _WORKING: "success",
}


def _switch(*, enabled: bool) -> Callable[[Callback, Call], None]:
    def switch(callback: Callback, call: Call) -> None:
        callbacks.set_enabled(callback, enabled=enabled)

    return switch


def _renew(callback: Callback, call: Call) -> None:
    callbacks.renew_signing_secret(callback)


ENABLE = Verb(
    name="enable",
    permission="configure",
    icon="play_arrow",
    title=_("Enable"),
    question=_("Do you want to tell these back ends of changes from now on?"),
    logged=_("Enabled."),
    apply=_switch(enabled=True),
    possible=lambda callback: not callback.enabled,
    impossible=_("It is enabled already."),
)
DISABLE = Verb(
    name="disable",
    permission="configure",
    icon="pause",
    title=_("Disable"),
    question=_("Do you want to stop telling these back ends? They never learn of what they miss."),
    logged=_("Disabled."),
    apply=_switch(enabled=False),
    possible=lambda callback: callback.enabled,
    impossible=_("It is disabled already."),
)
RENEW = Verb(
    name="renew",
    permission="renew",
    icon="autorenew",
    title=_("Renew signing secret"),
    question=_("Do you want a new secret? The back end refuses signatures until it knows it."),
    logged=_("The signing secret was renewed."),
    apply=_renew,
)


@admin.register(Callback)
class CallbackAdmin(ConfirmingAdmin, AddingAdmin[CallbackForm], ReadOnlyAdmin):
    """Who is told of what; events refer to a callback, so that one that exists stays."""

    permission_verbs = ("view", "add", "change")
    add_form = CallbackForm
    add_title = _("New callback")
    list_display = ["name", "application_id", "type", "url", "condition", "failures"]
    list_filter = ["enabled", "type", ApplicationFilter]
    linked = {"application_id": to_row(APPLICATION, "application_id")}
    search_help_text = _("Whole identifier, name or URL")
    exact_texts = ("name", "url")
    exact_ids = ("id",)
    ordering = ("name", "id")
    actions = ("enable", "disable")
    actions_detail = (
        "show_events",
        "edit",
        "enable_one",
        "disable_one",
        "show_secret",
        "renew_one",
    )
    fieldsets = [
        (None, {"fields": ["id", "application_id", "name", "type", "url", "attributes"]}),
        (_("Delivery"), {"fields": ["condition", "failures", "open_until", "created_at"]}),
        (
            _("Rules"),
            {"fields": ["shown_attempts", "shown_backoff", "shown_retention", "methods"]},
        ),
    ]
    readonly_fields = (
        "condition",
        "shown_attempts",
        "shown_backoff",
        "shown_retention",
        "methods",
    )

    @labelled(description=_("state"), label=_CONDITION_LABELS)
    def condition(self, callback: Callback) -> Word:
        condition = _condition(callback)
        return Word(condition, _CONDITIONS[condition])

    @admin.display(description=_("maximum of attempts"))
    def shown_attempts(self, callback: Callback) -> int:
        return callbacks.max_attempts_of(callback)

    @admin.display(description=_("pause after the first failure"))
    def shown_backoff(self, callback: Callback) -> str:
        return duration(callbacks.initial_backoff_of(callback))

    @admin.display(description=_("delivered events are kept"))
    def shown_retention(self, callback: Callback) -> str:
        return duration(callbacks.retention_of(callback))

    @admin.display(description=_("authentication"))
    def methods(self, callback: Callback) -> str:
        authentication = callbacks.authentication_of(callback)
        used = {
            "TLS": authentication.certificate.enabled,
            "HTTP Basic": authentication.http_basic.enabled,
            "OAuth 2.0": authentication.oauth2.enabled,
        }
        return ", ".join(name for name, enabled in used.items() if enabled) or "-"

    has_configure_permission = may("powerauth.change_callback")
    has_secret_permission = may("powerauth.view_signing_secret")
    has_renew_permission = may("powerauth.renew_signing_secret")
    has_events_permission = may("powerauth.view_callbackevent")

    enable = on_rows(ENABLE)
    disable = on_rows(DISABLE)
    enable_one = on_page(ENABLE)
    disable_one = on_page(DISABLE)
    renew_one = on_page(RENEW)

    @action(description=_("Events"), permissions=["events"], url_path="events", icon="outbox")
    def show_events(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the events of this callback."""
        name = f"{self.admin_site.name}:powerauth_callbackevent_changelist"
        query = {CallbackFilter.parameter_name: object_id}
        return HttpResponseRedirect(reverse(name, query=query))

    @action(description=_("Signing secret"), permissions=["secret"], url_path="secret", icon="key")
    def show_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what the signatures of requests are made with."""
        callback = self._viewed(request, object_id)
        if callback is None:
            return self.gone(request)
        return self._secret_page(request, callback, callbacks.signing_secret_of(callback))

    @action(description=_("Edit"), permissions=["configure"], url_path="edit", icon="edit")
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Configure a callback anew."""
        callback = self._viewed(request, object_id)
        if callback is None:
            return self.gone(request)
        return form_page(
            self,
            request,
            partial(CallbackForm, callback=callback),
            lambda form: self._configured(request, callback, form),
            title=_("Edit callback"),
            button=_("Save"),
        )

    def _viewed(self, request: HttpRequest, object_id: str) -> Callback | None:
        callback = self.get_object(request, object_id)
        if not self.has_view_permission(request, callback):
            raise PermissionDenied
        return callback if isinstance(callback, Callback) else None

    def _configured(
        self, request: HttpRequest, callback: Callback, form: CallbackForm
    ) -> HttpResponse:
        moved = form.goes_elsewhere()
        with recorded(request, callback, "change"):
            callbacks.configure(callback, form.configuration())
            self.log_only(request, callback, str(_("Configured.")))
        if moved:
            dropped = _("Its address has changed: credentials that you did not enter were dropped.")
            self.message_user(request, dropped, messages.WARNING)
        return HttpResponseRedirect("../change/")

    def added(self, request: HttpRequest, form: CallbackForm) -> HttpResponse:
        made = callbacks.create(
            form.cleaned_data["application_id"], form.configuration(), at=timezone.now()
        )
        self.log_addition(request, made.callback, str(_("Created.")))
        return self._secret_page(request, made.callback, made.signing_secret)

    def _secret_page(self, request: HttpRequest, callback: Callback, secret: bytes) -> HttpResponse:
        """Answer with the secret itself: a redirect would have to keep it somewhere."""
        return shown_page(
            self,
            request,
            "backoffice/callback_secret.html",
            title=_("Signing secret"),
            callback=callback,
            secret=callbacks.signing_secret_text(secret),
            back=self.address("change", callback.pk),
        )


def _condition(callback: Callback) -> str:
    if not callback.enabled:
        return _OFF
    if callback.open_until is not None and callback.open_until > timezone.now():
        return _PAUSED
    return _FAILING if callback.failures else _WORKING
