"""What the back office asks of credentials: push-and-inbox.md 9.

What is secret is only ever typed or uploaded: no page shows it again, not even the one that says
what is wrong with it. Left out, the one that is set stays.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.choices import application_choices, offer
from powerauth.admin.framework.unfolded import (
    FileInput,
    PasswordInput,
    Select,
    Textarea,
    TextInput,
)
from push.credentials import checks
from push.credentials.checks import NAME_LENGTH, SECRET_SIZE
from push.credentials.values import (
    ApnsSettings,
    FcmSettings,
    HmsSettings,
    InvalidCredentials,
    Settings,
)
from push.models import Environment, Platform, PushAppCredentials

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_KEPT = _("Leave it empty to keep the one that is set. It is never shown.")
_RULES: Mapping[str, "_StrOrPromise"] = {
    checks.NOT_BLANK: _("It must not be empty."),
    checks.P8: _(
        "This is not the .p8 file of Apple: a private key of the curve P-256 in PEM, without a "
        "passphrase."
    ),
    checks.SERVICE_ACCOUNT: _("This is not the JSON key file of a service account of Google."),
}
_TWICE = _("Upload the file or paste it, not both.")
_TOO_LARGE = _("This is larger than what a provider gives out.")


class UnshownTextarea(Textarea):
    """A field to paste a secret into, which is empty whenever a page shows it."""

    def format_value(self, value: Any) -> str | None:
        return None


def _name(label: "_StrOrPromise", help_text: "_StrOrPromise" = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=NAME_LENGTH, widget=TextInput, help_text=help_text
    )


def _file(label: "_StrOrPromise") -> forms.FileField:
    return forms.FileField(label=label, required=False, widget=FileInput, help_text=_KEPT)


def _pasted(label: "_StrOrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        widget=UnshownTextarea(attrs={"autocomplete": "off", "spellcheck": "false", "rows": 4}),
        strip=False,
    )


class ApplicationForm(forms.Form):
    """Which application gets credentials; only those without any can be chosen."""

    application_id = forms.ChoiceField(label=_("Application"), widget=Select)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = set(PushAppCredentials.objects.values_list("application_id", flat=True))
        free = [(name, shown) for name, shown in application_choices() if name not in there]
        offer(self, "application_id", free)


class SettingsForm(forms.Form):
    """What one provider knows an application by; a subclass is one provider's.

    Args:
        row: what is set, of which the form begins with what may be shown.
    """

    platform: ClassVar[Platform]
    # Fields, by the names of columns; and the fields of the secret, by its name in `Settings`.
    columns: ClassVar[Mapping[str, str]]
    secret: ClassVar[str]

    def __init__(
        self, data: Any = None, files: Any = None, *, row: PushAppCredentials | None = None
    ) -> None:
        shown = {name: getattr(row, column) for name, column in self.columns.items()} if row else {}
        super().__init__(data, files, initial=shown)

    def settings(self) -> Settings:
        """Give what the valid form says."""
        raise NotImplementedError

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        try:
            checks.check(self.settings())
        except InvalidCredentials as refusal:
            self.explain(refusal)

    def explain(self, refusal: InvalidCredentials) -> None:
        """Say beside the field what is wrong with it."""
        field = refusal.member if refusal.member in self.fields else None
        self.add_error(field, self.words_for(refusal))

    def words_for(self, refusal: InvalidCredentials) -> str:
        """Say what is wrong, in the language of the page where there is a text for it."""
        return str(_RULES.get(refusal.rule, refusal.rule))

    def given(self) -> bytes | None:
        """Give the secret that was uploaded or pasted, if any; it is read once.

        Raises:
            ValidationError: there are two, or it is too large.
        """
        pasted: str = self.cleaned_data.get(self.secret) or ""
        file: Any = self.cleaned_data.get(f"{self.secret}_file")
        if file is not None and pasted.strip():
            raise forms.ValidationError(_TWICE)
        if file is not None and file.size > SECRET_SIZE:
            raise forms.ValidationError(_TOO_LARGE)
        found: bytes = file.read(SECRET_SIZE + 1) if file is not None else pasted.encode()
        if len(found) > SECRET_SIZE:
            raise forms.ValidationError(_TOO_LARGE)
        return found if found.strip() else None


class ApnsForm(SettingsForm):
    """What Apple gave out: a key of a team, and the app that it is used for."""

    platform = Platform.APNS
    secret = "private_key"  # noqa: S105 - a name
    columns = {
        "key_id": "apns_key_id",
        "team_id": "apns_team_id",
        "bundle": "apns_bundle",
        "environment": "apns_environment",
    }
    key_id = _name(_("Key ID"), _("Ten characters, which also are in the name of the .p8 file."))
    team_id = _name(_("Team ID"))
    bundle = _name(_("Bundle ID"), _("Of the app, such as com.bank.mobile."))
    environment = forms.ChoiceField(
        label=_("Environment"),
        required=False,
        choices=[("", _("as the server is configured")), *Environment.choices],
        widget=Select,
    )
    private_key_file = _file(_("The .p8 file"))
    private_key = _pasted(_("or what is in it"))

    def clean_private_key(self) -> bytes | None:
        return self.given()

    def settings(self) -> ApnsSettings:
        values = self.cleaned_data
        return ApnsSettings(
            key_id=values["key_id"],
            team_id=values["team_id"],
            bundle=values["bundle"],
            environment=values["environment"],
            private_key=values["private_key"],
        )


class FcmForm(SettingsForm):
    """What Google gave out: the key file of a service account."""

    platform = Platform.FCM
    secret = "service_account"  # noqa: S105 - a name
    columns = {"project_id": "fcm_project_id"}
    project_id = _name(_("Project ID"))
    service_account_file = _file(_("The JSON key file"))
    service_account = _pasted(_("or what is in it"))

    def clean_service_account(self) -> bytes | None:
        return self.given()

    def settings(self) -> FcmSettings:
        values = self.cleaned_data
        return FcmSettings(
            project_id=values["project_id"], service_account=values["service_account"]
        )


class HmsForm(SettingsForm):
    """What Huawei gave out: a client of a project, and its secret."""

    platform = Platform.HMS
    secret = "client_secret"  # noqa: S105 - a name
    columns = {"project_id": "hms_project_id", "client_id": "hms_client_id"}
    project_id = _name(_("Project ID"))
    client_id = _name(_("Client ID"))
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=SECRET_SIZE,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_KEPT,
        strip=False,
    )

    def clean_client_secret(self) -> bytes | None:
        return self.given()

    def settings(self) -> HmsSettings:
        values = self.cleaned_data
        return HmsSettings(
            project_id=values["project_id"],
            client_id=values["client_id"],
            client_secret=values["client_secret"],
        )
