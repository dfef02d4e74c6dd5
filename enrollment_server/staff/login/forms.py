"""The forms of a login, in the look of the back office."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.unfolded import TextInput

if TYPE_CHECKING:
    _PasswordForm = AdminAuthenticationForm
else:
    from unfold.forms import AuthenticationForm as _PasswordForm


class PasswordForm(_PasswordForm):
    """Name and password; whether they are right is not its business."""

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data


class CodeInput(TextInput):
    """A field that does not come back with a wrong code in it."""

    def format_value(self, value: Any) -> None:
        return None


class CodeForm(forms.Form):
    """A one-time code, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=CodeInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )
