"""Campaigns: one message for many users, sent once, and how far it has come."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from enrollment_server.api.payloads.json import pretty_json
from powerauth.admin.framework import recording
from powerauth.admin.framework.adding import AddingAdmin
from powerauth.admin.framework.confirmation import ConfirmingAdmin, on_page, on_rows
from powerauth.admin.framework.links import APPLICATION, to_row
from powerauth.admin.framework.pages import form_page
from powerauth.admin.framework.recording import recorded
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import ApplicationFilter, ReadOnlyAdmin
from powerauth.admin.framework.unfolded import action, labelled
from powerauth.admin.framework.words import Word
from powerauth.engine.audit.audit_log import Change
from push.admin import trying
from push.admin.campaign_forms import CampaignForm, FirstUserForm, MoreUsersForm
from push.admin.campaign_verbs import DELETE, SEND, is_unsent, refusing, title_of
from push.admin.troubles import TroubledAdmin
from push.audited import CAMPAIGN
from push.campaigns import services
from push.campaigns.progress import Progress, progress, with_written
from push.models import PushCampaign

_COUNTED = "_counted_progress"
_UNSENT, _UNDER_WAY, _COMPLETE = "UNSENT", "UNDER_WAY", "COMPLETE"
_CONDITIONS = {
    _UNSENT: _("not sent"),
    _UNDER_WAY: _("being sent"),
    _COMPLETE: _("complete"),
}
_LABELS = {_UNSENT: "default", _UNDER_WAY: "info", _COMPLETE: "success"}


@admin.register(PushCampaign)
class PushCampaignAdmin(TroubledAdmin, ConfirmingAdmin, AddingAdmin[CampaignForm], ReadOnlyAdmin):
    """Campaigns; one that was sent is not changed any more."""

    permission_verbs = ("view", "add", "delete")
    add_form = CampaignForm
    add_title = _("New campaign")
    list_display = [
        *("created_at", "application_id", "title", "condition", "written"),
        *("sent_at", "completed_at"),
    ]
    list_display_links = ["created_at"]
    list_filter = [ApplicationFilter]
    linked = {"application_id": to_row(APPLICATION, "application_id")}
    ordering = ("-id",)
    sortable_by = ()
    actions = ("delete_campaigns",)
    actions_detail = ("add_users", "send_test", "send_one")
    possible_actions = {"add_users": is_unsent}
    fieldsets = [
        (None, {"fields": ["application_id", "condition", "shown_progress", "shown_content"]}),
        (_("Time"), {"fields": ["created_at", "sent_at", "completed_at"]}),
    ]
    readonly_fields = ("condition", "shown_progress", "shown_content")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushCampaign]:
        return with_written(super().get_queryset(request))

    @admin.display(description=_("title"))
    def title(self, campaign: PushCampaign) -> str:
        return title_of(campaign)

    @labelled(description=_("state"), label=_LABELS)
    def condition(self, campaign: PushCampaign) -> Word:
        condition = _UNSENT if campaign.sent_at is None else _UNDER_WAY
        condition = _COMPLETE if campaign.completed_at is not None else condition
        return Word(condition, _CONDITIONS[condition])

    @admin.display(description=_("written to"))
    def written(self, campaign: PushCampaign) -> str:
        users: int | None = getattr(campaign, "user_count", None)
        if users is None:
            return "-"
        return _of_users(getattr(campaign, "written_count", None) or 0, users)

    @admin.display(description=_("progress"))
    def shown_progress(self, campaign: PushCampaign) -> str:
        so_far = _progress_once(campaign)
        devices = gettext("devices: %(sent)d sent, %(failed)d failed, %(pending)d waiting") % {
            "sent": so_far.sent,
            "failed": so_far.failed,
            "pending": so_far.pending,
        }
        return f"{_of_users(so_far.written, so_far.users)}; {devices}"

    @admin.display(description=_("content"))
    def shown_content(self, campaign: PushCampaign) -> SafeString:
        return format_html("<pre>{}</pre>", pretty_json(campaign.content))

    has_send_permission = may("push.send_pushcampaign")
    has_fill_permission = may("push.add_pushcampaign")
    # Django's own page would list all users of a campaign before it deletes it.
    has_erase_permission = may("push.delete_pushcampaign")

    send_one = on_page(SEND)
    delete_campaigns = on_rows(DELETE)

    def added(self, request: HttpRequest, form: CampaignForm) -> HttpResponse:
        at = timezone.now()
        campaign = services.create(form.cleaned_data["application_id"], form.message(), at=at)
        services.add_users(campaign.pk, form.users(), at=at)
        self.log_addition(request, campaign, gettext("Created."))
        return HttpResponseRedirect(self.address("change", campaign.pk))

    @action(description=_("Add users"), permissions=["fill"], url_path="users", icon="group_add")
    def add_users(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put users on the list of a campaign that was not sent."""
        campaign = self._viewed(request, object_id)
        if campaign is None:
            return self.gone(request)
        return form_page(
            self,
            request,
            MoreUsersForm,
            lambda form: self._filled(request, campaign, form),
            title=_("Add users"),
            button=_("Save"),
        )

    @action(
        description=_("Send to one user"), permissions=["send"], url_path="test", icon="visibility"
    )
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a campaign to one user first, and say what the providers said."""
        campaign = self._viewed(request, object_id)
        if campaign is None:
            return self.gone(request)
        written: list[int] = []
        answer = form_page(
            self,
            request,
            FirstUserForm,
            lambda form: self._tested(request, campaign, form, written),
            title=_("Send to one user"),
            button=_("Send"),
        )
        if isinstance(answer, HttpResponseRedirect):
            trying.tell(self, request, written)
        return answer

    def _filled(
        self, request: HttpRequest, campaign: PushCampaign, form: MoreUsersForm
    ) -> HttpResponse:
        users = form.users()
        with recorded(request, campaign, "add_users"), refusing():
            services.add_users(campaign.pk, users, at=timezone.now())
            self.log_only(request, campaign, gettext("Users were added."))
        text = ngettext(
            "The list named %(count)d user.", "The list named %(count)d users.", len(users)
        )
        self.message_user(request, text % {"count": len(users)}, messages.SUCCESS)
        return HttpResponseRedirect("../change/")

    def _tested(
        self,
        request: HttpRequest,
        campaign: PushCampaign,
        form: FirstUserForm,
        written: list[int],
    ) -> HttpResponse:
        user_id = form.cleaned_data["user_id"]
        written += services.write_to(campaign, user_id, at=timezone.now())
        self.log_only(request, campaign, gettext("Sent to one user."))
        change = Change(
            action="admin/send_test",
            object_type=CAMPAIGN,
            object_id=str(campaign.pk),
            after={"user_id": user_id, "messages": [*written]},
        )
        recording.append(request, [change])
        return HttpResponseRedirect("../change/")

    def _viewed(self, request: HttpRequest, object_id: str) -> PushCampaign | None:
        campaign = self.get_object(request, object_id)
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied
        return campaign if isinstance(campaign, PushCampaign) else None


def _progress_once(campaign: PushCampaign) -> Progress:
    """Count once for a row in memory: a page draws each of its columns several times."""
    counted: Progress | None = campaign.__dict__.get(_COUNTED)
    if counted is None:
        counted = campaign.__dict__[_COUNTED] = progress(campaign)
    return counted


def _of_users(written: int, users: int) -> str:
    text = ngettext("%(written)d of %(users)d user", "%(written)d of %(users)d users", users)
    return text % {"written": written, "users": users}
