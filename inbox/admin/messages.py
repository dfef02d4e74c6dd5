"""Messages: who got them, whether they were read, and writing new ones."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib import messages as notices
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from inbox import services
from inbox.admin.writing import MessageForm, explain, send
from inbox.audited import MESSAGE
from inbox.errors import InvalidMessage, UnknownApplication
from inbox.models import InboxMessage, InboxMessageApplication
from powerauth.admin.framework import recording
from powerauth.admin.framework.adding import AddingAdmin
from powerauth.admin.framework.confirmation import Call, ConfirmingAdmin, Verb, on_rows
from powerauth.admin.framework.links import to_customer
from powerauth.admin.framework.pages import shown_page
from powerauth.admin.framework.rights import may
from powerauth.admin.framework.tables import (
    ApplicationFilter,
    CustomerFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    RecentFilter,
)
from powerauth.engine.audit.audit_log import Change
from powerauth.errors import RemoteFailure

PREVIEW = "_preview"  # the button that shows a message instead of writing it


def _mark_read(message: InboxMessage, call: Call) -> None:
    unread = InboxMessage.objects.unread().filter(pk=message.pk)
    unread.update(read=True, read_at=timezone.now())


def _mark_unread(message: InboxMessage, call: Call) -> None:
    InboxMessage.objects.filter(pk=message.pk, read=True).update(read=False, read_at=None)


def _notify(message: InboxMessage, call: Call) -> None:
    names = message.applications.values_list("application_id", flat=True)
    services.ring(message, list(names), at=timezone.now())


def _sent_to_many(sent: list[InboxMessage]) -> Change:
    """Describe a message to a list of users: one record, which the others do not wait for."""
    users = [message.user_id for message in sent]
    return Change(
        action="admin/send",
        object_type=MESSAGE,
        after={"type": sent[0].type, "subject": sent[0].subject, "users": users},
    )


MARK_READ = Verb(
    name="mark_read",
    permission="mark",
    title=_("Mark as read"),
    question=_("Do you want to mark these messages as read?"),
    logged=_("Marked as read."),
    apply=_mark_read,
    possible=lambda message: not message.read,
    impossible=_("It is read already."),
)
MARK_UNREAD = Verb(
    name="mark_unread",
    permission="mark",
    title=_("Mark as unread"),
    question=_("Do you want to mark these messages as unread?"),
    logged=_("Marked as unread."),
    apply=_mark_unread,
    possible=lambda message: message.read,
    impossible=_("It is unread already."),
)

NOTIFY = Verb(
    name="notify",
    permission="notify",
    title=_("Send a notification"),
    question=_("Do you want phones to ring for these messages?"),
    logged=_("Phones were to ring."),
    apply=_notify,
    possible=lambda message: not message.read,
    impossible=_("It is read already."),
)


class MessageApplicationFilter(ApplicationFilter):
    """Messages that one application shows."""

    # A message has an application once, so that the join repeats no message.
    column = "applications__application_id"


class MessageApplicationInline(ReadOnlyInline):
    """The applications that show a message."""

    model = InboxMessageApplication
    fields = readonly_fields = ("application_id",)


@admin.register(InboxMessage)
class InboxMessageAdmin(ConfirmingAdmin, AddingAdmin[MessageForm], ReadOnlyAdmin):
    """What the bank wrote; a message that was sent is not rewritten."""

    permission_verbs = ("view", "add", "change", "delete")
    add_form = MessageForm
    add_title = _("Write a message")
    add_button = _("Send")
    add_template = "backoffice/message_form.html"
    add_context = {"preview_name": PREVIEW}
    list_display = ["subject", "user_id", "type", "read", "created_at"]
    list_filter = ["read", "type", MessageApplicationFilter, RecentFilter, CustomerFilter]
    linked = {"user_id": to_customer("user_id")}
    search_help_text = _("Whole identifier of a user or message")
    exact_texts = ("user_id",)
    exact_ids = ("id",)
    ordering = ("-created_at", "-id")
    actions = ("mark_read", "mark_unread", "notify")
    fields = readonly_fields = (
        "id",
        "user_id",
        "type",
        "subject",
        "summary",
        "shown_body",
        "read",
        "read_at",
        "created_at",
    )
    inlines = [MessageApplicationInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboxMessage]:
        rows: QuerySet[InboxMessage] = super().get_queryset(request)
        # A list of long bodies would be megabytes that nobody sees.
        return rows.defer("body")

    @admin.display(description=_("text"))
    def shown_body(self, message: InboxMessage) -> SafeString:
        context = {"type": message.type, "body": message.body}
        return render_to_string("backoffice/message_body.html", context)

    has_delete_permission = may("inbox.delete_inboxmessage")
    has_mark_permission = may("inbox.change_inboxmessage")

    # Whoever may write to somebody may let their phone ring.
    has_notify_permission = may("inbox.add_inboxmessage")

    mark_read = on_rows(MARK_READ)
    mark_unread = on_rows(MARK_UNREAD)
    notify = on_rows(NOTIFY)

    def form_to_add(self, request: HttpRequest) -> Callable[..., MessageForm]:
        html_allowed = request.user.has_perm("inbox.write_html_inboxmessage")
        return partial(MessageForm, html_allowed=html_allowed)

    def added(self, request: HttpRequest, form: MessageForm) -> HttpResponse:
        if PREVIEW in request.POST:
            return self._form_again(request, form, previewed=form.cleaned_data)
        users = form.users()
        try:
            sent = send(form.cleaned_data, users, at=timezone.now())
        except (InvalidMessage, UnknownApplication, RemoteFailure) as problem:
            explain(form, problem)
            return self._form_again(request, form)
        if len(sent) == 1:
            self.log_addition(request, sent[0], str(_("Sent.")))
        else:
            recording.append(request, [_sent_to_many(sent)])
        text = ngettext("Sent to %(count)d user.", "Sent to %(count)d users.", len(users))
        self.message_user(request, text % {"count": len(users)}, notices.SUCCESS)
        return HttpResponseRedirect(self.address("changelist"))

    def _form_again(
        self, request: HttpRequest, form: MessageForm, *, previewed: Any = None
    ) -> HttpResponse:
        return shown_page(
            self,
            request,
            self.add_template,
            title=self.add_title,
            button=self.add_button,
            form=form,
            **self.add_context,
            previewed=previewed,
            user_count=len(form.users()) if previewed else 0,
        )
