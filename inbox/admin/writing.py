"""One message to one user, or to a list of users: push-and-inbox.md 7.1."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox import services
from inbox.errors import InvalidMessage, UnknownApplication
from inbox.models import BODY_LENGTH, ID_LENGTH, LINE_LENGTH, InboxMessage, MessageType
from inbox.services import SHORTEST_TEXT
from powerauth import known_applications
from powerauth.admin import user_lists
from powerauth.admin.framework.choices import application_choices, offer
from powerauth.admin.framework.unfolded import (
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    Select,
    Textarea,
    TextInput,
)
from powerauth.errors import RemoteFailure


class MessageForm(forms.Form):
    """What is written, to whom, and in which applications it appears."""

    user_id = forms.CharField(
        label=_("User"), required=False, max_length=ID_LENGTH, widget=TextInput
    )
    user_list = forms.FileField(
        label=_("or a list of users"),
        required=False,
        widget=FileInput,
        help_text=_("A text file in UTF-8 with one user in a line."),
    )
    applications = forms.MultipleChoiceField(label=_("Applications"), widget=CheckboxSelectMultiple)
    type = forms.ChoiceField(label=_("Type"), widget=Select)
    subject = forms.CharField(
        label=_("Subject"), min_length=SHORTEST_TEXT, max_length=LINE_LENGTH, widget=TextInput
    )
    summary = forms.CharField(
        label=_("Summary"),
        min_length=SHORTEST_TEXT,
        max_length=LINE_LENGTH,
        widget=TextInput,
        help_text=_("The line that the list of messages shows."),
    )
    body = forms.CharField(
        label=_("Text"), min_length=SHORTEST_TEXT, max_length=BODY_LENGTH, widget=Textarea
    )

    notify = forms.BooleanField(
        label=_("Notify"),
        required=False,
        widget=CheckboxInput,
        help_text=_(
            "Phones ring, and show subject and summary also on a locked screen, where anybody "
            "reads them."
        ),
    )

    def __init__(self, *args: object, html_allowed: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        known = application_choices()
        offer(self, "applications", known)
        if len(known) == 1:
            self.fields["applications"].initial = [known[0][0]]
        kinds = [
            (kind.value, kind.label)
            for kind in MessageType
            if html_allowed or kind is not MessageType.HTML
        ]
        offer(self, "type", kinds)

    def clean_user_list(self) -> list[str]:
        """Give the users of the uploaded list, each once."""
        file = self.cleaned_data["user_list"]
        return [] if file is None else user_lists.in_file(file, longest=ID_LENGTH)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "user_list" in values and bool(values.get("user_id")) == bool(values["user_list"]):
            raise forms.ValidationError(_("Name one user, or upload a list of users."))
        return values

    def users(self) -> list[str]:
        """Give whom the valid message is for."""
        values = self.cleaned_data
        return [values["user_id"]] if values["user_id"] else list(values["user_list"])


def send(values: Mapping[str, Any], users: list[str], *, at: datetime) -> list[InboxMessage]:
    """Write a message to each of `users`; all get it, or nobody.

    Phones of several users ring once it is written to all: whoever rings holds up what else is to
    ring for the same user, and nobody's payment shall wait for the end of a long list.

    Raises:
        InvalidMessage: a rule of the form is broken.
        UnknownApplication: an application does not exist any more.
        RemoteFailure: the server that has the applications does not answer.
    """
    known = known_applications.existing(values["applications"])
    return _send(values, users, known, at=at)


@transaction.atomic
def _send(
    values: Mapping[str, Any], users: list[str], known: Collection[str], *, at: datetime
) -> list[InboxMessage]:
    alone = len(users) == 1
    sent = [
        services.create_message(
            user_id=user_id,
            type=values["type"],
            subject=values["subject"],
            summary=values["summary"],
            body=values["body"],
            applications=values["applications"],
            notify=values["notify"] and alone,
            known=known,
            at=at,
        )
        for user_id in users
    ]
    if values["notify"] and not alone:
        transaction.on_commit(partial(_ring, sent, values["applications"], at=at), robust=True)
    return sent


def _ring(sent: list[InboxMessage], applications: list[str], *, at: datetime) -> None:
    for message in sent:
        with transaction.atomic():
            services.ring(message, applications, at=at)


def explain(
    form: MessageForm, problem: InvalidMessage | UnknownApplication | RemoteFailure
) -> None:
    """Show in the form why the message was not written."""
    if isinstance(problem, RemoteFailure):
        form.add_error(None, str(_("The PowerAuth Server cannot be reached.")))
        return
    if isinstance(problem, UnknownApplication):
        text = _("Unknown: %(names)s.") % {"names": ", ".join(problem.application_ids)}
        form.add_error("applications", str(text))
        return
    for violation in problem.violations:
        field = violation.field if violation.field in form.fields else None
        form.add_error(field, violation.hint)
