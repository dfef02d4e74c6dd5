"""Applications and their versions: integration-api.md 5.2."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from powerauth.admin import application_protocol
from powerauth.admin.framework.adding import AddingAdmin
from powerauth.admin.framework.choices import application_choices, offer
from powerauth.admin.framework.confirmation import Call, ConfirmingAdmin, Verb, on_page, on_rows
from powerauth.admin.framework.links import APPLICATION, to_row
from powerauth.admin.framework.pages import form_page, shown_page
from powerauth.admin.framework.recording import recorded_together
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import ApplicationFilter, ReadOnlyAdmin, ReadOnlyInline
from powerauth.admin.framework.unfolded import Select, TextInput, action
from powerauth.engine.applications import applications, master_keys, sdk_config
from powerauth.engine.audit.audited_kinds import APPLICATION_CONFIG
from powerauth.engine.generations.four.vault import biometry_opens_device_key
from powerauth.models import Application, ApplicationVersion
from powerauth.models.application import ID_LENGTH


class ApplicationForm(forms.Form):
    """The name of a new application."""

    # Names of other characters could not get messages.
    application_id = forms.RegexField(
        r"^[a-zA-Z0-9_-]{3,255}$",
        label=_("Identifier"),
        max_length=ID_LENGTH,
        widget=TextInput,
        help_text=_("3 to 255 letters, digits, hyphens and underscores; it cannot be changed."),
    )


class VersionForm(forms.Form):
    """A new version of an application."""

    application_id = forms.ChoiceField(label=_("Application"), widget=Select)
    version_id = forms.CharField(label=_("Version"), max_length=ID_LENGTH, widget=TextInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        offer(self, "application_id", application_choices())


def _support(version: ApplicationVersion, call: Call) -> None:
    applications.set_supported(version.application_id, version.name, supported=True)


def _unsupport(version: ApplicationVersion, call: Call) -> None:
    applications.set_supported(version.application_id, version.name, supported=False)


SUPPORT = Verb(
    name="support",
    permission="support",
    title=_("Support"),
    question=_("Do you want to let phones with these versions in again?"),
    logged=_("Supported."),
    apply=_support,
    possible=lambda version: not version.supported,
    impossible=_("It is supported already."),
)
UNSUPPORT = Verb(
    name="unsupport",
    permission="support",
    title=_("Stop support"),
    question=_("Do you want to shut out every phone with these versions?"),
    logged=_("Not supported any more."),
    apply=_unsupport,
    possible=lambda version: version.supported,
    impossible=_("It is not supported already."),
)


class VersionInline(ReadOnlyInline):
    """The versions of an application, without their secrets."""

    model = ApplicationVersion
    fields = readonly_fields = (
        "name",
        "application_key",
        "supported",
    )
    show_change_link = True


@admin.register(Application)
class ApplicationAdmin(ConfirmingAdmin, AddingAdmin[ApplicationForm], ReadOnlyAdmin):
    """The mobile apps of the bank; one that exists stays."""

    permission_verbs = ("view", "add", "change")
    add_form = ApplicationForm
    add_title = _("New application")
    list_display = ["id", "created_at"]
    search_help_text = _("Whole identifier")
    exact_texts = ("id",)
    ordering = ("id",)
    actions_detail = ("edit_protocol", "complete_keys_one")
    fieldsets = [
        (None, {"fields": ["id", "roles", "created_at"]}),
        (
            _("Protocol"),
            {"fields": ["shown_readiness", "shown_suites", "shown_unlocking", "shown_keys"]},
        ),
    ]
    readonly_fields = ("shown_readiness", "shown_suites", "shown_unlocking", "shown_keys")
    inlines = [VersionInline]

    has_configure_permission = may("powerauth.change_application")
    complete_keys_one = on_page(application_protocol.COMPLETE_KEYS)

    @admin.display(description=_("protocol 4.0"))
    def shown_readiness(self, application: Application) -> str:
        return application_protocol.readiness(application)

    @admin.display(description=_("new activations may begin with"))
    def shown_suites(self, application: Application) -> str:
        return application_protocol.suites(application)

    @admin.display(description=_("biometry unlocks private keys"), boolean=True)
    def shown_unlocking(self, application: Application) -> bool:
        return biometry_opens_device_key(application.pk)

    @admin.display(description=_("master keys"))
    def shown_keys(self, application: Application) -> SafeString:
        return application_protocol.keys(application)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        application = self.get_object(request, object_id)
        if isinstance(application, Application) and request.method == "GET":
            for warning in application_protocol.warnings(application):
                self.message_user(request, warning, messages.WARNING)
        return super().change_view(request, object_id, *args, **kwargs)

    @action(description=_("Protocols"), permissions=["configure"], url_path="protocol", icon="tune")
    def edit_protocol(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose what new activations may begin with: protocol-4.md 34.1."""
        application = self.get_object(request, object_id)
        if not self.has_view_permission(request, application):
            raise PermissionDenied
        if not isinstance(application, Application):
            return self.gone(request)
        return form_page(
            self,
            request,
            partial(application_protocol.ProtocolForm, application=application),
            lambda form: self._edited(request, application, form),
            title=_("What activations may begin with"),
            button=_("Save"),
        )

    def _edited(
        self,
        request: HttpRequest,
        application: Application,
        form: application_protocol.ProtocolForm,
    ) -> HttpResponse:
        Application.objects.select_for_update(no_key=True).get(pk=application.pk)
        with recorded_together(request, APPLICATION_CONFIG, application.pk, "configure"):
            form.save()
            self.log_only(request, application, str(_("Protocols were chosen.")))
        return HttpResponseRedirect("../change/")

    def added(self, request: HttpRequest, form: ApplicationForm) -> HttpResponse:
        application = applications.create(form.cleaned_data["application_id"])
        self.log_addition(request, application, str(_("Created.")))
        return HttpResponseRedirect(self.address("change", application.pk))


