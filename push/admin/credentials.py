"""Credentials of applications for providers: push-and-inbox.md 9."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.adding import AddingAdmin
from powerauth.admin.framework.confirmation import Call, ConfirmingAdmin, Verb, on_page
from powerauth.admin.framework.links import APPLICATION, to_row
from powerauth.admin.framework.pages import form_page
from powerauth.admin.framework.recording import recorded
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import ReadOnlyAdmin
from powerauth.admin.framework.unfolded import action
from powerauth.errors import EngineRefusal, ErrorCode
from push.admin import probing
from push.admin.credential_forms import (
    ApnsForm,
    ApplicationForm,
    FcmForm,
    HmsForm,
    SettingsForm,
)
from push.admin.troubles import TroubledAdmin, troubles_for
from push.credentials import services
from push.credentials.lacking import lacking
from push.credentials.values import InvalidCredentials
from push.models import Platform, PushAppCredentials

_REMOVALS = {
    Platform.APNS: _("Remove credentials of Apple"),
    Platform.FCM: _("Remove credentials of Google"),
    Platform.HMS: _("Remove credentials of Huawei"),
}


def _removal(platform: Platform, name: str) -> Verb:
    def remove(row: PushAppCredentials, call: Call) -> None:
        services.remove(row, platform, at=timezone.now())

    return Verb(
        name=name,
        permission="configure",
        icon="delete",
        title=_REMOVALS[platform],
        question=_(
            "Do you want to forget them? Messages that wait for this provider fail, and its "
            "devices get no others."
        ),
        logged=_REMOVALS[platform],
        apply=remove,
        possible=lambda row: services.has(row, platform),
        impossible=_("There are none."),
    )


REMOVE_APNS = _removal(Platform.APNS, "remove_apns")
REMOVE_FCM = _removal(Platform.FCM, "remove_fcm")
REMOVE_HMS = _removal(Platform.HMS, "remove_hms")


def _is_set(platform: Platform, title: Any) -> Any:
    @admin.display(description=title, boolean=True)
    def is_set(self: Any, row: PushAppCredentials) -> bool:
        return services.has(row, platform)

    return is_set


@admin.register(PushAppCredentials)
class PushAppCredentialsAdmin(
    TroubledAdmin, ConfirmingAdmin, AddingAdmin[ApplicationForm], ReadOnlyAdmin
):
    """What each application shows to providers, without what is secret."""

    permission_verbs = ("view", "add", "change")
    add_form = ApplicationForm
    add_title = _("New push credentials")
    list_display = ["application_id", "has_apns", "has_fcm", "has_hms", "updated_at"]
    list_display_links = ["application_id"]
    linked = {"application": to_row(APPLICATION, "application_id")}
    search_help_text = _("Whole identifier of an application")
    exact_texts = ("application_id",)
    ordering = ("application_id",)
    sortable_by = ()
    actions_detail = (
        *("edit_apns", "edit_fcm", "edit_hms", "test_connection"),
        *("remove_apns_one", "remove_fcm_one", "remove_hms_one"),
    )
    fieldsets = [
        (None, {"fields": ["application", "created_at", "updated_at"]}),
        (
            "Apple",
            {
                "fields": [
                    *("has_apns", "apns_key_id", "apns_team_id", "apns_bundle"),
                    "apns_environment",
                ]
            },
        ),
        ("Google", {"fields": ["has_fcm", "fcm_project_id"]}),
        ("Huawei", {"fields": ["has_hms", "hms_project_id", "hms_client_id"]}),
    ]
    readonly_fields = ("application", "has_apns", "has_fcm", "has_hms")

    has_apns = _is_set(Platform.APNS, _("key of Apple is set"))
    has_fcm = _is_set(Platform.FCM, _("account of Google is set"))
    has_hms = _is_set(Platform.HMS, _("secret of Huawei is set"))

    @admin.display(description=_("application"))
    def application(self, row: PushAppCredentials) -> str:
        return row.application_id

    has_configure_permission = may("push.change_pushappcredentials")

    remove_apns_one = on_page(REMOVE_APNS)
    remove_fcm_one = on_page(REMOVE_FCM)
    remove_hms_one = on_page(REMOVE_HMS)

    def troubles(self, request: HttpRequest) -> list[str]:
        """Say also which devices hear nothing for lack of credentials."""
        missing = [
            gettext("%(application)s has devices of %(platform)s, and no credentials for it.")
            % {"application": application_id, "platform": Platform(platform).label}
            for application_id, platforms in sorted(lacking().items())
            for platform in sorted(platforms)
        ]
        return [*troubles_for(request), *missing]

    def added(self, request: HttpRequest, form: ApplicationForm) -> HttpResponse:
        try:
            with transaction.atomic():
                row = services.create(form.cleaned_data["application_id"], at=timezone.now())
        except IntegrityError as error:
            raise EngineRefusal(ErrorCode.UNKNOWN, gettext("It has some already.")) from error
        self.log_addition(request, row, gettext("Created."))
        return HttpResponseRedirect(self.address("change", row.pk))

    @action(description=_("Apple"), permissions=["configure"], url_path="apns", icon="edit")
    def edit_apns(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set what Apple knows the application by."""
        return self._edit(request, object_id, ApnsForm, _("Credentials of Apple"))

    @action(description=_("Google"), permissions=["configure"], url_path="fcm", icon="edit")
    def edit_fcm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set what Google knows the application by."""
        return self._edit(request, object_id, FcmForm, _("Credentials of Google"))

    @action(description=_("Huawei"), permissions=["configure"], url_path="hms", icon="edit")
    def edit_hms(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set what Huawei knows the application by."""
        return self._edit(request, object_id, HmsForm, _("Credentials of Huawei"))

    @action(
        description=_("Test connection"),
        permissions=["configure"],
        url_path="test",
        icon="network_check",
    )
    def test_connection(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask providers whether they take the credentials."""
        row = self._viewed(request, object_id)
        return self.gone(request) if row is None else probing.page(self, request, row)

    def _edit(
        self, request: HttpRequest, object_id: str, form_class: type[SettingsForm], title: Any
    ) -> HttpResponse:
        row = self._viewed(request, object_id)
        if row is None:
            return self.gone(request)
        return form_page(
            self,
            request,
            partial(form_class, row=row),
            lambda form: self._edited(request, row, form),
            title=title,
            button=_("Save"),
        )

    def _edited(
        self, request: HttpRequest, row: PushAppCredentials, form: SettingsForm
    ) -> HttpResponse:
        with recorded(request, row, f"set_{form.platform.value}"):
            try:
                services.put(row, form.settings(), at=timezone.now())
            except InvalidCredentials as refusal:
                # Nothing is stored that this form could have kept.
                raise EngineRefusal(ErrorCode.UNKNOWN, form.words_for(refusal)) from refusal
            self.log_only(request, row, gettext("Credentials were set."))
        text = gettext("Saved. Whether the provider takes them, “Test connection” tells.")
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect("../change/")

    def _viewed(self, request: HttpRequest, object_id: str) -> PushAppCredentials | None:
        row = self.get_object(request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row if isinstance(row, PushAppCredentials) else None
