"""What the back office asks of campaigns: push-and-inbox.md 8."""

import json
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from powerauth.admin import user_lists
from powerauth.admin.framework.choices import application_choices, offer
from powerauth.admin.framework.unfolded import FileInput, Select, Textarea, TextInput
from push.admin.trying import WordsForm
from push.messages.values import PushMessage
from push.models import ID_LENGTH

EXTRAS_LENGTH = 4096  # characters, which no provider would take more of


class UsersForm(forms.Form):
    """Whom a campaign is for: pasted or uploaded, one in a line."""

    pasted = forms.CharField(
        label=gettext_lazy("Users"),
        required=False,
        max_length=user_lists.MAX_SIZE,
        widget=Textarea,
        help_text=gettext_lazy("One in a line."),
    )
    user_list = forms.FileField(
        label=gettext_lazy("or a list of users"),
        required=False,
        widget=FileInput,
        help_text=gettext_lazy("A text file in UTF-8 with one user in a line."),
    )

    def clean_pasted(self) -> list[str]:
        """Give the users of the field, each once."""
        text = self.cleaned_data["pasted"]
        return user_lists.in_text(text, longest=ID_LENGTH) if text else []

    def clean_user_list(self) -> list[str]:
        """Give the users of the file, each once."""
        file = self.cleaned_data["user_list"]
        return [] if file is None else user_lists.in_file(file, longest=ID_LENGTH)

    def clean(self) -> None:
        super().clean()
        values = self.cleaned_data
        if values.get("pasted") and values.get("user_list"):
            raise forms.ValidationError(gettext("Paste users, or upload a list of them, not both."))

    def users(self) -> list[str]:
        """Give whom the valid form names."""
        return [*self.cleaned_data["pasted"], *self.cleaned_data["user_list"]]


class MoreUsersForm(UsersForm):
    """Users for the list of a campaign; there has to be one."""

    def clean(self) -> None:
        super().clean()
        if not self.errors and not self.users():
            raise forms.ValidationError(gettext("The list names nobody."))


class CampaignForm(WordsForm, UsersForm):
    """A new campaign; its list may be empty yet."""

    field_order = ("application_id", "title", "body", "extras", "pasted", "user_list")
    application_id = forms.ChoiceField(label=gettext_lazy("Application"), widget=Select)
    extras = forms.CharField(
        label=gettext_lazy("Extras"),
        required=False,
        max_length=EXTRAS_LENGTH,
        widget=Textarea,
        help_text=gettext_lazy("What the app reads: an object in JSON."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "application_id", application_choices())

    def clean_extras(self) -> dict[str, Any]:
        """Give the object of the field, an empty one without any."""
        text = self.cleaned_data["extras"]
        try:
            extras = json.loads(text) if text else {}
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(gettext("This is no JSON.")) from error
        if not isinstance(extras, dict):
            raise forms.ValidationError(gettext("This is no object in JSON."))
        return extras

    def message(self) -> PushMessage:
        return replace(super().message(), extras=self.cleaned_data["extras"])


class FirstUserForm(forms.Form):
    """Who looks at a campaign first."""

    user_id = forms.CharField(label=gettext_lazy("User"), max_length=ID_LENGTH, widget=TextInput)