@admin.register(ApplicationVersion)
class ApplicationVersionAdmin(ConfirmingAdmin, AddingAdmin[VersionForm], ReadOnlyAdmin):
    """Builds of the apps; the secret of a build is part of its configuration only."""

    permission_verbs = ("view", "add", "change")
    add_form = VersionForm
    add_title = _("New version")
    list_display = ["name", "application_id", "supported"]
    list_filter = ["supported", ApplicationFilter]
    linked = {"application_id": to_row(APPLICATION, "application_id")}
    search_help_text = _("Whole name or application key")
    exact_texts = ("name", "application_key")
    ordering = ("application_id", "name")
    fields = readonly_fields = (
        "application_id",
        "name",
        "application_key",
        "supported",
    )
    actions = ("support", "unsupport")
    actions_detail = ("show_sdk_config", "support_one", "unsupport_one")

    has_support_permission = may("powerauth.change_applicationversion")
    has_sdk_config_permission = may("powerauth.view_mobile_sdk_config")

    support = on_rows(SUPPORT)
    unsupport = on_rows(UNSUPPORT)
    support_one = on_page(SUPPORT)
    unsupport_one = on_page(UNSUPPORT)

    @action(
        description=_("Configuration of the app"),
        permissions=["sdk_config"],
        url_path="sdk-config",
        icon="key",
    )
    def show_sdk_config(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the text that an app is built with: integration-api.md 5.3."""
        version = self.get_object(request, object_id)
        if not isinstance(version, ApplicationVersion):
            return self.gone(request)
        text = sdk_config.text_of(version, master_keys.public_keys(version.application_id))
        return shown_page(
            self,
            request,
            "backoffice/sdk_config.html",
            title=_("Configuration of the app"),
            version=version,
            text=text,
        )

    def added(self, request: HttpRequest, form: VersionForm) -> HttpResponse:
        values = form.cleaned_data
        version = applications.create_version(values["application_id"], values["version_id"])
        self.log_addition(request, version, str(_("Created.")))
        return HttpResponseRedirect(self.address("change", version.pk))
